#include "yahoo/rows.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

#include "tests/providers/fixture.h"
#include "tests/providers/scripted.h"
#include "tests/providers/yahoo/chart.h"

namespace chandler::yahoo {
namespace {

using namespace std::chrono_literals;
using chandler::testing::at;
using chandler::testing::ChartText;
using chandler::testing::range_of;

Result<Rows> rows(const ChartText& chart, const RowsWanted& wanted) {
  return bars_of(*parse_chart(chart.text()), wanted);
}

RowsWanted daily(const char* from, const char* to, const char* over) {
  return {.timeframe = Timeframe::d1,
          .labels = range_of(from, to),
          .asked = {at(from) - std::chrono::days{1}, at(to) + std::chrono::days{1}},
          .over = at(over)};
}

TEST(YahooRows, OfADayAreLabelledWithTheSessionsDate) {
  // 2024-03-08 and 03-11: between them New York puts its clocks forward.
  const ChartText chart{.times = {at("2024-03-08 14:30:00"), at("2024-03-11 13:30:00")}};

  const auto got =
      rows(chart, daily("2024-03-01 00:00:00", "2024-03-31 00:00:00", "2024-06-01 00:00:00"));

  ASSERT_TRUE(got) << got.error().line();
  EXPECT_EQ(got->bars.timestamp,
            (std::vector{at("2024-03-08 00:00:00"), at("2024-03-11 00:00:00")}));
  EXPECT_EQ(got->bars.adj_close, (std::vector{10.5, 10.5}));
  EXPECT_EQ(got->settled_to, at("2024-03-31 00:00:00"));
}

TEST(YahooRows, AreLabelledInTheExchangesTimeZone) {
  struct Case {
    const char* zone;
    const char* opens;
    const char* label;
  };
  // Sydney opens before midnight UTC; London's currencies at 23:00 in summer; Tokyo at midnight.
  for (const Case& c : {Case{"Australia/Sydney", "2024-01-14 23:00:00", "2024-01-15 00:00:00"},
                        Case{"Europe/London", "2024-07-01 23:00:00", "2024-07-02 00:00:00"},
                        Case{"Asia/Tokyo", "2024-07-02 00:00:00", "2024-07-02 00:00:00"},
                        Case{"UTC", "2024-07-02 00:00:00", "2024-07-02 00:00:00"}}) {
    const ChartText chart{.zone = c.zone, .times = {at(c.opens)}};

    const auto got =
        rows(chart, daily("2024-01-01 00:00:00", "2024-12-31 00:00:00", "2025-06-01 00:00:00"));

    ASSERT_TRUE(got) << c.zone;
    EXPECT_EQ(got->bars.timestamp, std::vector{at(c.label)}) << c.zone;
  }
}

TEST(YahooRows, OfRecordedDaysAreTheSessions) {
  CHANDLER_NEEDS_FIXTURE("yahoo/NVDA_1d_2021_split.json");
  const auto chart = parse_chart(read_fixture("yahoo/NVDA_1d_2021_split.json"));
  ASSERT_TRUE(chart);

  const auto got =
      bars_of(*chart, daily("2021-02-01 00:00:00", "2022-02-01 00:00:00", "2025-02-19 00:00:00"));

  ASSERT_TRUE(got) << got.error().line();
  std::vector<Instant> sessions;
  for (const SlotRun& run :
       Calendar(CalendarKind::us_equities)
           .expected(Timeframe::d1, range_of("2021-02-01 00:00:00", "2022-01-29 00:00:00"))) {
    for (int i = 0; i < run.count; ++i) sessions.push_back(run.first + run.step * i);
  }
  EXPECT_EQ(got->bars.timestamp, sessions);
}

// The chart, with a null in the rows of these indices.
Result<Rows> rows_with_nulls(const ChartText& chart, const std::vector<std::size_t>& nulls,
                             const RowsWanted& wanted) {
  auto parsed = *parse_chart(chart.text());
  Chart without = parsed;
  without.rows.clear();
  for (std::size_t i = 0; i < parsed.rows.size(); ++i) {
    if (std::find(nulls.begin(), nulls.end(), i) == nulls.end()) {
      without.rows.append(parsed.rows, i, i + 1);
    } else {
      without.blanks.push_back(parsed.rows.timestamp[i]);
    }
  }
  return bars_of(without, wanted);
}

TEST(YahooRows, WithANullAreNamedByTheirDayWhenItIsWantedAndOver) {
  // A day before those wanted, one, the same again with numbers, another, and the unfinished one.
  const ChartText chart{.times = {at("2024-06-07 13:30:00"), at("2024-06-10 13:30:00"),
                                  at("2024-06-11 13:30:00"), at("2024-06-11 13:31:00"),
                                  at("2024-06-12 13:30:00"), at("2024-06-13 13:30:00")}};

  const auto got =
      rows_with_nulls(chart, {0, 1, 2, 5},
                      daily("2024-06-10 00:00:00", "2024-06-30 00:00:00", "2024-06-13 19:00:00"));

  ASSERT_TRUE(got) << got.error().line();
  EXPECT_EQ(got->blanks, std::vector{at("2024-06-10 00:00:00")});
  EXPECT_EQ(got->bars.timestamp,
            (std::vector{at("2024-06-11 00:00:00"), at("2024-06-12 00:00:00")}));
}

TEST(YahooRows, OfMinutesWithANullAreNamedUnlessTheyAreNoBars) {
  const TimeRange day = range_of("2024-06-12 00:00:00", "2024-06-13 00:00:00");
  const RowsWanted wanted{.timeframe = Timeframe::m1,
                          .labels = day,
                          .asked = day,
                          .over = at("2024-06-12 21:00:00"),
                          .calendar = Calendar(CalendarKind::us_equities)};
  // Two minutes without trades, one out of step, the close.
  const ChartText chart{
      .interval = "1m",
      .times = {at("2024-06-12 13:30:00"), at("2024-06-12 13:31:00"), at("2024-06-12 13:32:00"),
                at("2024-06-12 13:32:17"), at("2024-06-12 20:00:00")}};

  const auto got = rows_with_nulls(chart, {1, 2, 3, 4}, wanted);

  ASSERT_TRUE(got) << got.error().line();
  EXPECT_EQ(got->blanks, (std::vector{at("2024-06-12 13:31:00"), at("2024-06-12 13:32:00")}));
}

TEST(YahooRows, OfTodayAreLeftOutUntilTheSessionIsOver) {
  const ChartText chart{.times = {at("2024-06-12 13:30:00"), at("2024-06-13 13:30:00")}};

  const auto during =
      rows(chart, daily("2024-06-01 00:00:00", "2024-06-30 00:00:00", "2024-06-13 19:59:59"));
  const auto after =
      rows(chart, daily("2024-06-01 00:00:00", "2024-06-30 00:00:00", "2024-06-13 20:00:00"));

  ASSERT_TRUE(during && after);
  EXPECT_EQ(during->bars.timestamp, std::vector{at("2024-06-12 00:00:00")});
  EXPECT_EQ(during->settled_to, at("2024-06-13 00:00:00"));
  EXPECT_EQ(after->bars.size(), 2U);
  EXPECT_EQ(after->settled_to, at("2024-06-14 00:00:00"));
}

TEST(YahooRows, OfCoinsAndCurrenciesEndAtMidnight) {
  for (const char* type : {"CRYPTOCURRENCY", "CURRENCY"}) {
    const ChartText chart{.zone = "UTC",
                          .type = type,
                          .regular = R"("start":1718236800,"end":1718323140)",
                          .times = {at("2024-06-12 00:00:00"), at("2024-06-13 00:00:00")}};

    const auto before =
        rows(chart, daily("2024-06-01 00:00:00", "2024-06-30 00:00:00", "2024-06-13 23:59:30"));
    const auto after =
        rows(chart, daily("2024-06-01 00:00:00", "2024-06-30 00:00:00", "2024-06-14 00:00:00"));

    EXPECT_EQ(before->bars.size(), 1U) << type;
    EXPECT_EQ(after->bars.size(), 2U) << type;
  }
}

TEST(YahooRows, ThatAreLiveBesidesTheirDayAreLeftOut) {
  // The day's row, and the moment of the last trade.
  const ChartText chart{.times = {at("2024-06-13 13:30:00"), at("2024-06-13 20:00:01")}};

  const auto got =
      rows(chart, daily("2024-06-01 00:00:00", "2024-06-30 00:00:00", "2024-06-13 21:00:00"));

  ASSERT_TRUE(got);
  EXPECT_EQ(got->bars.timestamp, std::vector{at("2024-06-13 00:00:00")});
}

TEST(YahooRows, OfWeeksAndMonthsCarryTheMondayAndTheFirst) {
  ChartText weeks{.interval = "1wk",
                  .times = {at("2024-05-27 04:00:00"), at("2024-06-03 04:00:00"),
                            at("2024-06-10 04:00:00"), at("2024-06-13 17:00:00")}};
  RowsWanted wanted = daily("2024-05-01 00:00:00", "2024-07-01 00:00:00", "2024-06-13 17:00:00");
  wanted.timeframe = Timeframe::w1;

  const auto got = rows(weeks, wanted);

  ASSERT_TRUE(got);
  EXPECT_EQ(got->bars.timestamp,
            (std::vector{at("2024-05-27 00:00:00"), at("2024-06-03 00:00:00")}));
  EXPECT_EQ(got->settled_to, at("2024-06-10 00:00:00"));

  const ChartText months{
      .interval = "1mo",
      .times = {at("2024-04-01 04:00:00"), at("2024-05-01 04:00:00"), at("2024-06-01 04:00:00")}};
  wanted.timeframe = Timeframe::mo1;
  const auto by_month = rows(months, wanted);
  ASSERT_TRUE(by_month);
  EXPECT_EQ(by_month->bars.timestamp, std::vector{at("2024-05-01 00:00:00")});
  EXPECT_EQ(by_month->settled_to, at("2024-06-01 00:00:00"));
}

TEST(YahooRows, ThatAreOverAndNotWantedAreNeighbours) {
  const ChartText chart{.times = {at("2024-06-07 13:30:00"), at("2024-06-10 13:30:00"),
                                  at("2024-06-12 13:30:00"), at("2024-06-13 13:30:00")}};
  RowsWanted wanted = daily("2024-06-10 00:00:00", "2024-06-11 00:00:00", "2024-06-13 15:00:00");
  wanted.asked = range_of("2024-06-05 00:00:00", "2024-06-14 00:00:00");

  const auto got = rows(chart, wanted);

  ASSERT_TRUE(got) << got.error().line();
  EXPECT_EQ(got->bars.timestamp, std::vector{at("2024-06-10 00:00:00")});
  EXPECT_EQ(got->neighbours.timestamp,
            (std::vector{at("2024-06-07 00:00:00"), at("2024-06-12 00:00:00")}));
  EXPECT_EQ(got->neighbours.close, (std::vector{11.0, 11.0}));
}

TEST(YahooRows, OfAWeekAskedForInPartAreNoNeighbours) {
  const ChartText chart{.interval = "1wk",
                        .times = {at("2024-05-20 04:00:00"), at("2024-05-27 04:00:00"),
                                  at("2024-06-03 04:00:00"), at("2024-06-10 04:00:00")}};
  RowsWanted wanted = daily("2024-06-03 00:00:00", "2024-06-10 00:00:00", "2024-08-01 00:00:00");
  wanted.timeframe = Timeframe::w1;
  wanted.asked = range_of("2024-05-26 00:00:00", "2024-06-16 00:00:00");  // Sunday to Sunday

  const auto got = rows(chart, wanted);

  ASSERT_TRUE(got) << got.error().line();
  EXPECT_EQ(got->bars.timestamp, std::vector{at("2024-06-03 00:00:00")});
  EXPECT_EQ(got->neighbours.timestamp, std::vector{at("2024-05-27 00:00:00")});
}

RowsWanted intraday(Timeframe tf, const char* from, const char* to, const char* over) {
  return {.timeframe = tf,
          .labels = range_of(from, to),
          .asked = range_of(from, to),
          .over = at(over),
          .calendar = Calendar(CalendarKind::us_equities)};
}

TEST(YahooRows, OfMinutesLoseTheLiveOneAndTheOpenOne) {
  const ChartText chart{.interval = "1m",
                        .times = {at("2024-06-13 13:30:00"), at("2024-06-13 13:31:00"),
                                  at("2024-06-13 13:32:00"), at("2024-06-13 13:32:17")},
                        .adjusted = false};

  const auto got = rows(chart, intraday(Timeframe::m1, "2024-06-13 00:00:00", "2024-06-14 00:00:00",
                                        "2024-06-13 13:32:20"));

  ASSERT_TRUE(got) << got.error().line();
  EXPECT_EQ(got->bars.timestamp,
            (std::vector{at("2024-06-13 13:30:00"), at("2024-06-13 13:31:00")}));
  EXPECT_EQ(got->settled_to, at("2024-06-13 13:32:00"));
}

TEST(YahooRows, ThatAreLiveAreLeftOutWhereverTheyStand) {
  const ChartText chart{
      .interval = "5m",
      .times = {at("2024-06-13 13:37:17"), at("2024-06-13 13:35:00"), at("2024-06-13 13:30:00")}};
  const ChartText alone{.interval = "5m", .times = {at("2024-06-13 13:37:17")}};
  const ChartText later{.interval = "5m",
                        .times = {at("2024-06-13 13:30:00"), at("2024-06-14 20:00:00")}};
  const RowsWanted wanted =
      intraday(Timeframe::m5, "2024-06-13 00:00:00", "2024-06-14 00:00:00", "2024-06-20 00:00:00");

  EXPECT_EQ(rows(chart, wanted)->bars.size(), 2U);
  EXPECT_EQ(rows(alone, wanted)->bars.size(), 0U);
  EXPECT_EQ(rows(later, wanted)->bars.size(), 1U);
}

TEST(YahooRows, StampedAtTheCloseAreNoBars) {
  // A half day: 2024-07-03 closes at 13:00. An exchange whose calendar is not known closes at the
  // time of day of its present session.
  const ChartText half{
      .interval = "5m",
      .times = {at("2024-07-03 16:55:00"), at("2024-07-03 17:00:00"), at("2024-07-05 13:30:00")}};
  ChartText abroad{.interval = "5m",
                   .zone = "Europe/London",
                   .regular = R"("start":1718262000,"end":1718292600)",  // 08:00 to 16:30 BST
                   .times = {at("2024-01-10 16:25:00"), at("2024-01-10 16:30:00")},
                   .volume = "0"};
  RowsWanted wanted =
      intraday(Timeframe::m5, "2024-01-01 00:00:00", "2024-07-10 00:00:00", "2024-08-01 00:00:00");

  const auto at_home = rows(half, wanted);
  wanted.calendar = Calendar(CalendarKind::none);
  const auto in_london = rows(abroad, wanted);

  ASSERT_TRUE(at_home && in_london);
  EXPECT_EQ(at_home->bars.size(), 2U);
  EXPECT_EQ(at_home->at_close, 1U);
  EXPECT_EQ(in_london->bars.size(), 1U);
  EXPECT_EQ(in_london->at_close, 1U);
  wanted.extended_hours = true;
  EXPECT_EQ(rows(abroad, wanted)->bars.size(), 2U);
}

TEST(YahooRows, OfMinutesBeforeThoseWantedAreNeighbours) {
  const ChartText chart{.interval = "5m",
                        .times = {at("2024-06-12 19:55:00"), at("2024-06-12 20:00:00"),
                                  at("2024-06-13 13:30:00"), at("2024-06-13 13:35:00")}};
  RowsWanted wanted =
      intraday(Timeframe::m5, "2024-06-13 13:30:00", "2024-06-14 00:00:00", "2024-06-20 00:00:00");
  wanted.asked.from = at("2024-06-10 00:00:00");

  const auto got = rows(chart, wanted);

  ASSERT_TRUE(got) << got.error().line();
  EXPECT_EQ(got->bars.size(), 2U);
  EXPECT_EQ(got->neighbours.timestamp, std::vector{at("2024-06-12 19:55:00")});
  EXPECT_EQ(got->at_close, 0U);
}

TEST(YahooRows, OfAnotherRangeAreAnError) {
  const ChartText early{.interval = "5m",
                        .times = {at("2024-06-12 13:30:00"), at("2024-06-13 13:35:00")}};
  const ChartText long_ago{.times = {at("2023-06-12 13:30:00"), at("2024-06-13 13:30:00")}};

  const auto five = rows(early, intraday(Timeframe::m5, "2024-06-13 00:00:00",
                                         "2024-06-14 00:00:00", "2024-06-20 00:00:00"));
  const auto days =
      rows(long_ago, daily("2024-06-01 00:00:00", "2024-06-30 00:00:00", "2024-08-01 00:00:00"));

  EXPECT_EQ(five.error().kind, ErrorKind::data);
  EXPECT_EQ(days.error().kind, ErrorKind::data);
}

TEST(YahooRows, InAnUnknownTimeZoneAreAnError) {
  const ChartText chart{.zone = "Mars/Olympus", .times = {at("2024-06-12 13:30:00")}};

  EXPECT_EQ(rows(chart, daily("2024-06-01 00:00:00", "2024-06-30 00:00:00", "2024-08-01 00:00:00"))
                .error()
                .kind,
            ErrorKind::data);
}

}  // namespace
}  // namespace chandler::yahoo
