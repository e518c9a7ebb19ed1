// An answer as it comes in, in the hands of libcurl's callbacks.
#pragma once

#include <curl/curl.h>

#include <cstddef>
#include <optional>
#include <string_view>
#include <vector>

#include "chandler/result.h"
#include "http/transport.h"
#include "http/unpack.h"

namespace chandler::http {

class Incoming {
 public:
  explicit Incoming(std::size_t most) : body_(most) {}

  // Makes the handle's callbacks fill this. It must outlive the transfer.
  [[nodiscard]] CURLcode attach(CURL* handle);

  // Why the transfer was broken off here; nullopt: it was not.
  [[nodiscard]] const std::optional<Error>& error() const { return error_; }
  // libcurl takes an answer that ends among its headers for one without a body.
  [[nodiscard]] bool headers_ended() const { return headers_ended_; }
  // After a transfer without errors.
  [[nodiscard]] Result<std::string> body() { return body_.finish(); }
  [[nodiscard]] std::vector<Field> headers() { return std::move(headers_); }

 private:
  static std::size_t on_header(char* data, std::size_t one, std::size_t size, void* user);
  static std::size_t on_body(char* data, std::size_t one, std::size_t size, void* user);
  [[nodiscard]] Result<void> take_header(std::string_view line);
  [[nodiscard]] Result<void> take_body(std::string_view bytes);

  std::vector<Field> headers_;
  std::size_t header_bytes_ = 0;
  bool headers_ended_ = false;
  bool body_begun_ = false;
  BodyReader body_;
  std::optional<Error> error_;
};

}  // namespace chandler::http
