#include "raw_server.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <utility>

namespace chandler::http::test {

long Peer::receive(char* into, std::size_t size) { return ::recv(socket_, into, size, 0); }

long Peer::write(const char* from, std::size_t size) {
  return ::send(socket_, from, size, MSG_NOSIGNAL);
}

std::optional<std::string> Peer::read_request() {
  std::array<char, 4096> piece{};
  for (;;) {
    if (const std::size_t end = rest_.find("\r\n\r\n"); end != std::string::npos) {
      std::string request = rest_.substr(0, end + 4);
      rest_.erase(0, end + 4);
      return request;
    }
    const long got = receive(piece.data(), piece.size());
    if (got <= 0) return {};
    rest_.append(piece.data(), static_cast<std::size_t>(got));
  }
}

bool Peer::send(std::string_view bytes) {
  while (!bytes.empty()) {
    const long sent = write(bytes.data(), bytes.size());
    if (sent <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
  return true;
}

bool Peer::answer(std::string_view headers, std::string_view body) {
  return send("HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(body.size()) + "\r\n" +
              std::string(headers) + "\r\n" + std::string(body));
}

void Peer::reset() const {
  const linger at_once{1, 0};
  ::setsockopt(socket_, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
}

void Peer::wait_until_closed() {
  std::array<char, 4096> piece{};
  while (receive(piece.data(), piece.size()) > 0) {
  }
}

RawServer::RawServer(Handler handler)
    : handler_(std::move(handler)), listener_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  auto* const plain = reinterpret_cast<sockaddr*>(&address);
  if (listener_ < 0 || ::bind(listener_, plain, size) != 0 || ::listen(listener_, 64) != 0 ||
      ::getsockname(listener_, plain, &size) != 0)
    std::abort();
  port_ = ntohs(address.sin_port);
  acceptor_ = std::thread([this] { accept_all(); });
}

RawServer::~RawServer() {
  ::shutdown(listener_, SHUT_RDWR);
  acceptor_.join();
  {
    const std::lock_guard lock(guard_);
    for (const int socket : sockets_) ::shutdown(socket, SHUT_RDWR);
  }
  for (std::thread& thread : threads_) thread.join();
  ::close(listener_);
}

std::string RawServer::url(const std::string& path, const std::string& host) const {
  return "http://" + host + ":" + std::to_string(port_) + path;
}

void RawServer::accept_all() {
  for (;;) {
    const int socket = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (socket < 0) return;
    ++accepted_;
    const std::lock_guard lock(guard_);
    sockets_.push_back(socket);
    threads_.emplace_back([this, socket] {
      Peer peer(socket);
      handler_(peer);
      const std::lock_guard ended(guard_);
      sockets_.remove(socket);
      ::close(socket);
    });
  }
}

}  // namespace chandler::http::test
