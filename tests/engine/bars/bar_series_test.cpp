#include "chandler/bar_series.h"

#include <gtest/gtest.h>

namespace chandler {
namespace {

BarSeries bars(std::initializer_list<std::int64_t> times) {
  BarSeries s;
  for (const auto t : times) {
    s.timestamp.push_back(from_epoch(t));
    for (const Column c : kAllColumns) {
      if (s.columns.has(c)) s.column(c).push_back(static_cast<double>(t));
    }
  }
  return s;
}

TEST(BarSeries, NamesOfColumnsRoundTrip) {
  for (const Column c : kAllColumns) EXPECT_EQ(parse_column(to_string(c)), c);
  EXPECT_FALSE(parse_column("Open"));
}

TEST(BarSeries, WideningLeavesOldRowsUnknown) {
  BarSeries s = bars({1, 2});

  s.widen(ColumnSet{}.add(Column::vwap));

  ASSERT_EQ(s.vwap.size(), 2U);
  EXPECT_NE(s.vwap[0], s.vwap[0]);
}

TEST(BarSeries, AppendingWiderBarsWidensTheSeries) {
  BarSeries s = bars({1, 2});
  BarSeries wide = bars({3});
  wide.widen(ColumnSet{}.add(Column::turnover));
  wide.turnover[0] = 7;

  s.append(wide);
  s.append(bars({4}));

  ASSERT_EQ(s.turnover.size(), 4U);
  EXPECT_EQ(s.turnover[2], 7);
  EXPECT_NE(s.turnover[3], s.turnover[3]);
}

TEST(BarSeries, SlicesAndFinds) {
  const BarSeries s = bars({10, 20, 30});

  EXPECT_EQ(s.lower_bound(from_epoch(20)), 1U);
  EXPECT_EQ(s.lower_bound(from_epoch(31)), 3U);
  EXPECT_TRUE(identical(s.slice(1, 3), bars({20, 30})));
  EXPECT_FALSE(identical(s.slice(1, 3), bars({20, 31})));
}

TEST(BarSeries, RowsAreComparedBitForBit) {
  BarSeries a = bars({1});
  BarSeries b = bars({1});
  EXPECT_TRUE(BarSeries::same_row(a, 0, b, 0));

  a.volume[0] = 0.0;
  b.volume[0] = -0.0;
  EXPECT_FALSE(BarSeries::same_row(a, 0, b, 0));
}

TEST(BarSeries, ResizeAndClearKeepColumns) {
  BarSeries s;
  s.widen(ColumnSet{}.add(Column::trade_count));
  s.reserve(4);
  s.resize(2);
  EXPECT_EQ(s.open[1], 0.0);
  EXPECT_NE(s.trade_count[1], s.trade_count[1]);

  s.clear();
  EXPECT_TRUE(s.empty());
  EXPECT_TRUE(s.columns.has(Column::trade_count));
}

}  // namespace
}  // namespace chandler
