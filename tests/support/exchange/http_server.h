// A small HTTP/1.1 server on 127.0.0.1, for tests: keep-alive, gzip, and every way to let a client
// down that a test may want. A thread a connection; nobody sleeps, all waiting ends at once when
// the server is stopped.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <list>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "chandler/result.h"

namespace chandler::testing {

using Fields = std::vector<std::pair<std::string, std::string>>;

struct HttpRequest {
  std::string method;
  std::string target;  // as it came: "/v8/finance/chart/%5EGSPC?interval=1d"
  std::string path;    // decoded
  Fields query;        // decoded
  Fields headers;      // names in lower case
  std::string body;

  // The first value of that name; "" when there is none.
  [[nodiscard]] std::string parameter(std::string_view name) const;
  [[nodiscard]] std::string header(std::string_view name) const;
};

// How the bytes of an answer go out.
struct Delivery {
  enum class How : std::uint8_t {
    whole,
    drip,      // `bytes` of the body at a time, `pause` in between
    stall,     // `bytes` of the body, then nothing until the client gives up
    reset,     // `bytes` of the body, then the connection is reset (RST)
    truncate,  // `bytes` of the body, then it is closed, although more was announced
    hang_up,   // closed without a byte
  };
  How how = How::whole;
  std::size_t bytes = 0;
  std::chrono::milliseconds pause{1};
};

struct HttpResponse {
  int status = 200;
  std::string type = "application/json";
  std::string body;
  Fields headers{};
  Delivery delivery{};
  bool packed = false;  // the body is gzip already
};
[[nodiscard]] std::string gzipped(const std::string& body);

class HttpServer {
 public:
  // Called from several threads at a time.
  using Handler = std::function<HttpResponse(const HttpRequest&)>;

  // Port 0: any that is free.
  static Result<std::unique_ptr<HttpServer>> start(std::uint16_t port, Handler handler);
  ~HttpServer();  // ends every connection
  HttpServer(const HttpServer&) = delete;
  HttpServer& operator=(const HttpServer&) = delete;

  [[nodiscard]] std::uint16_t port() const { return port_; }
  [[nodiscard]] std::uint64_t connections() const;  // accepted so far

 private:
  struct Connection {
    std::thread thread;
    bool done = false;
  };

  explicit HttpServer(Handler handler) : handler_(std::move(handler)) {}
  Result<void> listen(std::uint16_t port);
  void accept_connections();
  void reap(bool all);

  Handler handler_;
  std::uint16_t port_ = 0;
  int listening_ = -1;
  int stop_[2] = {-1, -1};  // a pipe; readable once everybody is to end
  std::thread accepting_;
  mutable std::mutex mutex_;
  std::list<Connection> connections_;
  std::uint64_t accepted_ = 0;
};

}  // namespace chandler::testing
