#include "output.h"

#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <nlohmann/json.hpp>

#include "exit_code.h"

namespace chandler::cli {
namespace {

constexpr std::size_t kBufferSize = std::size_t{256} << 10U;

// 0, or the errno that stopped it.
int write_all(int descriptor, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t n = ::write(descriptor, bytes.data(), bytes.size());
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return errno;
    bytes.remove_prefix(static_cast<std::size_t>(n));
  }
  return 0;
}

}  // namespace

bool Output::errors_on_terminal() const { return ::isatty(err_) == 1; }

bool Output::data(std::string_view bytes) {
  if (failure_ != 0) return false;
  buffer_ += bytes;
  if (buffer_.size() >= kBufferSize) flush();
  return failure_ == 0;
}

void Output::flush() {
  if (failure_ == 0) failure_ = write_all(out_, buffer_);
  buffer_.clear();
}

void Output::text(std::string_view lines) {
  if (!json_ && verbosity_ != Verbosity::quiet) data(lines);
}

void Output::document(const Json& document) {
  data(document.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n");
}

void Output::line(std::string_view prefix, std::string_view text) const {
  std::string whole{prefix};
  whole += text;
  whole += '\n';
  // One write per line, so that lines of several threads do not mix. A stderr that cannot be
  // written to leaves nowhere to say so.
  (void)write_all(err_, whole);
}

void Output::error(const Error& error) { line("chandler: ", error.line()); }

void Output::warning(std::string_view text) const {
  if (verbosity_ != Verbosity::quiet) {
    line("chandler: warning: ", printable(std::string{text}, 2000));
  }
}

void Output::note(std::string_view text) const {
  if (verbosity_ != Verbosity::quiet) line("chandler: ", printable(std::string{text}, 2000));
}

void Output::detail(std::string_view text) const {
  if (verbosity_ == Verbosity::verbose) line("chandler: ", printable(std::string{text}, 2000));
}

void Output::progress(std::string_view text) const {
  std::string whole = "\r\x1b[K";
  whole += text;
  (void)write_all(err_, whole);
}

Result<void> Output::finish() {
  flush();
  if (failure_ == 0 || failure_ == EPIPE) return {};
  return Error{failure_ == ENOSPC ? ErrorKind::no_space : ErrorKind::io, std::strerror(failure_),
               "standard output", ""};
}

Json error_object(const Error& error) {
  return Json{{"kind", name_of(error.kind)}, {"message", error.line()}};
}

Json error_document(const Error& error) {
  return Json{{"ok", false}, {"error", error_object(error)}};
}

}  // namespace chandler::cli
