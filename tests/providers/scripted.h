// A source that answers from a script, and a clock that waits for nobody.
#pragma once

#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "http/client.h"
#include "http/limits.h"
#include "provider_context.h"

namespace chandler::testing {

// Stands still but for waiting, which is over at once.
class ManualTimer final : public http::Timer {
 public:
  explicit ManualTimer(http::Moment now) : now_(now) {}
  [[nodiscard]] http::Moment now() const override {
    const std::lock_guard lock(mutex_);
    return now_;
  }
  [[nodiscard]] bool wait_until(http::Moment moment, const std::stop_token& stop) override {
    const std::lock_guard lock(mutex_);
    if (moment > now_) now_ = moment;
    return !stop.stop_requested();
  }
  void set(http::Moment now) {
    const std::lock_guard lock(mutex_);
    now_ = now;
  }

 private:
  mutable std::mutex mutex_;
  http::Moment now_;
};

inline http::Response answer(int status, std::string body, std::vector<http::Field> headers = {}) {
  http::Response response;
  response.status = status;
  response.wire_bytes = body.size();
  response.body = std::move(body);
  response.headers = std::move(headers);
  return response;
}
inline http::Response ok(std::string body, std::vector<http::Field> headers = {}) {
  return answer(200, std::move(body), std::move(headers));
}

// Keeps what it was asked; the script says what comes back.
class ScriptedTransport final : public http::Transport {
 public:
  using Script = std::function<Result<http::Response>(const http::Request&)>;

  explicit ScriptedTransport(Script script) : script_(std::move(script)) {}
  [[nodiscard]] Result<http::Response> get(const http::Request& request,
                                           const std::stop_token& stop) override {
    if (stop.stop_requested()) return Error{ErrorKind::interrupted, "interrupted", "", ""};
    const std::lock_guard lock(mutex_);
    requests.push_back(request);
    return script_(request);
  }
  void play(Script script) { script_ = std::move(script); }

  // The value of a request's query field; "" when it has none.
  [[nodiscard]] std::string asked(std::size_t i, std::string_view field) const {
    return value_of(requests.at(i).query, field);
  }
  [[nodiscard]] std::string header(std::size_t i, std::string_view field) const {
    return value_of(requests.at(i).headers, field);
  }

  std::vector<http::Request> requests;

 private:
  static std::string value_of(const std::vector<http::Field>& fields, std::string_view name) {
    for (const http::Field& field : fields) {
      if (field.name == name) return field.value;
    }
    return "";
  }

  std::mutex mutex_;
  Script script_;
};

// The answers one after the other; the last one again and again.
inline ScriptedTransport::Script in_turn(std::vector<Result<http::Response>> answers) {
  return [answers = std::move(answers), i = std::size_t{0}](const http::Request&) mutable {
    return answers[i + 1 < answers.size() ? i++ : i];
  };
}

// A provider's surroundings at this moment.
struct Surroundings {
  explicit Surroundings(const char* now, ScriptedTransport::Script script = in_turn({ok("{}")}))
      : timer(http::Moment{*parse_exact(now)}), transport(std::move(script)) {}

  [[nodiscard]] ProviderContext context() {
    return {.transport = transport,
            .limits = limits,
            .timer = timer,
            .environment = [this](std::string_view name) -> std::optional<std::string> {
              const auto found = environment.find(std::string(name));
              if (found == environment.end()) return {};
              return found->second;
            },
            .settings = settings};
  }

  ManualTimer timer;
  http::SharedLimits limits;
  ScriptedTransport transport;
  std::map<std::string, std::string> environment;
  ProviderSettings settings;
};

inline Instant at(const char* text) { return *parse_exact(text); }
inline TimeRange range_of(const char* from, const char* to) { return {at(from), at(to)}; }

inline Instrument stock(const char* name) {
  return {.symbol = *Symbol::parse(name), .asset_class = AssetClass::stock};
}
inline Instrument coin(const char* base, const char* quote) {
  return {.symbol = *Symbol::parse(std::string(base) + quote),
          .asset_class = AssetClass::crypto,
          .base = base,
          .quote = quote};
}

// All pages of a request, or the error they end with.
inline Result<std::vector<BarPage>> all_pages(Provider& provider, FetchRequest request) {
  CHANDLER_TRY(const auto stream, provider.fetch(std::move(request)));
  std::vector<BarPage> pages;
  for (;;) {
    CHANDLER_TRY(std::optional<BarPage> page, stream->next({}));
    if (!page) return pages;
    pages.push_back(*std::move(page));
  }
}

// The bars of one instrument's pages, one after the other.
inline BarSeries joined(const std::vector<BarPage>& pages, std::size_t instrument = 0) {
  BarSeries all;
  for (const BarPage& page : pages) {
    if (page.instrument == instrument) all.append(page.bars);
  }
  return all;
}

// Where the pages of one instrument settle: from the first one's beginning to the last one's end,
// when each begins where the one before ended.
inline std::optional<TimeRange> settled(const std::vector<BarPage>& pages,
                                        std::size_t instrument = 0) {
  std::optional<TimeRange> all;
  for (const BarPage& page : pages) {
    if (page.instrument != instrument) continue;
    if (!all) {
      all = page.settles;
    } else if (all->to != page.settles.from) {
      return {};
    } else {
      all->to = page.settles.to;
    }
  }
  return all;
}

}  // namespace chandler::testing
