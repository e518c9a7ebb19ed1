/* The border between Chandler and a provider that comes as a shared object. Plain C99; in C++,
 * chandler/provider_plugin_cpp.h on top of it is more comfortable. docs/plugins.md starts from
 * nothing.
 *
 * A plugin exports one function, chandler_plugin(), which hands out a table of functions:
 *
 *   host                                   plugin
 *   ----                                   ------
 *   dlopen, chandler_plugin(1)         ->  the table, or NULL: does not know ABI 1
 *   describe()                         ->  the JSON that an executable's `describe` prints
 *   create(host, &self, &error)
 *     open(self, host, request, &stream, &error)       one stream for each range asked for
 *       next_page(stream, host, &page, &error)         again and again until CHANDLER_END
 *     close(stream)
 *   destroy(self), dlclose
 *
 * Rules of the border
 * - No exception, no longjmp and no C++ type crosses it. Texts are UTF-8 that end with NUL.
 * - Who hands out memory owns it; nobody frees what the other allocated. The fields below say how
 *   long a pointer is good for.
 * - Structs that may grow begin with struct_size, set by whoever fills them; fields beyond it are
 *   not there.
 * - open() may be called by several threads at once; one stream is used by one thread at a time.
 *   Every stream is closed before destroy().
 * - A plugin opens no connection itself: http_get() does so with the host's rate limits, retries,
 *   TLS, proxies and counts. (One that has to says "network": "own" in its description; then each
 *   next_page() counts as one request, and is asked for again by the host where it may help.)
 * - A plugin in the host's process can do the host harm: where that is not wanted, write an
 *   executable.
 */
#ifndef CHANDLER_PROVIDER_PLUGIN_H
#define CHANDLER_PROVIDER_PLUGIN_H

/* NOLINTBEGIN(modernize-use-using,modernize-deprecated-headers,modernize-redundant-void-arg): C */
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Grows when a plugin or a host of before would misunderstand the other. */
#define CHANDLER_PLUGIN_ABI 1u

/* What a function answers. */
#define CHANDLER_OK 0
#define CHANDLER_END 1          /* of next_page: there are no more pages; no page was filled */
#define CHANDLER_NOT_FOUND 2    /* the source has no such symbol */
#define CHANDLER_RATE_LIMITED 3 /* asked too often; retry_after_seconds, if it is known */
#define CHANDLER_AUTH 4         /* the key is missing or not accepted */
#define CHANDLER_UNAVAILABLE 5  /* the source does not answer, or not usefully; later it may */
#define CHANDLER_BAD_REQUEST 6  /* this source does not offer what was asked for */
#define CHANDLER_INTERRUPTED 7  /* the host wants to stop; hand it on */
#define CHANDLER_BAD_DATA 8     /* the source's answer cannot be understood */

/* Owned by the caller, who zeroes it; filled by whoever answers with an error. */
typedef struct chandler_error {
  uint32_t struct_size;
  int32_t retry_after_seconds; /* 0: not known */
  char message[512];           /* one line, no keys */
} chandler_error;

/* A header or a query parameter; not encoded. A secret one is sent and never shown. */
typedef struct chandler_field {
  const char* name;
  const char* value;
  int32_t secret;
} chandler_field;

/* Answers other than 2xx are errors. With this flag those that say that the request itself was
 * wrong (4xx but for 401, 403, 408, 418, 429) are handed out like a 200. */
#define CHANDLER_HTTP_TAKE_CLIENT_ERRORS 1u

/* Owned by the plugin; looked at only during the call. */
typedef struct chandler_http_request {
  uint32_t struct_size;
  uint32_t flags;
  const char* url; /* https://..., path percent-encoded, without a query; no keys */
  const chandler_field* query;
  size_t query_count;
  const chandler_field* headers;
  size_t header_count;
  uint32_t cost; /* what it weighs against the rate limit; 0 counts as 1 */
} chandler_http_request;

/* Owned by the host; good until the next call of http_get() on the same host, or until the
 * plugin's function returns. */
