/* A provider in plain C99. The symbol it is asked for says what it does. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "chandler/provider_plugin.h"

struct stream {
  char symbol[80];
  int64_t from;
  int pages;
  int64_t time[2];
  double price[2];
  double vwap[2];
};

static int32_t fail(chandler_error* error, int32_t answer, const char* message) {
  snprintf(error->message, sizeof error->message, "%s", message);
  return answer;
}

static const char* describe(void) {
  return "{\"protocol\": 1, \"name\": \"plain_c\", \"classes\": [\"crypto\"],"
         " \"timeframes\": [\"1m\"], \"columns\": [\"vwap\"], \"key_env\": [\"PLAIN_KEY\"]}";
}

static int32_t create(const chandler_host* host, void** self, chandler_error* error) {
  if (host->abi != CHANDLER_PLUGIN_ABI || host->struct_size < sizeof *host)
    return fail(error, CHANDLER_BAD_REQUEST, "another host");
  *self = NULL;
  return CHANDLER_OK;
}

static void destroy(void* self) { (void)self; }

static int32_t open_stream(void* self, const chandler_host* host, const chandler_request* request,
                           void** stream, chandler_error* error) {
  struct stream* made;
  (void)self;
  (void)host;
  if (strcmp(request->symbol, "NOTFOUND") == 0)
    return fail(error, CHANDLER_NOT_FOUND, "no such thing");
  made = calloc(1, sizeof *made);
  if (made == NULL) return fail(error, CHANDLER_UNAVAILABLE, "out of memory");
  snprintf(made->symbol, sizeof made->symbol, "%s", request->symbol);
  made->from = request->from;
  *stream = made;
  return CHANDLER_OK;
}

static void fill(struct stream* s, chandler_page* page) {
  int i;
  for (i = 0; i < 2; ++i) {
    s->time[i] = s->from + 60 * (2 * (s->pages - 1) + i);
    s->price[i] = s->pages;
    s->vwap[i] = i == 0 ? NAN : s->pages;
  }
  page->rows = 2;
  page->timestamp = s->time;
  page->open = page->high = page->low = page->close = page->volume = s->price;
  page->vwap = s->vwap;
}

static int32_t next_page(void* stream, const chandler_host* host, chandler_page* page,
                         chandler_error* error) {
  struct stream* s = stream;
  const char* symbol = s->symbol;
  if (host->cancelled(host->context)) return CHANDLER_INTERRUPTED;
  if (++s->pages == 3) return CHANDLER_END;
  if (strcmp(symbol, "EMPTY") == 0) return s->pages = 1, CHANDLER_OK;
  fill(s, page);
  if (strcmp(symbol, "GOOD") == 0) host->log(host->context, "a page");
  if (strcmp(symbol, "EARLY") == 0) s->time[0] -= 60;
  if (strcmp(symbol, "BACKWARDS") == 0) s->time[1] = s->time[0];
  if (strcmp(symbol, "HUGE") == 0) page->rows = (size_t)CHANDLER_PAGE_ROWS + 1;
  if (strcmp(symbol, "NOTIME") == 0) page->timestamp = NULL;
  if (strcmp(symbol, "NOLOW") == 0) page->low = NULL;
  if (strcmp(symbol, "EXTRA") == 0) page->turnover = s->price;
  if (strcmp(symbol, "STRANGE") == 0) return fail(error, 99, "hm");
  if (strcmp(symbol, "RESTLESS") == 0) return CHANDLER_INTERRUPTED;
  if (strcmp(symbol, "MUTE") == 0) return CHANDLER_UNAVAILABLE;
  if (strcmp(symbol, "ENDLESS") == 0) {
    memset(error->message, 'x', sizeof error->message);
    return CHANDLER_BAD_DATA;
  }
  if (strcmp(symbol, "GOSSIP") == 0)
    return fail(error, CHANDLER_AUTH, host->variable(host->context, "PLAIN_KEY"));
  return CHANDLER_OK;
}

static void close_stream(void* stream) { free(stream); }

static const chandler_plugin_api api = {CHANDLER_PLUGIN_ABI,
                                        sizeof(chandler_plugin_api),
                                        describe,
                                        create,
                                        destroy,
                                        open_stream,
                                        next_page,
                                        close_stream};

const chandler_plugin_api* chandler_plugin(uint32_t host_abi) {
  return host_abi >= CHANDLER_PLUGIN_ABI ? &api : NULL;
}
