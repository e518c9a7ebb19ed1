#include "quality/value_checks.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

namespace chandler::quality {
namespace {

constexpr std::size_t kRows = 4 * kRowsAtOnce;
constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr double kLargest = std::numeric_limits<double>::max();
constexpr double kOdd[] = {-kInfinity, -kLargest, -1, -1e-310,  -0.0, 0.0,
                           1e-310,     1,         2,  kLargest, kNan, kInfinity};

const ValueChecks* const kKinds[] = {&value_checks(), &portable_value_checks()};

// Sound columns, of which one value is then another.
struct Bars {
  std::vector<double> open = std::vector<double>(kRows, 2);
  std::vector<double> high = std::vector<double>(kRows, 3);
  std::vector<double> low = std::vector<double>(kRows, 1);
  std::vector<double> close = std::vector<double>(kRows, 2);
  std::vector<double> volume = std::vector<double>(kRows, 5);

  [[nodiscard]] BarValues values() const {
    return {open.data(), high.data(), low.data(), close.data(), volume.data()};
  }
  [[nodiscard]] bool sound(std::size_t i) const {
    const bool finite = std::isfinite(open[i]) && std::isfinite(high[i]) && std::isfinite(low[i]) &&
                        std::isfinite(close[i]) && std::isfinite(volume[i]);
    return finite && low[i] > 0 && low[i] <= std::min(open[i], close[i]) &&
           high[i] >= std::max(open[i], close[i]) && volume[i] >= 0;
  }
};

TEST(ValueChecks, OfBarsSeeOneOddValueWhereverItStands) {
  for (const ValueChecks* const checks : kKinds) {
    EXPECT_TRUE(checks->bars(Bars{}.values(), kRows));
    for (std::vector<double> Bars::*const column :
         {&Bars::open, &Bars::high, &Bars::low, &Bars::close, &Bars::volume}) {
      for (const double odd : kOdd) {
        for (std::size_t row = 0; row < kRows; ++row) {
          Bars bars;
          (bars.*column)[row] = odd;
          ASSERT_EQ(checks->bars(bars.values(), kRows), bars.sound(row)) << odd << " at " << row;
        }
      }
    }
  }
}

TEST(ValueChecks, OfPricesAndAmountsTakeWhatIsUnknownForSound) {
  for (const ValueChecks* const checks : kKinds) {
    for (const double odd : kOdd) {
      for (std::size_t row = 0; row < kRows; ++row) {
        std::vector<double> column(kRows, 1);
        column[row] = odd;
        ASSERT_EQ(checks->prices(column), std::isnan(odd) || (odd > 0 && odd < kInfinity)) << odd;
        ASSERT_EQ(checks->amounts(column), std::isnan(odd) || (odd >= 0 && odd < kInfinity)) << odd;
      }
    }
  }
}

TEST(ValueChecks, OfSignsSeeNegativeZeros) {
  for (const ValueChecks* const checks : kKinds) {
    for (const double odd : kOdd) {
      for (std::size_t row = 0; row < kRows; ++row) {
        std::vector<double> column(kRows, 1);
        column[row] = odd;
        ASSERT_EQ(checks->signs(column), std::signbit(odd)) << odd << " at " << row;
      }
    }
  }
}

TEST(ValueChecks, OfTimesSeeTheOneThatIsOff) {
  for (const ValueChecks* const checks : kKinds) {
    for (std::size_t row = 0; row <= kRows; ++row) {
      std::vector<std::int64_t> times(kRows);
      for (std::size_t i = 0; i < kRows; ++i) times[i] = -120 + static_cast<std::int64_t>(i) * 60;
      if (row < kRows) times[row] += 1;
      ASSERT_EQ(checks->evenly(times, 60), row == kRows) << row;
    }
  }
}

}  // namespace
}  // namespace chandler::quality
