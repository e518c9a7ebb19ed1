// Binance spot, as the loopback exchange speaks it.
//
//   GET /api/v3/klines        weight 2; start and end inclusive by open time; 500 rows, 1000 at
//   most;
//                             the kline that is still open comes last; before the listing the first
//                             ones there are; no range without data is an error
//   GET /api/v3/exchangeInfo  weight 20; the sandbox's list, or symbol= / symbols=[..]
//   GET /api/v3/time, /ping   weight 1
//
// Every answer carries X-MBX-USED-WEIGHT-1M. Over the limit: 429, and 418 for those who go on.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "sandbox/known.h"
#include "tests/support/exchange/venue.h"

namespace chandler::testing {
namespace {

using nlohmann::json;

constexpr std::size_t kMostRows = 1000;
constexpr std::size_t kUsualRows = 500;
constexpr std::uint32_t kPatience = 20;  // weight over the limit before the ban
constexpr int kDecimals = 8;

HttpResponse refusal(int code, const std::string& message) {
  return json_answer(400, json{{"code", code}, {"msg", message}}.dump());
}

HttpResponse malformed(const std::string& name) {
  return refusal(-1102,
                 "Mandatory parameter '" + name + "' was not sent, was empty/null, or malformed.");
}

HttpResponse illegal(const std::string& name) {
  return refusal(-1100, "Illegal characters found in parameter '" + name +
                            "'; legal range is '^[0-9]{1,20}$'.");
}

struct KlineQuery {
  Instrument instrument;
  Timeframe timeframe;
  TimeRange range;
  std::size_t limit;
  bool latest;  // the last ones of the range, not the first
};

// Milliseconds, inclusive, to the first second at or after.
Instant at_or_after(std::int64_t ms) { return from_epoch(ms / 1000 + (ms % 1000 > 0 ? 1 : 0)); }

std::string row_text(const BarSeries& rows, std::size_t i, Instant end) {
  std::string out = "[" + std::to_string(epoch_seconds(rows.timestamp[i]) * 1000);
  const auto number = [&](double value) {
    out += ",\"";
    append_fixed(out, value, kDecimals);
    out += '"';
  };
  for (const double value :
       {rows.open[i], rows.high[i], rows.low[i], rows.close[i], rows.volume[i]})
    number(value);
  out += "," + std::to_string(epoch_seconds(end) * 1000 - 1);
  number(rows.turnover[i]);
  out += "," + std::to_string(static_cast<std::int64_t>(rows.trade_count[i]));
  number(rows.volume[i] / 2);
  number(rows.turnover[i] / 2);
  out += ",\"0\"]";
  return out;
}

BarSeries rows_of(const VenueCall& call, const KlineQuery& query) {
  const sandbox::Market market = market_of(query.instrument);
  if (!query.latest) return told(call, market, query.timeframe, query.range, query.limit);
  // Somewhat more than enough, then the last of it.
  const Instant end = std::min(query.range.to, call.now + seconds{1});
  const seconds length = nominal_length(query.timeframe) * (static_cast<int>(query.limit) + 2);
  const BarSeries rows = told(call, market, query.timeframe, {end - length, query.range.to});
  return rows.slice(rows.size() - std::min(rows.size(), query.limit), rows.size());
}

HttpResponse klines(const VenueCall& call) {
  const HttpRequest& http = call.http;
  const std::string name = http.parameter("symbol");
  if (name.empty()) return malformed("symbol");
  if (http.parameter("interval").empty()) return malformed("interval");
  const auto timeframe = parse_timeframe(http.parameter("interval"));
  if (!timeframe) return refusal(-1120, "Invalid interval.");
  const auto instrument = resolve(Venue::binance, name);
  if (!instrument) return refusal(-1121, "Invalid symbol.");

  KlineQuery query{*instrument, *timeframe, {}, kUsualRows, true};
  for (const char* const parameter : {"startTime", "endTime", "limit"}) {
    const std::string text = http.parameter(parameter);
    if (text.empty()) continue;
    const auto value = whole_number(text);
    if (!value || *value < 0) return illegal(parameter);
    if (parameter[0] == 's') {
      query.range.from = at_or_after(*value);
      query.latest = false;
    } else if (parameter[0] == 'e') {
      query.range.to = from_epoch(*value / 1000 + 1);
    } else {
      query.limit = std::min(static_cast<std::size_t>(*value), kMostRows);
    }
  }
  BarSeries rows = rows_of(call, query);
  distort(rows, call.fault);
  const Calendar calendar(CalendarKind::always);
  std::string body = "[";
  body.reserve(rows.size() * 160 + 2);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (i > 0) body += ',';
    body += row_text(rows, i, calendar.bar_end(query.timeframe, rows.timestamp[i]));
  }
  body += ']';
  return json_answer(200, std::move(body));
}

json symbol_info(std::string_view symbol, std::string_view base, std::string_view quote) {
  return {{"symbol", symbol},
          {"status", "TRADING"},
          {"baseAsset", base},
          {"baseAssetPrecision", 8},
          {"quoteAsset", quote},
          {"quotePrecision", 8},
          {"quoteAssetPrecision", 8},
          {"baseCommissionPrecision", 8},
          {"quoteCommissionPrecision", 8},
          {"orderTypes", {"LIMIT", "LIMIT_MAKER", "MARKET"}},
          {"icebergAllowed", true},
          {"ocoAllowed", true},
          {"otoAllowed", true},
          {"quoteOrderQtyMarketAllowed", true},
          {"allowTrailingStop", true},
          {"cancelReplaceAllowed", true},
          {"amendAllowed", true},
          {"isSpotTradingAllowed", true},
          {"isMarginTradingAllowed", true},
          {"filters",
           {{{"filterType", "PRICE_FILTER"},
             {"minPrice", "0.00000100"},
             {"maxPrice", "1000000.00000000"},
             {"tickSize", "0.00000100"}}}},
          {"permissions", json::array()},
          {"permissionSets", json::array({json::array({"SPOT", "MARGIN"})})},
          {"defaultSelfTradePreventionMode", "EXPIRE_MAKER"},
          {"allowedSelfTradePreventionModes", {"EXPIRE_TAKER", "EXPIRE_MAKER", "EXPIRE_BOTH"}}};
}

HttpResponse exchange_info(const VenueCall& call) {
  json symbols = json::array();
  json wanted = json::array();
  if (const std::string one = call.http.parameter("symbol"); !one.empty()) wanted.push_back(one);
  if (const std::string many = call.http.parameter("symbols"); !many.empty()) {
    wanted = json::parse(many, nullptr, /*allow_exceptions=*/false);
    if (!wanted.is_array()) return illegal("symbols");
  }
  for (const json& name : wanted) {
    const auto found = name.is_string() ? resolve(Venue::binance, name.get<std::string>())
                                        : std::optional<Instrument>();
    if (!found) return refusal(-1121, "Invalid symbol.");
    symbols.push_back(symbol_info(found->symbol.name(), found->base, found->quote));
  }
  if (wanted.empty()) {
    for (const sandbox::Known& known : sandbox::known_instruments()) {
      if (known.asset_class == AssetClass::crypto)
        symbols.push_back(symbol_info(known.symbol, known.base, known.quote));
    }
    // One that has been taken off the market.
    json gone = symbol_info("LUNAUSDT", "LUNA", "USDT");
    gone["status"] = "BREAK";
    symbols.push_back(gone);
  }
  const json body = {{"timezone", "UTC"},
                     {"serverTime", epoch_seconds(call.now) * 1000},
                     {"rateLimits",
                      {{{"rateLimitType", "REQUEST_WEIGHT"},
                        {"interval", "MINUTE"},
                        {"intervalNum", 1},
                        {"limit", call.options.limits.binance_weight_per_minute}},
                       {{"rateLimitType", "RAW_REQUESTS"},
                        {"interval", "MINUTE"},
                        {"intervalNum", 5},
                        {"limit", 61000}}}},
                     {"exchangeFilters", json::array()},
                     {"symbols", symbols}};
  return json_answer(200, body.dump());
}

HttpResponse dispatch(const VenueCall& call) {
  const std::string& path = call.http.path;
  if (path == "/api/v3/klines") return klines(call);
  if (path == "/api/v3/exchangeInfo") return exchange_info(call);
  if (path == "/api/v3/ping") return json_answer(200, "{}");
  if (path == "/api/v3/time") {
    return json_answer(200, fmt::format(R"({{"serverTime":{}}})", epoch_seconds(call.now) * 1000));
  }
  HttpResponse answer = json_answer(404, "<html><body><h2>404 Not found</h2></body></html>");
  answer.type = "text/html";
  return answer;
}

std::uint32_t weight_of(const std::string& path) {
  if (path == "/api/v3/klines") return 2;
  return path == "/api/v3/exchangeInfo" ? 20 : 1;
}

}  // namespace

HttpResponse serve_binance(const VenueCall& call) {
  constexpr seconds kMinute{60};
  const std::uint32_t limit = call.options.limits.binance_weight_per_minute;
  const std::uint32_t used =
      call.windows.use("binance", kMinute, call.now, weight_of(call.http.path));
  HttpResponse answer;
  if (limit == 0 || used <= limit) {
    answer = dispatch(call);
  } else {
    const bool banned = used > limit + kPatience;
    answer = error_answer(Venue::binance, banned ? 418 : 429);
    const seconds wait = until_next(kMinute, call.now) + (banned ? seconds{120} : seconds{0});
    answer.headers.emplace_back("Retry-After", std::to_string(wait.count()));
  }
  if (answer.type == "application/json") answer.type += ";charset=UTF-8";
  answer.headers.emplace_back("X-MBX-USED-WEIGHT", std::to_string(used));
  answer.headers.emplace_back("X-MBX-USED-WEIGHT-1M", std::to_string(used));
  return answer;
}

}  // namespace chandler::testing
