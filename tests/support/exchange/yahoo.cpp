// Yahoo's chart, as the loopback exchange speaks it.
//
//   GET /v8/finance/chart/SYMBOL   period1 inclusive, period2 exclusive; 1m 2m 5m 15m 30m 60m 90m
//   1h
//                                  4h 1d 1wk 1mo
//   GET /v1/test/getcrumb          with the cookie that GET / sets (along with its 404)
//   GET /v1/finance/search?q=      quoteType and the like
//
// A User-Agent that begins with Mozilla is needed, and cookie and crumb when
// ExchangeOptions::yahoo_wants_crumb. Intraday intervals reach back 30, 60 or 730 days, a request
// for 1m over 8 days at most. US bars of 60m and more begin at 09:30. The newest intraday row has
// the time of the last trade while the exchange is open, and a row without volume at the close
// after that; the newest daily row is stamped like that, too. Holidays on weekdays are rows of
// nulls, and so are the bars that a fault of `holes` takes. Daily rows are stamped at the session's
// open, else at midnight of the exchange's time zone. Prices have the digits the market gave them
// (Yahoo's own went through a float). Volumes of indices and currencies are 0. Stocks and ETFs paid
// a dividend of 1/64 on 2024-02-09, and were split as ExchangeOptions::yahoo_split says: until that
// day all prices are as they are traded, from then on all are the market's, those of the days before
// among them, and the split is among the events.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <nlohmann/json.hpp>
#include <utility>
#include <vector>

#include "sandbox/known.h"
#include "tests/support/exchange/venue.h"

namespace chandler::testing {
namespace {

using nlohmann::ordered_json;
using std::chrono::hours;

constexpr seconds kDay = hours{24};
constexpr std::string_view kCookie = "A3=d=made-up&S=loopback";
constexpr std::string_view kCrumb = "l00p.Back/9a";

HttpResponse plain(int status, std::string text) {
  HttpResponse answer = json_answer(status, std::move(text));
  answer.type = "text/plain;charset=utf-8";
  return answer;
}

HttpResponse refusal(int status, const std::string& code, const std::string& description,
                     const char* section = "chart") {
  return json_answer(status,
                     ordered_json{{section,
                                   {{"result", nullptr},
                                    {"error", {{"code", code}, {"description", description}}}}}}
                         .dump());
}

// --- what can be asked for

struct Interval {
  std::string_view name;
  Timeframe base;    // bars of this frame
  int together;      // so many of them make one, counted from the session's open
  int days_back;     // 0: everything
  int days_at_once;  // 0: any
};

constexpr std::array<Interval, 12> kIntervals = {{{"1m", Timeframe::m1, 1, 30, 8},
                                                  {"2m", Timeframe::m1, 2, 60, 0},
                                                  {"5m", Timeframe::m5, 1, 60, 0},
                                                  {"15m", Timeframe::m15, 1, 60, 0},
                                                  {"30m", Timeframe::m30, 1, 60, 0},
                                                  {"60m", Timeframe::m30, 2, 730, 0},
                                                  {"90m", Timeframe::m30, 3, 60, 0},
                                                  {"1h", Timeframe::m30, 2, 730, 0},
                                                  {"4h", Timeframe::m30, 8, 730, 0},
                                                  {"1d", Timeframe::d1, 1, 0, 0},
                                                  {"1wk", Timeframe::w1, 1, 0, 0},
                                                  {"1mo", Timeframe::mo1, 1, 0, 0}}};

const Interval* interval_of(std::string_view name) {
  const auto* const found = std::find_if(kIntervals.begin(), kIntervals.end(),
                                         [&](const Interval& i) { return i.name == name; });
  return found == kIntervals.end() ? nullptr : found;
}

bool is_intraday(const Interval& interval) { return chandler::is_intraday(interval.base); }

struct Chart {
  std::string spelling;
  Instrument instrument;
  sandbox::Market market;
  const Interval* interval;
  TimeRange range;

