// Writing a provider as a shared object in C++17 or later, without touching the C border:
//
//   #include <chandler/provider_plugin_cpp.h>
//   namespace cp = chandler::provider_plugin;
//
//   class Mine final : public cp::Plugin {
//    public:
//     static cp::Description describe() { return {.name = "mine", .classes = {"crypto"}, ...}; }
//     std::unique_ptr<cp::Stream> open(cp::Host& host, const cp::Request& request) override;
//   };
//   CHANDLER_PROVIDER_PLUGIN(Mine)
//
// What goes wrong is thrown as cp::Failure; whatever is thrown becomes an error at the border. This
// header needs chandler/provider_plugin.h and nothing else of Chandler: no library is linked.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <exception>
#include <limits>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "chandler/provider_plugin.h"

namespace chandler::provider_plugin {

// Why there are no bars.
class Failure : public std::runtime_error {
 public:
  // One of the CHANDLER_ answers; see chandler/provider_plugin.h.
  Failure(std::int32_t answer, const std::string& message, int retry_after_seconds = 0)
      : std::runtime_error(message), answer_(answer), retry_after_seconds_(retry_after_seconds) {}
  [[nodiscard]] std::int32_t answer() const { return answer_; }
  [[nodiscard]] int retry_after_seconds() const { return retry_after_seconds_; }

 private:
  std::int32_t answer_;
  int retry_after_seconds_;
};

// What a plugin says of itself. Empty texts and lists are not said; docs/plugins.md explains each.
struct Description {
  std::string name{};
  std::vector<std::string> classes{};
  std::vector<std::string> timeframes{};
  std::vector<std::string> optional_columns{};  // of adj_close, vwap, trade_count, turnover
  std::string rate_limit{};                     // "60/minute"
  std::vector<std::string> key_env{};           // variables that hold its key
  std::vector<std::string> env{};               // other variables it wants to see
  std::string adjustment{};
  std::optional<double> reliability{};
  std::string earliest{};
  std::vector<std::pair<std::string, int>> depth_days{};  // {"1m", 30}: reaches back 30 days
  std::string probe_symbol{};
  int page_bars = 0;  // 0: open() may be asked for any range
  bool own_network = false;

  [[nodiscard]] std::string json() const;
};

struct Field {
  std::string name;
  std::string value;
  bool secret = false;  // a key: sent, never shown
};

struct HttpRequest {
  std::string url{};
  std::vector<Field> query{};
  std::vector<Field> headers{};
  unsigned cost = 1;
  bool take_client_errors = false;  // hand out 400, 404 and so on instead of throwing
};

struct HttpResponse {
  int status = 0;
  std::string body{};
  std::vector<Field> headers{};  // names in lower case
};

// What the host does for a plugin, during the call that it was handed to.
class Host {
 public:
  explicit Host(const chandler_host* host) : host_(host) {}

  // Throws Failure for what is not to be had; leave that to the border unless you know better.
  [[nodiscard]] HttpResponse get(const HttpRequest& request) const;
  [[nodiscard]] std::optional<std::string> variable(const std::string& name) const {
    const char* const value = host_->variable(host_->context, name.c_str());
    if (value == nullptr) return std::nullopt;
    return value;
  }
  [[nodiscard]] bool cancelled() const { return host_->cancelled(host_->context) != 0; }
  void log(const std::string& message) const { host_->log(host_->context, message.c_str()); }
  [[nodiscard]] std::int64_t now() const { return host_->now(host_->context); }

 private:
  const chandler_host* host_;
};

struct Request {
  std::string symbol{};
  std::string asset_class{};
  std::string base{};
  std::string quote{};
  std::string exchange{};
  std::string timeframe{};
  std::int64_t from = 0;  // seconds since 1970 UTC
  std::int64_t to = 0;    // exclusive
  [[nodiscard]] bool contains(std::int64_t time) const { return from <= time && time < to; }
};

inline constexpr double kUnknown = std::numeric_limits<double>::quiet_NaN();

struct Bar {
  std::int64_t time = 0;  // when it opens, seconds since 1970 UTC
  double open = 0;
  double high = 0;
  double low = 0;
  double close = 0;
  double volume = 0;
  double adj_close = kUnknown;
  double vwap = kUnknown;
  double trade_count = kUnknown;
  double turnover = kUnknown;
};

// Bars, oldest first, at most CHANDLER_PAGE_ROWS; later than those of the pages before.
class Page {
 public:
  explicit Page(const Description& description);
  void add(const Bar& bar);
  void clear();
  [[nodiscard]] std::size_t rows() const { return time_.size(); }
  void show(chandler_page& page) const;

