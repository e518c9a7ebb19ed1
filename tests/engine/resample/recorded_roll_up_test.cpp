// Roll-ups of recorded fine series equal the recorded coarse ones; what is true of each file is in
// the fixtures' README.
#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "chandler/resample.h"
#include "recorded_series.h"

namespace chandler {
namespace {

const Calendar kAlways{CalendarKind::always};
const Calendar kUs{CalendarKind::us_equities};
const Calendar kForex{CalendarKind::forex};

Instant at(const char* text) { return *parse_exact(text); }
const Instant kLater = at("2100-01-01 00:00:00");

#define CHANDLER_RECORDED(variable, name)      \
  const auto variable = recorded_series(name); \
  if (!(variable)) GTEST_SKIP() << (name) << " is not among the fixtures"

// Every bar of `made` is in `recorded`: prices to the last bit, volume but for the rounding of
// sums.
void expect_recorded(const BarSeries& made, const BarSeries& recorded) {
  for (std::size_t i = 0; i < made.size(); ++i) {
    const std::size_t j = recorded.lower_bound(made.timestamp[i]);
    ASSERT_LT(j, recorded.size());
    ASSERT_EQ(format_instant(recorded.timestamp[j]), format_instant(made.timestamp[i]));
    for (const Column c : {Column::open, Column::high, Column::low, Column::close}) {
      EXPECT_EQ(made.column(c)[i], recorded.column(c)[j])
          << to_string(c) << " " << format_instant(made.timestamp[i]);
    }
    EXPECT_NEAR(made.volume[i], recorded.volume[j], 1e-9 * recorded.volume[j])
        << format_instant(made.timestamp[i]);
  }
}

TEST(RecordedRollUp, BinanceMinutesMakeTheHoursAndTheDay) {
  CHANDLER_RECORDED(minutes, "binance_futures_ADAUSDT_1m");
  CHANDLER_RECORDED(hours, "binance_futures_ADAUSDT_1h");
  CHANDLER_RECORDED(days, "binance_futures_ADAUSDT_1d");

  const auto made =
      roll_up_all(*minutes, {}, {Timeframe::m1, {Timeframe::h1, Timeframe::d1}, kAlways, kLater});

  EXPECT_EQ(made[0].bars.size(), 24U);
  EXPECT_EQ(made[1].bars.size(), 1U);
  expect_recorded(made[0].bars, *hours);
  expect_recorded(made[1].bars, *days);
  EXPECT_TRUE(made[1].incomplete.empty());
}

TEST(RecordedRollUp, CoinbaseMinutesMakeTheDayDespiteItsGaps) {
  CHANDLER_RECORDED(minutes, "coinbase_BTCUSD_1m_5days");
  CHANDLER_RECORDED(days, "coinbase_BTCUSD_1d");

  const RolledUp made = roll_up(*minutes, {}, {Timeframe::m1, Timeframe::d1, kAlways, kLater});

  EXPECT_EQ(made.bars.size(), 5U);
  expect_recorded(made.bars, *days);
  EXPECT_TRUE(std::binary_search(made.incomplete.begin(), made.incomplete.end(),
                                 at("2018-04-04 00:00:00")));
}

// Until 2009 some half days have prints after 13:00, which the recorded day counts and a regular
// session does not.
std::set<Instant> days_with_bars_after_the_close(const BarSeries& hours) {
  std::set<Instant> days;
  for (const Instant t : hours.timestamp) {
    if (!kUs.expects(Timeframe::h1, t)) days.insert(kUs.bucket(Timeframe::d1, Timeframe::h1, t));
  }
  return days;
}

BarSeries without(const BarSeries& bars, const std::set<Instant>& labels) {
  BarSeries out;
  for (std::size_t i = 0; i < bars.size(); ++i) {
    if (labels.count(bars.timestamp[i]) == 0) out.append(bars, i, i + 1);
  }
  return out;
}

TEST(RecordedRollUp, EverySessionOf23YearsEqualsItsHours) {
  CHANDLER_RECORDED(hours, "SPY_1h");
  CHANDLER_RECORDED(days, "SPY_1d");

  const RolledUp made = roll_up(*hours, {}, {Timeframe::h1, Timeframe::d1, kUs, kLater});

  EXPECT_EQ(made.bars.timestamp, days->timestamp);
  const auto late = days_with_bars_after_the_close(*hours);
  const BarSeries compared = without(made.bars, late);
  EXPECT_GT(compared.size(), 5'800U);
  expect_recorded(compared, *days);
  for (const Instant day : late) {
    EXPECT_TRUE(kUs.sessions({day, day + std::chrono::hours{24}}).front().early_close)
        << format_instant(day);
  }
}

TEST(RecordedRollUp, RegularMinutesMakeTheSession) {
  CHANDLER_RECORDED(minutes, "SPY_1m_extended_hours");
  CHANDLER_RECORDED(days, "SPY_1d");

  const RolledUp made = roll_up(*minutes, {}, {Timeframe::m1, Timeframe::d1, kUs, kLater});

  ASSERT_EQ(made.bars.size(), 6U);
  EXPECT_TRUE(made.incomplete.empty());
  const std::size_t from = days->lower_bound(made.bars.timestamp.front());
  const BarSeries recorded = days->slice(from, from + 6);
  EXPECT_EQ(made.bars.timestamp, recorded.timestamp);
  EXPECT_EQ(made.bars.open, recorded.open);
  EXPECT_EQ(made.bars.high, recorded.high);
  EXPECT_EQ(made.bars.close, recorded.close);
  int lows = 0;
  for (std::size_t i = 0; i < 6; ++i) lows += made.bars.low[i] == recorded.low[i] ? 1 : 0;
  EXPECT_EQ(lows, 5);
}

TEST(RecordedRollUp, ForexHoursMakeTheUtcDay) {
  CHANDLER_RECORDED(hours, "oanda_EURUSD_1h_bid");
  CHANDLER_RECORDED(days, "oanda_EURUSD_1d_bid");

  const RolledUp made = roll_up(*hours, {}, {Timeframe::h1, Timeframe::d1, kForex, kLater});

  EXPECT_EQ(made.bars.timestamp, days->timestamp);
  expect_recorded(made.bars, *days);
}

// The calendar against 23 years of bars that nobody here made up: odd years, too.
TEST(RecordedRollUp, TheCalendarExpectsExactlyTheSessionsThatWereTraded) {
  CHANDLER_RECORDED(days, "SPY_1d");
  const TimeRange range{days->timestamp.front(), days->timestamp.back() + std::chrono::hours{24}};

  std::vector<Instant> expected;
  for (const Session& session : kUs.sessions(range)) expected.push_back(session.date);
  EXPECT_EQ(expected, days->timestamp);
}

}  // namespace
}  // namespace chandler
