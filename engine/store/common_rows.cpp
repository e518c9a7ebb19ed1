#include "store/common_rows.h"

#include <algorithm>
#include <bit>
#include <cstdint>
#include <cstring>
#include <limits>

#include "store/number_text.h"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace chandler::store {

#if defined(__x86_64__)
namespace {

constexpr std::size_t kAtATime = 16;      // bytes read for one number
constexpr std::size_t kLookedAt = 64;     // bytes looked through for separators at once
constexpr std::size_t kAtOnce = 5;        // columns taken from one window
constexpr std::size_t kExactDigits = 15;  // so many always fit a double
// What may be touched behind the start of a row: its timestamp, then one window for each five
// columns, and the bytes of a number that begins at the end of the last.
constexpr std::size_t kReach = kTimestampText + 2 * kLookedAt + kAtATime;

// kPlaces[n][d] moves n digits of which the d-th is the point to the right end of a register, less
// the point; n when there is none.
using Places =
    std::array<std::array<std::array<std::uint8_t, kAtATime>, kAtATime + 1>, kAtATime + 1>;

constexpr Places make_places() {
  Places places{};
  for (std::size_t size = 0; size <= kAtATime; ++size) {
    for (std::size_t point = 0; point <= kAtATime; ++point) {
      auto& place = places[size][point];
      place.fill(0x80);  // zero
      std::size_t to = kAtATime;
      for (std::size_t from = size; from-- > 0;) {
        if (from != point) place[--to] = static_cast<std::uint8_t>(from);
      }
    }
  }
  places[1][0][kAtATime - 1] = 0;  // a point alone is no number: let it be seen
  return places;
}
alignas(64) constexpr Places kPlaces = make_places();

constexpr std::array<double, kAtATime + 1> kTens = {
    1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16};

struct Window {
  std::uint64_t commas;
  std::uint64_t ends;
  std::uint64_t points;
};

#define CHANDLER_AVX2 __attribute__((target("avx2,bmi,bmi2"), always_inline)) inline

CHANDLER_AVX2 std::uint64_t positions(__m256i low, __m256i high, char c) {
  const __m256i wanted = _mm256_set1_epi8(c);
  const auto in_low =
      static_cast<std::uint32_t>(_mm256_movemask_epi8(_mm256_cmpeq_epi8(low, wanted)));
  const auto in_high =
      static_cast<std::uint32_t>(_mm256_movemask_epi8(_mm256_cmpeq_epi8(high, wanted)));
  return std::uint64_t{in_high} << 32U | in_low;
}

CHANDLER_AVX2 Window look_at(const char* p) {
  const __m256i low = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(p));
  const __m256i high = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(p + 32));
  return {positions(low, high, ','), positions(low, high, '\n'), positions(low, high, '.')};
}

// Sixteen digits, the last one lowest in weight, to a number.
CHANDLER_AVX2 std::uint64_t as_number(__m128i digits) {
  const __m128i twos = _mm_maddubs_epi16(
      digits, _mm_set_epi8(1, 10, 1, 10, 1, 10, 1, 10, 1, 10, 1, 10, 1, 10, 1, 10));
  const __m128i fours = _mm_madd_epi16(twos, _mm_set_epi16(1, 100, 1, 100, 1, 100, 1, 100));
  const __m128i packed = _mm_packus_epi32(fours, fours);
  const __m128i eights =
      _mm_madd_epi16(packed, _mm_set_epi16(1, 10000, 1, 10000, 1, 10000, 1, 10000));
  const auto both = static_cast<std::uint64_t>(_mm_cvtsi128_si64(eights));
  return (both & 0xFFFFFFFFU) * 100'000'000 + (both >> 32U);
}

// Whether a number of up to 15 digits stands as it would be printed: no zero before or behind that
// could be left out. Precondition: not so small that it would be printed with an exponent.
CHANDLER_AVX2 bool stands_as_printed(const char* p, std::size_t size, std::size_t point) {
  const bool leading = p[0] == '0' && size > 1 && point != 1;
  return !leading && (point == size || (point != 0 && p[size - 1] != '0'));
}
constexpr std::size_t kSurelyPlain = 12;  // digits behind the point

// What must be read digit by digit, when the rest of the row is done: a call among the others would
// cost all of them their registers.
struct LongNumber {
  const char* begin;
  const char* end;
  std::size_t column;
};
struct LongNumbers {
  std::array<LongNumber, kColumnCount> of_row;
  std::size_t count = 0;
};

