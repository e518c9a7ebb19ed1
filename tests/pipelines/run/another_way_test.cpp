// A series that nobody brings as it was asked for comes from what somebody else has of it in a finer frame.
#include <gmock/gmock.h>

#include "tests/pipelines/run_box.h"

namespace chandler {
namespace {

using testing::day;
using testing::days;
using testing::report_of;
using testing::RunBox;
using testing::want;

const SeriesId kHours{*Symbol::parse("BTCUSDT"), Timeframe::h1};

class AnotherWay : public ::testing::Test {
 protected:
  AnotherWay() {
    box.first->faults.fails_at = day("2024-01-01");
    box.second->offer_only({Timeframe::m1});
  }
  SeriesAsk hours(std::vector<Timeframe> derive = {}) {
    return want("BTCUSDT", Timeframe::h1, days("2024-01-01", "2024-01-04"), std::move(derive));
  }
  RunBox box;
};

TEST_F(AnotherWay, IsTakenWhereTheOnlyOneWhoHasTheFrameFails) {
  const auto result = box.run({hours({Timeframe::d1})});

  ASSERT_EQ(result.series.size(), 3U);
  const SeriesReport& minutes = *report_of(result, "BTCUSDT 1m");
  EXPECT_EQ(minutes.outcome.status, WriteStatus::ok);
  EXPECT_EQ(minutes.outcome.provider, "second");
  EXPECT_EQ(minutes.tried, (std::vector<std::string>{"first", "second"}));
  ASSERT_EQ(minutes.asked.size(), 1U);
  EXPECT_EQ(minutes.asked[0].bars, 3 * 1440);
  EXPECT_THAT(minutes.outcome.notes, ::testing::Contains(::testing::AllOf(
                                         ::testing::HasSubstr("BTCUSDT 1h was rolled up from 1m"),
                                         ::testing::HasSubstr("does not answer"))));
  EXPECT_EQ(report_of(result, "BTCUSDT 1h")->derived_from, Timeframe::m1);
  EXPECT_EQ(box.box.cache().read(kHours)->size(), 72U);
  EXPECT_EQ(box.box.cache().status({kHours.symbol, Timeframe::d1})->rows, 3U);
}

TEST_F(AnotherWay, LeavesWhatAskingForTheFinerFrameWouldHaveLeft) {
  box.run({hours()});
  RunBox other;
  other.first->faults.fails_at = day("2024-01-01");
  other.run({want("BTCUSDT", Timeframe::m1, days("2024-01-01", "2024-01-04"), {Timeframe::h1})});
  EXPECT_EQ(box.data(), other.data());
}

TEST_F(AnotherWay, GoesOnTheNextTimeWithoutAFirstTry) {
  box.run({hours()});
  box.first->forget();
  const auto result = box.run({want("BTCUSDT", Timeframe::h1, days("2024-01-01", "2024-01-05"))});
  EXPECT_EQ(report_of(result, "BTCUSDT 1h")->outcome.rows_written, 24U);
}

TEST_F(AnotherWay, ThatLeadsToNothingLeavesTheFirstError) {
  box.second->faults.fails_at = day("2024-01-01");
  box.second->faults.failure = ErrorKind::rate_limited;
  const auto result = box.run({hours({Timeframe::d1})});

  ASSERT_EQ(result.series.size(), 1U);
  const SeriesReport& failed = result.series[0];
  EXPECT_EQ(failed.outcome.series, kHours);
  EXPECT_EQ(failed.outcome.status, WriteStatus::failed);
  ASSERT_TRUE(failed.outcome.error);
  EXPECT_EQ(failed.outcome.error->kind, ErrorKind::unavailable);
  EXPECT_EQ(failed.outcome.error->where, "BTCUSDT 1h");
  EXPECT_EQ(failed.tried, (std::vector<std::string>{"first", "second"}));
  ASSERT_EQ(failed.asked.size(), 1U);
  EXPECT_EQ(failed.asked[0].bars, 72);
  EXPECT_FALSE(std::filesystem::exists(box.box.root() / "BTCUSDT"));
}

TEST_F(AnotherWay, IsNotTakenBesideBarsThatWereFetched) {
  box.first->faults.fails_at = day("2024-01-20");
  const auto ask = want("BTCUSDT", Timeframe::h1, days("2024-01-01", "2024-02-11"));
  const auto result = box.run({ask});
  ASSERT_EQ(result.series.size(), 1U);
  EXPECT_EQ(result.series[0].outcome.status, WriteStatus::partial);
  EXPECT_TRUE(box.second->asked().empty());

  const auto again = box.run({ask});
  EXPECT_EQ(again.series[0].outcome.status, WriteStatus::failed);
  EXPECT_TRUE(box.second->asked().empty());
}

TEST_F(AnotherWay, IsNotTakenWhereOneProviderWasAskedFor) {
  SeriesAsk ask = hours();
  ask.provider = "first";
  const auto result = box.run({ask});
  EXPECT_EQ(result.series[0].outcome.series, kHours);
  EXPECT_EQ(result.series[0].outcome.status, WriteStatus::failed);
  EXPECT_TRUE(box.second->asked().empty());
}

}  // namespace
}  // namespace chandler
