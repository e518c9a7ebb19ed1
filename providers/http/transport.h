// One HTTP exchange, without judgement: no retries, no limits. What is above it is in client.h.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "chandler/result.h"

namespace chandler::http {

// A header or a query parameter. Secret ones are sent and never shown: no error, note or log holds
// their value.
struct Field {
  std::string name;
  std::string value;
  bool secret = false;
};

struct Request {
  std::string url{};           // "https://api.binance.com/api/v3/klines", path percent-encoded
  std::vector<Field> query{};  // not encoded
  std::vector<Field> headers{};
  std::size_t max_body = std::size_t{32} << 20U;  // unpacked
  std::chrono::milliseconds connect_timeout{10'000};
  std::chrono::milliseconds total_timeout{60'000};

  // As it may be shown: scheme, host, path and the query without its secrets.
  [[nodiscard]] std::string shown() const;
};

struct Response {
  int status = 0;
  std::vector<Field> headers{};  // names in lower case
  std::string body{};            // unpacked
  std::uint64_t wire_bytes = 0;  // received, headers included
  std::chrono::milliseconds took{};

  [[nodiscard]] std::string_view header(std::string_view name) const;  // "" when there is none
};

// What came of a request, and how far it went.
struct Exchanged {
  Result<Response> response;
  bool sent = true;           // some of it left this machine
  bool unknown_host = false;  // nobody knows the name; whoever looks names up has tried again
};

// The error of get() is of kind unavailable (could not connect, timed out, cut off, reset), data
// (body over the cap, undecodable), usage (plain http to another machine) or interrupted. Safe from
// several threads.
class Transport {
 public:
  virtual ~Transport() = default;
  Transport(const Transport&) = delete;
  Transport& operator=(const Transport&) = delete;
  [[nodiscard]] virtual Result<Response> get(const Request& request,
                                             const std::stop_token& stop) = 0;
  // The same, for those who count what they send. Who does not know says that it was sent.
  [[nodiscard]] virtual Exchanged exchange(const Request& request, const std::stop_token& stop) {
    return {get(request, stop), true};
  }

 protected:
  Transport() = default;
};

// `text` without the values of the request's secret fields, however it got them.
[[nodiscard]] std::string without_secrets(std::string text, const Request& request);

}  // namespace chandler::http