bool read_long(const LongNumbers& numbers, const RowColumns& columns, std::size_t row,
               bool* canonical) {
  for (std::size_t i = 0; i < numbers.count; ++i) {
    const LongNumber& n = numbers.of_row[i];
    double value = 0;
    if (parse_number(n.begin, n.end, value) != n.end) return false;
    if (columns.values[n.column] != nullptr) columns.values[n.column][row] = value;
    if (canonical != nullptr && *canonical)
      *canonical = is_printed(value, {n.begin, static_cast<std::size_t>(n.end - n.begin)});
  }
  return true;
}

// The values of a row, from the separator behind the timestamp on. Returns the first byte behind
// the row, or nullptr when it is not a common one.
template <bool kCheck>
CHANDLER_AVX2 const char* read_values(const char* p, const RowColumns& columns, std::size_t row,
                                      LongNumbers& long_ones, bool& canonical) {
  __m128i highest = _mm_setzero_si128();
  std::size_t c = 0;
  while (true) {
    const Window window = look_at(p);
    std::uint64_t separators = window.commas | window.ends;
    const std::size_t last = std::min(c + kAtOnce, columns.count);
    if ((window.commas & 1U) == 0) return nullptr;
    std::size_t begin = 1;
    std::size_t end = 0;
    separators &= separators - 1;
    for (; c < last; ++c, begin = end + 1) {
      if (separators == 0) return nullptr;
      end = static_cast<std::size_t>(std::countr_zero(separators));
      separators &= separators - 1;
      const std::size_t size = end - begin;
      const std::uint64_t points = window.points >> begin & ((1ULL << size) - 1);
      const auto point = static_cast<std::size_t>(
          std::countr_zero(points | 1ULL << size));  // size when there is none
      double value = std::numeric_limits<double>::quiet_NaN();
      if (size - (point != size ? 1 : 0) > kExactDigits ||
          (kCheck && size - point > kSurelyPlain + 1)) {
        long_ones.of_row[long_ones.count++] = {p + begin, p + end, c};
      } else if (size != 0) {
        const __m128i text = _mm_loadu_si128(reinterpret_cast<const __m128i*>(p + begin));
        const __m128i digits = _mm_shuffle_epi8(
            _mm_sub_epi8(text, _mm_set1_epi8('0')),
            _mm_load_si128(reinterpret_cast<const __m128i*>(kPlaces[size][point].data())));
        highest = _mm_max_epu8(highest, digits);
        const std::size_t fraction = point == size ? 0 : size - point - 1;
        value = static_cast<double>(static_cast<std::int64_t>(as_number(digits))) / kTens[fraction];
        if constexpr (kCheck) canonical = canonical && stands_as_printed(p + begin, size, point);
      } else if (columns.required[c]) {
        return nullptr;
      }
      if (columns.values[c] != nullptr) columns.values[c][row] = value;
    }
    const std::uint64_t until = (2ULL << end) - 1;  // all of it when end is 63
    const bool whole = c == columns.count;
    if ((window.ends & until) != (whole ? 1ULL << end : 0)) return nullptr;
    p += end;
    if (whole) break;
  }
  const __m128i nine = _mm_set1_epi8(9);
  if (_mm_movemask_epi8(_mm_cmpeq_epi8(_mm_max_epu8(highest, nine), nine)) != 0xFFFF)
    return nullptr;
  return p + 1;
}

template <bool kCheck>
__attribute__((target("avx2,bmi,bmi2"))) void read_rows(RowCursor& cursor, const char* end,
                                                        std::size_t rows,
                                                        const TimestampReader& timestamps,
                                                        const RowColumns& columns) {
  RowCursor c = cursor;
  while (c.row < rows && end - c.at >= static_cast<std::ptrdiff_t>(kReach)) {
    Instant t;
    if (!timestamps.read_same_day(c.at, t) || t <= c.previous) break;
    bool canonical = c.canonical;
    LongNumbers long_ones;
    const char* const next =
        read_values<kCheck>(c.at + kTimestampText, columns, c.row, long_ones, canonical);
    if (next == nullptr) break;
    if (long_ones.count != 0 &&
        !read_long(long_ones, columns, c.row, kCheck ? &canonical : nullptr)) {
      break;
    }
    columns.timestamp[c.row] = t;
    c = {next, c.row + 1, t, canonical};
  }
  cursor = c;
}

}  // namespace

void read_common_rows(RowCursor& cursor, const char* end, std::size_t rows,
                      const TimestampReader& timestamps, const RowColumns& columns,
                      bool check_canonical) {
  static const bool possible = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi") &&
                               __builtin_cpu_supports("bmi2");
  if (!possible) return;
  if (check_canonical) {
    read_rows<true>(cursor, end, rows, timestamps, columns);
  } else {
    read_rows<false>(cursor, end, rows, timestamps, columns);
  }
}

#else

void read_common_rows(RowCursor&, const char*, std::size_t, const TimestampReader&,
                      const RowColumns&, bool) {}

#endif

}  // namespace chandler::store
