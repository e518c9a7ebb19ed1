// Alpaca market data v2, as the loopback exchange speaks it.
//
//   GET /v2/stocks/bars?symbols=A,B   start and end inclusive; 1,000 bars a page over all symbols,
//   GET /v2/stocks/A/bars             10,000 at most; ordered by symbol, then time; pages may be
//                                     short, or empty, and go on until the token is null
//   GET /v1beta3/crypto/us/bars       without a key
//   GET /v2/assets                    the sandbox's list
//
// Minutes of 04:00 to 20:00 New York (ExchangeOptions::extended_hours); days, weeks and months are
// stamped at midnight New York, those of crypto at midnight UTC. A key in the headers is needed for
// all but crypto. `sip` ends 15 minutes ago; `iex` has a small part of the volume. Only the
// timeframes Chandler has, and sort=asc. A page token is base64 of "SYMBOL|TIMEFRAME|LAST", with
// "|" at its end where the page before was an empty one.
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

using nlohmann::json;

constexpr std::size_t kUsualRows = 1000;
constexpr std::size_t kMostRows = 10'000;
constexpr seconds kSipDelay{15 * 60};

HttpResponse refusal(int status, const std::string& message) {
  return json_answer(status, json{{"message", message}}.dump());
}

// --- base64, for the tokens

constexpr std::string_view kDigits =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

std::string base64(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); i += 3) {
    std::uint32_t bits = 0;
    for (std::size_t j = 0; j < 3; ++j)
      bits = bits << 8U | (i + j < text.size() ? static_cast<unsigned char>(text[i + j]) : 0U);
    for (std::size_t j = 0; j < 4; ++j) {
      const bool padding = i + j > text.size();
      out += padding ? '=' : kDigits[(bits >> (18U - 6U * j)) & 63U];
    }
  }
  return out;
}

std::optional<std::string> from_base64(std::string_view text) {
  std::string out;
  std::uint32_t bits = 0;
  unsigned have = 0;
  for (const char c : text) {
    if (c == '=') break;
    const std::size_t digit = kDigits.find(c);
    if (digit == std::string_view::npos) return {};
    bits = bits << 6U | static_cast<std::uint32_t>(digit);
    have += 6;
    if (have >= 8) {
      have -= 8;
      out += static_cast<char>(bits >> have & 0xFFU);
    }
  }
  return out;
}

// --- parameters

std::vector<std::string> split(std::string_view text, char separator) {
  std::vector<std::string> out;
  for (;;) {
    const std::size_t end = text.find(separator);
    out.emplace_back(text.substr(0, end));
    if (end == std::string_view::npos) return out;
    text.remove_prefix(end + 1);
  }
}

std::optional<Timeframe> timeframe_of(std::string_view text) {
  static constexpr std::array<std::pair<std::string_view, char>, 10> kUnits = {{{"Min", 'm'},
                                                                                {"T", 'm'},
                                                                                {"Hour", 'h'},
                                                                                {"H", 'h'},
                                                                                {"Day", 'd'},
                                                                                {"D", 'd'},
                                                                                {"Week", 'w'},
                                                                                {"W", 'w'},
                                                                                {"Month", 'M'},
                                                                                {"M", 'M'}}};
  const std::size_t digits = std::min(text.find_first_not_of("0123456789"), text.size());
  for (const auto& [unit, ours] : kUnits) {
    if (text.substr(digits) != unit) continue;
    const auto timeframe = parse_timeframe(std::string(text.substr(0, digits)) + ours);
    if (timeframe && *timeframe != Timeframe::d3) return *timeframe;
  }
  return {};
}

// A date, or RFC 3339 with Z, an offset, or neither; fractions of a second are passed over.
std::optional<Instant> time_of(std::string text) {
  if (text.size() == 10) text += "T00:00:00";
  if (text.size() < 19) return {};
  const auto instant = parse_exact(text.substr(0, 19));
  std::string_view rest = std::string_view(text).substr(19);
  if (!instant) return {};
  if (rest.starts_with('.')) {
    rest.remove_prefix(1);
    rest.remove_prefix(std::min(rest.find_first_not_of("0123456789"), rest.size()));
  }
  if (rest.empty() || rest == "Z") return instant;
  if (rest.size() != 6 || rest[3] != ':' || (rest[0] != '+' && rest[0] != '-')) return {};
  const auto hour = whole_number(rest.substr(1, 2));
  const auto minute = whole_number(rest.substr(4, 2));
  if (!hour || !minute) return {};
  const seconds offset{(*hour * 60 + *minute) * 60};
  return rest[0] == '+' ? *instant - offset : *instant + offset;
}

