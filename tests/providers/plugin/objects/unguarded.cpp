// A provider that lets exceptions out, which it must not.
#include <stdexcept>

#include "chandler/provider_plugin.h"

namespace {

const char* describe() {
  return R"({"protocol": 1, "name": "unguarded", "classes": ["crypto"], "timeframes": ["1m"]})";
}
int32_t create(const chandler_host* /*host*/, void** /*self*/, chandler_error* /*error*/) {
#ifdef THROW_IN_CREATE
  throw std::runtime_error("create");
#else
  return CHANDLER_OK;
#endif
}
void destroy(void* /*self*/) { throw std::runtime_error("destroy"); }
int32_t open_stream(void* /*self*/, const chandler_host* /*host*/, const chandler_request* request,
                    void** /*stream*/, chandler_error* /*error*/) {
  if (request->symbol[0] == 'O') throw std::runtime_error("open");
  return CHANDLER_OK;
}
int32_t next_page(void* /*stream*/, const chandler_host* host, chandler_page* /*page*/,
                  chandler_error* error) {
  // A request that is not filled in costs an answer, not the host.
  const chandler_http_response* response = nullptr;
  if (host->http_get(host->context, nullptr, &response, error) != CHANDLER_BAD_REQUEST)
    return CHANDLER_END;
  throw std::runtime_error("next_page");
}
void close_stream(void* /*stream*/) { throw std::runtime_error("close"); }

const chandler_plugin_api kApi = {CHANDLER_PLUGIN_ABI,
                                  sizeof(chandler_plugin_api),
                                  &describe,
                                  &create,
                                  &destroy,
                                  &open_stream,
                                  &next_page,
                                  &close_stream};

}  // namespace

const chandler_plugin_api* chandler_plugin(uint32_t /*host_abi*/) { return &kApi; }
