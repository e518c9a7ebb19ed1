#include "tests/support/exchange/venue.h"

#include <date/tz.h>
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <utility>
#include <vector>

#include "chandler/asset_class.h"
#include "chandler/resample.h"
#include "sandbox/known.h"

namespace chandler::testing {
namespace {

constexpr std::size_t kEvery = 10;  // the bars that come twice

bool trades(Venue venue, AssetClass asset_class) {
  using enum AssetClass;
  switch (venue) {
    case Venue::binance:
      return asset_class == crypto;
    case Venue::yahoo:
      return asset_class != unknown;
    case Venue::alpha_vantage:
      return asset_class == stock || asset_class == etf;
    case Venue::alpaca:
      return asset_class == stock || asset_class == etf || asset_class == crypto;
  }
  return false;
}

// BRK-B, as Yahoo and Alpha Vantage write BRK.B.
bool dashed_class(std::string_view name) {
  return name.size() > 2 && name[name.size() - 2] == '-' && name.back() >= 'A' &&
         name.back() <= 'D';
}

AssetClass class_of(Venue venue, const Symbol& symbol, std::string_view spelling) {
  if (venue == Venue::binance) return AssetClass::crypto;
  if (const sandbox::Known* known = sandbox::find_known(symbol.name())) return known->asset_class;
  return classify_by_rules(spelling).asset_class;
}

BarSeries without(const BarSeries& bars, TimeRange hole) {
  BarSeries out = bars.slice(0, bars.lower_bound(hole.from));
  out.append(bars, bars.lower_bound(hole.to), bars.size());
  return out;
}

// Half of it has happened: it stands where it opened.
void leave_open(BarSeries& bars) {
  const std::size_t last = bars.size() - 1;
  bars.close[last] = bars.open[last];
  const bool fractions = bars.columns.has(Column::turnover);
  if (fractions) bars.turnover[last] /= 2;
  bars.volume[last] = fractions ? bars.volume[last] / 2 : std::floor(bars.volume[last] / 2);
}

}  // namespace

std::uint32_t Windows::use(const std::string& name, seconds length, Instant now,
                           std::uint32_t units) {
  const Instant begin = now - now.time_since_epoch() % length;
  const std::lock_guard lock(mutex_);
  Window& window = windows_.try_emplace(name, Window{begin, 0}).first->second;
  if (window.begin != begin) window = {begin, 0};
  return window.used += units;
}

seconds until_next(seconds window, Instant now) { return window - now.time_since_epoch() % window; }

std::optional<Venue> venue_of(std::string_view path) {
  if (path.starts_with("/api/")) return Venue::binance;
  if (path == "/query") return Venue::alpha_vantage;
  if (path.starts_with("/v2/") || path.starts_with("/v1beta3/")) return Venue::alpaca;
  if (path.starts_with("/v8/") || path.starts_with("/v1/") || path == "/") return Venue::yahoo;
  return {};
}

HttpResponse json_answer(int status, std::string body) {
  HttpResponse answer;
  answer.status = status;
  answer.body = std::move(body);
  return answer;
}

HttpResponse error_answer(Venue venue, int status) {
  switch (venue) {
    case Venue::binance:
      if (status == 429 || status == 418) {
        return json_answer(
            status, R"({"code":-1003,"msg":"Too much request weight used; current limit is 6000 )"
                    R"(request weight per 1 MINUTE."})");
      }
      return json_answer(status, R"({"code":-1000,"msg":"An unknown error occurred."})");
    case Venue::yahoo: {
      HttpResponse answer = json_answer(status, status == 429 ? "Too Many Requests" : "Error");
      answer.type = "text/plain";
      return answer;
    }
    case Venue::alpha_vantage: {
      HttpResponse answer = json_answer(status, "<html><body>Error</body></html>");
      answer.type = "text/html";
      return answer;
    }
    case Venue::alpaca:
      return json_answer(status, status == 429 ? R"({"message":"too many requests."})"
                                               : R"({"message":"internal server error."})");
  }
  return json_answer(status, "{}");
}

