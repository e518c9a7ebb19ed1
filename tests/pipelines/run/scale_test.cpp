#include "run/scale.h"

#include <gtest/gtest.h>

#include <limits>

namespace chandler {
namespace {

constexpr seconds kDay = std::chrono::hours{24};

// A bar a day, of these prices.
BarSeries days_of(const std::vector<double>& prices, double times = 1) {
  BarSeries bars;
  bars.resize(prices.size());
  for (std::size_t i = 0; i < prices.size(); ++i) {
    bars.timestamp[i] = from_epoch(0) + kDay * static_cast<int>(i);
    bars.open[i] = prices[i] * times;
    bars.high[i] = prices[i] * 1.02 * times;
    bars.low[i] = prices[i] * 0.97 * times;
    bars.close[i] = prices[i] * 1.01 * times;
  }
  return bars;
}

TEST(Scale, IsOneWhereTheBarsAreTheSame) {
  const BarSeries bars = days_of({100, 101, 99});

  EXPECT_EQ(scale_between(bars, bars), 1);
}

TEST(Scale, IsTheFactorThatAllPricesChangedBy) {
  for (const double factor : {0.25, 2.0 / 3, 20.0 / 21, 1.01, 10.0, 100.0}) {
    const auto scale = scale_between(days_of({100, 101, 99}), days_of({100, 101, 99}, factor));

    ASSERT_TRUE(scale);
    EXPECT_NEAR(*scale, factor, 1e-9);
  }
}

TEST(Scale, IsSeenBesideAPriceThatWasMended) {
  BarSeries now = days_of({100, 101, 99}, 0.25);
  now.close[2] *= 1.01;

  const auto scale = scale_between(days_of({100, 101, 99}), now);

  ASSERT_TRUE(scale);
  EXPECT_NEAR(*scale, 0.25, 1e-9);
}

TEST(Scale, DoesNotChangeWithPricesThatWereMended) {
  BarSeries now = days_of({100, 101, 99});
  now.close[2] *= 1.02;
  now.high[1] *= 1.05;
  EXPECT_EQ(scale_between(days_of({100, 101, 99}), now), 1);
  EXPECT_EQ(scale_between(days_of({100, 101, 99}), days_of({100, 101, 9900})), 1) << "a wrong row";
  EXPECT_EQ(scale_between(days_of({100, 101}), days_of({100, 10100})), 1);
  EXPECT_EQ(scale_between(days_of({100, 101}), days_of({100, 101}, 1.0001)), 1);
}

TEST(Scale, IsNotKnownWithoutABarOfTheSameTime) {
  BarSeries later = days_of({100, 101});
  for (Instant& t : later.timestamp) t += kDay * 7;
  BarSeries no_numbers = days_of({100, 101});
  for (auto* column : {&no_numbers.open, &no_numbers.high, &no_numbers.low, &no_numbers.close})
    column->assign(2, std::numeric_limits<double>::quiet_NaN());

  EXPECT_FALSE(scale_between(days_of({100, 101}), later));
  EXPECT_FALSE(scale_between(days_of({100, 101}), {}));
  EXPECT_FALSE(scale_between({}, later));
  EXPECT_FALSE(scale_between(days_of({100, 101}), no_numbers));
}

TEST(Scale, ChangesWithASplitOfThatRatio) {
  const std::vector<Split> splits = {{from_epoch(0), 7, 1}, {from_epoch(86400), 1, 10}};

  EXPECT_EQ(split_behind(1.0 / 7, splits), splits[0]);
  EXPECT_EQ(split_behind(10, splits), splits[1]);
  EXPECT_FALSE(split_behind(0.25, splits));
  EXPECT_FALSE(split_behind(0.25, {}));
}

}  // namespace
}  // namespace chandler
