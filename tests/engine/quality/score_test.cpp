#include <gtest/gtest.h>

#include "chandler/quality.h"

namespace chandler {
namespace {

TEST(Score, CoverageLeavesConfirmedGapsOut) {
  EXPECT_EQ(coverage_ratio(90, 100, 0), 0.9);
  EXPECT_EQ(coverage_ratio(90, 100, 10), 1.0);
  EXPECT_EQ(coverage_ratio(45, 100, 10), 0.5);
  EXPECT_EQ(coverage_ratio(0, 0, 0), 1.0);
  EXPECT_EQ(coverage_ratio(0, 10, 10), 1.0);
  EXPECT_EQ(coverage_ratio(95, 100, 10), 1.0);
}

TEST(Score, IsOneForAPerfectFile) { EXPECT_EQ(quality_score(4158, 4158, 0, 4158, 0, 0), 1.0); }

TEST(Score, FallsWithWhatIsMissingRejectedOrInConflict) {
  EXPECT_EQ(quality_score(90, 100, 0, 90, 10, 0), 0.81);
  EXPECT_EQ(quality_score(100, 100, 0, 100, 0, 5), 0.95);
  EXPECT_EQ(quality_score(2, 3, 0, 2, 0, 0), 0.6667);
  EXPECT_EQ(quality_score(0, 0, 0, 0, 0, 0), 1.0);
  EXPECT_EQ(quality_score(0, 100, 0, 0, 50, 0), 0.0);
}

TEST(Score, IsNeverBelowZero) { EXPECT_EQ(quality_score(10, 10, 0, 10, 0, 30), 0.0); }

}  // namespace
}  // namespace chandler