  [[nodiscard]] bool us() const { return market.calendar().kind() == CalendarKind::us_equities; }
  [[nodiscard]] std::string_view zone() const {
    if (us() || instrument.asset_class == AssetClass::future) return kNewYork;
    return instrument.asset_class == AssetClass::forex ? "Europe/London" : "UTC";
  }
};

std::optional<HttpResponse> too_far_back(const Chart& chart, Instant now) {
  const Interval& interval = *chart.interval;
  const auto refuse = [&](const std::string& why) {
    return refusal(
        422, "Unprocessable Entity",
        fmt::format("{} data not available for startTime={} and endTime={}. {}", interval.name,
                    epoch_seconds(chart.range.from), epoch_seconds(chart.range.to), why));
  };
  if (interval.days_at_once != 0 &&
      chart.range.to - chart.range.from > kDay * interval.days_at_once) {
    return refuse(
        fmt::format("Only {} days worth of {} granularity data are allowed to be fetched "
                    "per request.",
                    interval.days_at_once, interval.name));
  }
  if (interval.days_back != 0 && chart.range.from < now - kDay * interval.days_back) {
    return refuse(
        fmt::format("The requested range must be within the last {} days.", interval.days_back));
  }
  return {};
}

// --- rows

struct Rows {
  BarSeries bars;               // five columns
  std::vector<Instant> stamps;  // of each
  std::vector<bool> null;       // no values
  [[nodiscard]] std::size_t size() const { return stamps.size(); }
};

// Several bars as one, counted from where their session, or else the day, begins.
BarSeries together(const Chart& chart, const BarSeries& fine) {
  const int count = chart.interval->together;
  if (count == 1) return fine;
  const seconds length = nominal_length(chart.interval->base) * count;
  BarSeries out;
  for (std::size_t i = 0; i < fine.size(); ++i) {
    const Instant t = fine.timestamp[i];
    Instant begin = day_start(t);
    if (chart.us()) begin += hours{9} + std::chrono::minutes{30} - zone_offset(kNewYork, t);
    const seconds into = t - begin;
    const Instant label = begin + (into - ((into % length) + length) % length);
    if (!out.empty() && out.timestamp.back() == label) {
      out.high.back() = std::max(out.high.back(), fine.high[i]);
      out.low.back() = std::min(out.low.back(), fine.low[i]);
      out.close.back() = fine.close[i];
      out.volume.back() += fine.volume[i];
    } else {
      out.append(fine, i, i + 1);
      out.timestamp.back() = label;
    }
  }
  return out;
}

BarSeries five_columns(const BarSeries& bars) {
  BarSeries out;
  out.timestamp = bars.timestamp;
  for (const Column c : {Column::open, Column::high, Column::low, Column::close, Column::volume})
    out.column(c) = bars.column(c);
  return out;
}

Instant stamp_of(const Chart& chart, Instant label) {
  if (is_intraday(*chart.interval)) return label;
  const Instant midnight = local_midnight(chart.zone(), label);
  const bool session = chart.us() && chart.interval->base == Timeframe::d1;
  return session ? midnight + hours{9} + std::chrono::minutes{30} : midnight;
}

// The labels whose stamps lie in the range: somewhat more is looked at, and the rest left out.
Rows rows_of(const VenueCall& call, const Chart& chart) {
  const bool intraday = is_intraday(*chart.interval);
  const seconds margin =
      intraday ? nominal_length(chart.interval->base) * chart.interval->together : kDay * 2;
  const TimeRange labels{chart.range.from - margin, chart.range.to + margin};
  const bool extended = intraday && chart.us() && call.http.parameter("includePrePost") == "true";
  VenueCall whole = call;  // what a hole takes comes as nulls
  whole.fault = nullptr;
  BarSeries bars =
      five_columns(extended ? told_extended(whole, chart.market, chart.interval->base, labels)
                            : told(whole, chart.market, chart.interval->base, labels));
  bars = together(chart, bars);
  BarSeries within;
  for (std::size_t i = 0; i < bars.size(); ++i) {
    if (chart.range.contains(stamp_of(chart, bars.timestamp[i]))) within.append(bars, i, i + 1);
  }
  distort(within, call.fault);

  const bool holes = call.fault != nullptr && call.fault->kind == FaultKind::holes;
  Rows rows;
  for (const Instant t : within.timestamp) {
    rows.stamps.push_back(stamp_of(chart, t));
    rows.null.push_back(holes && call.fault->range.contains(t));
  }
  rows.bars = std::move(within);
  return rows;
}

void insert(Rows& rows, std::size_t at, Instant stamp, bool null, double price) {
  BarSeries one;
  one.resize(1);
  one.timestamp[0] = stamp;
  one.open[0] = one.high[0] = one.low[0] = one.close[0] = price;
  BarSeries bars = rows.bars.slice(0, at);
  bars.append(one);
  bars.append(rows.bars, at, rows.bars.size());
  rows.bars = std::move(bars);
  const auto offset = static_cast<std::ptrdiff_t>(at);
  rows.stamps.insert(rows.stamps.begin() + offset, stamp);
  rows.null.insert(rows.null.begin() + offset, null);
}

// Weekdays without a session are rows of nulls.
void add_holidays(const Chart& chart, Rows& rows) {
  for (std::size_t i = 1; i < rows.size(); ++i) {
    const Instant before = rows.bars.timestamp[i - 1];
    const auto weekday = (epoch_seconds(before) / 86400 + 4) % 7;  // Sunday is 0
    const Instant next = before + kDay;
    if (weekday == 5 || next >= rows.bars.timestamp[i]) continue;
    if (chart.range.contains(stamp_of(chart, next))) {
      insert(rows, i, stamp_of(chart, next), true, 0);
      rows.bars.timestamp[i] = next;
    }
  }
}

// What is said of today: the newest row has the time of the last trade.
void mark_live(const VenueCall& call, const Chart& chart, Rows& rows) {
  if (rows.stamps.empty()) return;
  const std::size_t last = rows.size() - 1;
  const Instant label = rows.bars.timestamp[last];
  const seconds length = nominal_length(chart.interval->base) * chart.interval->together;
  const bool intraday = is_intraday(*chart.interval);
  const Instant end =
      intraday ? label + length : chart.market.calendar().bar_end(chart.interval->base, label);
  if (end > call.now) {
    if (intraday || chart.interval->base == Timeframe::d1) rows.stamps[last] = call.now;
    return;
  }
  const auto sessions = chart.market.calendar().sessions({call.now - kDay, call.now});
  if (sessions.empty() || sessions.back().close > call.now) return;
  const Instant close = sessions.back().close;
  if (!chart.range.contains(close)) return;
  if (intraday && end == close) {
    insert(rows, rows.size(), close, false, rows.bars.close[last]);
  } else if (!intraday && label == sessions.back().date) {
    rows.stamps[last] = close;
  }
}

// --- JSON

ordered_json column(const Rows& rows, const std::vector<double>& values, bool whole) {
  ordered_json out = ordered_json::array();
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (rows.null[i]) {
      out.push_back(nullptr);
    } else if (whole && values[i] == std::floor(values[i])) {
      out.push_back(static_cast<std::int64_t>(values[i]));
    } else {
      out.push_back(values[i]);
    }
  }
  return out;
}

struct Kind {
  std::string_view type, exchange, full_exchange, typed;
};

Kind kind_of(AssetClass asset_class) {
  switch (asset_class) {
    case AssetClass::etf:
      return {"ETF", "PCX", "NYSEArca", "ETF"};
    case AssetClass::index:
      return {"INDEX", "SNP", "SNP", "Index"};
    case AssetClass::forex:
      return {"CURRENCY", "CCY", "CCY", "Currency"};
    case AssetClass::crypto:
      return {"CRYPTOCURRENCY", "CCC", "CCC", "Cryptocurrency"};
    case AssetClass::future:
      return {"FUTURE", "CME", "CME", "Future"};
    default:
      return {"EQUITY", "NMS", "NasdaqGS", "Equity"};
  }
}

std::string name_of(const Instrument& instrument) {
  const sandbox::Known* known = sandbox::find_known(instrument.symbol.name());
  return known != nullptr ? std::string(known->name) : instrument.symbol.name() + " Inc.";
}

ordered_json period(const std::string& timezone, Instant from, Instant to, seconds offset) {
  return {{"timezone", timezone},
          {"start", epoch_seconds(from)},
          {"end", epoch_seconds(to)},
          {"gmtoffset", offset.count()}};
}

// Of today, or of the next session.
ordered_json trading_period(const VenueCall& call, const Chart& chart, const std::string& timezone,
                            seconds offset) {
  Instant open = day_start(call.now);
  Instant close = open + kDay - std::chrono::minutes{1};
  seconds before{0};
  seconds after{0};
  if (chart.us()) {
    const Instant today = local_midnight(kNewYork, day_start(call.now + offset));
    const auto sessions = chart.market.calendar().sessions({today, today + kDay * 10});
    if (!sessions.empty()) {
      open = sessions.front().open;
      close = sessions.front().close;
    }
    before = hours{5} + std::chrono::minutes{30};
    after = hours{4};
  }
  return {{"pre", period(timezone, open - before, open, offset)},
          {"regular", period(timezone, open, close, offset)},
          {"post", period(timezone, close, close + after, offset)}};
}

std::string timezone_name(std::string_view zone, seconds offset) {
  if (zone == kNewYork) return offset == hours{-5} ? "EST" : "EDT";
  if (zone == "UTC") return "UTC";
  return offset == seconds{0} ? "GMT" : "BST";
}

ordered_json meta_of(const VenueCall& call, const Chart& chart, const Rows& rows) {
  // Today's offset, as the real one says: wrong for every day on the other side of a change.
  const seconds offset = zone_offset(chart.zone(), call.now);
  const std::string timezone = timezone_name(chart.zone(), offset);
  const Kind kind = kind_of(chart.instrument.asset_class);
  const std::string name = name_of(chart.instrument);
  double high = 0;
  double low = 0;
  double price = 0;
  double open = 0;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (rows.null[i]) continue;
    if (price == 0) open = low = rows.bars.open[i];
    high = std::max(high, rows.bars.high[i]);
    low = std::min(low, rows.bars.low[i]);
    price = rows.bars.close[i];
  }
  ordered_json meta = {{"currency", "USD"},
                       {"symbol", chart.spelling},
                       {"exchangeName", kind.exchange},
                       {"fullExchangeName", kind.full_exchange},
                       {"instrumentType", kind.type},
                       {"firstTradeDate", epoch_seconds(chart.market.life().from)},
                       {"regularMarketTime", epoch_seconds(call.now)},
                       {"hasPrePostMarketData", chart.us()},
                       {"gmtoffset", offset.count()},
                       {"timezone", timezone},
                       {"exchangeTimezoneName", chart.zone()},
                       {"regularMarketPrice", price},
                       {"fiftyTwoWeekHigh", high},
                       {"fiftyTwoWeekLow", low},
                       {"regularMarketDayHigh", high},
                       {"regularMarketDayLow", low},
                       {"regularMarketVolume", 0},
                       {"longName", name},
                       {"shortName", name},
                       {"chartPreviousClose", open}};
  if (is_intraday(*chart.interval)) {
    meta["previousClose"] = open;
    meta["scale"] = 3;
  }
  meta["priceHint"] = chart.instrument.asset_class == AssetClass::forex ? 4 : 2;
  meta["currentTradingPeriod"] = trading_period(call, chart, timezone, offset);
  meta["dataGranularity"] = chart.interval->name;
  meta["range"] = "";
  meta["validRanges"] = {"1d", "5d", "1mo", "3mo", "6mo", "1y", "2y", "5y", "10y", "ytd", "max"};
  return meta;
}