struct BarQuery {
  std::vector<Instrument> instruments;
  std::vector<std::string> spellings;
  std::string timeframe_text;
  Timeframe timeframe = Timeframe::m1;
  TimeRange range;  // of the stamps
  std::size_t limit = kUsualRows;
  bool iex = false;
  bool crypto = false;
  // Where the page begins.
  std::size_t first = 0;
  std::optional<Instant> after{};
  bool after_empty = false;
};

struct Refused {
  int status;
  std::string message;
};

std::optional<Refused> read_symbols(const VenueCall& call, const std::string& symbols,
                                    BarQuery& query) {
  if (symbols.empty()) return Refused{400, "symbols is required"};
  query.spellings = split(symbols, ',');
  std::sort(query.spellings.begin(), query.spellings.end());
  query.crypto = call.http.path.starts_with("/v1beta3/crypto/");
  std::string unknown;
  for (const std::string& spelling : query.spellings) {
    const bool pair = spelling.find('/') != std::string::npos;
    const bool capitals =
        std::none_of(spelling.begin(), spelling.end(), [](char c) { return c >= 'a' && c <= 'z'; });
    const auto found = resolve(Venue::alpaca, spelling);
    if (!found || pair != query.crypto || !capitals ||
        (found->asset_class == AssetClass::crypto) != query.crypto) {
      unknown += (unknown.empty() ? "" : ",") + spelling;
    } else {
      query.instruments.push_back(*found);
    }
  }
  if (!unknown.empty()) return Refused{400, "invalid symbol(s): " + unknown};
  return {};
}

std::optional<Refused> read_range(const VenueCall& call, BarQuery& query) {
  const HttpRequest& http = call.http;
  const std::string feed = http.parameter("feed");
  if (!feed.empty() && feed != "sip" && feed != "iex" && feed != "otc" && feed != "boats")
    return Refused{400, "invalid feed: " + feed};
  query.iex = feed == "iex";
  const bool delayed = !query.crypto && !query.iex;
  query.range = {day_start(call.now), call.now + seconds{1}};
  if (delayed) query.range.to = call.now - kSipDelay + seconds{1};
  if (const std::string start = http.parameter("start"); !start.empty()) {
    const auto from = time_of(start);
    if (!from) return Refused{400, "invalid start: " + start};
    query.range.from = *from;
  }
  if (const std::string end = http.parameter("end"); !end.empty()) {
    const auto to = time_of(end);
    if (!to) return Refused{400, "invalid end: " + end};
    query.range.to = *to + seconds{1};
    if (*to < query.range.from) return Refused{400, "end should not be before start"};
  }
  if (delayed && query.range.to > call.now - kSipDelay + seconds{1})
    return Refused{403, "subscription does not permit querying recent SIP data"};
  return {};
}

std::optional<Refused> read_token(const HttpRequest& http, BarQuery& query) {
  const std::string token = http.parameter("page_token");
  if (token.empty()) return {};
  const auto text = from_base64(token);
  const std::vector<std::string> parts = text ? split(*text, '|') : std::vector<std::string>();
  if (parts.size() < 3) return Refused{400, "invalid page_token"};
  const auto at = std::find(query.spellings.begin(), query.spellings.end(), parts[0]);
  query.after = time_of(parts[2]);
  if (at == query.spellings.end() || !query.after) return Refused{400, "invalid page_token"};
  query.first = static_cast<std::size_t>(at - query.spellings.begin());
  query.after_empty = parts.size() > 3;
  return {};
}

std::optional<Refused> read_query(const VenueCall& call, const std::string& symbols,
                                  BarQuery& query) {
  const HttpRequest& http = call.http;
  if (auto refused = read_symbols(call, symbols, query)) return refused;
  query.timeframe_text = http.parameter("timeframe");
  const auto timeframe = timeframe_of(query.timeframe_text);
  if (!timeframe) return Refused{400, "invalid timeframe: " + query.timeframe_text};
  query.timeframe = *timeframe;
  if (auto refused = read_range(call, query)) return refused;
  if (const std::string text = http.parameter("limit"); !text.empty()) {
    const auto limit = whole_number(text);
    if (!limit || *limit < 1 || *limit > static_cast<std::int64_t>(kMostRows))
      return Refused{400, "invalid limit: " + text};
    query.limit = static_cast<std::size_t>(*limit);
  }
  for (const std::string& adjustment : split(http.parameter("adjustment"), ',')) {
    static constexpr std::array<std::string_view, 6> kKnown = {"",         "raw",      "split",
                                                               "dividend", "spin-off", "all"};
    if (std::find(kKnown.begin(), kKnown.end(), adjustment) == kKnown.end())
      return Refused{400, "invalid adjustment: " + adjustment};
  }
  if (const std::string sort = http.parameter("sort"); !sort.empty() && sort != "asc")
    return Refused{400, "invalid sort: " + sort};
  return read_token(http, query);
}

