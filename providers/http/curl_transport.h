// Transport on libcurl.
//
// Certificates are always verified and TLS is 1.2 or newer; plain http is for this machine only.
// HTTP/2 is used where the server offers it. Answers come gzipped where the server can; an answer
// whose gzip ends early is an error (libcurl would take it as whole). https to other machines goes
// through the proxy the environment names (https_proxy, all_proxy, no_proxy).
// A redirection is followed at most three times and only within its scheme, host and port; any
// other is handed back as it came. Cookies are not kept: they are headers like others.
#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <string>

#include "http/transport.h"

namespace chandler::http {

class LanePool;

struct CurlOptions {
  std::string ca_file{};     // PEM; trusted instead of the system's authorities
  std::string user_agent{};  // empty: "chandler/VERSION"; a request's own header goes first
  // An answer that brings fewer bytes a second than this for so long is given up.
  long slowest_bytes_per_second = 1024;
  std::chrono::seconds slow_for{20};
  std::size_t idle_connections = 16;  // kept open for the next request
};

class CurlTransport final : public Transport {
 public:
  explicit CurlTransport(CurlOptions options = {});
  ~CurlTransport() override;
  CurlTransport(const CurlTransport&) = delete;
  CurlTransport& operator=(const CurlTransport&) = delete;
  [[nodiscard]] Result<Response> get(const Request& request, const std::stop_token& stop) override;
  [[nodiscard]] Exchanged exchange(const Request& request, const std::stop_token& stop) override;

 private:
  const CurlOptions options_;
  const std::unique_ptr<LanePool> pool_;
};

}  // namespace chandler::http
