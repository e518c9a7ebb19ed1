#include "chandler/timeframe.h"

#include <date/date.h>

#include <algorithm>
#include <string>

namespace chandler {
namespace {

constexpr std::array<std::string_view, 15> kNames = {
    "1m", "3m", "5m", "15m", "30m", "1h", "2h", "4h", "6h", "8h", "12h", "1d", "3d", "1w", "1M"};
constexpr std::array<std::int64_t, 15> kSeconds = {60,    180,   300,    900,    1800,
                                                   3600,  7200,  14400,  21600,  28800,
                                                   43200, 86400, 259200, 604800, 2678400};

constexpr std::int64_t kMonday =
    std::int64_t{4} * 86400;  // 1970-01-05, the first Monday of the epoch

std::int64_t floor_to(std::int64_t t, std::int64_t step, std::int64_t origin) {
  std::int64_t rest = (t - origin) % step;
  if (rest < 0) rest += step;
  return t - rest;
}

// "5min" -> "5m", "1hour" -> "1h", "60m" -> "1h": what was most likely meant.
std::string_view guess(std::string_view text) {
  std::size_t digits = 0;
  while (digits < text.size() && text[digits] >= '0' && text[digits] <= '9') ++digits;
  std::string number(text.substr(0, digits));
  std::string unit(text.substr(digits));
  const bool month = unit == "M" || unit == "mo" || unit == "mon" || unit == "Mo";
  std::transform(unit.begin(), unit.end(), unit.begin(), [](unsigned char c) {
    return static_cast<char>(c >= 'A' && c <= 'Z' ? c + 32 : c);
  });
  if (number.empty() && !unit.empty()) number = "1";
  if (month || unit.rfind("mon", 0) == 0) return number == "1" ? "1M" : std::string_view{};
  if (number == "60" && unit[0] == 'm') return "1h";
  if (number == "24" && unit[0] == 'h') return "1d";
  if (number == "7" && unit[0] == 'd') return "1w";
  for (const std::string_view name : kNames) {
    if (name == "1M" || unit.empty()) continue;
    if (name.substr(0, name.size() - 1) == number && name.back() == unit[0]) return name;
  }
  return {};
}

}  // namespace

std::string_view to_string(Timeframe tf) { return kNames[static_cast<std::size_t>(tf)]; }

Result<Timeframe> parse_timeframe(std::string_view text) {
  for (const Timeframe tf : kAllTimeframes) {
    if (to_string(tf) == text) return tf;
  }
  std::string hint = "the timeframes are 1m 3m 5m 15m 30m 1h 2h 4h 6h 8h 12h 1d 3d 1w 1M";
  if (const auto meant = guess(text); !meant.empty())
    hint = "did you mean \"" + std::string(meant) + "\"?";
  return Error{ErrorKind::usage, '"' + printable(std::string(text)) + "\" is not a timeframe", "",
               hint};
}

seconds nominal_length(Timeframe tf) { return seconds{kSeconds[static_cast<std::size_t>(tf)]}; }

Instant utc_floor(Timeframe tf, Instant t) {
  if (tf == Timeframe::mo1) {
    const date::year_month_day ymd{date::floor<date::days>(t)};
    return date::sys_days{ymd.year() / ymd.month() / 1};
  }
  const std::int64_t origin = tf == Timeframe::w1 ? kMonday : 0;
  return from_epoch(floor_to(epoch_seconds(t), nominal_length(tf).count(), origin));
}

Instant utc_next(Timeframe tf, Instant slot) {
  if (tf == Timeframe::mo1) {
    const date::year_month_day ymd{date::floor<date::days>(slot)};
    return date::sys_days{ymd.year() / ymd.month() / 1 + date::months{1}};
  }
  return slot + nominal_length(tf);
}

std::int64_t slot_of_year(Timeframe tf, Instant t) {
  if (tf == Timeframe::mo1) {
    const date::year_month_day ymd{date::floor<date::days>(t)};
    return static_cast<std::int64_t>(static_cast<unsigned>(ymd.month())) - 1;
  }
  return (t - year_start(utc_year(t))) / nominal_length(tf);
}

}  // namespace chandler