// --- bars

// A day and more: the session's date becomes midnight in New York.
Instant stamp_of(const BarQuery& query, Instant label) {
  return query.crypto || is_intraday(query.timeframe) ? label : local_midnight(kNewYork, label);
}

BarSeries bars_of(const VenueCall& call, const BarQuery& query, const Instrument& instrument,
                  TimeRange stamps, std::size_t limit) {
  const sandbox::Market market = market_of(instrument);
  TimeRange labels = stamps;
  if (!query.crypto && !is_intraday(query.timeframe)) {
    // Midnight in New York is 4 or 5 hours after the label's.
    const auto label_at = [](Instant t) {
      const Instant date = day_start(t);
      return local_midnight(kNewYork, date) < t ? date + std::chrono::hours{24} : date;
    };
    labels = {label_at(stamps.from), label_at(stamps.to)};
  }
  const bool extended =
      !query.crypto && call.options.extended_hours && query.timeframe <= Timeframe::h1;
  BarSeries rows = extended ? told_extended(call, market, query.timeframe, labels, limit)
                            : told(call, market, query.timeframe, labels, limit);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (query.iex) {
      rows.volume[i] = static_cast<double>(static_cast<std::int64_t>(rows.volume[i] / 32) + 1);
      rows.trade_count[i] =
          static_cast<double>(static_cast<std::int64_t>(rows.trade_count[i] / 32) + 1);
    }
    if (query.crypto) {
      rows.columns.add(Column::vwap);
      rows.vwap.push_back(rows.turnover[i] / rows.volume[i]);
    }
  }
  return rows;
}

std::string rfc3339(Instant t) { return format_iso(t) + "Z"; }

void append_rows(std::string& out, const BarQuery& query, const BarSeries& rows) {
  out += '[';
  for (std::size_t i = 0; i < rows.size(); ++i) {
    out += i > 0 ? R"(,{"t":")" : R"({"t":")";
    out += rfc3339(stamp_of(query, rows.timestamp[i])) + '"';
    const std::array<std::pair<const char*, double>, 7> fields = {{{"o", rows.open[i]},
                                                                   {"h", rows.high[i]},
                                                                   {"l", rows.low[i]},
                                                                   {"c", rows.close[i]},
                                                                   {"v", rows.volume[i]},
                                                                   {"n", rows.trade_count[i]},
                                                                   {"vw", rows.vwap[i]}}};
    for (const auto& [name, value] : fields) {
      out += fmt::format(R"(,"{}":)", name);
      append_shortest(out, value);
    }
    out += '}';
  }
  out += ']';
}

struct Page {
  std::string bars;  // "AAPL":[...],"MSFT":[...], or [...] of a single one
  bool empty = true;
  std::string token{};
};

Page page_of(const VenueCall& call, const BarQuery& query, bool single) {
  Page page;
  const auto token = [&](std::size_t symbol, Instant last, bool after_empty) {
    return base64(query.spellings[symbol] + "|" + query.timeframe_text + "|" + rfc3339(last) +
                  (after_empty ? "|" : ""));
  };
  // Now and then a page comes empty, and asks to be turned all the same.
  if (query.after && !query.after_empty && epoch_seconds(*query.after) / 60 % 5 == 0) {
    page.token = token(query.first, *query.after, true);
    return page;
  }
  // And some are shorter than they could be.
  std::size_t room = query.limit;
  if (query.after && epoch_seconds(*query.after) / 60 % 3 == 0) room = (room + 1) / 2;
  for (std::size_t i = query.first; i < query.instruments.size(); ++i) {
    TimeRange stamps = query.range;
    if (i == query.first && query.after) stamps.from = *query.after + seconds{1};
    BarSeries rows = bars_of(call, query, query.instruments[i], stamps, room + 1);
    const bool more = rows.size() > room;
    if (more) rows = rows.slice(0, room);
    if (!rows.empty()) {
      page.token = more ? token(i, stamp_of(query, rows.timestamp.back()), false) : "";
      room -= rows.size();
      distort(rows, call.fault);
      if (!single) page.bars += (page.empty ? "\"" : ",\"") + query.spellings[i] + "\":";
      append_rows(page.bars, query, rows);
      page.empty = false;
    } else if (more) {  // no room left for the first of this one: it begins the next page
      page.token = token(i, stamps.from - seconds{1}, true);
    }
    if (more) return page;
  }
  page.token.clear();
  return page;
}

HttpResponse bars(const VenueCall& call, const std::string& symbols, bool single) {
  BarQuery query;
  if (const auto refused = read_query(call, symbols, query))
    return refusal(refused->status, refused->message);
  const Page page = page_of(call, query, single);
  std::string body = R"({"bars":)";
  if (page.empty) {  // all three are seen
    static constexpr std::array<std::string_view, 3> kNothing = {"{}", "null", "[]"};
    body += kNothing[static_cast<std::size_t>(epoch_seconds(query.range.from) / 86400 % 3)];
  } else {
    body += single ? page.bars : "{" + page.bars + "}";
  }
  if (single) body += R"(,"symbol":")" + query.spellings.front() + '"';
  body += R"(,"next_page_token":)" + (page.token.empty() ? "null" : '"' + page.token + '"');
  if (!query.crypto) body += R"(,"currency":"USD")";
  return json_answer(200, body + "}");
}

