// Binance spot: public market data, no key. Limits are counted by address.
#include <algorithm>
#include <utility>

#include "binance/klines.h"
#include "binance/parse.h"
#include "provider_context.h"
#include "venue/venue.h"

namespace chandler {
namespace {

using namespace std::chrono_literals;

// All but 3d: its anchor is Binance's own, off the grid that days are rolled up to.
std::vector<Timeframe> timeframes_of_binance() {
  std::vector<Timeframe> timeframes(kAllTimeframes.begin(), kAllTimeframes.end());
  std::erase(timeframes, Timeframe::d3);
  return timeframes;
}

Capabilities capabilities_of_binance() {
  return {.name = "binance",
          .classes = {AssetClass::crypto},
          .timeframes = timeframes_of_binance(),
          .columns = ColumnSet{}.add(Column::vwap).add(Column::trade_count).add(Column::turnover),
          .adjustment = Adjustment::raw,
          .rate_limits = {{6000, 60s}},
          .reliability = 0.95,
          .page_bars = 1000,
          .requests_at_once = 4,
          // It opened on 14 July 2017; July is its first month.
          .earliest = from_epoch(1'498'867'200)};
}

std::vector<std::string> hosts_of_binance() {
  return {"https://api.binance.com",  "https://api1.binance.com",
          "https://api2.binance.com", "https://api3.binance.com",
          "https://api4.binance.com", "https://data-api.binance.vision"};
}

bool possible(const std::string& name) {
  return std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           static_cast<unsigned char>(c) >= 0x80;
  });
}

class Binance final : public venue::Venue {
 public:
  explicit Binance(const ProviderContext& context)
      : Venue(context, capabilities_of_binance(), hosts_of_binance()) {}

  [[nodiscard]] Result<std::string> spelling(const Instrument& instrument) const override {
    const bool pair = !instrument.base.empty() && !instrument.quote.empty();
    const std::string& symbol = instrument.symbol.name();
    std::string name = pair ? instrument.base + instrument.quote : symbol;
    const bool coin = instrument.asset_class == AssetClass::crypto ||
                      instrument.asset_class == AssetClass::unknown;
    if (coin && possible(name)) return name;
    return Error{ErrorKind::unsupported, "binance has pairs of coins only, not " + symbol, "",
                 "use another provider"};
  }

  [[nodiscard]] Result<std::vector<Listed>> listing(const std::stop_token& stop) override {
    using Listing = std::vector<Listed>;
    const venue::Reader<Listing> read = [this](const http::Response& response) {
      const auto verdict = binance::judge(response, now());
      if (verdict.act != http::Verdict::Act::accept) return venue::refused<Listing>(verdict);
      return venue::reading(binance::parse_listing(response.body));
    };
    return ask<Listing>({.path = "/api/v3/exchangeInfo", .cost = 20}, read, stop);
  }

  [[nodiscard]] Result<Health> probe(const std::stop_token& stop) override {
    using Clock = std::optional<http::Moment>;
    const ClockReader read = [this](const http::Response& response) {
      const auto verdict = binance::judge(response, now());
      if (verdict.act != http::Verdict::Act::accept) return venue::refused<Clock>(verdict);
      const auto time = binance::parse_time(response.body);
      if (!time) return venue::reading<Clock>(time.error());
      return venue::accepted<Clock>(*time);
    };
    return probe_with({.path = "/api/v3/time"}, read, stop);
  }

 protected:
  [[nodiscard]] Result<std::unique_ptr<PageStream>> open(FetchRequest request,
                                                         std::vector<std::string> names) override {
    return binance::kline_pages(*this, request, std::move(names.front()));
  }

  [[nodiscard]] std::optional<std::uint32_t> used(const http::Response& response) const override {
    // It tells of a minute's weight; that says nothing of a limit of another length.
    const auto& limits = capabilities().rate_limits;
    if (limits.empty() || limits.front().window != 60s) return {};
    return binance::used_weight(response);
  }
};

}  // namespace

std::unique_ptr<Provider> make_binance(const ProviderContext& context) {
  return std::make_unique<Binance>(context);
}

}  // namespace chandler
