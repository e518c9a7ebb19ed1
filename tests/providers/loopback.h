// A provider in front of the loopback exchange, over real HTTP, with a clock that waits for nobody.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <numeric>
#include <string>
#include <vector>

#include "chandler/calendar.h"
#include "http/curl_transport.h"
#include "http/limits.h"
#include "tests/providers/scripted.h"
#include "tests/support/exchange/exchange.h"

namespace chandler::testing {

// Gives the first request little time and all later ones what they ask for. So a stalled answer is
// soon given up, and no answer has to be quick for the test to pass.
class ImpatientOnce final : public http::Transport {
 public:
  explicit ImpatientOnce(http::Transport& transport) : transport_(transport) {}
  [[nodiscard]] Result<http::Response> get(const http::Request& request,
                                           const std::stop_token& stop) override {
    if (!first_.exchange(false)) return transport_.get(request, stop);
    http::Request hasty = request;
    hasty.total_timeout = std::chrono::milliseconds{300};
    return transport_.get(hasty, stop);
  }

 private:
  http::Transport& transport_;
  std::atomic<bool> first_{true};
};

struct Loopback {
  explicit Loopback(const char* now, ExchangeOptions options = {})
      : timer(http::Moment{at(now)}), exchange(start(std::move(options))) {}

  [[nodiscard]] ProviderContext context() { return context(transport); }
  [[nodiscard]] ProviderContext context(http::Transport& over) {
    ProviderContext out{.transport = over,
                        .limits = limits,
                        .timer = timer,
                        .environment = [this](std::string_view name) -> std::optional<std::string> {
                          const auto found = environment.find(std::string(name));
                          if (found == environment.end()) return {};
                          return found->second;
                        },
                        .settings = {.base_url = exchange->url()}};
    out.settings.timeout = std::chrono::milliseconds{20'000};
    return out;
  }

  ManualTimer timer;
  http::CurlTransport transport;
  http::SharedLimits limits;
  std::map<std::string, std::string> environment{{"ALPHA_VANTAGE_API_KEY", "a-key-of-mine"},
                                                 {"APCA_API_KEY_ID", "test-key"},
                                                 {"APCA_API_SECRET_KEY", "test-secret"}};
  std::unique_ptr<Exchange> exchange;

 private:
  std::unique_ptr<Exchange> start(ExchangeOptions options) {
    options.clock = [this] { return std::chrono::floor<seconds>(timer.now()); };
    return *Exchange::start(std::move(options));
  }
};

// What is left when the bars are put in order and, of those with one time, the last to come is kept.
inline BarSeries merged(const BarSeries& bars) {
  std::vector<std::size_t> order(bars.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    return bars.timestamp[a] < bars.timestamp[b];
  });
  BarSeries out;
  out.widen(bars.columns);
  for (std::size_t i = 0; i < order.size(); ++i) {
    const bool last =
        i + 1 == order.size() || bars.timestamp[order[i]] != bars.timestamp[order[i + 1]];
    if (last) out.append(bars, order[i], order[i] + 1);
  }
  return out;
}

// The bars that the calendar expects: without extended hours.
inline BarSeries expected_only(const BarSeries& bars, const Calendar& calendar, Timeframe tf) {
  BarSeries out;
  out.widen(bars.columns);
  for (std::size_t i = 0; i < bars.size(); ++i) {
    if (calendar.expects(tf, bars.timestamp[i])) out.append(bars, i, i + 1);
  }
  return out;
}

inline BarSeries without(const BarSeries& bars, const TimeRange& hole) {
  BarSeries out;
  out.widen(bars.columns);
  for (std::size_t i = 0; i < bars.size(); ++i) {
    if (!hole.contains(bars.timestamp[i])) out.append(bars, i, i + 1);
  }
  return out;
}

// How a fault may end, for a provider that then is asked for what takes some requests.
enum class Ending {
  right,           // with the right bars, once the fault has passed
  right_or_error,  // with the right bars, or an error
  holed            // with the right bars but those of the fault's range
};
struct FaultCase {
  Fault fault;
  Ending ending = Ending::right;
};

// All faults of the exchange, passing ones and those that stay. `hole` lies in what is asked for.
inline std::vector<FaultCase> all_faults(const TimeRange& hole) {
  using Kind = FaultKind;
  std::vector<FaultCase> cases;
  for (const int status : {429, 500, 503}) {
    cases.push_back({{.kind = Kind::status, .times = 1, .after = 1, .status = status}});
    cases.push_back({{.kind = Kind::status, .status = status}, Ending::right_or_error});
  }
  cases.push_back({{.kind = Kind::status, .times = 1, .status = 429, .retry_after = seconds{7}}});
  for (const Kind kind :
       {Kind::garbage, Kind::html, Kind::empty, Kind::reset, Kind::truncate, Kind::hang_up}) {
    cases.push_back({{.kind = kind, .times = 1, .bytes = 300}});
    cases.push_back({{.kind = kind, .bytes = 300}, Ending::right_or_error});
  }
  cases.push_back({{.kind = Kind::drip, .times = 1, .bytes = 20'000}});
  cases.push_back({{.kind = Kind::stall, .times = 1, .bytes = 300}});
  cases.push_back(
      {{.kind = Kind::huge, .times = 1, .bytes = std::size_t{40} << 20U}, Ending::right_or_error});
  cases.push_back({{.kind = Kind::never_advancing}, Ending::right_or_error});
  cases.push_back({{.kind = Kind::shuffled}});
  cases.push_back({{.kind = Kind::doubled}});
  cases.push_back({{.kind = Kind::conflicting}});
  cases.push_back({{.kind = Kind::holes, .range = hole}, Ending::holed});
  return cases;
}

struct FaultTrial {
  const char* now;
  ExchangeOptions options{};
  FetchRequest request{};
  std::function<std::unique_ptr<Provider>(const ProviderContext&)> make;
  BarSeries truth{};  // what the validator is to be left with
  TimeRange settled{};
  Calendar calendar{CalendarKind::none};  // bars it does not expect are left out; none: keeps all
  TimeRange hole{};
};

// Right bars, or one clear error, whatever happens; and always an end.
inline void expect_sense_under_every_fault(const FaultTrial& trial) {
  for (const FaultCase& c : all_faults(trial.hole)) {
    SCOPED_TRACE(std::string(to_string(c.fault.kind)) + " " + std::to_string(c.fault.status) +
                 (c.fault.times < 0 ? " for good" : ""));
    Loopback world(trial.now, trial.options);
    world.exchange->misbehave(c.fault);
    ImpatientOnce impatient(world.transport);
    const bool stalls = c.fault.kind == FaultKind::stall;
    const auto provider = trial.make(stalls ? world.context(impatient) : world.context());

    const auto pages = all_pages(*provider, trial.request);

    if (!pages) {
      EXPECT_EQ(c.ending, Ending::right_or_error) << pages.error().line();
      const std::string line = pages.error().line();
      EXPECT_FALSE(line.empty());
      for (const char* secret : {"a-key-of-mine", "test-key", "test-secret", "<html"}) {
        EXPECT_EQ(line.find(secret), std::string::npos) << line;
      }
      continue;
    }
    BarSeries bars = merged(joined(*pages));
    if (trial.calendar.kind() != CalendarKind::none) {
      bars = expected_only(bars, trial.calendar, trial.request.timeframe);
    }
    const BarSeries truth =
        c.ending == Ending::holed ? without(trial.truth, trial.hole) : trial.truth;
    EXPECT_TRUE(identical(bars, truth)) << bars.size() << " bars, not " << truth.size();
    EXPECT_EQ(settled(*pages), trial.settled);
  }
}

}  // namespace chandler::testing