bool is_share(const Chart& chart) {
  return chart.instrument.asset_class == AssetClass::stock ||
         chart.instrument.asset_class == AssetClass::etf;
}

// Before a split a share is worth as much more.
void undo_split_to_come(const VenueCall& call, const Chart& chart, BarSeries& bars) {
  const auto& split = call.options.yahoo_split;
  if (!split || !is_share(chart) || call.now >= split->on) return;
  const double times = static_cast<double>(split->numerator) / split->denominator;
  for (auto* const column : {&bars.open, &bars.high, &bars.low, &bars.close}) {
    for (double& price : *column) price *= times;
  }
  for (double& volume : bars.volume) volume = std::floor(volume / times);
}

void add_split(const VenueCall& call, const Chart& chart, ordered_json& events) {
  const auto& split = call.options.yahoo_split;
  if (!split || !is_share(chart) || call.now < split->on ||
      call.http.parameter("events").find("split") == std::string::npos)
    return;
  const Instant open =
      local_midnight(chart.zone(), split->on) + hours{9} + std::chrono::minutes{30};
  if (!chart.range.contains(open)) return;
  const std::int64_t stamp = epoch_seconds(open);
  events["splits"][std::to_string(stamp)] = {
      {"date", stamp},
      {"numerator", split->numerator},
      {"denominator", split->denominator},
      {"splitRatio", fmt::format("{}:{}", split->numerator, split->denominator)}};
}

