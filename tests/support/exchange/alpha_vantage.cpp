// Alpha Vantage, as the loopback exchange speaks it. Everything is GET /query and has status 200.
//
//   TIME_SERIES_INTRADAY   interval 1min 5min 15min 30min 60min; month=YYYY-MM from 2000-01,
//   without
//                          it the last 30 days; outputsize=compact: the last 100 bars; datatype
//                          json or csv; extended_hours=false leaves 04:00-09:30 and 16:00-20:00 out
//   TIME_SERIES_DAILY      dates only; TIME_SERIES_WEEKLY and _MONTHLY: the last session's date
//   TIME_SERIES_DAILY_ADJUSTED  is premium
//   LISTING_STATUS         CSV;  SYMBOL_SEARCH  JSON
//
// Newest first, US/Eastern wall time, four decimals. The newest bar may still be open. Labels are
// the bar's start, or its end with ExchangeOptions::labels_at_end. Errors are JSON also where CSV
// was asked for, and one of them repeats the key.
#include <date/date.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <utility>
#include <vector>

#include "sandbox/known.h"
#include "tests/support/exchange/venue.h"

namespace chandler::testing {
namespace {

using nlohmann::ordered_json;

constexpr std::size_t kCompact = 100;

HttpResponse note(const char* kind, const std::string& text) {
  return json_answer(200, ordered_json{{kind, text}}.dump(4));
}

HttpResponse invalid_call(const std::string& function) {
  return note("Error Message",
              "Invalid API call. Please retry or visit the documentation "
              "(https://www.alphavantage.co/documentation/) for " +
                  function + ".");
}

HttpResponse day_is_spent(const std::string& key, std::uint32_t limit) {
  return note("Information",
              fmt::format("We have detected your API key as {} and our standard API rate limit is "
                          "{} requests per day. Please subscribe to any of the premium plans at "
                          "https://www.alphavantage.co/premium/ to instantly remove all daily rate "
                          "limits.",
                          key, limit));
}

HttpResponse too_fast(std::uint32_t limit) {
  return note(
      "Note",
      fmt::format("Thank you for using Alpha Vantage! Our standard API call frequency is {} "
                  "calls per minute and 500 calls per day. Please visit "
                  "https://www.alphavantage.co/premium/ if you would like to target a "
                  "higher API call frequency.",
                  limit));
}

HttpResponse premium() {
  return note("Information",
              "Thank you for using Alpha Vantage! This is a premium endpoint. You may subscribe to "
              "any of the premium plans at https://www.alphavantage.co/premium/ to instantly "
              "unlock all premium endpoints");
}

// --- rows

struct Table {
  std::string information;  // of the head
  std::string symbol;
  std::string interval{};  // intraday
  std::string series;      // the key of the rows
  std::vector<std::string> labels;
  BarSeries rows;  // oldest first
  bool full = false;
};

std::string number(double value, int decimals) {
  std::string out;
  append_fixed(out, value, decimals);
  return out;
}

std::array<std::string, 5> cells(const BarSeries& rows, std::size_t i) {
  return {number(rows.open[i], 4), number(rows.high[i], 4), number(rows.low[i], 4),
          number(rows.close[i], 4), number(rows.volume[i], 0)};
}

HttpResponse as_csv(const Table& table) {
  HttpResponse answer;
  answer.type = "application/x-download";
  answer.body = "timestamp,open,high,low,close,volume\r\n";
  for (std::size_t i = table.rows.size(); i-- > 0;) {
    answer.body += table.labels[i];
    for (const std::string& cell : cells(table.rows, i)) answer.body += ',' + cell;
    answer.body += "\r\n";
  }
  return answer;
}

// By hand: rows that come twice have the same key twice, which no JSON object of a library holds.
HttpResponse as_json(const Table& table) {
  std::string head;
  int entry = 0;
  const auto meta = [&](const std::string& name, const std::string& value) {
    head += fmt::format("{}        \"{}. {}\": {}", entry == 0 ? "" : ",\n", entry + 1, name,
                        ordered_json(value).dump());
    ++entry;
  };
  meta("Information", table.information);
  meta("Symbol", table.symbol);
  meta("Last Refreshed", table.labels.empty() ? "" : table.labels.back());
  if (!table.interval.empty()) meta("Interval", table.interval);
  meta("Output Size", table.full ? "Full size" : "Compact");
  meta("Time Zone", "US/Eastern");
  std::string body =
      "{\n    \"Meta Data\": {\n" + head + "\n    },\n    \"" + table.series + "\": {";
  static constexpr std::array<std::string_view, 5> kNames = {"1. open", "2. high", "3. low",
                                                             "4. close", "5. volume"};
  for (std::size_t i = table.rows.size(); i-- > 0;) {
    body += "\n        \"" + table.labels[i] + "\": {";
    const auto values = cells(table.rows, i);
    for (std::size_t c = 0; c < values.size(); ++c) {
      body +=
          fmt::format("{}\n            \"{}\": \"{}\"", c == 0 ? "" : ",", kNames[c], values[c]);
    }
    body += i == 0 ? "\n        }" : "\n        },";
  }
  return json_answer(200, body + "\n    }\n}");
}

HttpResponse finish(const VenueCall& call, Table table) {
  if (!table.full && table.rows.size() > kCompact) {
    table.rows = table.rows.slice(table.rows.size() - kCompact, table.rows.size());
    table.labels.erase(table.labels.begin(),
                       table.labels.end() - static_cast<std::ptrdiff_t>(kCompact));
  }
  return call.http.parameter("datatype") == "csv" ? as_csv(table) : as_json(table);
}

// --- time

// The month on New York's calendar; nothing when it is no month, or before 2000-01.
std::optional<TimeRange> month_of(const std::string& text) {
  const auto first = parse_exact(text + "-01 00:00:00");
  if (text.size() != 7 || !first || *first < year_start(2000)) return {};
  return TimeRange{local_midnight(kNewYork, *first),
                   local_midnight(kNewYork, utc_next(Timeframe::mo1, *first))};
}

std::string date_text(Instant label) { return format_instant(label).substr(0, 10); }

// --- functions

HttpResponse intraday(const VenueCall& call, const Instrument& instrument) {
  static constexpr std::array<std::pair<std::string_view, Timeframe>, 5> kIntervals = {
      {{"1min", Timeframe::m1},
       {"5min", Timeframe::m5},
       {"15min", Timeframe::m15},
       {"30min", Timeframe::m30},
       {"60min", Timeframe::h1}}};
  const HttpRequest& http = call.http;
  const std::string interval = http.parameter("interval");
  const auto* const found = std::find_if(kIntervals.begin(), kIntervals.end(),
                                         [&](const auto& i) { return i.first == interval; });
  if (found == kIntervals.end()) return invalid_call("TIME_SERIES_INTRADAY");
  const Timeframe timeframe = found->second;

  TimeRange range{local_midnight(kNewYork, day_start(call.now)) - std::chrono::hours{30 * 24},
                  call.now + seconds{1}};
  if (const std::string month = http.parameter("month"); !month.empty()) {
    const auto asked = month_of(month);
    if (!asked) return invalid_call("TIME_SERIES_INTRADAY");
    range = *asked;
  }
  Table table;
  table.information = "Intraday (" + interval + ") open, high, low, close prices and volume";
  table.symbol = http.parameter("symbol");
  table.interval = interval;
  table.series = "Time Series (" + interval + ")";
  table.full = http.parameter("outputsize") == "full";
  const bool extended = call.options.extended_hours && http.parameter("extended_hours") != "false";
  const sandbox::Market market = market_of(instrument);
  table.rows = extended ? told_extended(call, market, timeframe, range)
                        : told(call, market, timeframe, range);
  if (table.rows.empty()) return invalid_call("TIME_SERIES_INTRADAY");
  distort(table.rows, call.fault);
  const seconds shift = call.options.labels_at_end ? nominal_length(timeframe) : seconds{0};
  for (const Instant t : table.rows.timestamp)
    table.labels.push_back(format_instant(t + shift + zone_offset(kNewYork, t)));
  return finish(call, std::move(table));
}

// Weeks and months are labelled with their last session so far.
Instant last_session(const sandbox::Market& market, Timeframe timeframe, Instant label,
                     Instant now) {
  if (timeframe == Timeframe::d1) return label;
  TimeRange minutes = market.calendar().bucket_range(timeframe, Timeframe::m1, label);
  minutes.to = std::min(minutes.to, now + seconds{1});
  const std::vector<Session> sessions = market.calendar().sessions(minutes);
  return sessions.empty() ? label : sessions.back().date;
}

HttpResponse slow(const VenueCall& call, const Instrument& instrument, Timeframe timeframe) {
  const sandbox::Market market = market_of(instrument);
  Table table;
  table.symbol = call.http.parameter("symbol");
  const std::string name = timeframe == Timeframe::d1   ? "Daily"
                           : timeframe == Timeframe::w1 ? "Weekly"
                                                        : "Monthly";
  table.information = name + " Prices (open, high, low, close) and Volumes";
  table.series = timeframe == Timeframe::d1 ? "Time Series (Daily)" : name + " Time Series";
  table.full = timeframe != Timeframe::d1 || call.http.parameter("outputsize") == "full";
  // 150 days hold 100 sessions.
  const Instant from =
      table.full ? year_start(2000) : day_start(call.now) - std::chrono::hours{150 * 24};
  table.rows = told(call, market, timeframe, {from, call.now});
  distort(table.rows, call.fault);
  for (const Instant t : table.rows.timestamp)
    table.labels.push_back(date_text(last_session(market, timeframe, t, call.now)));
  return finish(call, std::move(table));
}

HttpResponse listing() {
  HttpResponse answer;
  answer.type = "application/x-download";
  answer.body = "symbol,name,exchange,assetType,ipoDate,delistingDate,status\r\n";
  for (const sandbox::Known& known : sandbox::known_instruments()) {
    const bool fund = known.asset_class == AssetClass::etf;
    if (!fund && known.asset_class != AssetClass::stock) continue;
    std::string symbol(known.symbol);
    std::replace(symbol.begin(), symbol.end(), '.', '-');
    const bool quoted = known.name.find(',') != std::string_view::npos;
    answer.body +=
        fmt::format("{},{}{}{},{},{},1990-01-01,null,Active\r\n", symbol, quoted ? "\"" : "",
                    known.name, quoted ? "\"" : "", known.exchange, fund ? "ETF" : "Stock");
  }
  return answer;
}

HttpResponse search(const std::string& keywords) {
  ordered_json matches = ordered_json::array();
  for (const sandbox::Known& known : sandbox::known_instruments()) {
    const bool fund = known.asset_class == AssetClass::etf;
    if (!fund && known.asset_class != AssetClass::stock) continue;
    if (!known.symbol.starts_with(keywords)) continue;
    matches.push_back({{"1. symbol", known.symbol},
                       {"2. name", known.name},
                       {"3. type", fund ? "ETF" : "Equity"},
                       {"4. region", "United States"},
                       {"5. marketOpen", "09:30"},
                       {"6. marketClose", "16:00"},
                       {"7. timezone", "UTC-04"},
                       {"8. currency", "USD"},
                       {"9. matchScore", "1.0000"}});
  }
  return json_answer(200, ordered_json{{"bestMatches", matches}}.dump(4));
}

HttpResponse dispatch(const VenueCall& call) {
  const HttpRequest& http = call.http;
  const std::string function = http.parameter("function");
  if (function == "LISTING_STATUS") return listing();
  if (function == "SYMBOL_SEARCH") return search(http.parameter("keywords"));
  if (function == "TIME_SERIES_DAILY_ADJUSTED") return premium();
  const auto instrument = resolve(Venue::alpha_vantage, http.parameter("symbol"));
  if (!instrument) return invalid_call(function);
  if (function == "TIME_SERIES_INTRADAY") return intraday(call, *instrument);
  if (function == "TIME_SERIES_DAILY") return slow(call, *instrument, Timeframe::d1);
  if (function == "TIME_SERIES_WEEKLY") return slow(call, *instrument, Timeframe::w1);
  if (function == "TIME_SERIES_MONTHLY") return slow(call, *instrument, Timeframe::mo1);
  return invalid_call(function);
}

}  // namespace

HttpResponse serve_alpha_vantage(const VenueCall& call) {
  const std::string key = call.http.parameter("apikey");
  const ExchangeLimits& limits = call.options.limits;
  const std::string& wanted = call.options.alpha_vantage_key;
  if (key == "demo") {
    return note(
        "Information",
        "The **demo** API key is for demo purposes only. Please claim your free API key at "
        "(https://www.alphavantage.co/support/#api-key) to explore our full API offerings.");
  }
  if (key.empty() || (!wanted.empty() && key != wanted)) {
    return note("Error Message",
                "the parameter apikey is invalid or missing. Please claim your free API key on "
                "(https://www.alphavantage.co/support/#api-key). It should take less than 20 "
                "seconds.");
  }
  const std::uint32_t minute = call.windows.use("av/minute", seconds{60}, call.now, 1);
  if (limits.alpha_vantage_per_minute != 0 && minute > limits.alpha_vantage_per_minute)
    return too_fast(limits.alpha_vantage_per_minute);
  // The day's border is taken to be midnight New York.
  const Instant local = call.now + zone_offset(kNewYork, call.now);
  const std::uint32_t day = call.windows.use("av/day", std::chrono::hours{24}, local, 1);
  if (limits.alpha_vantage_per_day != 0 && day > limits.alpha_vantage_per_day)
    return day_is_spent(key, limits.alpha_vantage_per_day);
  return dispatch(call);
}

}  // namespace chandler::testing
