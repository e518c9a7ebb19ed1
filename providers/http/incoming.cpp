#include "http/incoming.h"

#include <exception>
#include <utility>

#include "http/curl_library.h"
#include "http/text.h"

namespace chandler::http {
namespace {

constexpr std::size_t kMostHeaderBytes = std::size_t{256} << 10U;

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view kBlank = " \t\r\n";
  const std::size_t first = text.find_first_not_of(kBlank);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kBlank) - first + 1);
}

// Runs a step of a callback; nothing may be thrown through libcurl. What it returns is what the
// callback does: anything but `size` breaks the transfer off.
template <class Step>
std::size_t guarded(std::size_t size, std::optional<Error>& error, Step step) {
  try {
    Result<void> done = step();
    if (done) return size;
    error = std::move(done).error();
  } catch (const std::exception&) {
    error = Error{ErrorKind::data, "there is no memory for the answer", "", ""};
  }
  return size == 0 ? 1 : 0;
}

}  // namespace

CURLcode Incoming::attach(CURL* handle) {
  for (const CURLcode code :
       {curl().easy_setopt(handle, CURLOPT_HEADERFUNCTION, &Incoming::on_header),
        curl().easy_setopt(handle, CURLOPT_HEADERDATA, this),
        curl().easy_setopt(handle, CURLOPT_WRITEFUNCTION, &Incoming::on_body),
        curl().easy_setopt(handle, CURLOPT_WRITEDATA, this)}) {
    if (code != CURLE_OK) return code;
  }
  return CURLE_OK;
}

std::size_t Incoming::on_header(char* data, std::size_t, std::size_t size, void* user) {
  auto& self = *static_cast<Incoming*>(user);
  return guarded(size, self.error_, [&] { return self.take_header({data, size}); });
}

std::size_t Incoming::on_body(char* data, std::size_t, std::size_t size, void* user) {
  auto& self = *static_cast<Incoming*>(user);
  return guarded(size, self.error_, [&] { return self.take_body({data, size}); });
}

Result<void> Incoming::take_header(std::string_view line) {
  header_bytes_ += line.size();
  if (header_bytes_ > kMostHeaderBytes)
    return Error{ErrorKind::data, "the answer's headers are too long", "", ""};
  if (line.starts_with("HTTP/")) {  // another answer: what came before was provisional
    headers_.clear();
    headers_ended_ = false;
    return {};
  }
  if (trimmed(line).empty()) headers_ended_ = true;
  const std::size_t colon = line.find(':');
  if (colon == std::string_view::npos) return {};
  headers_.push_back(
      {lower_case(trimmed(line.substr(0, colon))), std::string(trimmed(line.substr(colon + 1)))});
  return {};
}

Result<void> Incoming::take_body(std::string_view bytes) {
  if (!std::exchange(body_begun_, true)) {
    for (const Field& field : headers_) {
      if (field.name == "content-encoding") body_.set_encoding(lower_case(field.value));
    }
  }
  return body_.add(bytes);
}

}  // namespace chandler::http
