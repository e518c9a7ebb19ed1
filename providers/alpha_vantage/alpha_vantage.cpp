// Alpha Vantage: US shares and funds intraday, and days as traded. The free key is good for five
// requests a minute and 25 a day; `providers.alpha_vantage.rate_limit` says what another one is
// good for, and replaces both.
#include <utility>

#include "alpha_vantage/order.h"
#include "alpha_vantage/spelling.h"
#include "provider_context.h"

namespace chandler {
namespace {

using namespace std::chrono_literals;

Capabilities capabilities_of_alpha_vantage() {
  return {.name = "alpha_vantage",
          .classes = {AssetClass::stock, AssetClass::etf},
          .timeframes = {Timeframe::m1, Timeframe::m5, Timeframe::m15, Timeframe::m30,
                         Timeframe::h1, Timeframe::d1},
          .adjustment = Adjustment::raw,
          .rate_limits = {{5, 60s}, {25, 24h}},
          .key_variables = {"ALPHA_VANTAGE_API_KEY"},
          .reliability = 0.9,
          .page_bars = 20'000,  // a month of minutes with extended hours
          .requests_at_once = 1,
          .extended_hours = true,
          .earliest = from_epoch(946'702'800)};  // 2000 in New York
}

class AlphaVantage final : public venue::Venue {
 public:
  explicit AlphaVantage(const ProviderContext& context)
      : Venue(context, capabilities_of_alpha_vantage(), {"https://www.alphavantage.co"}) {}

  [[nodiscard]] Result<std::string> spelling(const Instrument& instrument) const override {
    return alpha_vantage::spelled(instrument);
  }

  [[nodiscard]] Result<std::vector<Listed>> listing(const std::stop_token& stop) override {
    using Listing = std::vector<Listed>;
    if (!capabilities().has_key) return missing_keys();
    const venue::Reader<Listing> read = [this](const http::Response& response) {
      auto judged = alpha_vantage::judge(response, now());
      if (judged.verdict.act != http::Verdict::Act::accept) {
        return venue::refused<Listing>(std::move(judged.verdict));
      }
      return venue::reading(alpha_vantage::parse_listing(response.body));
    };
    return ask<Listing>({.path = "/query",
                         .query = {{"function", "LISTING_STATUS"},
                                   {"state", "active"},
                                   {"apikey", keys().front(), true}}},
                        read, stop);
  }

  [[nodiscard]] Result<Health> probe(const std::stop_token& stop) override {
    if (!capabilities().has_key) return Health{.detail = missing_keys().line()};
    using Clock = std::optional<http::Moment>;
    const ClockReader read = [this](const http::Response& response) {
      auto judged = alpha_vantage::judge(response, now());
      if (judged.verdict.act != http::Verdict::Act::accept) {
        return venue::refused<Clock>(std::move(judged.verdict));
      }
      return venue::accepted<Clock>(venue::date_of(response));
    };
    return probe_with({.path = "/query",
                       .query = {{"function", "SYMBOL_SEARCH"},
                                 {"keywords", "IBM"},
                                 {"apikey", keys().front(), true}}},
                      read, stop);
  }

 protected:
  [[nodiscard]] Result<std::unique_ptr<PageStream>> open(FetchRequest request,
                                                         std::vector<std::string> names) override {
    const bool intraday = is_intraday(request.timeframe);
    if (intraday && !alpha_vantage::at_home(request.instruments.front())) {
      return Error{ErrorKind::unsupported,
                   "alpha_vantage has days only of " + request.instruments.front().symbol.name(),
                   "", "ask for 1d, or use another provider"};
    }
    alpha_vantage::Order order{std::move(request), std::move(names.front()), keys().front()};
    if (intraday) return alpha_vantage::month_pages(*this, std::move(order));
    return alpha_vantage::daily_page(*this, std::move(order));
  }
};

}  // namespace

std::unique_ptr<Provider> make_alpha_vantage(const ProviderContext& context) {
  return std::make_unique<AlphaVantage>(context);
}

}  // namespace chandler
