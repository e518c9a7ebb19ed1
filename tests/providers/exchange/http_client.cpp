#include "tests/providers/exchange/http_client.h"

#include <curl/curl.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>

namespace chandler::testing {
namespace {

using nlohmann::json;
using nlohmann::ordered_json;

std::size_t take_body(char* data, std::size_t size, std::size_t count, void* to) {
  static_cast<std::string*>(to)->append(data, size * count);
  return size * count;
}

std::size_t take_header(char* data, std::size_t size, std::size_t count, void* to) {
  const std::string line(data, size * count);
  const std::size_t colon = line.find(": ");
  if (colon != std::string::npos) {
    std::string name = line.substr(0, colon);
    std::transform(name.begin(), name.end(), name.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    static_cast<Answer*>(to)->headers.emplace_back(name,
                                                   line.substr(colon + 2, line.size() - colon - 4));
  }
  return size * count;
}

}  // namespace

std::string Answer::header(const std::string& name) const {
  for (const auto& [key, value] : headers) {
    if (key == name) return value;
  }
  return "";
}

ordered_json Answer::json() const { return ordered_json::parse(body, nullptr, false); }

HttpClient::HttpClient() : handle_(::curl_easy_init()) {}
HttpClient::~HttpClient() { ::curl_easy_cleanup(handle_); }

Answer HttpClient::get(const std::string& url, const AnswerOptions& options) {
  Answer answer;
  ::curl_easy_reset(handle_);
  curl_slist* headers = nullptr;
  for (const std::string& header : options.headers)
    headers = ::curl_slist_append(headers, header.c_str());
  ::curl_easy_setopt(handle_, CURLOPT_URL, url.c_str());
  ::curl_easy_setopt(handle_, CURLOPT_PROXY, "");
  ::curl_easy_setopt(handle_, CURLOPT_NOSIGNAL, 1L);
  ::curl_easy_setopt(handle_, CURLOPT_HTTPHEADER, headers);
  ::curl_easy_setopt(handle_, CURLOPT_TIMEOUT_MS, static_cast<long>(options.timeout.count()));
  ::curl_easy_setopt(handle_, CURLOPT_WRITEFUNCTION, &take_body);
  ::curl_easy_setopt(handle_, CURLOPT_WRITEDATA, &answer.body);
  ::curl_easy_setopt(handle_, CURLOPT_HEADERFUNCTION, &take_header);
  ::curl_easy_setopt(handle_, CURLOPT_HEADERDATA, &answer);
  if (options.accept_gzip) ::curl_easy_setopt(handle_, CURLOPT_ACCEPT_ENCODING, "gzip");
  if (!options.post.empty()) ::curl_easy_setopt(handle_, CURLOPT_POSTFIELDS, options.post.c_str());
  answer.failed = ::curl_easy_perform(handle_);
  long status = 0;
  ::curl_easy_getinfo(handle_, CURLINFO_RESPONSE_CODE, &status);
  answer.status = static_cast<int>(status);
  ::curl_slist_free_all(headers);
  return answer;
}

Answer http_get(const std::string& url, const AnswerOptions& options) {
  return HttpClient().get(url, options);
}

json shape_of(const ordered_json& value) {
  if (value.is_object()) {
    json out = json::object();
    for (const auto& [key, part] : value.items()) out[key] = shape_of(part);
    return out;
  }
  if (value.is_array()) {
    json out = json::array();
    for (const ordered_json& part : value) {
      const json shape = shape_of(part);
      if (std::find(out.begin(), out.end(), shape) == out.end()) out.push_back(shape);
    }
    return out;
  }
  return value.type_name();
}

std::vector<std::string> keys_of(const ordered_json& object) {
  std::vector<std::string> keys;
  for (const auto& [key, value] : object.items()) keys.push_back(key);
  return keys;
}

ordered_json recorded(const std::string& path) {
  std::ifstream in(std::string(CHANDLER_FIXTURES) + "/" + path);
  return in ? ordered_json::parse(in) : ordered_json();
}

void expect_identical(const BarSeries& got, const BarSeries& expected) {
  ASSERT_EQ(got.columns, expected.columns);
  const std::size_t rows = std::min(got.size(), expected.size());
  for (std::size_t i = 0; i < rows; ++i) {
    ASSERT_EQ(format_instant(got.timestamp[i]), format_instant(expected.timestamp[i]));
    ASSERT_TRUE(BarSeries::same_row(got, i, expected, i)) << format_instant(got.timestamp[i]);
  }
  ASSERT_EQ(got.size(), expected.size());
}

}  // namespace chandler::testing
