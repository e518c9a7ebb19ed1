#include <algorithm>
#include <array>

#include "import/fields.h"
#include "import/time_field.h"

namespace chandler::foreign {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }
char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }

class Cursor {
 public:
  explicit Cursor(std::string_view text) : rest_(text) {}

  [[nodiscard]] bool done() const { return rest_.empty(); }
  [[nodiscard]] char peek() const { return rest_.empty() ? '\0' : rest_.front(); }
  [[nodiscard]] std::size_t digits() const {
    std::size_t n = 0;
    while (n < rest_.size() && is_digit(rest_[n])) ++n;
    return n;
  }

  bool skip(char c) {
    if (peek() != c || rest_.empty()) return false;
    rest_.remove_prefix(1);
    return true;
  }
  bool skip_word(std::string_view word) {
    if (!rest_.starts_with(word)) return false;
    rest_.remove_prefix(word.size());
    return true;
  }
  // `least` to `most` digits, as many as there are.
  bool number(std::size_t least, std::size_t most, int& value) {
    const std::size_t n = std::min(digits(), most);
    if (n < least) return false;
    value = 0;
    for (std::size_t i = 0; i < n; ++i) value = value * 10 + (rest_[i] - '0');
    rest_.remove_prefix(n);
    return true;
  }
  bool month_name(int& month) {
    constexpr std::array<std::string_view, 12> kNames = {"jan", "feb", "mar", "apr", "may", "jun",
                                                         "jul", "aug", "sep", "oct", "nov", "dec"};
    if (rest_.size() < 3) return false;
    const std::array<char, 3> name = {lower(rest_[0]), lower(rest_[1]), lower(rest_[2])};
    const auto* const found =
        std::find(kNames.begin(), kNames.end(), std::string_view(name.data(), 3));
    if (found == kNames.end()) return false;
    month = static_cast<int>(found - kNames.begin()) + 1;
    rest_.remove_prefix(3);
    return true;
  }

 private:
  std::string_view rest_;
};

struct Parts {
  int year = 0;
  int month = 0;
  int day = 0;
  int hour = 0;
  int minute = 0;
  int second = 0;
};

bool set_day(const Parts& p, WallTime& time) {
  const date::year_month_day ymd{date::year{p.year}, date::month{static_cast<unsigned>(p.month)},
                                 date::day{static_cast<unsigned>(p.day)}};
  if (p.year == 0 || !ymd.ok()) return false;
  time.day = ymd;
  return true;
}

bool set_clock(const Parts& p, WallTime& time) {
  if (p.hour > 23 || p.minute > 59 || p.second > 59) return false;
  time.in_day = seconds{p.hour * 3600 + p.minute * 60 + p.second};
  time.has_clock = true;
  return true;
}

// 20240131 or three numbers with one of - / . between them.
bool read_date(Cursor& at, WallTime& time) {
  Parts p;
  if (at.digits() >= 8) {
    return at.number(4, 4, p.year) && at.number(2, 2, p.month) && at.number(2, 2, p.day) &&
           set_day(p, time);
  }
  const std::size_t width = at.digits();
  int first = 0;
  int second = 0;
  int third = 0;
  if (!at.number(1, 4, first)) return false;
  const char separator = at.peek();
  if (separator != '-' && separator != '/' && separator != '.') return false;
  if (!at.skip(separator) || !at.number(1, 2, second) || !at.skip(separator)) return false;
  const std::size_t last_width = at.digits();
  if (!at.number(1, 4, third)) return false;
  if (width == 4 && last_width <= 2) {
    p = {first, second, third, 0, 0, 0};
  } else if (width <= 2 && last_width == 4 && separator == '.') {
    p = {third, second, first, 0, 0, 0};
  } else if (width <= 2 && last_width == 4 && separator == '/') {
    p = {third, first, second, 0, 0, 0};
  } else {
    return false;  // 31-01-2024 may be read in two ways: it takes a format
  }
  return set_day(p, time);
}

bool read_clock(Cursor& at, WallTime& time) {
  Parts p;
  if (at.digits() > 2) {
    const bool with_seconds = at.digits() == 6;
    if (!with_seconds && at.digits() != 4) return false;
    if (!at.number(2, 2, p.hour) || !at.number(2, 2, p.minute)) return false;
    if (with_seconds && !at.number(2, 2, p.second)) return false;
  } else {
    if (!at.number(1, 2, p.hour) || !at.skip(':') || !at.number(2, 2, p.minute)) return false;
    if (at.skip(':') && !at.number(2, 2, p.second)) return false;
  }
  if (at.skip('.')) {
    if (at.digits() == 0) return false;
    while (at.skip('0')) {
    }
    if (at.digits() > 0) return false;
  }
  return set_clock(p, time);
}

// Z, UTC, GMT, +hh, +hhmm, +hh:mm
bool read_offset(Cursor& at, WallTime& time) {
  at.skip(' ');
  if (at.skip('Z') || at.skip_word("UTC") || at.skip_word("GMT")) {
    time.offset = seconds{0};
    return true;
  }
  const bool east = at.skip('+');
  if (!east && !at.skip('-')) return false;
  int hours = 0;
  int minutes = 0;
  if (!at.number(2, 2, hours)) return false;
  if (at.skip(':') || at.digits() > 0) {
    if (!at.number(2, 2, minutes)) return false;
  }
  if (hours > 15 || minutes > 59) return false;
  const seconds size{hours * 3600 + minutes * 60};
  time.offset = east ? size : -size;
  return true;
}

bool read_directive(char directive, Cursor& at, Parts& p, WallTime& time) {
  switch (directive) {
    case 'Y':
      return at.number(4, 4, p.year);
    case 'm':
      return at.number(1, 2, p.month);
    case 'd':
      return at.number(1, 2, p.day);
    case 'b':
      return at.month_name(p.month);
    case 'H':
      time.has_clock = true;
      return at.number(1, 2, p.hour);
    case 'M':
      return at.number(1, 2, p.minute);
    case 'S':
      return at.number(1, 2, p.second);
    case 'z':
      return read_offset(at, time);
    case '%':
      return at.skip('%');
    default:
      return false;
  }
}

}  // namespace

std::optional<WallTime> parse_wall_time(std::string_view text) {
  Cursor at(text);
  WallTime time;
  if (!read_date(at, time)) return {};
  if (at.done()) return time;
  // 20240131093000 goes on without a sign between.
  if (!at.skip('T') && !at.skip(' ') && at.digits() == 0) return {};
  if (!read_clock(at, time)) return {};
  if (!at.done() && !read_offset(at, time)) return {};
  if (!at.done()) return {};
  return time;
}

std::optional<WallTime> parse_clock_field(std::string_view text) {
  Cursor at(text);
  WallTime time;
  if (!read_clock(at, time)) return {};
  if (!at.done() && !read_offset(at, time)) return {};
  if (!at.done()) return {};
  return time;
}

std::optional<WallTime> parse_by_format(std::string_view text, std::string_view format) {
  Cursor at(text);
  WallTime time;
  Parts p;
  for (std::size_t i = 0; i < format.size(); ++i) {
    if (format[i] != '%') {
      if (!at.skip(format[i])) return {};
    } else if (++i == format.size() || !read_directive(format[i], at, p, time)) {
      return {};
    }
  }
  const bool has_clock = time.has_clock;
  if (!at.done() || !set_day(p, time) || !set_clock(p, time)) return {};
  time.has_clock = has_clock;
  return time;
}

}  // namespace chandler::foreign
