// Alpaca: bars of US shares as traded (adjustment "raw"), and of coins. CHANDLER_ALPACA_FEED says
// which feed shares come from: sip, all exchanges (the default), or iex, a few percent of the
// volume. The two are never mixed: bars say where they are from, "alpaca:sip" or "alpaca:iex".
#include <algorithm>
#include <utility>

#include "alpaca/bar_pages.h"
#include "alpaca/judge.h"
#include "alpaca/parse.h"
#include "alpaca/spelling.h"
#include "provider_context.h"
#include "venue/venue.h"

namespace chandler {
namespace {

using namespace std::chrono_literals;

constexpr const char* kFeedVariable = "CHANDLER_ALPACA_FEED";

Capabilities capabilities_of_alpaca() {
  return {.name = "alpaca",
          .classes = {AssetClass::stock, AssetClass::etf, AssetClass::crypto},
          // Its hours mix trades from before the opening with those of the session.
          .timeframes = {Timeframe::m1, Timeframe::m3, Timeframe::m5, Timeframe::m15,
                         Timeframe::m30, Timeframe::d1},
          .columns = ColumnSet{}.add(Column::vwap).add(Column::trade_count),
          .adjustment = Adjustment::raw,
          .rate_limits = {{200, 60s}},
          .key_variables = {"APCA_API_KEY_ID", "APCA_API_SECRET_KEY"},
          .keyless_classes = {AssetClass::crypto},  // more slowly than with a key
          .reliability = 0.93,
          .page_bars = 10'000,
          .batch = 100,
          .requests_at_once = 4,
          .extended_hours = true,
          .earliest = from_epoch(1'451'606'400)};  // 2016
}

bool is_crypto(const Instrument& instrument) {
  return instrument.asset_class == AssetClass::crypto;
}

class Alpaca final : public venue::Venue {
 public:
  explicit Alpaca(const ProviderContext& context)
      : Venue(context, capabilities_of_alpaca(), {"https://data.alpaca.markets"}),
        listings_(context, client_options(),
                  bases_or_moved(context, {"https://api.alpaca.markets"})),
        feed_(context.environment ? context.environment(kFeedVariable).value_or("") : "") {
    if (feed_.empty()) feed_ = "sip";
  }

  [[nodiscard]] Result<std::string> spelling(const Instrument& instrument) const override {
    return alpaca::spelled(instrument);
  }

  [[nodiscard]] Result<std::vector<Listed>> listing(const std::stop_token& stop) override {
    using Listing = std::vector<Listed>;
    if (!capabilities().has_key) return missing_keys();
    const venue::Reader<Listing> read = [this](const http::Response& response) {
      const auto judged = alpaca::judge(response, now(), capabilities().key_variables);
      if (judged.verdict.act != http::Verdict::Act::accept) {
        return venue::refused<Listing>(judged.verdict);
      }
      return venue::reading(alpaca::parse_assets(response.body));
    };
    Listing all;
    for (const char* const asset_class : {"us_equity", "crypto"}) {
      CHANDLER_TRY(Listing part, ask(listings_,
                                     {.path = "/v2/assets",
                                      .query = {{"status", "active"}, {"asset_class", asset_class}},
                                      .headers = key_headers()},
                                     read, stop));
      std::move(part.begin(), part.end(), std::back_inserter(all));
    }
    return all;
  }

  [[nodiscard]] Result<Health> probe(const std::stop_token& stop) override {
    if (!capabilities().has_key) return Health{.detail = missing_keys().line()};
    using Clock = std::optional<http::Moment>;
    const ClockReader read = [this](const http::Response& response) {
      const auto judged = alpaca::judge(response, now(), capabilities().key_variables);
      if (judged.verdict.act != http::Verdict::Act::accept) {
        return venue::refused<Clock>(judged.verdict);
      }
      return venue::accepted<Clock>(venue::date_of(response));
    };
    return probe_with({.path = "/v2/stocks/bars",
                       .query = {{"symbols", "AAPL"},
                                 {"timeframe", "1Day"},
                                 {"start", "2024-01-02T00:00:00Z"},
                                 {"end", "2024-01-02T23:59:59Z"},
                                 {"limit", "1"}},
                       .headers = key_headers()},
                      read, stop);
  }

  [[nodiscard]] CallCounts calls() const override {
    return venue::sum(Venue::calls(), listings_.calls());
  }

 protected:
  [[nodiscard]] Result<std::unique_ptr<PageStream>> open(FetchRequest request,
                                                         std::vector<std::string> names) override {
    const auto refuse = [](const std::string& what, const char* hint) {
      return Error{ErrorKind::usage, what, "alpaca", hint};
    };
    const auto& all = request.instruments;
    const bool crypto = is_crypto(all.front());
    if (!std::all_of(all.begin(), all.end(), [&](auto& i) { return is_crypto(i) == crypto; })) {
      return refuse("shares and coins cannot be asked for in one request", "ask in two requests");
    }
    std::vector<std::string> sorted = names;
    std::sort(sorted.begin(), sorted.end());
    if (std::adjacent_find(sorted.begin(), sorted.end()) != sorted.end()) {
      return refuse("a symbol was asked for twice in one request", "name each once");
    }
    if (feed_ != "sip" && feed_ != "iex") {
      return refuse(std::string(kFeedVariable) + " is to be sip or iex", "set it to one of them");
    }
    return alpaca::bar_pages(*this, {.request = std::move(request),
                                     .names = std::move(names),
                                     .headers = key_headers(),
                                     .crypto = crypto,
                                     .feed = feed_});
  }

  [[nodiscard]] std::optional<std::uint32_t> used(const http::Response& response) const override {
    const auto& limits = capabilities().rate_limits;
    if (limits.empty()) return {};
    return alpaca::used_requests(response, limits.front());
  }

 private:
  [[nodiscard]] std::vector<http::Field> key_headers() const {
    if (!capabilities().has_key) return {};
    return {{"APCA-API-KEY-ID", keys()[0], true}, {"APCA-API-SECRET-KEY", keys()[1], true}};
  }

  venue::Hosts listings_;
  std::string feed_;
};

}  // namespace

std::unique_ptr<Provider> make_alpaca(const ProviderContext& context) {
  return std::make_unique<Alpaca>(context);
}

}  // namespace chandler
