// The sandbox: a provider without a source. Bars of any symbol and range, the same on every
// machine. What it can be made to do wrong: faults.h.
#include <algorithm>
#include <atomic>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "provider_context.h"
#include "sandbox/faults.h"
#include "sandbox/known.h"
#include "sandbox/market.h"

namespace chandler {
namespace {

using sandbox::Faults;
using sandbox::Market;

constexpr std::size_t kPageBars = 10'000;
constexpr const char* kName = "sandbox";

Capabilities abilities(const ProviderSettings& settings) {
  using enum AssetClass;
  Capabilities out;
  out.name = kName;
  out.classes = {crypto, stock, etf, index, forex, future, unknown};
  out.timeframes.assign(kAllTimeframes.begin(), kAllTimeframes.end());
  for (const AssetClass asset_class : out.classes)
    out.columns = out.columns.united(sandbox::columns_of(asset_class));
  out.reliability = settings.reliability.value_or(1);
  out.page_bars = kPageBars;
  out.earliest = sandbox::listed_since(stock);
  return out;
}

// Where the first bar that is not over begins, or `now`: before that everything is settled.
Instant settled_until(const Calendar& calendar, Timeframe tf, Instant now) {
  const TimeRange recent{now - 2 * nominal_length(tf), now};
  for (const SlotRun& run : calendar.expected(tf, recent)) {
    for (std::int64_t i = 0; i < run.count; ++i) {
      const Instant label = run.first + i * run.step;
      if (calendar.bar_end(tf, label) > now) return label;
    }
  }
  return now;
}

struct Desk {  // what the streams of one provider share
  http::Timer& timer;
  Result<Faults> faults;
  std::atomic<std::uint64_t> requests{0};
  std::atomic<std::uint64_t> failures{0};

  [[nodiscard]] Instant now() const { return std::chrono::time_point_cast<seconds>(timer.now()); }
};

class Pages final : public PageStream {
 public:
  Pages(Desk& desk, const FetchRequest& request)
      : desk_(desk),
        symbol_(request.instruments.front().symbol),
        market_(symbol_, request.instruments.front().asset_class),
        timeframe_(request.timeframe),
        rest_(request.range) {
    const Instant now = desk.now();
    rest_.to = std::min(rest_.to, settled_until(market_.calendar(), timeframe_, now));
  }

  Result<std::optional<BarPage>> next(const std::stop_token& stop) override {
    if (stop.stop_requested()) return Error{ErrorKind::interrupted, "stopped", "", ""};
    if (rest_.empty()) return std::optional<BarPage>();
    const Faults& faults = *desk_.faults;
    const std::uint64_t number = ++desk_.requests;
    if (faults.fail_every != 0 && number % faults.fail_every == 0) {
      ++desk_.failures;
      rest_.from = rest_.to;
      return Error{ErrorKind::unavailable, "failed on purpose", "",
                   std::string(sandbox::kFaultsVariable) + " asks for it"};
    }
    BarPage page;
    page.source = kName;
    page.bars = market_.bars(timeframe_, rest_, kPageBars);
    page.settles = rest_;
    if (page.bars.size() == kPageBars) page.settles.to = page.bars.timestamp.back() + seconds{1};
    rest_.from = page.settles.to;
    sandbox::distort(page, symbol_.name(), faults);
    return std::optional(std::move(page));
  }

 private:
  Desk& desk_;
  Symbol symbol_;
  Market market_;
  Timeframe timeframe_;
  TimeRange rest_;  // not told yet
};

class Sandbox final : public Provider {
 public:
  explicit Sandbox(const ProviderContext& context)
      : capabilities_(abilities(context.settings)),
        desk_{context.timer,
              sandbox::parse_faults(context.environment
                                        ? context.environment(sandbox::kFaultsVariable).value_or("")
                                        : "")} {}

  [[nodiscard]] const Capabilities& capabilities() const override { return capabilities_; }

  [[nodiscard]] Result<std::string> spelling(const Instrument& instrument) const override {
    return instrument.symbol.name();
  }

  Result<std::unique_ptr<PageStream>> fetch(FetchRequest request) override {
    if (!desk_.faults) return desk_.faults.error();
    if (request.instruments.size() != 1)
      return Error{ErrorKind::usage, "the sandbox is asked for one symbol at a time", "", ""};
    if (request.range.from == Instant::min() || request.range.to == Instant::max())
      return Error{ErrorKind::usage, "the range has no end", "", ""};
    return std::unique_ptr<PageStream>(std::make_unique<Pages>(desk_, request));
  }

  Result<std::vector<Listed>> listing(const std::stop_token& stop) override {
    if (stop.stop_requested()) return Error{ErrorKind::interrupted, "stopped", "", ""};
    std::vector<Listed> out;
    for (const sandbox::Known& known : sandbox::known_instruments()) {
      CHANDLER_TRY(Symbol symbol, Symbol::parse(known.symbol));
      out.push_back({.instrument = {.symbol = std::move(symbol),
                                    .asset_class = known.asset_class,
                                    .base = std::string(known.base),
                                    .quote = std::string(known.quote),
                                    .exchange = std::string(known.exchange)},
                     .name = std::string(known.name)});
    }
    return out;
  }

  Result<Health> probe(const std::stop_token& stop) override {
    if (stop.stop_requested()) return Error{ErrorKind::interrupted, "stopped", "", ""};
    if (!desk_.faults) return Health{.ok = false, .detail = desk_.faults.error().line()};
    return Health{.ok = true, .detail = "made up on the spot, always there"};
  }

  [[nodiscard]] CallCounts calls() const override {
    return {.requests = desk_.requests, .failures = desk_.failures};
  }
  [[nodiscard]] BreakerState breaker() const override { return BreakerState::closed; }

 private:
  Capabilities capabilities_;
  Desk desk_;
};

}  // namespace

std::unique_ptr<Provider> make_sandbox(const ProviderContext& context) {
  return std::make_unique<Sandbox>(context);
}

}  // namespace chandler
