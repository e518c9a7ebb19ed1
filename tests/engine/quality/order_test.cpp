#include <gtest/gtest.h>

#include "chandler/quality.h"
#include "tests/engine/quality/requests.h"
#include "tests/engine/quality/series.h"

namespace chandler {
namespace {

TEST(Order, TurnsBatchesRoundThatComeNewestFirst) {
  std::vector<Instant> times = steps(kStart, seconds{60}, 100);
  BarSeries batch = bars_at(std::vector<Instant>(times.rbegin(), times.rend()));
  for (std::size_t i = 0; i < 100; ++i) batch.volume[i] = static_cast<double>(i);

  const ValidationReport report = validate(batch, request());

  EXPECT_EQ(rules_of(report), "");
  EXPECT_EQ(batch.timestamp, times);
  EXPECT_EQ(batch.volume.front(), 99);
}

TEST(Order, SortsAndCountsWhatIsOutOfOrder) {
  BarSeries batch = bars_at(std::vector{kStart, kStart + seconds{180}, kStart + seconds{60},
                                        kStart + seconds{120}, kStart + seconds{240}});

  const ValidationReport report = validate(batch, request());

  EXPECT_EQ(rules_of(report), "out_of_order@2 out_of_order@3 ");
  EXPECT_EQ(report.rejected(), 0U);
  EXPECT_EQ(batch.timestamp, steps(kStart, seconds{60}, 5));
}

TEST(Order, KeepsOneOfEqualBars) {
  BarSeries batch =
      bars_at(std::vector{kStart, kStart, kStart + seconds{60}, kStart + seconds{60}});
  batch.widen(ColumnSet{}.add(Column::vwap));

  const ValidationReport report = validate(batch, request());

  EXPECT_EQ(rules_of(report), "duplicate@1 duplicate@3 ");
  EXPECT_EQ(batch.timestamp, steps(kStart, seconds{60}, 2));
  EXPECT_TRUE(report.conflicts.empty());
}

TEST(Order, TheLaterFetchedOfTwoVersionsWins) {
  BarSeries batch = bars_at(
      std::vector{kStart, kStart + seconds{60}, kStart + seconds{60}, kStart + seconds{120}});
  batch.close[1] = 10.5;

  const ValidationReport report = validate(batch, request());

  EXPECT_EQ(rules_of(report), "");
  ASSERT_EQ(report.conflicts.size(), 1U);
  EXPECT_EQ(report.count(Rule::conflict), 1U);
  EXPECT_EQ(report.conflicts[0].kept, 1U);
  EXPECT_EQ(report.conflicts[0].replaced.size(), 1U);
  EXPECT_EQ(report.conflicts[0].replaced.close[0], 10.5);
  EXPECT_EQ(batch.close[1], 11);
}

TEST(Order, TheLaterFetchedWinsInABatchThatComesNewestFirstToo) {
  BarSeries batch = bars_at(
      std::vector{kStart + seconds{120}, kStart + seconds{60}, kStart + seconds{60}, kStart});
  batch.close[1] = 10.5;

  const ValidationReport report = validate(batch, request());

  EXPECT_EQ(rules_of(report), "");
  ASSERT_EQ(report.conflicts.size(), 1U);
  EXPECT_EQ(report.conflicts[0].replaced.close[0], 10.5);
  EXPECT_EQ(batch.close, (std::vector<double>{11, 11, 11}));
}

TEST(Order, ThreeVersionsAreTwoConflicts) {
  BarSeries batch = bars_at(std::vector{kStart, kStart, kStart});
  batch.close = {9.5, 10, 10.5};

  const ValidationReport report = validate(batch, request());

  ASSERT_EQ(report.conflicts.size(), 2U);
  EXPECT_EQ(report.conflicts[0].replaced.close[0], 9.5);
  EXPECT_EQ(report.conflicts[1].replaced.close[0], 10);
  EXPECT_EQ(batch.close, (std::vector<double>{10.5}));
}

}  // namespace
}  // namespace chandler
