#include "chandler/time.h"

#include <date/date.h>

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <ctime>

namespace chandler {
namespace {

using date::day;
using date::month;
using date::year;
using date::year_month_day;

void put2(char* out, unsigned v) {
  out[0] = static_cast<char>('0' + v / 10);
  out[1] = static_cast<char>('0' + v % 10);
}

std::string format_with(Instant t, char separator) {
  const auto days = date::floor<date::days>(t);
  const year_month_day ymd{days};
  const auto in_day = static_cast<unsigned>((t - days).count());
  const auto y = static_cast<unsigned>(static_cast<int>(ymd.year()));
  std::string s(19, '-');
  put2(s.data(), y / 100);
  put2(s.data() + 2, y % 100);
  put2(s.data() + 5, static_cast<unsigned>(ymd.month()));
  put2(s.data() + 8, static_cast<unsigned>(ymd.day()));
  s[10] = separator;
  put2(s.data() + 11, in_day / 3600);
  s[13] = ':';
  put2(s.data() + 14, in_day / 60 % 60);
  s[16] = ':';
  put2(s.data() + 17, in_day % 60);
  return s;
}

bool read_digits(std::string_view text, std::size_t at, std::size_t count, int& value) {
  value = 0;
  for (std::size_t i = at; i < at + count; ++i) {
    if (text[i] < '0' || text[i] > '9') return false;
    value = value * 10 + (text[i] - '0');
  }
  return true;
}

std::optional<date::sys_days> parse_day(std::string_view text) {
  int y = 0;
  int m = 0;
  int d = 0;
  if (text.size() != 10 || text[4] != '-' || text[7] != '-') return {};
  if (!read_digits(text, 0, 4, y) || !read_digits(text, 5, 2, m) || !read_digits(text, 8, 2, d))
    return {};
  const year_month_day ymd{year{y}, month{static_cast<unsigned>(m)}, day{static_cast<unsigned>(d)}};
  if (y == 0 || !ymd.ok()) return {};
  return date::sys_days{ymd};
}

std::optional<seconds> parse_clock(std::string_view text) {
  int h = 0;
  int m = 0;
  int s = 0;
  const bool with_seconds = text.size() == 8;
  if (!with_seconds && text.size() != 5) return {};
  if (text[2] != ':' || !read_digits(text, 0, 2, h) || !read_digits(text, 3, 2, m)) return {};
  if (with_seconds && (text[5] != ':' || !read_digits(text, 6, 2, s))) return {};
  if (h > 23 || m > 59 || s > 59) return {};
  return seconds{h * 3600 + m * 60 + s};
}

std::optional<Instant> parse_relative(std::string_view text, Instant now) {
  if (text.size() < 3 || text[0] != '-') return {};
  std::int64_t count = 0;
  const char* end = text.data() + text.size() - 1;
  const auto [stop, ec] = std::from_chars(text.data() + 1, end, count);
  if (ec != std::errc{} || stop != end || count < 0 || count > 1'000'000) return {};
  switch (text.back()) {
    case 'm':
      return now - std::chrono::minutes{count};
    case 'h':
      return now - std::chrono::hours{count};
    case 'd':
      return now - std::chrono::days{count};
    case 'w':
      return now - std::chrono::weeks{count};
    default:
      return {};
  }
}

class SystemClock final : public Clock {
 public:
  [[nodiscard]] Instant now() const override {
    return std::chrono::floor<seconds>(std::chrono::system_clock::now());
  }
  void pause(std::chrono::milliseconds time) const override {
    timespec left{time.count() / 1000, (time.count() % 1000) * 1'000'000};
    while (nanosleep(&left, &left) != 0 && errno == EINTR) {
    }
  }
};

}  // namespace

std::optional<TimeRange> hull(const std::optional<TimeRange>& a,
                              const std::optional<TimeRange>& b) {
  if (!a || a->empty()) return b;
  if (!b || b->empty()) return a;
  return TimeRange{std::min(a->from, b->from), std::max(a->to, b->to)};
}

std::string format_instant(Instant t) { return format_with(t, ' '); }
std::string format_iso(Instant t) { return format_with(t, 'T'); }

std::optional<Instant> parse_exact(std::string_view text) {
  if (text.size() != 19 || (text[10] != ' ' && text[10] != 'T')) return {};
  const auto d = parse_day(text.substr(0, 10));
  const auto c = parse_clock(text.substr(11));
  if (!d || !c) return {};
  return Instant{*d} + *c;
}

Result<Instant> parse_when(std::string_view text, Instant now) {
  if (text == "now") return now;
  if (const auto t = parse_relative(text, now)) return *t;
  std::string_view body = text;
  if (!body.empty() && body.back() == 'Z') body.remove_suffix(1);
  if (body.size() == 10) {
    if (const auto d = parse_day(body)) return Instant{*d};
  } else if (body.size() > 11 && (body[10] == 'T' || body[10] == ' ')) {
    const auto d = parse_day(body.substr(0, 10));
    const auto c = parse_clock(body.substr(11));
    if (d && c) return Instant{*d} + *c;
  }
  return Error{ErrorKind::usage, '"' + printable(std::string(text)) + "\" is not a date", "",
               "write 2024-01-31, 2024-01-31T09:30, now, or -30d"};
}

int utc_year(Instant t) {
  return static_cast<int>(year_month_day{date::floor<date::days>(t)}.year());
}

Instant year_start(int y) { return date::sys_days{year{y} / 1 / 1}; }

Instant day_start(Instant t) { return date::floor<date::days>(t); }

const Clock& Clock::system() {
  static const SystemClock clock;
  return clock;
}

}  // namespace chandler
