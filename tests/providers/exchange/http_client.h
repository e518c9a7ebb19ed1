// A plain client for the tests of the loopback exchange, and how shapes are compared.
#pragma once

#include <chrono>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

#include "chandler/bar_series.h"

namespace chandler::testing {

struct Answer {
  int failed = 0;  // CURLcode
  int status = 0;
  std::vector<std::pair<std::string, std::string>> headers{};  // names in lower case
  std::string body{};

  [[nodiscard]] std::string header(const std::string& name) const;
  // Keys in the order they came. Discarded when it is no JSON.
  [[nodiscard]] nlohmann::ordered_json json() const;
};

struct AnswerOptions {
  std::vector<std::string> headers{};
  bool accept_gzip = false;
  std::string post{};
  std::chrono::milliseconds timeout{20'000};
};

// One connection, used again where the server lets it.
class HttpClient {
 public:
  HttpClient();
  ~HttpClient();
  HttpClient(const HttpClient&) = delete;
  HttpClient& operator=(const HttpClient&) = delete;
  Answer get(const std::string& url, const AnswerOptions& options = {});

 private:
  void* handle_;
};

Answer http_get(const std::string& url, const AnswerOptions& options = {});

// Keys and types without values: {"a": "number", "b": ["string"]}. Of an array the shapes of its
// elements, each one once.
[[nodiscard]] nlohmann::json shape_of(const nlohmann::ordered_json& value);
[[nodiscard]] std::vector<std::string> keys_of(const nlohmann::ordered_json& object);
// A recorded payload; a null when the fixtures are not there.
[[nodiscard]] nlohmann::ordered_json recorded(const std::string& path);

void expect_identical(const BarSeries& got, const BarSeries& expected);

}  // namespace chandler::testing