std::optional<Instrument> resolve(Venue venue, std::string_view spelling) {
  std::string name(spelling);
  if (dashed_class(name) && venue != Venue::binance) name[name.size() - 2] = '.';
  const auto symbol = Symbol::parse(name);
  if (!symbol || symbol->name().starts_with("NOSUCH")) return {};
  const AssetClass asset_class = class_of(venue, *symbol, name);
  const Classification parts = classify_by_rules(name);
  // Binance knows joined names in capitals only, and says so itself.
  if (venue == Venue::binance && (parts.quote.empty() || symbol->name() != spelling)) return {};
  if (!trades(venue, asset_class)) return {};
  return Instrument{*symbol, asset_class, parts.base, parts.quote, ""};
}

sandbox::Market market_of(const Instrument& instrument) {
  return {instrument.symbol, instrument.asset_class};
}

namespace {

// Takes the hole out of what `more` brings, and lets the next ones move up until there are `limit`.
template <class More>
BarSeries told_by(const VenueCall& call, TimeRange range, std::size_t limit, More more) {
  TimeRange rest = range.intersect({Instant::min(), call.now + seconds{1}});
  BarSeries out = more(rest, limit);
  if (call.fault == nullptr || call.fault->kind != FaultKind::holes) return out;
  while (!out.empty()) {
    const bool full = out.size() == limit;
    rest.from = out.timestamp.back() + seconds{1};
    out = without(out, call.fault->range);
    if (!full || out.size() == limit) break;
    if (call.fault->range.contains(rest.from)) rest.from = call.fault->range.to;
    const BarSeries next = without(more(rest, limit - out.size()), call.fault->range);
    if (next.empty()) break;
    out.append(next);
  }
  return out;
}

// A day's label is midnight, long before its session opens.
Instant begins(const sandbox::Market& market, Timeframe tf, Instant label) {
  if (is_intraday(tf)) return label;
  const TimeRange minutes = market.calendar().bucket_range(tf, Timeframe::m1, label);
  return market.calendar().expected(Timeframe::m1, minutes).front().first;
}

BarSeries merged(const BarSeries& a, const BarSeries& b) {
  BarSeries out;
  out.columns = a.columns;
  out.reserve(a.size() + b.size());
  std::size_t j = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    for (; j < b.size() && b.timestamp[j] < a.timestamp[i]; ++j) out.append(b, j, j + 1);
    out.append(a, i, i + 1);
  }
  out.append(b, j, b.size());
  return out;
}

// No extended hours reach over 06:00 UTC (01:00 or 02:00 New York).
Instant quiet_hour(Instant t) {
  return day_start(t - std::chrono::hours{6}) + std::chrono::hours{6};
}

BarSeries with_extended(const sandbox::Market& market, Timeframe tf, TimeRange asked,
                        std::size_t limit) {
  constexpr seconds kStretch = std::chrono::hours{10 * 24};
  const TimeRange range = asked.intersect(market.life());
  BarSeries out;
  out.columns = market.columns();
  for (Instant at = quiet_hour(range.from); at < range.to && out.size() < limit; at += kStretch) {
    const TimeRange stretch{at, at + kStretch};
    BarSeries bars = merged(market.bars(Timeframe::m1, stretch), market.extended_minutes(stretch));
    if (tf != Timeframe::m1) {
      const Calendar clock_hours(CalendarKind::none);
      bars = roll_up(bars, {}, {Timeframe::m1, tf, clock_hours, Instant::max()}).bars;
    }
    const std::size_t first = bars.lower_bound(range.from);
    const std::size_t last = std::max(first, bars.lower_bound(range.to));
    out.append(bars, first, first + std::min(last - first, limit - out.size()));
  }
  return out;
}

}  // namespace

BarSeries told(const VenueCall& call, const sandbox::Market& market, Timeframe tf, TimeRange range,
               std::size_t limit) {
  return told_by(call, range, limit, [&](TimeRange rest, std::size_t most) {
    BarSeries bars = market.bars(tf, rest, most);
    while (!bars.empty() && begins(market, tf, bars.timestamp.back()) > call.now)
      bars = bars.slice(0, bars.size() - 1);
    if (!bars.empty() && market.calendar().bar_end(tf, bars.timestamp.back()) > call.now)
      leave_open(bars);
    return bars;
  });
}

