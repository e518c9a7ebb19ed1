// Where a request goes, as libcurl reads its address, and whether it may go there.
#pragma once

#include <string>

#include "chandler/result.h"
#include "http/curl_handles.h"

namespace chandler::http {

struct Target {
  CurlUrl url;
  std::string host;    // "api.binance.com", "[::1]"
  std::string origin;  // "https://api.binance.com:443"
  bool secure = false;
  bool loopback = false;

  // Errors are of kind usage: not an address, not http or https, a user in it, or plain http to
  // another machine. They quote nothing but the host.
  [[nodiscard]] static Result<Target> of(const std::string& address);
};

}  // namespace chandler::http
