#include <gtest/gtest.h>

#include <stdexcept>
#include <string>

#include "chandler/resample.h"

namespace chandler {
namespace {

using std::chrono::hours;
using std::chrono::minutes;

const Calendar kAlways{CalendarKind::always};
const Calendar kUs{CalendarKind::us_equities};
const Calendar kForex{CalendarKind::forex};
const Calendar kNone{CalendarKind::none};

Instant at(const std::string& text) {
  return *parse_exact(text.size() == 10 ? text + " 00:00:00" : text);
}
const Instant kLater = at("2100-01-01");

void push(BarSeries& bars, Instant t, double open, double high, double low, double close,
          double volume) {
  bars.timestamp.push_back(t);
  bars.open.push_back(open);
  bars.high.push_back(high);
  bars.low.push_back(low);
  bars.close.push_back(close);
  bars.volume.push_back(volume);
}

// Bars of price 100 and volume 1 on every expected slot.
BarSeries flat(const Calendar& calendar, Timeframe tf, TimeRange range) {
  BarSeries bars;
  for (const SlotRun& run : calendar.expected(tf, range)) {
    for (std::int64_t i = 0; i < run.count; ++i)
      push(bars, run.first + i * run.step, 100, 100, 100, 100, 1);
  }
  return bars;
}

BarSeries without(const BarSeries& bars, Instant t) {
  const std::size_t row = bars.lower_bound(t);
  BarSeries out = bars.slice(0, row);
  out.append(bars, row + 1, bars.size());
  return out;
}

using Labels = std::vector<Instant>;

TEST(RollUp, TakesFirstHighestLowestLastAndSum) {
  BarSeries bars;
  push(bars, at("2024-01-01 00:00:00"), 10, 12, 9, 11, 1);
  push(bars, at("2024-01-01 00:01:00"), 11, 15, 10, 14, 2);
  push(bars, at("2024-01-01 00:02:00"), 14, 14, 8, 9, 4);

  const RolledUp r = roll_up(bars, {}, {Timeframe::m1, Timeframe::m3, kAlways, kLater});

  BarSeries expected;
  push(expected, at("2024-01-01 00:00:00"), 10, 15, 8, 9, 7);
  EXPECT_TRUE(identical(r.bars, expected));
  EXPECT_TRUE(r.incomplete.empty());
}

TEST(RollUp, PassesOverUnknownValues) {
  BarSeries bars = flat(kAlways, Timeframe::m1, {at("2024-01-01"), at("2024-01-01 00:09:00")});
  bars.columns.add(Column::adj_close)
      .add(Column::vwap)
      .add(Column::trade_count)
      .add(Column::turnover);
  bars.volume = {1, 2, 3, 1, 1, 1, 0, 0, 0};
  bars.adj_close = {50, 51, kUnknown, kUnknown, kUnknown, kUnknown, 1, 2, 3};
  bars.vwap = {100, kUnknown, 104, kUnknown, kUnknown, kUnknown, 7, 7, 7};
  bars.trade_count = {kUnknown, 5, 6, kUnknown, kUnknown, kUnknown, 0, 0, 0};
  bars.turnover = {1, 2, 4, kUnknown, kUnknown, kUnknown, 0, 0, 0};

  const RolledUp r = roll_up(bars, {}, {Timeframe::m1, Timeframe::m3, kAlways, kLater});

  ASSERT_EQ(r.bars.size(), 3U);
  EXPECT_EQ(r.bars.columns, bars.columns);
  EXPECT_EQ(r.bars.adj_close[0], 51);  // the last that is known
  EXPECT_EQ(r.bars.vwap[0], 103);      // (100 x 1 + 104 x 3) / 4
  EXPECT_EQ(r.bars.trade_count[0], 11);
  EXPECT_EQ(r.bars.turnover[0], 7);
  for (const Column c : {Column::adj_close, Column::vwap, Column::trade_count, Column::turnover}) {
    EXPECT_NE(r.bars.column(c)[1], r.bars.column(c)[1]) << to_string(c);
  }
  EXPECT_NE(r.bars.vwap[2], r.bars.vwap[2]);  // nothing was traded
  EXPECT_EQ(r.bars.trade_count[2], 0);
}

TEST(RollUp, WritesABarOnlyWhenItsBucketHasEnded) {
  const BarSeries bars =
      flat(kAlways, Timeframe::m1, {at("2024-01-01"), at("2024-01-01 00:10:00")});
  const auto rows = [&](const char* now) {
    return roll_up(bars, {}, {Timeframe::m1, Timeframe::m5, kAlways, at(now)}).bars.size();
  };

  EXPECT_EQ(rows("2024-01-01 00:04:59"), 0U);
  EXPECT_EQ(rows("2024-01-01 00:05:00"), 1U);
  EXPECT_EQ(rows("2024-01-01 00:09:59"), 1U);
  EXPECT_EQ(rows("2024-01-01 00:10:00"), 2U);
}

TEST(RollUp, EndsAStocksDayWithItsSession) {
  const BarSeries bars = flat(kUs, Timeframe::m1, {at("2024-07-02"), at("2024-07-04")});
  const auto rows = [&](const char* now) {
    return roll_up(bars, {}, {Timeframe::m1, Timeframe::d1, kUs, at(now)}).bars.size();
  };

  EXPECT_EQ(rows("2024-07-02 19:59:59"), 0U);
  EXPECT_EQ(rows("2024-07-02 20:00:00"), 1U);
  EXPECT_EQ(rows("2024-07-03 16:59:59"), 1U);
  EXPECT_EQ(rows("2024-07-03 17:00:00"), 2U);  // a half day
}

TEST(RollUp, CountsABucketWithAHoleAsIncomplete) {
  BarSeries bars = flat(kAlways, Timeframe::m1, {at("2024-01-01"), at("2024-01-02")});
  bars = without(bars, at("2024-01-01 05:07:00"));
  const auto incomplete = [&](Timeframe tf) {
    return roll_up(bars, {}, {Timeframe::m1, tf, kAlways, kLater}).incomplete;
  };

  EXPECT_EQ(incomplete(Timeframe::m3), Labels{at("2024-01-01 05:06:00")});
  EXPECT_EQ(incomplete(Timeframe::m5), Labels{at("2024-01-01 05:05:00")});
  EXPECT_EQ(incomplete(Timeframe::m30), Labels{at("2024-01-01 05:00:00")});
  EXPECT_EQ(incomplete(Timeframe::h4), Labels{at("2024-01-01 04:00:00")});
  EXPECT_EQ(incomplete(Timeframe::d1), Labels{at("2024-01-01")});
  EXPECT_EQ(incomplete(Timeframe::mo1), Labels{at("2024-01-01")});
}

TEST(RollUp, DropsTheMarkOfABucketThatHasNotEnded) {
  BarSeries bars = flat(kAlways, Timeframe::m1, {at("2024-01-01"), at("2024-01-01 00:08:00")});
  bars = without(bars, at("2024-01-01 00:01:00"));

  const RolledUp r =
      roll_up(bars, {}, {Timeframe::m1, Timeframe::m5, kAlways, at("2024-01-01 00:08:00")});

  EXPECT_EQ(r.bars.timestamp, Labels{at("2024-01-01")});
  EXPECT_EQ(r.incomplete, Labels{at("2024-01-01")});
}

TEST(RollUp, HandsIncompleteSourceBarsOn) {
  const BarSeries bars = flat(kAlways, Timeframe::m5, {at("2024-01-01"), at("2024-01-03")});
  const Labels source = {at("2024-01-01 07:10:00"), at("2024-01-02 23:55:00")};

  const RolledUp hours_ = roll_up(bars, source, {Timeframe::m5, Timeframe::h1, kAlways, kLater});
  const RolledUp days = roll_up(bars, source, {Timeframe::m5, Timeframe::d1, kAlways, kLater});

  EXPECT_EQ(hours_.incomplete, (Labels{at("2024-01-01 07:00:00"), at("2024-01-02 23:00:00")}));
  EXPECT_EQ(days.incomplete, (Labels{at("2024-01-01"), at("2024-01-02")}));
}

TEST(RollUp, PassesOverMarksOfBarsThatTakeNoPart) {
  BarSeries bars =
      flat(kAlways, Timeframe::m15, {at("2024-01-03 14:00:00"), at("2024-01-03 15:00:00")});
  const Labels before_the_opening = {at("2024-01-03 14:15:00")};

  const RolledUp r =
      roll_up(bars, before_the_opening, {Timeframe::m15, Timeframe::h1, kUs, kLater});

  EXPECT_EQ(r.bars.volume, std::vector<double>{2});
  EXPECT_TRUE(r.incomplete.empty());
}

TEST(RollUp, HasNothingToMissWithoutARule) {
  BarSeries bars;
  push(bars, at("2024-01-01 00:03:00"), 1, 1, 1, 1, 1);
  push(bars, at("2024-01-01 00:58:00"), 1, 1, 1, 1, 1);
  const auto incomplete = [&](const Labels& known) {
    return roll_up(bars, known, {Timeframe::m1, Timeframe::h1, kNone, kLater}).incomplete;
  };

  EXPECT_EQ(incomplete({}), Labels{});
  EXPECT_EQ(incomplete({at("2024-01-01 00:58:00")}), Labels{at("2024-01-01")});
  EXPECT_EQ(incomplete({at("2024-01-01 00:30:00")}), Labels{});  // no such bar
}

TEST(RollUp, NeverMixesSessions) {
  const TimeRange range{at("2024-07-02"), at("2024-07-06")};  // full, half, holiday, full
  const BarSeries bars = flat(kUs, Timeframe::m1, range);
  const auto volumes = [&](Timeframe tf) {
    const RolledUp r = roll_up(bars, {}, {Timeframe::m1, tf, kUs, kLater});
    EXPECT_TRUE(r.incomplete.empty()) << to_string(tf);
    EXPECT_EQ(static_cast<std::int64_t>(r.bars.size()),
              kUs.count_expected(tf, {range.from, range.to}))
        << to_string(tf);
    return r.bars.volume;
  };
  using Volumes = std::vector<double>;

  EXPECT_EQ(volumes(Timeframe::h4), (Volumes{150, 240, 150, 60, 150, 240}));
  EXPECT_EQ(volumes(Timeframe::h12), (Volumes{150, 240, 150, 60, 150, 240}));
  EXPECT_EQ(volumes(Timeframe::h8), (Volumes{390, 210, 390}));
  EXPECT_EQ(volumes(Timeframe::d1), (Volumes{390, 210, 390}));
  EXPECT_EQ(volumes(Timeframe::h1),
            (Volumes{30, 60, 60, 60, 60, 60, 60, 30, 60, 60, 60, 30, 60, 60, 60, 60, 60, 60}));
}

TEST(RollUp, FollowsTheSessionOverTheChangeOfTheClock) {
  const BarSeries bars = flat(kUs, Timeframe::m1, {at("2024-03-08"), at("2024-03-12")});

  const RolledUp fours = roll_up(bars, {}, {Timeframe::m1, Timeframe::h4, kUs, kLater});
  const RolledUp days = roll_up(bars, {}, {Timeframe::m1, Timeframe::d1, kUs, kLater});

  EXPECT_EQ(fours.bars.timestamp, (Labels{at("2024-03-08 13:00:00"), at("2024-03-08 17:00:00"),
                                          at("2024-03-11 12:00:00"), at("2024-03-11 16:00:00")}));
  EXPECT_EQ(days.bars.timestamp, (Labels{at("2024-03-08"), at("2024-03-11")}));
  EXPECT_TRUE(fours.incomplete.empty());
  EXPECT_TRUE(days.incomplete.empty());
}

TEST(RollUp, LeavesExtendedHoursOut) {
  const TimeRange range{at("2024-01-02"), at("2024-01-05")};
  const BarSeries regular = flat(kUs, Timeframe::m1, range);
  const BarSeries around_the_clock = flat(kAlways, Timeframe::m1, range);

  for (const Timeframe tf :
       {Timeframe::m5, Timeframe::h1, Timeframe::h12, Timeframe::d1, Timeframe::w1}) {
    const RolledUp a = roll_up(regular, {}, {Timeframe::m1, tf, kUs, kLater});
    const RolledUp b = roll_up(around_the_clock, {}, {Timeframe::m1, tf, kUs, kLater});
    EXPECT_TRUE(identical(a.bars, b.bars)) << to_string(tf);
    EXPECT_EQ(a.incomplete, b.incomplete) << to_string(tf);
  }
}

TEST(RollUp, KeepsForexBarsOutsideTheHours) {
  BarSeries bars;  // the hour before the week opens
  push(bars, at("2024-01-07 21:00:00"), 2, 2, 2, 2, 0);
  push(bars, at("2024-01-07 22:00:00"), 3, 3, 3, 3, 0);
  push(bars, at("2024-01-07 23:00:00"), 4, 4, 4, 4, 0);

  const RolledUp whole = roll_up(bars, {}, {Timeframe::h1, Timeframe::d1, kForex, kLater});
  const RolledUp cut =
      roll_up(bars.slice(0, 2), {}, {Timeframe::h1, Timeframe::d1, kForex, kLater});

  EXPECT_EQ(whole.bars.open, std::vector<double>{2});
  EXPECT_TRUE(whole.incomplete.empty());
  EXPECT_EQ(cut.incomplete, Labels{at("2024-01-07")});
}

TEST(RollUp, MakesNothingOfNothing) {
  BarSeries none;
  none.columns.add(Column::vwap);

  for (const Calendar& calendar : {kAlways, kUs, kForex, kNone}) {
    const RolledUp r = roll_up(none, {}, {Timeframe::m1, Timeframe::mo1, calendar, kLater});
    EXPECT_TRUE(r.bars.empty());
    EXPECT_EQ(r.bars.columns, none.columns);
    EXPECT_TRUE(r.incomplete.empty());
  }
  // Only extended hours: nothing left of them.
  const BarSeries night =
      flat(kAlways, Timeframe::m1, {at("2024-01-03 02:00:00"), at("2024-01-03 03:00:00")});
  EXPECT_TRUE(roll_up(night, {}, {Timeframe::m1, Timeframe::h1, kUs, kLater}).bars.empty());
}

TEST(RollUp, RefusesATargetThatIsNotDownstream) {
  EXPECT_THROW(
      static_cast<void>(roll_up(BarSeries{}, {}, {Timeframe::m30, Timeframe::h1, kAlways, kLater})),
      std::invalid_argument);
}

TEST(RollUpAll, GivesTheTargetsInTheOrderAsked) {
  const BarSeries bars = flat(kAlways, Timeframe::m1, {at("2024-01-01"), at("2024-01-03")});

  const auto all = roll_up_all(bars, {},
                               {Timeframe::m1,
                                {Timeframe::d1, Timeframe::m5, Timeframe::d1, Timeframe::m15},
                                kAlways,
                                kLater});

  ASSERT_EQ(all.size(), 4U);
  EXPECT_EQ(all[0].bars.size(), 2U);
  EXPECT_EQ(all[1].bars.size(), 576U);
  EXPECT_TRUE(identical(all[2].bars, all[0].bars));
  EXPECT_EQ(all[3].bars.size(), 192U);
  EXPECT_TRUE(roll_up_all(bars, {}, {Timeframe::m1, {}, kAlways, kLater}).empty());
}

}  // namespace
}  // namespace chandler
