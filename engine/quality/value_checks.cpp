#include "quality/value_checks.h"

#include <cstring>
#include <limits>

namespace chandler::quality {
namespace {

constexpr double kLargestFinite = std::numeric_limits<double>::max();

// Loops over vectors of the compiler, written once and compiled for each width. Comparing gives all
// bits or none. They are forced into the functions that say which processor they are for.
#define CHANDLER_KERNEL        \
  template <std::size_t Lanes> \
  __attribute__((always_inline)) inline bool

template <std::size_t Lanes>
struct Wide {
  using Doubles __attribute__((vector_size(Lanes * sizeof(double)))) = double;
  using Bits __attribute__((vector_size(Lanes * sizeof(double)))) = std::int64_t;
};

// Asked for while the values before it are looked at: a column comes from memory, and by itself the
// processor asks for little beyond the page it is in. What lies behind the end is asked for in vain.
constexpr std::size_t kAhead = 512;

template <class T>
__attribute__((always_inline)) inline void ask_for(const T* value) {
  __builtin_prefetch(value + kAhead);
}

template <std::size_t Lanes>
__attribute__((always_inline)) inline std::int64_t any_of(const typename Wide<Lanes>::Bits& bits) {
  std::int64_t any = 0;
  for (std::size_t i = 0; i < Lanes; ++i) any |= bits[i];
  return any;
}

CHANDLER_KERNEL check_bars(const BarValues& values, std::size_t rows) {
  using Doubles = typename Wide<Lanes>::Doubles;
  typename Wide<Lanes>::Bits bad{};
  for (std::size_t row = 0; row < rows; row += Lanes) {
    Doubles open;
    Doubles high;
    Doubles low;
    Doubles close;
    Doubles volume;
    for (const double* column : {values.open, values.high, values.low, values.close})
      ask_for(column + row);
    std::memcpy(&open, values.open + row, sizeof open);
    std::memcpy(&high, values.high + row, sizeof high);
    std::memcpy(&low, values.low + row, sizeof low);
    std::memcpy(&close, values.close + row, sizeof close);
    std::memcpy(&volume, values.volume + row, sizeof volume);
    // Denials, as comparisons with NaN are false and it is not sound here.
    bad |= ~(low > 0.0);
    bad |= ~(low <= open);
    bad |= ~(low <= close);
    bad |= ~(open <= high);
    bad |= ~(close <= high);
    bad |= ~(high <= kLargestFinite);
    bad |= ~(volume >= 0.0);
    bad |= ~(volume <= kLargestFinite);
  }
  return any_of<Lanes>(bad) == 0;
}

CHANDLER_KERNEL check_prices(std::span<const double> column) {
  typename Wide<Lanes>::Bits bad{};
  for (std::size_t row = 0; row < column.size(); row += Lanes) {
    typename Wide<Lanes>::Doubles values;
    ask_for(&column[row]);
    std::memcpy(&values, &column[row], sizeof values);
    bad |= values <= 0.0;
    bad |= values > kLargestFinite;
  }
  return any_of<Lanes>(bad) == 0;
}

CHANDLER_KERNEL check_amounts(std::span<const double> column) {
  typename Wide<Lanes>::Bits bad{};
  for (std::size_t row = 0; row < column.size(); row += Lanes) {
    typename Wide<Lanes>::Doubles values;
    ask_for(&column[row]);
    std::memcpy(&values, &column[row], sizeof values);
    bad |= values < 0.0;
    bad |= values > kLargestFinite;
  }
  return any_of<Lanes>(bad) == 0;
}

CHANDLER_KERNEL check_evenly(std::span<const std::int64_t> times, std::int64_t step) {
  using Bits = typename Wide<Lanes>::Bits;
  Bits due{};
  for (std::size_t i = 0; i < Lanes; ++i)
    due[i] = times.front() + static_cast<std::int64_t>(i) * step;
  Bits off{};
  for (std::size_t row = 0; row < times.size(); row += Lanes) {
    Bits found;
    ask_for(&times[row]);
    std::memcpy(&found, &times[row], sizeof found);
    off |= found ^ due;
    due += static_cast<std::int64_t>(Lanes) * step;
  }
  return any_of<Lanes>(off) == 0;
}

CHANDLER_KERNEL check_signs(std::span<const double> column) {
  typename Wide<Lanes>::Bits all{};
  for (std::size_t row = 0; row < column.size(); row += Lanes) {
    typename Wide<Lanes>::Bits bits;
    ask_for(&column[row]);
    std::memcpy(&bits, &column[row], sizeof bits);
    all |= bits;
  }
  return any_of<Lanes>(all) < 0;
}

#undef CHANDLER_KERNEL

constexpr ValueChecks kPortable = {
    .bars = [](const BarValues& v, std::size_t rows) { return check_bars<2>(v, rows); },
    .prices = [](std::span<const double> v) { return check_prices<2>(v); },
    .amounts = [](std::span<const double> v) { return check_amounts<2>(v); },
    .evenly = [](std::span<const std::int64_t> v, std::int64_t s) { return check_evenly<2>(v, s); },
    .signs = [](std::span<const double> v) { return check_signs<2>(v); },
};

#if defined(__x86_64__)
#define CHANDLER_AVX2 __attribute__((target("avx2")))

CHANDLER_AVX2 bool bars_avx2(const BarValues& v, std::size_t rows) {
  return check_bars<4>(v, rows);
}
CHANDLER_AVX2 bool prices_avx2(std::span<const double> v) { return check_prices<4>(v); }
CHANDLER_AVX2 bool amounts_avx2(std::span<const double> v) { return check_amounts<4>(v); }
CHANDLER_AVX2 bool evenly_avx2(std::span<const std::int64_t> v, std::int64_t step) {
  return check_evenly<4>(v, step);
}
CHANDLER_AVX2 bool signs_avx2(std::span<const double> v) { return check_signs<4>(v); }

#undef CHANDLER_AVX2

constexpr ValueChecks kAvx2 = {.bars = bars_avx2,
                               .prices = prices_avx2,
                               .amounts = amounts_avx2,
                               .evenly = evenly_avx2,
                               .signs = signs_avx2};
#endif

}  // namespace

const ValueChecks& portable_value_checks() { return kPortable; }

const ValueChecks& value_checks() {
#if defined(__x86_64__)
  static const bool wide = __builtin_cpu_supports("avx2") != 0;
  if (wide) return kAvx2;
#endif
  return kPortable;
}

}  // namespace chandler::quality
