// A server on this machine that says exactly the bytes a test wants, right or wrong.
#pragma once

#include <atomic>
#include <functional>
#include <list>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>

namespace chandler::http::test {

// One connection, on the server's side. Used by one thread.
class Peer {
 public:
  explicit Peer(int socket) : socket_(socket) {}
  virtual ~Peer() = default;
  Peer(const Peer&) = delete;
  Peer& operator=(const Peer&) = delete;

  // A request up to and with the empty line; nullopt when the other side hung up.
  std::optional<std::string> read_request();
  // False when the other side hung up.
  bool send(std::string_view bytes);
  bool answer(std::string_view headers, std::string_view body);  // 200, with its length
  void reset() const;                                            // not closed, but broken off
  void wait_until_closed();
  [[nodiscard]] int socket() const { return socket_; }

 protected:
  virtual long receive(char* into, std::size_t size);
  virtual long write(const char* from, std::size_t size);

 private:
  int socket_;
  std::string rest_;
};

class RawServer {
 public:
  using Handler = std::function<void(Peer&)>;
  // Calls the handler for each connection, in a thread of its own; closes when it returns.
  explicit RawServer(Handler handler);
  ~RawServer();
  RawServer(const RawServer&) = delete;
  RawServer& operator=(const RawServer&) = delete;

  [[nodiscard]] int port() const { return port_; }
  [[nodiscard]] std::string url(const std::string& path = "/",
                                const std::string& host = "127.0.0.1") const;
  [[nodiscard]] int accepted() const { return accepted_; }

 private:
  void accept_all();

  Handler handler_;
  int listener_;
  int port_ = 0;
  std::atomic<int> accepted_ = 0;
  std::mutex guard_;
  std::list<int> sockets_;
  std::list<std::thread> threads_;
  std::thread acceptor_;
};

}  // namespace chandler::http::test
