#include "tests/support/exchange/http_server.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>
#include <zlib.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <exception>
#include <optional>

namespace chandler::testing {
namespace {

constexpr std::size_t kMaxRequest = std::size_t{1} << 20U;
constexpr std::size_t kWorthCompressing = 1024;

std::string lower(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  return out;
}

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

std::string decoded(std::string_view text, bool plus_is_space) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%' && i + 2 < text.size() && hex_digit(text[i + 1]) >= 0 &&
        hex_digit(text[i + 2]) >= 0) {
      out += static_cast<char>(hex_digit(text[i + 1]) * 16 + hex_digit(text[i + 2]));
      i += 2;
    } else {
      out += plus_is_space && text[i] == '+' ? ' ' : text[i];
    }
  }
  return out;
}

Fields parse_query(std::string_view text) {
  Fields out;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('&'), text.size());
    const std::string_view part = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (part.empty()) continue;
    const std::size_t equals = std::min(part.find('='), part.size());
    out.emplace_back(decoded(part.substr(0, equals), true),
                     decoded(part.substr(std::min(equals + 1, part.size())), true));
  }
  return out;
}

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\r')) text.remove_suffix(1);
  return text;
}

std::string value_of(const Fields& fields, std::string_view name) {
  const auto found =
      std::find_if(fields.begin(), fields.end(), [&](const auto& f) { return f.first == name; });
  return found == fields.end() ? std::string() : found->second;
}

// The head of a request, without the empty line at its end; nothing when it is no HTTP.
std::optional<HttpRequest> parse_head(std::string_view head) {
  HttpRequest request;
  bool first = true;
  while (!head.empty()) {
    const std::size_t end = std::min(head.find('\n'), head.size());
    const std::string_view line = trimmed(head.substr(0, end));
    head.remove_prefix(std::min(end + 1, head.size()));
    if (first) {
      const std::size_t method = line.find(' ');
      const std::size_t target = line.rfind(' ');
      if (method == std::string_view::npos || target <= method) return {};
      request.method = line.substr(0, method);
      request.target = line.substr(method + 1, target - method - 1);
      first = false;
      continue;
    }
    const std::size_t colon = line.find(':');
    if (colon == std::string_view::npos) continue;
    request.headers.emplace_back(lower(line.substr(0, colon)), trimmed(line.substr(colon + 1)));
  }
  if (first) return {};
  const std::string_view target = request.target;
  const std::size_t question = std::min(target.find('?'), target.size());
  request.path = decoded(target.substr(0, question), false);
  request.query = parse_query(target.substr(std::min(question + 1, target.size())));
  return request;
}

std::string_view reason(int status) {
  switch (status) {
    case 200:
      return "OK";
    case 400:
      return "Bad Request";
    case 401:
      return "Unauthorized";
    case 403:
      return "Forbidden";
    case 404:
      return "Not Found";
    case 422:
      return "Unprocessable Entity";
    case 429:
      return "Too Many Requests";
    default:
      return status < 500 ? "Answer" : "Server Error";
  }
}

// One client. Everything that waits also watches the server's stop pipe.
class Client {
 public:
  Client(int fd, int stop, const HttpServer::Handler& handler)
      : fd_(fd), stop_(stop), handler_(handler) {}
  ~Client() {
    if (fd_ >= 0) ::close(fd_);
  }
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  void serve() {
    while (const auto request = read_request()) {
      if (!answer(*request, handled(*request))) return;
      if (lower(request->header("connection")) == "close") return;
    }
  }

 private:
  // A handler that throws is a mistake of the test's; the client sees it as 500, the test in the
  // text.
  [[nodiscard]] HttpResponse handled(const HttpRequest& request) const {
    try {
      return handler_(request);
    } catch (const std::exception& mistake) {
      return {.status = 500, .type = "text/plain", .body = mistake.what()};
    }
  }

