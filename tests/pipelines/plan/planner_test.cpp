#include "plan/planner.h"

#include <gmock/gmock.h>

#include "tests/pipelines/run_box.h"

namespace chandler {
namespace {

using testing::days;
using ::testing::HasSubstr;
using testing::RunBox;
using testing::want;

TEST(Planner, CountsBarsAndRequestsOfEachRange) {
  RunBox box;
  box.run({want("BTCUSDT", Timeframe::m1, days("2024-01-02", "2024-01-03"))});
  const SeriesPlan plan =
      box.plan(want("BTCUSDT", Timeframe::m1, days("2024-01-01", "2024-01-05")));
  ASSERT_FALSE(plan.refused);
  ASSERT_EQ(plan.pieces.size(), 2U);
  EXPECT_EQ(plan.pieces[0].missing.range, days("2024-01-01", "2024-01-02"));
  EXPECT_TRUE(plan.pieces[0].leading);
  EXPECT_EQ(plan.pieces[1].missing.bars, 2 * 1440);
  EXPECT_FALSE(plan.pieces[1].leading);
  EXPECT_EQ(plan.bars, 3 * 1440);
  EXPECT_EQ(plan.requests, 3U + 6U);
  EXPECT_EQ(plan.pieces[0].providers, (std::vector<Provider*>{box.first, box.second}));
}

TEST(Planner, WhatNobodyMayAskForIsRefusedWithTheReason) {
  RunBox box;
  SeriesAsk ask = want("BTCUSDT", Timeframe::m1, days("2024-01-01", "2024-01-05"));
  ask.provider = "third";
  const SeriesPlan plan = box.plan(ask);
  ASSERT_TRUE(plan.refused);
  EXPECT_EQ(plan.refused->kind, ErrorKind::usage);
  EXPECT_TRUE(plan.pieces.empty());
}

TEST(Planner, NoMoreIsPlannedThanTheDiskCanHold) {
  RunBox box;
  const SeriesPlan plan =
      box.plan(want("BTCUSDT", Timeframe::m1, days("1970-01-01", "2026-01-01")));
  EXPECT_EQ(plan.bars, 56LL * 365 * 1440 + 14LL * 1440);
  const auto space = std::filesystem::space(box.box.root().parent_path());
  EXPECT_EQ(plan.refused.has_value(),
            space.available < static_cast<std::uint64_t>(plan.bars) * 48 + (1U << 20U));
}

TEST(Planner, WhatFitsOneByOneNeedNotFitTogether) {
  RunBox box;
  const TimeRange range = days("1970-01-01", "2026-01-01");
  const Planner planner = box.planner();
  const SeriesPlan one = planner.plan(want("AAUSDT", Timeframe::m1, range));
  if (one.refused) GTEST_SKIP() << one.refused->line();
  const SpaceNeed space = planner.space_for({one});
  ASSERT_TRUE(space.free);
  EXPECT_EQ(space.needed, static_cast<std::uint64_t>(one.bars) * 48 + (1U << 20U));
  const std::uint64_t times = *space.free * 3 / 2 / space.needed + 1;
  if (times > 26 * 26) GTEST_SKIP() << "the disk is too large to be short of room";

  std::vector<SeriesAsk> asks;
  std::vector<SeriesPlan> plans;
  for (std::uint64_t i = 0; i < times; ++i) {
    const std::string symbol{static_cast<char>('A' + i / 26), static_cast<char>('A' + i % 26)};
    asks.push_back(want(symbol + "USDT", Timeframe::m1, range));
    plans.push_back(planner.plan(asks.back()));
    EXPECT_FALSE(plans.back().refused);
  }

  EXPECT_FALSE(planner.space_for(plans).fits());
  const auto checked = planner.check_space(asks);
  ASSERT_FALSE(checked);
  EXPECT_EQ(checked.error().kind, ErrorKind::no_space);
  EXPECT_THAT(checked.error().line(), HasSubstr("MB are needed"));
  // Only what is missing counts, and nothing is a hole here.
  EXPECT_TRUE(box.planner({.holes_only = true}).check_space(asks));
  asks.erase(asks.begin() + 1, asks.end());
  EXPECT_TRUE(planner.check_space(asks));
}

TEST(Planner, HolesOnlyLeavesWhatWasNeverAskedFor) {
  RunBox box;
  box.first->faults.silent = {days("2024-01-03", "2024-01-04")};
  box.run({want("BTCUSDT", Timeframe::m1, days("2024-01-02", "2024-01-05"))});
  const SeriesPlan plan = box.plan(want("BTCUSDT", Timeframe::m1, days("2024-01-01", "2024-01-09")),
                                   {.holes_only = true});
  ASSERT_EQ(plan.pieces.size(), 1U);
  EXPECT_EQ(plan.pieces[0].missing.range, days("2024-01-03", "2024-01-04"));
}

TEST(Planner, WhatLiesBetweenTwoYearsIsAHoleThoughNobodyAskedForIt) {
  RunBox box;
  box.run({want("BTCUSDT", Timeframe::h1, days("2022-12-20", "2022-12-30"))});
  box.run({want("BTCUSDT", Timeframe::h1, days("2024-01-05", "2024-01-08"))});

  const SeriesPlan plan = box.plan(want("BTCUSDT", Timeframe::h1, days("2022-01-01", "2024-06-01")),
                                   {.holes_only = true});

  ASSERT_EQ(plan.pieces.size(), 1U);
  EXPECT_EQ(plan.pieces[0].missing.range, days("2022-12-30", "2024-01-05"));
  EXPECT_EQ(plan.pieces[0].missing.bars,
            static_cast<std::int64_t>(
                box.box.cache().gaps({*Symbol::parse("BTCUSDT"), Timeframe::h1})->front().bars));
}

TEST(Planner, HealingBeginsWithWhoGaveTheBars) {
  RunBox box;
  SeriesAsk ask = want("BTCUSDT", Timeframe::m1, days("2024-01-02", "2024-01-05"));
  ask.provider = "second";
  box.second->faults.silent = {days("2024-01-03", "2024-01-04")};
  box.run({ask});
  ask.provider.clear();
  const SeriesPlan plan = box.plan(ask, {.holes_only = true});
  ASSERT_EQ(plan.pieces.size(), 1U);
  EXPECT_EQ(plan.pieces[0].providers, (std::vector<Provider*>{box.second, box.first}));
}

TEST(Planner, SumsTheLoadOfEachProvider) {
  RunBox box;
  std::vector<SeriesPlan> plans;
  for (const char* name : {"BTCUSDT", "ETHUSDT"})
    plans.push_back(box.plan(want(name, Timeframe::m1, days("2020-01-01", "2024-01-01"))));
  const auto loads = loads_of(plans);
  ASSERT_EQ(loads.size(), 1U);
  EXPECT_EQ(loads[0].provider, "first");
  EXPECT_EQ(loads[0].requests, 2U * 4208U);
  // 6000 a minute: the first window's worth goes at once.
  EXPECT_EQ(loads[0].least, std::chrono::seconds{60});
}

}  // namespace
}  // namespace chandler
