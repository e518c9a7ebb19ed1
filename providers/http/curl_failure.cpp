#include "http/curl_failure.h"

#include <system_error>

#include "http/curl_library.h"

namespace chandler::http {
namespace {

std::string within(std::chrono::milliseconds time) {
  return time.count() % 1000 == 0 ? std::to_string(time.count() / 1000) + " s"
                                  : std::to_string(time.count()) + " ms";
}

// ": Connection refused", or nothing when the system gave no reason.
std::string system_reason(CURL* handle) {
  long number = 0;
  static_cast<void>(curl().easy_getinfo(handle, CURLINFO_OS_ERRNO, &number));
  if (number == 0) return {};
  return ": " + std::generic_category().message(static_cast<int>(number));
}

// When the connection was there, and the request could be sent; 0: never.
curl_off_t ready_after(CURL* handle) {
  curl_off_t ready = 0;
  static_cast<void>(curl().easy_getinfo(handle, CURLINFO_PRETRANSFER_TIME_T, &ready));
  return ready;
}

std::string timed_out(CURL* handle, const std::string& text, const std::string& host,
                      const Request& request, const CurlOptions& options) {
  if (text.find("too slow") != std::string::npos) {
    return host + " sent less than " + std::to_string(options.slowest_bytes_per_second) +
           " bytes a second for " + within(options.slow_for);
  }
  if (ready_after(handle) == 0 && request.connect_timeout < request.total_timeout)
    return "no connection to " + host + " within " + within(request.connect_timeout);
  return "no complete answer from " + host + " within " + within(request.total_timeout);
}

// Through a proxy: the status of its own answer; else 0.
long proxy_status(CURL* handle) {
  long status = 0;
  static_cast<void>(curl().easy_getinfo(handle, CURLINFO_HTTP_CONNECTCODE, &status));
  return status;
}

}  // namespace

bool never_connected(CURL* handle, CURLcode code) {
  switch (code) {
    case CURLE_COULDNT_RESOLVE_HOST:
    case CURLE_COULDNT_RESOLVE_PROXY:
    case CURLE_COULDNT_CONNECT:
      return true;
    case CURLE_OPERATION_TIMEDOUT:
      return ready_after(handle) == 0;
    default:
      return false;
  }
}

Error curl_failure(CURL* handle, CURLcode code, const std::string& text, const std::string& host,
                   const Request& request, const CurlOptions& options) {
  constexpr long kConnected = 200;
  const auto unavailable = [](std::string what, std::string hint = {}) {
    return Error{ErrorKind::unavailable, std::move(what), "", std::move(hint)};
  };
  if (const long status = proxy_status(handle); status != 0 && status != kConnected) {
    return unavailable(
        "the proxy does not connect to " + host + " (status " + std::to_string(status) + ")",
        "check https_proxy and no_proxy");
  }
  switch (code) {
    case CURLE_COULDNT_RESOLVE_HOST:
      return unavailable("the name " + host + " cannot be found", "check the network");
    case CURLE_COULDNT_RESOLVE_PROXY:
    case CURLE_PROXY:
      return unavailable("the proxy on the way to " + host + " cannot be used",
                         "check https_proxy and no_proxy");
    case CURLE_COULDNT_CONNECT:
      return unavailable("cannot connect to " + host + system_reason(handle), "check the network");
    case CURLE_OPERATION_TIMEDOUT:
      return unavailable(timed_out(handle, text, host, request, options),
                         "check the network, or try again later");
    case CURLE_GOT_NOTHING:
      return unavailable(host + " closed the connection without an answer", "try again later");
    case CURLE_PARTIAL_FILE:
      return unavailable("the answer of " + host + " was cut off", "try again later");
    case CURLE_SEND_ERROR:
    case CURLE_RECV_ERROR:
      return unavailable("the connection to " + host + " broke" + system_reason(handle),
                         "check the network, or try again later");
    case CURLE_PEER_FAILED_VERIFICATION:
      return unavailable(
          "the certificate of " + host + " cannot be trusted (" + printable(text) + ")",
          "check this machine's clock and its CA certificates");
    case CURLE_SSL_CONNECT_ERROR:
      return unavailable("no TLS connection to " + host + " (" + printable(text) + ")",
                         "it needs TLS 1.2 or newer; check the provider's base_url and what is "
                         "between here and there");
    case CURLE_SSL_CACERT_BADFILE:
      return {ErrorKind::usage, "the file of trusted certificates cannot be read", options.ca_file,
              "install this machine's CA certificates (ca-certificates)"};
    case CURLE_WEIRD_SERVER_REPLY:
    case CURLE_UNSUPPORTED_PROTOCOL:
      return {ErrorKind::data, "what " + host + " answered is not HTTP", "",
              "check the provider's base_url"};
    default:
      return unavailable("asking " + host + " failed: " + curl().easy_strerror(code),
                         "check the network, or try again later");
  }
}

}  // namespace chandler::http