  // False: the server is to end, or `timeout` passed without anything.
  [[nodiscard]] bool await(short events, int timeout_ms) const {
    std::array<pollfd, 2> watched{pollfd{fd_, events, 0}, pollfd{stop_, POLLIN, 0}};
    for (;;) {
      const int ready = ::poll(watched.data(), watched.size(), timeout_ms);
      if (ready < 0 && errno == EINTR) continue;
      return ready > 0 && watched[1].revents == 0;
    }
  }

  bool receive() {
    std::array<char, 16384> buffer{};
    if (!await(POLLIN, -1)) return false;
    const ssize_t got = ::recv(fd_, buffer.data(), buffer.size(), 0);
    if (got <= 0) return false;
    received_.append(buffer.data(), static_cast<std::size_t>(got));
    return received_.size() <= kMaxRequest;
  }

  std::optional<HttpRequest> read_request() {
    std::size_t head = std::string::npos;
    while ((head = received_.find("\r\n\r\n")) == std::string::npos) {
      if (!receive()) return {};
    }
    auto request = parse_head(std::string_view(received_).substr(0, head));
    received_.erase(0, head + 4);
    if (!request) return {};
    const std::string length = request->header("content-length");
    std::size_t size = 0;
    std::from_chars(length.data(), length.data() + length.size(), size);
    if (size > kMaxRequest) return {};
    while (received_.size() < size) {
      if (!receive()) return {};
    }
    request->body = received_.substr(0, size);
    received_.erase(0, size);
    return request;
  }

  [[nodiscard]] bool send(std::string_view bytes) const {
    while (!bytes.empty()) {
      const ssize_t sent = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
      if (sent > 0) {
        bytes.remove_prefix(static_cast<std::size_t>(sent));
      } else if (errno == EAGAIN || errno == EWOULDBLOCK) {
        if (!await(POLLOUT, -1)) return false;
      } else if (errno != EINTR) {
        return false;
      }
    }
    return true;
  }

  // False: the connection cannot be used again.
  bool answer(const HttpRequest& request, HttpResponse response) {
    const bool pack = !response.packed && response.body.size() >= kWorthCompressing &&
                      value_of(response.headers, "x-no-gzip").empty() &&
                      request.header("accept-encoding").find("gzip") != std::string::npos;
    if (pack) response.body = gzipped(response.body);
    std::string head = "HTTP/1.1 " + std::to_string(response.status) + " ";
    head += reason(response.status);
    head += "\r\nContent-Type: " + response.type;
    head += "\r\nContent-Length: " + std::to_string(response.body.size());
    if (pack || response.packed) head += "\r\nContent-Encoding: gzip";
    for (const auto& [name, value] : response.headers) {
      if (name != "x-no-gzip") head += "\r\n" + name + ": " + value;
    }
    head += "\r\n\r\n";
    if (request.method == "HEAD") response.body.clear();
    return deliver(head, response.body, response.delivery);
  }

  bool deliver(const std::string& head, const std::string& body, const Delivery& delivery) {
    using How = Delivery::How;
    const std::string_view all = body;
    const std::string_view part = all.substr(0, std::min(delivery.bytes, all.size()));
    switch (delivery.how) {
      case How::whole:
        return send(head + body);
      case How::drip:
        return send(head) && drip(all, delivery);
      case How::stall:
        if (send(head) && send(part)) await_hang_up();
        return false;
      case How::reset:
        if (send(head) && send(part)) reset();
        return false;
      case How::truncate:
        static_cast<void>(send(head) && send(part));
        return false;
      case How::hang_up:
        return false;
    }
    return false;
  }

  [[nodiscard]] bool drip(std::string_view body, const Delivery& delivery) const {
    const std::size_t piece = std::max<std::size_t>(1, delivery.bytes);
    while (!body.empty()) {
      if (!send(body.substr(0, piece))) return false;
      body.remove_prefix(std::min(piece, body.size()));
      std::array<pollfd, 1> stop{pollfd{stop_, POLLIN, 0}};
      const auto pause = static_cast<int>(delivery.pause.count());
      if (!body.empty() && ::poll(stop.data(), 1, pause) > 0) return false;
    }
    return true;
  }

  void await_hang_up() {
    while (receive()) received_.clear();
  }

