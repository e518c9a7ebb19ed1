#include "http/retry_budget.h"

#include <gtest/gtest.h>

#include <memory>

namespace chandler::http {
namespace {

int left(RetryBudget& budget) {
  int taken = 0;
  while (budget.take()) ++taken;
  return taken;
}

TEST(RetryBudget, IsTenAndOneForEveryTenRequests) {
  RetryBudget budget;
  const auto run = budget.begin_run();

  EXPECT_EQ(left(budget), 10);
  for (int i = 0; i < 25; ++i) budget.count_request();
  EXPECT_EQ(left(budget), 2);
}

TEST(RetryBudget, IsAnewForTheNextRun) {
  RetryBudget budget;
  {
    const auto run = budget.begin_run();
    for (int i = 0; i < 25; ++i) budget.count_request();
    EXPECT_EQ(left(budget), 12);
  }

  const auto next = budget.begin_run();

  EXPECT_EQ(left(budget), 10);
}

TEST(RetryBudget, OfARunIsNotRefilledByRunsThatBeginMeanwhile) {
  RetryBudget budget;
  const auto run = budget.begin_run();
  for (int i = 0; i < 100; ++i) budget.count_request();
  EXPECT_EQ(left(budget), 20);

  const auto second = budget.begin_run();
  EXPECT_EQ(left(budget), 10) << "its own, and no more of the first";
  for (int i = 0; i < 5; ++i) {
    const auto calm = budget.begin_run();
  }
  EXPECT_EQ(left(budget), 0);
}

TEST(RetryBudget, LosesWhatARunLeavesUnspent) {
  RetryBudget budget;
  const auto run = budget.begin_run();
  auto second = std::make_unique<RetryBudget::Run>(budget);

  second.reset();

  EXPECT_EQ(left(budget), 10);
}

}  // namespace
}  // namespace chandler::http