ordered_json events_of(const VenueCall& call, const Chart& chart, const Rows& rows) {
  ordered_json events = ordered_json::object();
  const bool pays = is_share(chart) && !is_intraday(*chart.interval) &&
                    call.http.parameter("events").find("div") != std::string::npos;
  for (std::size_t i = 0; pays && i < rows.size(); ++i) {
    if (epoch_seconds(rows.bars.timestamp[i]) != kExDividend || rows.null[i]) continue;
    const std::int64_t stamp = epoch_seconds(rows.stamps[i]);
    const double amount = std::round(rows.bars.open[i] / 64 * 1000) / 1000;
    events["dividends"][std::to_string(stamp)] = {{"amount", amount}, {"date", stamp}};
  }
  add_split(call, chart, events);
  return events;
}

HttpResponse answer_of(const VenueCall& call, const Chart& chart, Rows rows) {
  const AssetClass asset_class = chart.instrument.asset_class;
  if (asset_class == AssetClass::index || asset_class == AssetClass::forex)
    std::fill(rows.bars.volume.begin(), rows.bars.volume.end(), 0.0);
  ordered_json result = {{"meta", meta_of(call, chart, rows)}};
  ordered_json quote = ordered_json::object();
  if (rows.size() > 0) {
    ordered_json stamps = ordered_json::array();
    for (const Instant t : rows.stamps) stamps.push_back(epoch_seconds(t));
    result["timestamp"] = std::move(stamps);
    if (ordered_json events = events_of(call, chart, rows); !events.empty())
      result["events"] = std::move(events);
    quote = {{"open", column(rows, rows.bars.open, false)},
             {"high", column(rows, rows.bars.high, false)},
             {"low", column(rows, rows.bars.low, false)},
             {"close", column(rows, rows.bars.close, false)},
             {"volume", column(rows, rows.bars.volume, true)}};
  }
  ordered_json indicators = {{"quote", ordered_json::array({quote})}};
  if (rows.size() > 0 && !is_intraday(*chart.interval)) {
    const std::vector<double> adjusted = yahoo_adjusted(asset_class, rows.bars);
    indicators["adjclose"] =
        ordered_json::array({ordered_json{{"adjclose", column(rows, adjusted, false)}}});
  }
  result["indicators"] = std::move(indicators);
  return json_answer(
      200, ordered_json{{"chart", {{"result", ordered_json::array({result})}, {"error", nullptr}}}}
               .dump());
}

