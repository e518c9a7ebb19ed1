// A provider as a shared object: prices of coins from CoinGecko.
//
//   GET /api/v3/coins/{id}/ohlc?vs_currency=usd&days=N  ->  [[close_ms, open, high, low, close],
//   ...]
//
// How long a candle is follows from `days`: 1 gives half hours, 7 to 30 give four hours. The time
// is that of the candle's end; ours is that of its begin. There are no volumes: they are 0. Facts:
// https://docs.coingecko.com/reference/coins-id-ohlc
//
// CHANDLER_COINGECKO_BASE_URL moves it to another host, COINGECKO_API_KEY (optional) raises limits.
#include <chandler/provider_plugin_cpp.h>

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace {

namespace cp = chandler::provider_plugin;
using Json = nlohmann::json;

constexpr std::int64_t kDay = 86'400;

struct Coin {
  std::string_view symbol;
  std::string_view id;
};
// The example's; CoinGecko lists all of them at /api/v3/coins/list.
constexpr std::array<Coin, 8> kCoins = {{{"BTC", "bitcoin"},
                                         {"ETH", "ethereum"},
                                         {"SOL", "solana"},
                                         {"XRP", "ripple"},
                                         {"ADA", "cardano"},
                                         {"DOGE", "dogecoin"},
                                         {"LTC", "litecoin"},
                                         {"DOT", "polkadot"}}};
constexpr std::array<std::string_view, 5> kCurrencies = {"USD", "EUR", "GBP", "JPY", "CHF"};

struct Market {
  std::string id;        // "bitcoin"
  std::string currency;  // "usd"
};

Market market_of(const std::string& symbol) {
  for (const Coin& coin : kCoins) {
    for (const std::string_view currency : kCurrencies) {
      if (symbol != std::string(coin.symbol) + std::string(currency)) continue;
      Market market{std::string(coin.id), std::string(currency)};
      for (char& c : market.currency) c = static_cast<char>(c - 'A' + 'a');
      return market;
    }
  }
  throw cp::Failure(CHANDLER_NOT_FOUND, "no coin is known as " + symbol +
                                            "; write it like BTCUSD (USD, EUR, GBP, JPY, CHF)");
}

// The smallest `days` that has this timeframe and reaches back far enough.
int days_for(const std::string& timeframe, std::int64_t seconds_back) {
  if (timeframe == "30m") return 1;
  for (const int days : {7, 14}) {
    if (seconds_back <= days * kDay) return days;
  }
  return 30;
}

class Candles final : public cp::Stream {
 public:
  explicit Candles(cp::Request request) : request_(std::move(request)) {}

  // All of it comes with one answer, so this is one page.
  bool next(cp::Host& host, cp::Page& page) override {
    if (std::exchange(done_, true)) return false;
    const std::int64_t length = request_.timeframe == "30m" ? 1'800 : 14'400;
    for (const cp::Bar& bar : candles(ask(host), length)) {
      const bool over = bar.time + length <= host.now();
      if (request_.contains(bar.time) && over) page.add(bar);
    }
    return true;
  }

 private:
  [[nodiscard]] std::string ask(const cp::Host& host) const {
    const Market market = market_of(request_.symbol);
    const int days = days_for(request_.timeframe, host.now() - request_.from);
    cp::HttpRequest request;
    request.url =
        host.variable("CHANDLER_COINGECKO_BASE_URL").value_or("https://api.coingecko.com") +
        "/api/v3/coins/" + market.id + "/ohlc";
    request.query = {{"vs_currency", market.currency}, {"days", std::to_string(days)}};
    if (const auto key = host.variable("COINGECKO_API_KEY"))
      request.headers = {{"x-cg-demo-api-key", *key, true}};
    return host.get(request).body;
  }

  static std::vector<cp::Bar> candles(const std::string& body, std::int64_t length) {
    const Json rows = Json::parse(body, nullptr, false);
    if (!rows.is_array()) throw cp::Failure(CHANDLER_BAD_DATA, "the answer is not a list");
    std::vector<cp::Bar> bars;
    for (const Json& row : rows) {
      const bool whole =
          row.is_array() && row.size() == 5 &&
          std::all_of(row.begin(), row.end(), [](const Json& value) { return value.is_number(); });
      if (!whole) throw cp::Failure(CHANDLER_BAD_DATA, "a candle is not five numbers");
      cp::Bar bar;
      bar.time = row[0].get<std::int64_t>() / 1000 - length;
      bar.open = row[1].get<double>();
      bar.high = row[2].get<double>();
      bar.low = row[3].get<double>();
      bar.close = row[4].get<double>();
      // The newest candle is stamped with the moment it was looked at, while it forms.
      if (bar.time % length == 0) bars.push_back(bar);
    }
    return bars;
  }

  const cp::Request request_;
  bool done_ = false;
};

class CoinGecko final : public cp::Plugin {
 public:
  static cp::Description describe() {
    cp::Description description;
    description.name = "coingecko";
    description.classes = {"crypto"};
    description.timeframes = {"30m", "4h"};
    description.rate_limit = "10/minute";
    description.env = {"COINGECKO_API_KEY"};
    description.reliability = 0.6;
    description.depth_days = {{"30m", 1}, {"4h", 30}};
    description.probe_symbol = "BTCUSD";
    return description;
  }

  std::unique_ptr<cp::Stream> open(cp::Host& /*host*/, const cp::Request& request) override {
    return std::make_unique<Candles>(request);
  }
};

}  // namespace

CHANDLER_PROVIDER_PLUGIN(CoinGecko)