HttpResponse assets(const VenueCall& call) {
  const std::string wanted = call.http.parameter("asset_class");
  json out = json::array();
  for (const sandbox::Known& known : sandbox::known_instruments()) {
    const bool coin = known.asset_class == AssetClass::crypto;
    const bool share =
        known.asset_class == AssetClass::stock || known.asset_class == AssetClass::etf;
    const std::string kind = coin ? "crypto" : "us_equity";
    if (!(coin || share) || (!wanted.empty() && wanted != kind)) continue;
    const std::string symbol =
        coin ? std::string(known.base) + "/" + std::string(known.quote) : std::string(known.symbol);
    out.push_back({{"id", fmt::format("00000000-0000-4000-8000-{:012d}", out.size())},
                   {"class", kind},
                   {"exchange", coin ? "CRYPTO" : std::string(known.exchange)},
                   {"symbol", symbol},
                   {"name", known.name},
                   {"status", "active"},
                   {"tradable", true},
                   {"marginable", !coin},
                   {"shortable", !coin},
                   {"easy_to_borrow", !coin},
                   {"fractionable", true}});
  }
  return json_answer(200, out.dump());
}

HttpResponse dispatch(const VenueCall& call) {
  const HttpRequest& http = call.http;
  if (http.path == "/v1beta3/crypto/us/bars") return bars(call, http.parameter("symbols"), false);

  const std::string key = http.header("apca-api-key-id");
  const std::string secret = http.header("apca-api-secret-key");
  if (key.empty() || secret.empty()) return refusal(401, "forbidden.");
  if (key != call.options.alpaca_key || secret != call.options.alpaca_secret)
    return refusal(403, "forbidden.");

  constexpr std::string_view kStocks = "/v2/stocks/";
  constexpr std::string_view kBars = "/bars";
  if (http.path == "/v2/assets") return assets(call);
  if (http.path == "/v2/stocks/bars") return bars(call, http.parameter("symbols"), false);
  if (http.path.starts_with(kStocks) && http.path.ends_with(kBars)) {
    const std::size_t length = http.path.size() - kStocks.size() - kBars.size();
    return bars(call, http.path.substr(kStocks.size(), length), true);
  }
  return refusal(404, "endpoint not found.");
}

}  // namespace

HttpResponse serve_alpaca(const VenueCall& call) {
  constexpr seconds kMinute{60};
  const std::uint32_t limit = call.options.limits.alpaca_per_minute;
  const std::uint32_t used = call.windows.use("alpaca", kMinute, call.now, 1);
  const bool over = limit != 0 && used > limit;
  HttpResponse answer = over ? error_answer(Venue::alpaca, 429) : dispatch(call);
  const std::uint32_t most = limit == 0 ? 10'000 : limit;
  const Instant reset = call.now + until_next(kMinute, call.now);
  answer.headers.emplace_back("X-RateLimit-Limit", std::to_string(most));
  answer.headers.emplace_back("X-RateLimit-Remaining",
                              std::to_string(used < most ? most - used : 0));
  answer.headers.emplace_back("X-RateLimit-Reset", std::to_string(epoch_seconds(reset)));
  return answer;
}

}  // namespace chandler::testing