typedef struct chandler_http_response {
  uint32_t struct_size;
  int32_t status;
  const char* body; /* unpacked; ends with a NUL that body_size does not count */
  size_t body_size;
  const chandler_field* headers; /* names in lower case */
  size_t header_count;
} chandler_http_response;

/* What the host does for a plugin. Good during the call that it was handed to, in that thread. */
typedef struct chandler_host {
  uint32_t struct_size;
  uint32_t abi;
  void* context; /* first argument of all functions here */
  /* For whoever reads the run's report. */
  void (*log)(void* context, const char* message);
  /* Not 0: stop soon and answer CHANDLER_INTERRUPTED. http_get() looks by itself. */
  int32_t (*cancelled)(void* context);
  /* An environment variable as the user's settings have it; NULL when it is not set. Only those
   * the description names in key_env and env, and CHANDLER_<NAME>_BASE_URL. Good until the next
   * call of this function. */
  const char* (*variable)(void* context, const char* name);
  /* Waits for the rate limit, asks, retries. CHANDLER_OK, or what went wrong; hand that on unless
   * you know better. */
  int32_t (*http_get)(void* context, const chandler_http_request* request,
                      const chandler_http_response** response, chandler_error* error);
  /* The present, in seconds since 1970 UTC. */
  int64_t (*now)(void* context);
} chandler_host;

/* Owned by the host; good during the call. */
typedef struct chandler_request {
  uint32_t struct_size;
  const char* symbol;      /* "BTCUSDT", "BRK.B" */
  const char* asset_class; /* "crypto", "stock", ...; "unknown" */
  const char* base;        /* of a pair, as far as it is known; else "" */
  const char* quote;
  const char* exchange;
  const char* timeframe; /* "1m" ... "1M", one of those the description names */
  int64_t from;          /* seconds since 1970 UTC; bars open at or after this ... */
  int64_t to;            /* ... and before this */
} chandler_request;

/* Bars, column by column: arrays of `rows` values, owned by the plugin and good until the next
 * call on this stream. Oldest first, each open time once, later than all of the pages before,
 * within the range asked for. */
typedef struct chandler_page {
  uint32_t struct_size;
  size_t rows;              /* 0 to CHANDLER_PAGE_ROWS */
  const int64_t* timestamp; /* open times, seconds since 1970 UTC */
  const double* open;
  const double* high;
  const double* low;
  const double* close;
  const double* volume;
  /* NULL where there is no such column; NaN where a value is not known. Only columns that the
   * description names. */
  const double* adj_close;
  const double* vwap;
  const double* trade_count;
  const double* turnover;
} chandler_page;
#define CHANDLER_PAGE_ROWS 100000

typedef struct chandler_plugin_api {
  uint32_t abi; /* CHANDLER_PLUGIN_ABI the plugin was built with */
  uint32_t struct_size;
  const char* (*describe)(void); /* good as long as the plugin is loaded */
  int32_t (*create)(const chandler_host* host, void** self, chandler_error* error);
  void (*destroy)(void* self);
  int32_t (*open)(void* self, const chandler_host* host, const chandler_request* request,
                  void** stream, chandler_error* error);
  int32_t (*next_page)(void* stream, const chandler_host* host, chandler_page* page,
                       chandler_error* error);
  void (*close)(void* stream);
} chandler_plugin_api;

#if defined(__GNUC__)
#define CHANDLER_PLUGIN_EXPORT __attribute__((visibility("default")))
#else
#define CHANDLER_PLUGIN_EXPORT
#endif

/* The one function a plugin exports; the plugin defines it. `host_abi` is the newest ABI the host
 * knows. The table is good as long as the plugin is loaded. */
CHANDLER_PLUGIN_EXPORT const chandler_plugin_api* chandler_plugin(uint32_t host_abi);

#ifdef __cplusplus
}
#endif
/* NOLINTEND(modernize-use-using,modernize-deprecated-headers,modernize-redundant-void-arg) */

#endif
