#include "manager/reach.h"

#include <gtest/gtest.h>

namespace chandler {
namespace {

using enum Timeframe;

const Calendar kStocks{CalendarKind::us_equities};
const Calendar kCrypto{CalendarKind::always};
const Calendar kNobodyKnows{CalendarKind::none};

Instant at(const char* text) { return *parse_when(text, {}); }

TEST(WholeBars, ReachFromABorderToABorder) {
  struct Case {
    const Calendar& calendar;
    Timeframe timeframe;
    TimeRange range, whole;
  };
  const Case cases[] = {
      {kCrypto,
       h1,
       {at("2024-03-01T10:30"), at("2024-03-01T12:30")},
       {at("2024-03-01T11:00"), at("2024-03-01T13:00")}},
      {kCrypto, mo1, {at("2024-01-15"), at("2024-03-02")}, {at("2024-02-01"), at("2024-04-01")}},
      {kNobodyKnows,
       h1,
       {at("2024-03-01T10:30"), at("2024-03-01T12:30")},
       {at("2024-03-01T11:00"), at("2024-03-01T13:00")}},
      {kStocks,
       d1,
       {at("2024-01-06"), at("2024-01-10")},
       {at("2024-01-08"), at("2024-01-09T21:00")}},
  };
  for (const Case& c : cases)
    EXPECT_EQ(whole_bars(c.calendar, c.timeframe, c.range), c.whole) << format_iso(c.range.from);

  EXPECT_TRUE(whole_bars(kStocks, d1, {at("2024-01-06"), at("2024-01-08")}).empty());
  EXPECT_TRUE(
      whole_bars(kNobodyKnows, h1, {at("2024-01-06T00:01"), at("2024-01-06T00:02")}).empty());
}

TEST(OverBy, IsTheInstantOrABarThatIsStillForming) {
  EXPECT_EQ(over_by(kCrypto, h1, at("2024-03-01T10:30")), at("2024-03-01T10:00"));
  EXPECT_EQ(over_by(kCrypto, h1, at("2024-03-01T10:00")), at("2024-03-01T10:00"));
  EXPECT_EQ(over_by(kNobodyKnows, h1, at("2024-03-01T10:30")), at("2024-03-01T10:00"));
  EXPECT_EQ(over_by(kStocks, d1, at("2024-01-05T01:00")), at("2024-01-05"));
  EXPECT_EQ(over_by(kStocks, d1, at("2024-01-05T21:00")), at("2024-01-05T21:00"));
  EXPECT_EQ(over_by(kStocks, w1, at("2024-01-05T21:00")), at("2024-01-01"));
}

TEST(SlotsBack, CountOnlyExpectedBars) {
  EXPECT_EQ(slots_back(kCrypto, h1, at("2024-03-01T10:00"), 3), at("2024-03-01T07:00"));
  EXPECT_EQ(slots_back(kStocks, d1, at("2024-01-08"), 3), at("2024-01-03"));
  EXPECT_EQ(slots_back(kStocks, m1, at("2024-01-08T14:31"), 2), at("2024-01-05T20:59"));
  EXPECT_EQ(slots_back(kCrypto, mo1, at("2024-03-01"), 13), at("2023-02-01"));
  EXPECT_EQ(slots_back(kNobodyKnows, h1, at("2024-03-01T10:00"), 3), at("2024-03-01T07:00"));
  EXPECT_EQ(slots_back(kCrypto, d1, at("1970-01-05"), 1'000'000'000), at("1970-01-01"));
}

TEST(LookingBack, GoesOnUntilThereIsEnough) {
  Reach reach{kCrypto, h1, 10, at("2024-03-01T20:00")};
  EXPECT_EQ(reach.range(), (TimeRange{at("2024-03-01T10:00"), at("2024-03-01T20:00")}));

  EXPECT_TRUE(reach.extend(8));
  EXPECT_EQ(reach.range().from, at("2024-03-01T06:00"));
  EXPECT_FALSE(reach.extend(10));
}

TEST(LookingBack, EndsSomewhere) {
  for (const Calendar& calendar : {kCrypto, kStocks, kNobodyKnows}) {
    for (const Timeframe tf : kAllTimeframes) {
      for (const std::size_t bars : {1U, 10U, 1000U}) {
        Reach reach{calendar, tf, bars, at("2024-03-01T20:00")};
        const auto distance = reach.range().to - reach.range().from;
        int steps = 0;
        while (reach.extend(0)) ++steps;

        const auto looked = reach.range().to - reach.range().from;
        EXPECT_LE(steps, 12) << to_string(tf) << bars;
        EXPECT_LE(looked, std::max(3 * distance, distance + seconds{30 * 86400}));
        EXPECT_TRUE(looked >= 3 * distance || reach.range().from == Instant{}) << to_string(tf);
      }
    }
  }
}

}  // namespace
}  // namespace chandler