HttpResponse chart_of(const VenueCall& call, const std::string& spelling) {
  const HttpRequest& http = call.http;
  const auto instrument = resolve(Venue::yahoo, spelling);
  if (!instrument) return refusal(404, "Not Found", "No data found, symbol may be delisted");
  const std::string name = http.parameter("interval");
  const Interval* const interval = interval_of(name.empty() ? "1d" : name);
  if (interval == nullptr) {
    return refusal(422, "Unprocessable Entity",
                   "Invalid input - interval=" + name +
                       " is not supported. Valid intervals: [1m, 2m, 5m, 15m, 30m, 60m, 90m, 1h, "
                       "4h, 1d, 5d, 1wk, 1mo, 3mo]");
  }
  const auto from = whole_number(http.parameter("period1"));
  const auto to = whole_number(http.parameter("period2"));
  if (!from || !to) return refusal(400, "Bad Request", "Invalid input - period1 and period2");
  if (*from > *to) {
    return refusal(400, "Bad Request",
                   fmt::format("Invalid input - start date cannot be after end date. startDate = "
                               "{}, endDate = {}",
                               *from, *to));
  }
  const Chart chart{spelling,
                    *instrument,
                    market_of(*instrument),
                    interval,
                    {from_epoch(*from), from_epoch(*to)}};
  if (auto refused = too_far_back(chart, call.now)) return *std::move(refused);
  if (chart.range.to <= chart.market.life().from) {
    return refusal(400, "Bad Request",
                   fmt::format("Data doesn't exist for startDate = {}, endDate = {}", *from, *to));
  }
  Rows rows = rows_of(call, chart);
  if (call.fault == nullptr || call.fault->kind == FaultKind::holes) {
    if (chart.us() && interval->base == Timeframe::d1) add_holidays(chart, rows);
    mark_live(call, chart, rows);
  }
  undo_split_to_come(call, chart, rows.bars);
  return answer_of(call, chart, std::move(rows));
}

