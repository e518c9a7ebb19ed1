/* Shared objects that are not loaded; each is built with another of these names defined. */
#include <stddef.h>
#include <stdio.h>

#include "chandler/provider_plugin.h"

static const char* describe(void) {
#if defined(NO_DESCRIPTION)
  return NULL;
#elif defined(BAD_DESCRIPTION)
  return "{\"protocol\": 1, \"name\": \"no good\"}";
#else
  return "{\"protocol\": 1, \"name\": \"refused\", \"classes\": [\"crypto\"],"
         " \"timeframes\": [\"1m\"]}";
#endif
}

static int32_t create(const chandler_host* host, void** self, chandler_error* error) {
  (void)host;
  (void)self;
  snprintf(error->message, sizeof error->message, "the moon is not full");
  return CHANDLER_UNAVAILABLE;
}
static void destroy(void* self) { (void)self; }
static int32_t open_stream(void* self, const chandler_host* host, const chandler_request* request,
                           void** stream, chandler_error* error) {
  (void)self, (void)host, (void)request, (void)stream, (void)error;
  return CHANDLER_BAD_REQUEST;
}
#if !defined(SHORT_TABLE)
static int32_t next_page(void* stream, const chandler_host* host, chandler_page* page,
                         chandler_error* error) {
  (void)stream, (void)host, (void)page, (void)error;
  return CHANDLER_END;
}
#else
#define next_page NULL
#endif
static void close_stream(void* stream) { (void)stream; }

#if defined(OTHER_ABI)
#define ABI 99u
#else
#define ABI CHANDLER_PLUGIN_ABI
#endif

static const chandler_plugin_api api = {
    ABI,         sizeof(chandler_plugin_api), describe, create, destroy, open_stream, next_page,
    close_stream};

#if defined(NO_ENTRY)
const chandler_plugin_api* unheard_of(void);
const chandler_plugin_api* unheard_of(void) { return &api; }
#else
const chandler_plugin_api* chandler_plugin(uint32_t host_abi) {
  (void)host_abi;
#if defined(NO_TABLE)
  (void)api;
  return NULL;
#else
  return &api;
#endif
}
#endif

#if defined(UNRESOLVED)
int nobody_has_this(void);
int use_it(void);
int use_it(void) { return nobody_has_this(); }
#endif