 private:
  static constexpr std::size_t kRequired = 5;
  std::vector<std::int64_t> time_;
  std::vector<double> columns_[9];
  bool offered_[9] = {true, true, true, true, true, false, false, false, false};
};

// The bars of one request; used by one thread at a time.
class Stream {
 public:
  Stream() = default;
  Stream(const Stream&) = delete;
  Stream& operator=(const Stream&) = delete;
  virtual ~Stream() = default;
  // Fills the page, which is empty; false when there is no more.
  virtual bool next(Host& host, Page& page) = 0;
};

// Derive from it and give it `static Description describe()`. A constructor that takes a Host& is
// called with one. Safe from several threads.
class Plugin {
 public:
  Plugin() = default;
  Plugin(const Plugin&) = delete;
  Plugin& operator=(const Plugin&) = delete;
  virtual ~Plugin() = default;
  [[nodiscard]] virtual std::unique_ptr<Stream> open(Host& host, const Request& request) = 0;
};

// --- From here on: how it is done.
namespace border {

inline void append_quoted(std::string& json, const std::string& text) {
  json += '"';
  for (const char c : text) {
    if (c == '"' || c == '\\') json += '\\';
    json += static_cast<unsigned char>(c) < 0x20 ? ' ' : c;
  }
  json += '"';
}

inline void append_list(std::string& json, const char* key, const std::vector<std::string>& texts) {
  json += std::string(",\"") + key + "\":[";
  for (std::size_t i = 0; i < texts.size(); ++i) {
    if (i > 0) json += ',';
    append_quoted(json, texts[i]);
  }
  json += ']';
}

inline void append_text(std::string& json, const char* key, const std::string& text) {
  if (text.empty()) return;
  json += std::string(",\"") + key + "\":";
  append_quoted(json, text);
}

inline void say(chandler_error* error, const char* message, int retry_after_seconds) {
  if (error == nullptr) return;
  error->retry_after_seconds = retry_after_seconds;
  const std::size_t length = std::min(std::strlen(message), sizeof error->message - 1);
  std::memcpy(error->message, message, length);
  error->message[length] = '\0';
}

// Nothing thrown gets past this.
template <class Work>
std::int32_t guarded(chandler_error* error, Work work) noexcept {
  try {
    return work();
  } catch (const Failure& failure) {
    say(error, failure.what(), failure.retry_after_seconds());
    return failure.answer();
  } catch (const std::exception& thrown) {
    say(error, thrown.what(), 0);
  } catch (...) {
    say(error, "something was thrown that is no std::exception", 0);
  }
  return CHANDLER_BAD_DATA;
}

struct OpenStream {
  std::unique_ptr<Stream> stream;
  Page page;
};

inline Request request_of(const chandler_request& request) {
  return {request.symbol,   request.asset_class, request.base, request.quote,
          request.exchange, request.timeframe,   request.from, request.to};
}

template <class T>
struct Table {
  static const char* describe() noexcept {
    try {
      static const std::string text = T::describe().json();
      return text.c_str();
    } catch (...) {
      return nullptr;
    }
  }

  static std::int32_t create(const chandler_host* host, void** self, chandler_error* error) {
    return guarded(error, [&] {
      Host wrapped(host);
      std::unique_ptr<Plugin> plugin;
      if constexpr (std::is_constructible_v<T, Host&>) {
        plugin = std::make_unique<T>(wrapped);
      } else {
        plugin = std::make_unique<T>();
      }
      *self = plugin.release();
      return CHANDLER_OK;
    });
  }

  static void destroy(void* self) {
    guarded(nullptr, [&] {
      const std::unique_ptr<Plugin> owned(static_cast<Plugin*>(self));
      return CHANDLER_OK;
    });
  }

  static std::int32_t open(void* self, const chandler_host* host, const chandler_request* request,
                           void** stream, chandler_error* error) {
    return guarded(error, [&] {
      Host wrapped(host);
      auto opened = std::make_unique<OpenStream>(OpenStream{
          static_cast<Plugin*>(self)->open(wrapped, request_of(*request)), Page(T::describe())});
      *stream = opened.release();
      return CHANDLER_OK;
    });
  }

  static std::int32_t next_page(void* stream, const chandler_host* host, chandler_page* page,
                                chandler_error* error) {
    return guarded(error, [&] {
      Host wrapped(host);
      auto& open = *static_cast<OpenStream*>(stream);
      open.page.clear();
      if (!open.stream->next(wrapped, open.page)) return CHANDLER_END;
      open.page.show(*page);
      return CHANDLER_OK;
    });
  }

  static void close(void* stream) {
    guarded(nullptr, [&] {
      const std::unique_ptr<OpenStream> owned(static_cast<OpenStream*>(stream));
      return CHANDLER_OK;
    });
  }

