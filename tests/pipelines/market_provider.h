// A provider with the sandbox's bars and faults that a test switches.
#pragma once

#include <algorithm>
#include <atomic>
#include <mutex>
#include <utility>
#include <vector>

#include "sandbox/market.h"
#include "tests/providers/fake_provider.h"

namespace chandler::testing {

struct MarketFaults {
  std::vector<TimeRange> silent{};    // no bars, and no word about it
  std::optional<Instant> fails_at{};  // the page that would begin at or behind it is an error
  ErrorKind failure = ErrorKind::unavailable;
  std::optional<Instant> rubbish_at{};  // the first page from there on breaks the rules
  std::optional<Instant> bad_bar{};     // this one breaks a rule
  std::vector<TimeRange> blank{};       // rows without numbers instead of these bars
  std::vector<Instant> blank_at{};      // and some where there is no bar
  double close_factor = 1;              // other values than everybody else
};

class MarketProvider final : public Provider {
 public:
  explicit MarketProvider(std::string name, std::size_t page_bars = 500)
      : capabilities_(able(std::move(name))) {
    capabilities_.page_bars = page_bars;
    capabilities_.rate_limits = {{6000, seconds{60}}};
  }

  [[nodiscard]] const Capabilities& capabilities() const override { return capabilities_; }
  [[nodiscard]] Result<std::string> spelling(const Instrument& instrument) const override {
    return instrument.symbol.name();
  }
  [[nodiscard]] Result<std::unique_ptr<PageStream>> fetch(FetchRequest request) override;
  [[nodiscard]] Result<std::vector<Listed>> listing(const std::stop_token& /*stop*/) override {
    return Error{ErrorKind::unsupported, "no listing", "", ""};
  }
  [[nodiscard]] Result<Health> probe(const std::stop_token& /*stop*/) override { return Health{}; }
  [[nodiscard]] CallCounts calls() const override { return {.requests = pages.load()}; }
  [[nodiscard]] BreakerState breaker() const override { return BreakerState::closed; }

  [[nodiscard]] std::vector<TimeRange> asked() const {
    const std::lock_guard hold(guard_);
    return asked_;
  }
  // Before the first run.
  void offer_only(std::vector<Timeframe> timeframes) {
    capabilities_.timeframes = std::move(timeframes);
  }
  void forget() {
    const std::lock_guard hold(guard_);
    asked_.clear();
    pages = 0;
  }

  MarketFaults faults{};  // not to be changed during a run
  std::atomic<std::uint64_t> pages{0};
  std::function<void(Instant)> on_page{};  // told where each page begins

 private:
  class Stream;
  Capabilities capabilities_;
  mutable std::mutex guard_;
  std::vector<TimeRange> asked_;
};

class MarketProvider::Stream final : public PageStream {
 public:
  Stream(MarketProvider& provider, FetchRequest request)
      : provider_(provider),
        request_(std::move(request)),
        market_(request_.instruments[0].symbol, request_.instruments[0].asset_class),
        at_(request_.range.from) {}

  Result<std::optional<BarPage>> next(const std::stop_token& stop) override {
    if (stop.stop_requested()) return Error{ErrorKind::interrupted, "interrupted", "", ""};
    if (at_ >= request_.range.to) return std::optional<BarPage>{};
    if (provider_.on_page) provider_.on_page(at_);
    ++provider_.pages;
    const MarketFaults& wrong = provider_.faults;
    if (wrong.fails_at && at_ >= *wrong.fails_at)
      return Error{wrong.failure, "does not answer", "", "later"};
    BarPage page;
    page.source = provider_.capabilities_.name;
    page.bars = market_.bars(request_.timeframe, {at_, request_.range.to},
                             provider_.capabilities_.page_bars);
    const bool all = page.bars.size() < provider_.capabilities_.page_bars;
    const Instant end = all ? request_.range.to : page.bars.timestamp.back() + seconds{1};
    page.settles = {at_, end};
    leave_blank(page);
    spoil(page.bars);
    at_ = end;
    return std::optional(std::move(page));
  }

 private:
  void leave_blank(BarPage& page) const {
    BarSeries kept;
    kept.columns = page.bars.columns;
    for (std::size_t i = 0; i < page.bars.size(); ++i) {
      const Instant t = page.bars.timestamp[i];
      const auto& blank = provider_.faults.blank;
      if (std::any_of(blank.begin(), blank.end(), [t](TimeRange r) { return r.contains(t); })) {
        page.blanks.push_back(t);
      } else {
        kept.append(page.bars, i, i + 1);
      }
    }
    page.bars = std::move(kept);
    for (const Instant t : provider_.faults.blank_at) {
      if (page.settles.contains(t)) page.blanks.push_back(t);
    }
  }

  void spoil(BarSeries& bars) {
    const MarketFaults& wrong = provider_.faults;
    BarSeries kept;
    kept.columns = bars.columns;
    for (std::size_t i = 0; i < bars.size(); ++i) {
      const bool silent =
          std::any_of(wrong.silent.begin(), wrong.silent.end(),
                      [&](const TimeRange& r) { return r.contains(bars.timestamp[i]); });
      if (!silent) kept.append(bars, i, i + 1);
    }
    bars = std::move(kept);
    if (wrong.close_factor != 1) {
      for (auto* column : {&bars.open, &bars.high, &bars.low, &bars.close})
        for (double& value : *column) value *= wrong.close_factor;
    }
    for (std::size_t i = 0; i < bars.size(); ++i) {
      if (bars.timestamp[i] == wrong.bad_bar) bars.low[i] = bars.high[i] * 2;
    }
    if (wrong.rubbish_at && at_ >= *wrong.rubbish_at) {
      for (double& low : bars.low) low = -1;
    }
  }

  MarketProvider& provider_;
  FetchRequest request_;
  sandbox::Market market_;
  Instant at_;
};

inline Result<std::unique_ptr<PageStream>> MarketProvider::fetch(FetchRequest request) {
  {
    const std::lock_guard hold(guard_);
    asked_.push_back(request.range);
  }
  return std::unique_ptr<PageStream>{std::make_unique<Stream>(*this, std::move(request))};
}

}  // namespace chandler::testing