BarSeries told_extended(const VenueCall& call, const sandbox::Market& market, Timeframe tf,
                        TimeRange range, std::size_t limit) {
  return told_by(call, range, limit, [&](TimeRange rest, std::size_t most) {
    BarSeries bars = with_extended(market, tf, rest, most);
    if (!bars.empty() && utc_next(tf, bars.timestamp.back()) > call.now) leave_open(bars);
    return bars;
  });
}

void distort(BarSeries& rows, const Fault* fault) {
  if (fault == nullptr || rows.empty()) return;
  BarSeries out;
  out.columns = rows.columns;
  if (fault->kind == FaultKind::doubled || fault->kind == FaultKind::conflicting) {
    for (std::size_t i = 0; i < rows.size(); ++i) {
      if (i % kEvery == 0) {
        out.append(rows, i, i + 1);
        if (fault->kind == FaultKind::conflicting) {  // still a valid bar
          out.close.back() = out.close.back() == out.low.back() ? out.high.back() : out.low.back();
          out.volume.back() += 1;
        }
      }
      out.append(rows, i, i + 1);
    }
    rows = std::move(out);
  } else if (fault->kind == FaultKind::no_number) {
    for (std::size_t i = 0; i < rows.size(); i += kEvery) rows.close[i] = kUnknown;
  } else if (fault->kind == FaultKind::shuffled) {
    // Every seventh, seven times over; thus neither ascending nor descending.
    constexpr std::size_t kStep = 7;
    for (std::size_t first = 0; first < kStep; ++first) {
      for (std::size_t i = (first + 3) % kStep; i < rows.size(); i += kStep)
        out.append(rows, i, i + 1);
    }
    rows = std::move(out);
  }
}

void append_fixed(std::string& out, double value, int decimals) {
  constexpr double kExact = 9e15;
  static constexpr std::int64_t kTens[] = {1,       10,        100,        1'000,      10'000,
                                           100'000, 1'000'000, 10'000'000, 100'000'000};
  const std::int64_t ten = kTens[decimals];
  const double scaled = value * static_cast<double>(ten);
  if (!(scaled >= 0 && scaled < kExact)) {
    fmt::format_to(std::back_inserter(out), "{:.{}f}", value, decimals);
    return;
  }
  const std::int64_t units = std::llround(scaled);
  char buffer[40];
  const auto whole = std::to_chars(buffer, buffer + sizeof buffer, units / ten);
  out.append(buffer, whole.ptr);
  if (decimals == 0) return;
  const auto part = std::to_chars(buffer, buffer + sizeof buffer, ten + units % ten);
  buffer[0] = '.';  // in place of the leading one
  out.append(buffer, part.ptr);
}

void append_shortest(std::string& out, double value) {
  if (std::isnan(value)) {
    out += "null";
    return;
  }
  char buffer[40];
  const bool whole = value == std::floor(value) && std::abs(value) < 1e15;
  const auto end =
      whole ? std::to_chars(buffer, buffer + sizeof buffer, static_cast<std::int64_t>(value))
            : std::to_chars(buffer, buffer + sizeof buffer, value);
  out.append(buffer, end.ptr);
}

std::optional<std::int64_t> whole_number(std::string_view text) {
  std::int64_t value = 0;
  const char* const end = text.data() + text.size();
  const auto [rest, failed] = std::from_chars(text.data(), end, value);
  if (failed != std::errc{} || rest != end) return {};
  return value;
}

seconds zone_offset(std::string_view zone, Instant t) {
  return date::locate_zone(std::string(zone))->get_info(t).offset;
}

Instant local_midnight(std::string_view zone, Instant day) {
  const date::local_seconds midnight{day.time_since_epoch()};
  return date::locate_zone(std::string(zone))->to_sys(midnight, date::choose::earliest);
}

}  // namespace chandler::testing