HttpResponse search(const std::string& query) {
  ordered_json quotes = ordered_json::array();
  if (const auto found = resolve(Venue::yahoo, query)) {
    const Kind kind = kind_of(found->asset_class);
    quotes.push_back({{"exchange", kind.exchange},
                      {"shortname", name_of(*found)},
                      {"quoteType", kind.type},
                      {"symbol", query},
                      {"index", "quotes"},
                      {"score", 20000},
                      {"typeDisp", kind.typed},
                      {"longname", name_of(*found)},
                      {"exchDisp", kind.full_exchange},
                      {"isYahooFinance", true}});
  }
  return json_answer(200, ordered_json{{"explains", ordered_json::array()},
                                       {"count", quotes.size()},
                                       {"quotes", quotes},
                                       {"news", ordered_json::array()}}
                              .dump());
}

HttpResponse cookie_page() {
  HttpResponse answer = json_answer(404, "<html><body>Not Found on Accelerator</body></html>");
  answer.type = "text/html";
  answer.headers.emplace_back("Set-Cookie", std::string(kCookie) +
                                                "; Max-Age=31557600; Domain=127.0.0.1; Path=/; "
                                                "SameSite=None; HttpOnly");
  return answer;
}

bool has_cookie(const HttpRequest& http) {
  return http.header("cookie").find(kCookie) != std::string::npos;
}

}  // namespace

std::vector<double> yahoo_adjusted(AssetClass asset_class, const BarSeries& bars) {
  std::vector<double> out = bars.close;
  if (asset_class != AssetClass::stock && asset_class != AssetClass::etf) return out;
  for (std::size_t i = 0; i < out.size(); ++i) {
    if (epoch_seconds(bars.timestamp[i]) < kExDividend) out[i] *= 63.0 / 64;
  }
  return out;
}

HttpResponse serve_yahoo(const VenueCall& call) {
  const HttpRequest& http = call.http;
  const std::uint32_t limit = call.options.limits.yahoo_per_minute;
  const std::uint32_t used = call.windows.use("yahoo", seconds{60}, call.now, 1);
  if ((limit != 0 && used > limit) || !http.header("user-agent").starts_with("Mozilla"))
    return plain(429, "Too Many Requests\r\n");
  if (http.path == "/") return cookie_page();
  if (http.path == "/v1/test/getcrumb") {
    if (has_cookie(http)) return plain(200, std::string(kCrumb));
    return refusal(401, "Unauthorized", "Invalid Cookie", "finance");
  }
  if (http.path == "/v1/finance/search") return search(http.parameter("q"));
  constexpr std::string_view kChart = "/v8/finance/chart/";
  if (!http.path.starts_with(kChart)) return plain(404, "Not Found");
  if (call.options.yahoo_wants_crumb) {
    if (!has_cookie(http)) return refusal(401, "Unauthorized", "Invalid Cookie", "finance");
    if (http.parameter("crumb") != kCrumb)
      return refusal(401, "Unauthorized", "Invalid Crumb", "finance");
  }
  return chart_of(call, http.path.substr(kChart.size()));
}

}  // namespace chandler::testing