  static const chandler_plugin_api* api() {
    static const chandler_plugin_api table = {CHANDLER_PLUGIN_ABI,
                                              sizeof(chandler_plugin_api),
                                              &describe,
                                              &create,
                                              &destroy,
                                              &open,
                                              &next_page,
                                              &close};
    return &table;
  }
};

}  // namespace border

inline std::string Description::json() const {
  std::string json = "{\"protocol\":1,\"name\":";
  border::append_quoted(json, name);
  border::append_list(json, "classes", classes);
  border::append_list(json, "timeframes", timeframes);
  border::append_list(json, "columns", optional_columns);
  border::append_list(json, "key_env", key_env);
  border::append_list(json, "env", env);
  border::append_text(json, "rate_limit", rate_limit);
  border::append_text(json, "adjustment", adjustment);
  border::append_text(json, "earliest", earliest);
  border::append_text(json, "probe_symbol", probe_symbol);
  if (reliability) {
    // Not std::to_string(double): a locale may write a comma.
    const auto thousandths = std::lround(*reliability * 1000);
    json += ",\"reliability\":" + std::to_string(thousandths) + "e-3";
  }
  if (!depth_days.empty()) {
    json += ",\"depth_days\":{";
    for (std::size_t i = 0; i < depth_days.size(); ++i) {
      if (i > 0) json += ',';
      border::append_quoted(json, depth_days[i].first);
      json += ':' + std::to_string(depth_days[i].second);
    }
    json += '}';
  }
  if (page_bars > 0) json += ",\"page_bars\":" + std::to_string(page_bars);
  json += std::string(",\"network\":\"") + (own_network ? "own" : "host") + "\"}";
  return json;
}

inline HttpResponse Host::get(const HttpRequest& request) const {
  const auto fields = [](const std::vector<Field>& from) {
    std::vector<chandler_field> all;
    all.reserve(from.size());
    for (const Field& field : from)
      all.push_back({field.name.c_str(), field.value.c_str(), field.secret ? 1 : 0});
    return all;
  };
  const std::vector<chandler_field> query = fields(request.query);
  const std::vector<chandler_field> headers = fields(request.headers);
  chandler_http_request asked{};
  asked.struct_size = sizeof asked;
  asked.flags = request.take_client_errors ? CHANDLER_HTTP_TAKE_CLIENT_ERRORS : 0U;
  asked.url = request.url.c_str();
  asked.query = query.data();
  asked.query_count = query.size();
  asked.headers = headers.data();
  asked.header_count = headers.size();
  asked.cost = request.cost;
  const chandler_http_response* got = nullptr;
  chandler_error error{};
  error.struct_size = sizeof error;
  const std::int32_t answer = host_->http_get(host_->context, &asked, &got, &error);
  if (answer != CHANDLER_OK) throw Failure(answer, error.message, error.retry_after_seconds);
  HttpResponse response{got->status, std::string(got->body, got->body_size), {}};
  for (std::size_t i = 0; i < got->header_count; ++i)
    response.headers.push_back({got->headers[i].name, got->headers[i].value});
  return response;
}

inline Page::Page(const Description& description) {
  const char* const names[] = {"adj_close", "vwap", "trade_count", "turnover"};
  for (std::size_t i = 0; i < 4; ++i) {
    for (const std::string& name : description.optional_columns) {
      if (name == names[i]) offered_[kRequired + i] = true;
    }
  }
}

inline void Page::add(const Bar& bar) {
  const double values[] = {bar.open,      bar.high, bar.low,         bar.close,   bar.volume,
                           bar.adj_close, bar.vwap, bar.trade_count, bar.turnover};
  time_.push_back(bar.time);
  for (std::size_t i = 0; i < 9; ++i) {
    if (offered_[i]) columns_[i].push_back(values[i]);
  }
}

inline void Page::clear() {
  time_.clear();
  for (std::vector<double>& column : columns_) column.clear();
}

inline void Page::show(chandler_page& page) const {
  const double** const places[] = {&page.open,  &page.high,        &page.low,
                                   &page.close, &page.volume,      &page.adj_close,
                                   &page.vwap,  &page.trade_count, &page.turnover};
  page.rows = time_.size();
  page.timestamp = time_.data();
  for (std::size_t i = 0; i < 9; ++i) *places[i] = offered_[i] ? columns_[i].data() : nullptr;
}

}  // namespace chandler::provider_plugin

// Once in a plugin, outside of all namespaces.
#define CHANDLER_PROVIDER_PLUGIN(Type)                                                             \
  extern "C" CHANDLER_PLUGIN_EXPORT const chandler_plugin_api* chandler_plugin(                    \
      uint32_t host_abi) {                                                                         \
    return host_abi < CHANDLER_PLUGIN_ABI ? nullptr                                                \
                                          : chandler::provider_plugin::border::Table<Type>::api(); \
  }
