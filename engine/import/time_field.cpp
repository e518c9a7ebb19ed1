#include "import/time_field.h"

#include <array>
#include <utility>

#include "import/fields.h"

namespace chandler::foreign {
namespace {

constexpr std::int64_t kLastSecond = 253'402'300'799;   // of the year 9999
constexpr std::int64_t kFirstSecond = -62'135'596'800;  // of the year 1
constexpr std::array<std::int64_t, 4> kPerSecond = {1, 1'000, 1'000'000, 1'000'000'000};

struct Integer {
  std::uint64_t size = 0;
  std::size_t digits = 0;
  bool negative = false;
  bool point = false;  // ".0" came after it
};

// Digits, with a minus before and ".000" after them if need be.
std::optional<Integer> parse_integer(std::string_view text) {
  Integer value;
  if (!text.empty() && text.front() == '-') {
    value.negative = true;
    text.remove_prefix(1);
  }
  while (value.digits < text.size() && text[value.digits] >= '0' && text[value.digits] <= '9') {
    if (value.digits == 19) return {};
    value.size = value.size * 10 + static_cast<std::uint64_t>(text[value.digits] - '0');
    ++value.digits;
  }
  if (value.digits == 0) return {};
  text.remove_prefix(value.digits);
  if (text.empty()) return value;
  if (text.front() != '.' || text.find_first_not_of('0', 1) != std::string_view::npos) return {};
  value.point = true;
  return value;
}

// Today is about 1.8e9 s, 1.8e12 ms, 1.8e15 us, 1.8e18 ns: the borders lie in between.
std::size_t unit_by_size(std::uint64_t size) {
  if (size < 100'000'000'000) return 0;
  if (size < 100'000'000'000'000) return 1;
  return size < 100'000'000'000'000'000 ? 2 : 3;
}

std::optional<Instant> from_units(const Integer& value, std::size_t unit) {
  const auto per_second = static_cast<std::uint64_t>(kPerSecond[unit]);
  if (value.size % per_second != 0) return {};
  const std::uint64_t size = value.size / per_second;
  if (size > static_cast<std::uint64_t>(kLastSecond)) return {};
  const std::int64_t s =
      value.negative ? -static_cast<std::int64_t>(size) : static_cast<std::int64_t>(size);
  if (s < kFirstSecond) return {};
  return from_epoch(s);
}

// 20240131 and 20240131093000 are digits too. (202401310930 may as well be milliseconds of 1976: it
// takes a format.)
bool may_be_a_date(const Integer& value, std::string_view text) {
  if (value.negative || value.point) return false;
  if (value.digits != 8 && value.digits != 14) return false;
  return text.starts_with("19") || text.starts_with("20");
}

Error bad_format(const std::string& format) {
  return {ErrorKind::usage, '"' + printable(format) + "\" is not a time format", "",
          "write auto, s, ms, us, ns, or a format such as \"%d %b %Y %H:%M:%S\" (%Y %m %d %b %H %M "
          "%S %z %%)"};
}

// Every directive is known, and there is a day to be had.
bool format_is_sound(const std::string& format) {
  bool year = false;
  bool month = false;
  bool day = false;
  for (std::size_t i = 0; i < format.size(); ++i) {
    if (format[i] != '%') continue;
    if (++i == format.size()) return false;
    if (std::string_view("YmdbHMSz%").find(format[i]) == std::string_view::npos) return false;
    year = year || format[i] == 'Y';
    month = month || format[i] == 'm' || format[i] == 'b';
    day = day || format[i] == 'd';
  }
  return year && month && day;
}

}  // namespace

Result<TimeReader> TimeReader::make(const std::string& format, Zone zone, bool session_dates) {
  TimeReader reader;
  reader.zone_ = std::move(zone);
  reader.session_dates_ = session_dates;
  constexpr std::array<std::pair<std::string_view, Kind>, 6> kNames = {{{"", Kind::automatic},
                                                                        {"auto", Kind::automatic},
                                                                        {"s", Kind::seconds},
                                                                        {"ms", Kind::milliseconds},
                                                                        {"us", Kind::microseconds},
                                                                        {"ns", Kind::nanoseconds}}};
  for (const auto& [name, kind] : kNames) {
    if (format != name) continue;
    reader.kind_ = kind;
    return reader;
  }
  if (!format_is_sound(format)) return bad_format(format);
  reader.kind_ = Kind::format;
  reader.format_ = format;
  return reader;
}

std::optional<Instant> TimeReader::read(std::string_view text) {
  text = trimmed(text);
  if (kind_ == Kind::format) {
    const auto time = parse_by_format(text, format_);
    return time ? to_instant(*time) : std::nullopt;
  }
  const auto integer = parse_integer(text);
  if (kind_ != Kind::automatic) {
    if (!integer) return {};
    return from_units(*integer,
                      static_cast<std::size_t>(kind_) - static_cast<std::size_t>(Kind::seconds));
  }
  if (!integer || may_be_a_date(*integer, text)) {
    if (const auto time = parse_wall_time(text)) return to_instant(*time);
  }
  return integer ? from_units(*integer, unit_by_size(integer->size)) : std::nullopt;
}

std::optional<Instant> TimeReader::read(std::string_view date, std::string_view clock) {
  const std::string_view day_text = trimmed(date);
  const auto day =
      kind_ == Kind::format ? parse_by_format(day_text, format_) : parse_wall_time(day_text);
  const auto time = parse_clock_field(trimmed(clock));
  if (!day || day->has_clock || !time) return {};
  WallTime both = *time;
  both.day = day->day;
  return to_instant(both);
}

std::optional<Instant> TimeReader::to_instant(const WallTime& time) {
  const Instant as_if_utc = Instant{time.day} + time.in_day;
  const bool midnight = time.in_day == seconds{0};
  if (!time.has_clock || (session_dates_ && midnight)) return as_if_utc;
  if (time.offset) return as_if_utc - *time.offset;
  return zone_.to_utc(date::local_seconds{as_if_utc.time_since_epoch()});
}

}  // namespace chandler::foreign