  // Closing with unsent data thrown away sends RST instead of FIN.
  void reset() {
    const linger now{1, 0};
    ::setsockopt(fd_, SOL_SOCKET, SO_LINGER, &now, sizeof now);
    ::close(fd_);
    fd_ = -1;
  }

  int fd_;
  int stop_;
  const HttpServer::Handler& handler_;
  std::string received_;
};

Error socket_error(const std::string& what) {
  return {ErrorKind::io, what + ": " + std::strerror(errno), "", ""};
}

}  // namespace

std::string gzipped(const std::string& body) {
  z_stream stream{};
  constexpr int kGzip = 15 + 16;
  if (::deflateInit2(&stream, Z_BEST_SPEED, Z_DEFLATED, kGzip, 8, Z_DEFAULT_STRATEGY) != Z_OK)
    return {};
  std::string out(::deflateBound(&stream, body.size()), '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(body.data()));
  stream.avail_in = static_cast<uInt>(body.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  ::deflate(&stream, Z_FINISH);
  out.resize(stream.total_out);
  ::deflateEnd(&stream);
  return out;
}

std::string HttpRequest::parameter(std::string_view name) const { return value_of(query, name); }
std::string HttpRequest::header(std::string_view name) const { return value_of(headers, name); }

Result<std::unique_ptr<HttpServer>> HttpServer::start(std::uint16_t port, Handler handler) {
  std::unique_ptr<HttpServer> server(new HttpServer(std::move(handler)));
  CHANDLER_CHECK(server->listen(port));
  server->accepting_ = std::thread([raw = server.get()] { raw->accept_connections(); });
  return server;
}

Result<void> HttpServer::listen(std::uint16_t port) {
  if (::pipe2(stop_, O_CLOEXEC) != 0) return socket_error("making a pipe");
  listening_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (listening_ < 0) return socket_error("making a socket");
  const int on = 1;
  ::setsockopt(listening_, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(port);
  auto* const plain = reinterpret_cast<sockaddr*>(&address);
  if (::bind(listening_, plain, sizeof address) != 0 || ::listen(listening_, 128) != 0)
    return socket_error("listening on port " + std::to_string(port));
  socklen_t size = sizeof address;
  if (::getsockname(listening_, plain, &size) != 0) return socket_error("asking for the port");
  port_ = ntohs(address.sin_port);
  return {};
}

void HttpServer::accept_connections() {
  for (;;) {
    std::array<pollfd, 2> watched{pollfd{listening_, POLLIN, 0}, pollfd{stop_[0], POLLIN, 0}};
    if (::poll(watched.data(), watched.size(), -1) < 0 && errno != EINTR) return;
    if (watched[1].revents != 0) return;
    if (watched[0].revents == 0) continue;
    const int fd = ::accept4(listening_, nullptr, nullptr, SOCK_CLOEXEC);
    if (fd < 0) continue;
    const int on = 1;
    ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    reap(/*all=*/false);
    const std::lock_guard lock(mutex_);
    ++accepted_;
    Connection& connection = connections_.emplace_back();
    connection.thread = std::thread([this, fd, &connection] {
      Client(fd, stop_[0], handler_).serve();
      const std::lock_guard done(mutex_);
      connection.done = true;
    });
  }
}

void HttpServer::reap(bool all) {
  std::list<Connection> ended;
  {
    const std::lock_guard lock(mutex_);
    for (auto it = connections_.begin(); it != connections_.end();) {
      const auto next = std::next(it);
      if (all || it->done) ended.splice(ended.end(), connections_, it);
      it = next;
    }
  }
  for (Connection& connection : ended) connection.thread.join();
}

std::uint64_t HttpServer::connections() const {
  const std::lock_guard lock(mutex_);
  return accepted_;
}

HttpServer::~HttpServer() {
  // Closing the writing end makes the reading end readable for everybody.
  if (stop_[1] >= 0) ::close(stop_[1]);
  if (accepting_.joinable()) accepting_.join();
  reap(/*all=*/true);
  if (stop_[0] >= 0) ::close(stop_[0]);
  if (listening_ >= 0) ::close(listening_);
}

}  // namespace chandler::testing
