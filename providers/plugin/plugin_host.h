// What the host does for a shared object while one of its functions runs: the functions behind
// chandler_host.
#pragma once

#include <optional>
#include <stop_token>
#include <string>
#include <utility>
#include <vector>

#include "chandler/provider_plugin.h"
#include "http/client.h"
#include "plugin/run.h"
#include "plugin/settings.h"

namespace chandler::plugin {

// What is the same for all calls of one plugin; must outlive the calls.
struct HostServices {
  http::Client& client;
  http::Timer& timer;
  const PluginSettings& settings;
};

// One call into the plugin; used in one thread.
class HostCall {
 public:
  HostCall(const HostServices& services, std::stop_token stop);
  HostCall(const HostCall&) = delete;
  HostCall& operator=(const HostCall&) = delete;

  [[nodiscard]] const chandler_host* host() const { return &host_; }
  // What the plugin logged, without keys.
  [[nodiscard]] std::vector<std::string> take_notes() { return std::exchange(notes_, {}); }

  // What an answer other than CHANDLER_OK and CHANDLER_END means. One that http_get() gave and the
  // plugin handed on keeps what the host knew of it.
  [[nodiscard]] Trouble trouble(std::int32_t answer, const chandler_error& error) const;

 private:
  static void log(void* context, const char* message);
  static std::int32_t cancelled(void* context);
  static const char* variable(void* context, const char* name);
  static std::int32_t http_get(void* context, const chandler_http_request* request,
                               const chandler_http_response** response, chandler_error* error);
  static std::int64_t now(void* context);

  std::int32_t get(const chandler_http_request& request, const chandler_http_response** response,
                   chandler_error* error);
  [[nodiscard]] http::Request request_of(const chandler_http_request& request) const;
  std::int32_t fail(Error error, chandler_error* into);

  const HostServices& services_;
  const std::stop_token stop_;
  chandler_host host_{};
  std::vector<std::string> notes_;
  std::string variable_;
  std::optional<Error> failed_;  // of the last http_get()
  http::Response response_;
  std::vector<chandler_field> headers_;
  chandler_http_response shown_{};
};

}  // namespace chandler::plugin
