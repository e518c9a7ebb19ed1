#include "binance/kline_text.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>

#include "store/number_text.h"

namespace chandler::binance {
namespace {

using std::chrono::milliseconds;

constexpr std::array<double, 20> kPowers = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,
                                            1e7,  1e8,  1e9,  1e10, 1e11, 1e12, 1e13,
                                            1e14, 1e15, 1e16, 1e17, 1e18, 1e19};
constexpr std::uint64_t kExactMantissa = 1ULL << 53U;
constexpr std::ptrdiff_t kSafeDigits = 19;  // that cannot overflow 64 bits
constexpr std::size_t kUsualRow = 128;      // bytes; rows are seldom shorter

bool is_digit(char c) { return static_cast<unsigned char>(c - '0') < 10; }

// All of eight bytes are digits.
bool are_digits(std::uint64_t eight) {
  constexpr std::uint64_t kHigh = 0xF0F0F0F0F0F0F0F0U;
  constexpr std::uint64_t kSix = 0x0606060606060606U;
  return ((eight & kHigh) | (((eight + kSix) & kHigh) >> 4U)) == 0x3333333333333333U;
}

// Their value; the first digit lies in the lowest byte. Pairs, then fours, then all eight.
std::uint64_t value_of_digits(std::uint64_t eight) {
  constexpr std::uint64_t kMask = 0x000000FF000000FFU;
  constexpr std::uint64_t kHundredMillions = 100 + (1'000'000ULL << 32U);
  constexpr std::uint64_t kTenThousands = 1 + (10'000ULL << 32U);
  eight -= 0x3030303030303030U;
  eight = eight * 10 + (eight >> 8U);
  return ((eight & kMask) * kHundredMillions + ((eight >> 16U) & kMask) * kTenThousands) >> 32U;
}

// Walks over the text. Its last byte is a ']', which stops every run of digits; nothing is read
// behind it because whoever takes a ']' looks whether the text ends there.
class Cursor {
 public:
  explicit Cursor(std::string_view text) : at_(text.data()), end_(text.data() + text.size()) {}

  [[nodiscard]] bool at_end() const { return at_ == end_; }

  bool take(char c) {
    if (at_ == end_ || *at_ != c) return false;
    ++at_;
    return true;
  }

  // JSON's whole numbers: no leading zero.
  bool take_whole(std::int64_t& value) {
    const char* const first = at_;
    const std::uint64_t digits = digits_from(0);
    const std::ptrdiff_t count = at_ - first;
    if (count == 0 || count >= kSafeDigits || (count > 1 && *first == '0')) return false;
    value = static_cast<std::int64_t>(digits);
    return true;
  }

  // "0.0163"
  bool take_number(double& value) {
    if (!take('"')) return false;
    const char* const first = at_;
    std::uint64_t mantissa = digits_from(0);
    const std::ptrdiff_t whole = at_ - first;
    std::ptrdiff_t fraction = 0;
    if (whole == 0) return false;
    if (*at_ == '.') {
      const char* const point = at_++;
      mantissa = digits_from(mantissa);
      fraction = at_ - point - 1;
    }
    const char* const last = at_;
    if (!take('"')) return false;
    if (whole + fraction <= kSafeDigits && mantissa <= kExactMantissa) {
      value = static_cast<double>(mantissa) / kPowers[static_cast<std::size_t>(fraction)];
      return true;
    }
    const auto exact =
        store::parse_number(std::string_view(first, static_cast<std::size_t>(last - first)));
    value = exact.value_or(0);
    return exact.has_value();
  }

  // A number that nobody needs.
  bool skip_number() {
    if (!take('"')) return false;
    while (is_digit(*at_) || *at_ == '.') ++at_;
    return take('"');
  }

 private:
  // The value of the digits from here on, behind those of `value`. Too many of them wrap around.
  std::uint64_t digits_from(std::uint64_t value) {
    if constexpr (std::endian::native == std::endian::little) {
      std::uint64_t eight = 0;
      while (end_ - at_ >= 8) {
        std::memcpy(&eight, at_, sizeof eight);
        if (!are_digits(eight)) break;
        value = value * 100'000'000 + value_of_digits(eight);
        at_ += 8;
      }
    }
    while (is_digit(*at_)) value = value * 10 + static_cast<unsigned char>(*at_++ - '0');
    return value;
  }

  const char* at_;
  const char* end_;
};

struct Row {
  std::int64_t open_time = 0;
  std::int64_t close_time = 0;
  std::array<double, kRequiredColumns> numbers{};
  double turnover = 0;
  std::int64_t trades = 0;
};

bool take_row(Cursor& cursor, Row& row) {
  if (!cursor.take('[') || !cursor.take_whole(row.open_time)) return false;
  for (double& number : row.numbers) {
    if (!cursor.take(',') || !cursor.take_number(number)) return false;
  }
  if (!cursor.take(',') || !cursor.take_whole(row.close_time)) return false;
  if (!cursor.take(',') || !cursor.take_number(row.turnover)) return false;
  if (!cursor.take(',') || !cursor.take_whole(row.trades)) return false;
  for (int i = 0; i < 3; ++i) {
    if (!cursor.take(',') || !cursor.skip_number()) return false;
  }
  return cursor.take(']') && !cursor.at_end();
}

// Gathers rows into columns that are as long as is likely, and cut in the end.
class PageBuilder {
 public:
  PageBuilder(Timeframe timeframe, http::Moment now, std::size_t likely_rows)
      : timeframe_(timeframe), now_(now), surely_over_(surely_over(timeframe, now)) {
    page_.bars.widen(ColumnSet{}.add(Column::vwap).add(Column::trade_count).add(Column::turnover));
    page_.bars.resize(likely_rows);
  }

  // False: not a time that a kline could have.
  bool add(const Row& row) {
    const auto open = kline_time(row.open_time);
    const auto close = kline_time(row.close_time);
    if (!open || !close || *open % seconds{1} != milliseconds{0}) return false;
    const Instant open_time{std::chrono::duration_cast<seconds>(*open)};
    first_ = std::min(first_, open_time);
    last_ = std::max(last_, open_time);
    ++page_.rows;
    const bool closed = http::Moment{*close} < now_ && is_over(open_time);
    if (closed) {
      append(open_time, row);
    } else {
      page_.forming = std::min(page_.forming.value_or(open_time), open_time);
    }
    return true;
  }

  Klines finish() {
    page_.bars.resize(closed_);
    if (page_.rows > 0) {
      page_.first = first_;
      page_.last = last_;
    }
    return std::move(page_);
  }

 private:
  // A slot that begins by then has ended whatever its timeframe's grid.
  static Instant surely_over(Timeframe timeframe, http::Moment now) {
    constexpr seconds kLongestMonth = std::chrono::hours{31 * 24};
    return std::chrono::floor<seconds>(now) - std::max(nominal_length(timeframe), kLongestMonth);
  }

  [[nodiscard]] bool is_over(Instant open_time) const {
    return open_time <= surely_over_ || http::Moment{slot_end(timeframe_, open_time)} <= now_;
  }

  void append(Instant open_time, const Row& row) {
    BarSeries& bars = page_.bars;
    if (closed_ == bars.size()) bars.resize(closed_ * 2 + 1);
    const double volume = row.numbers[4];
    bars.timestamp[closed_] = open_time;
    bars.open[closed_] = row.numbers[0];
    bars.high[closed_] = row.numbers[1];
    bars.low[closed_] = row.numbers[2];
    bars.close[closed_] = row.numbers[3];
    bars.volume[closed_] = volume;
    bars.vwap[closed_] = volume > 0 ? row.turnover / volume : kUnknown;
    bars.trade_count[closed_] = static_cast<double>(row.trades);
    bars.turnover[closed_] = row.turnover;
    ++closed_;
  }

  Klines page_;
  Timeframe timeframe_;
  http::Moment now_;
  Instant surely_over_;
  std::size_t closed_ = 0;
  Instant first_ = Instant::max();
  Instant last_ = Instant::min();
};

}  // namespace

std::optional<Klines> read_klines(std::string_view text, Timeframe timeframe, http::Moment now) {
  if (text.empty() || text.back() != ']') return {};
  PageBuilder page(timeframe, now, text.size() / kUsualRow);
  Cursor cursor(text);
  if (!cursor.take('[')) return {};
  Row row;
  do {
    if (!take_row(cursor, row) || !page.add(row)) return {};
  } while (cursor.take(','));
  if (!cursor.take(']') || !cursor.at_end()) return {};
  return page.finish();
}

}  // namespace chandler::binance
