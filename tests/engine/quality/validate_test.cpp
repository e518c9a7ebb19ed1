#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <map>
#include <random>

#include "chandler/quality.h"
#include "tests/engine/quality/requests.h"
#include "tests/engine/quality/series.h"

namespace chandler {
namespace {

constexpr double kInf = std::numeric_limits<double>::infinity();
constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
TEST(Validate, LeavesSoundBarsAsTheyAre) {
  for (const CalendarKind kind : {CalendarKind::always, CalendarKind::forex, CalendarKind::none}) {
    BarSeries batch = bars_at(steps(kStart, seconds{60}, 1000));
    const BarSeries before = batch;

    const ValidationReport report = validate(batch, request(kind));

    EXPECT_EQ(rules_of(report), "");
    EXPECT_EQ(report.rows_in, 1000U);
    EXPECT_TRUE(identical(batch, before));
  }
}

TEST(Validate, TakesAnEmptyBatch) {
  BarSeries batch;

  const ValidationReport report = validate(batch, request(CalendarKind::us_equities));

  EXPECT_EQ(report.rows_in, 0U);
  EXPECT_FALSE(report.untrustworthy());
}

struct BadBar {
  Rule rule;
  double open, high, low, close, volume;
};

TEST(Validate, NamesTheFirstRuleThatABarBreaks) {
  const BadBar cases[] = {
      {Rule::bad_number, kNan, 12, 9, 11, 1},
      {Rule::bad_number, 10, kInf, 9, 11, 1},
      {Rule::bad_number, 10, 12, -kInf, 11, 1},
      {Rule::bad_number, 10, 12, 9, kNan, 1},
      {Rule::bad_number, 10, 12, 9, 11, kNan},
      {Rule::bad_number, -1, 12, 9, 11, kInf},
      {Rule::non_positive_price, 0, 12, 9, 11, 1},
      {Rule::non_positive_price, 10, -12, 9, 11, 1},
      {Rule::non_positive_price, 10, 12, -0.0, 11, 1},
      {Rule::non_positive_price, 10, 12, 9, -1, -1},
      {Rule::negative_volume, 10, 12, 9, 11, -1},
      {Rule::negative_volume, 10, 8, 9, 11, -1},
      {Rule::high_below_body, 10, 10.5, 9, 11, 1},
      {Rule::high_below_body, 10, 9, 11, 9, 1},
      {Rule::low_above_body, 10, 12, 10.5, 11, 1},
      {Rule::low_above_body, 11, 12, 10.5, 10, 1},
  };
  for (const BadBar& bad : cases) {
    BarSeries batch = bars_at(steps(kStart, seconds{60}, 3));
    add_bar(batch, kStart + seconds{180}, bad.open, bad.high, bad.low, bad.close, bad.volume);

    const ValidationReport report = validate(batch, request());

    ASSERT_EQ(report.findings.size(), 1U) << to_string(bad.rule);
    EXPECT_EQ(report.findings[0], (Finding{bad.rule, kStart + seconds{180}, 3}))
        << rules_of(report);
    EXPECT_EQ(report.count(bad.rule), 1U);
    EXPECT_EQ(report.rejected(), 1U);
    EXPECT_EQ(batch.size(), 3U);
  }
}

// Bars are looked at many at a time; a bad one is found wherever it stands among them.
TEST(Validate, FindsABadBarAtAnyPlaceOfALongBatch) {
  const BarSeries sound = bars_at(steps(kStart, seconds{60}, 1300));
  for (const std::size_t row : {0U, 1U, 510U, 511U, 512U, 513U, 1023U, 1024U, 1298U, 1299U}) {
    BarSeries batch = sound;
    batch.high[row] = batch.low[row] / 2;
    BarSeries shifted = sound;
    shifted.timestamp[row] += seconds{7};

    const ValidationReport values = validate(batch, request());
    const ValidationReport times = validate(shifted, request());

    ASSERT_EQ(values.findings.size(), 1U) << row;
    EXPECT_EQ(values.findings[0], (Finding{Rule::high_below_body, sound.timestamp[row], row}));
    ASSERT_EQ(times.findings.size(), 1U) << row;
    EXPECT_EQ(times.findings[0], (Finding{Rule::off_grid, sound.timestamp[row] + seconds{7}, row}));
    EXPECT_EQ(batch.size(), 1299U);
    EXPECT_EQ(shifted.size(), 1299U);
  }
}

TEST(Validate, HoldsKnownOptionalValuesToTheRules) {
  struct Case {
    Column column;
    double value;
    const char* expected;
  };
  const Case cases[] = {
      {Column::adj_close, kUnknown, ""},
      {Column::vwap, kUnknown, ""},
      {Column::trade_count, kUnknown, ""},
      {Column::turnover, 0, ""},
      {Column::adj_close, kInf, "bad_number@1 "},
      {Column::trade_count, kInf, "bad_number@1 "},
      {Column::turnover, -kInf, "bad_number@1 "},
      {Column::vwap, 0, "non_positive_price@1 "},
      {Column::adj_close, -1, "non_positive_price@1 "},
      {Column::trade_count, -1, "negative_volume@1 "},
      {Column::turnover, -1, "negative_volume@1 "},
  };
  for (const Case& c : cases) {
    BarSeries batch = bars_at(steps(kStart, seconds{60}, 3));
    batch.widen(ColumnSet{}.add(c.column));
    batch.column(c.column)[1] = c.value;

    const ValidationReport report = validate(batch, request());

    EXPECT_EQ(rules_of(report), c.expected) << to_string(c.column) << " " << c.value;
  }
}

TEST(Validate, RejectsBarsOffTheGrid) {
  BarSeries batch =
      bars_at(std::vector{kStart, kStart + seconds{60}, kStart + seconds{90}, kStart + seconds{120},
                          kStart + seconds{121}, kStart + seconds{180}});

  const ValidationReport report = validate(batch, request());

  EXPECT_EQ(rules_of(report), "off_grid@2 off_grid@4 ");
  EXPECT_EQ(batch.timestamp, steps(kStart, seconds{60}, 4));
}

TEST(Validate, KnowsTheGridOfEveryTimeframe) {
  for (const CalendarKind kind :
       {CalendarKind::always, CalendarKind::us_equities, CalendarKind::forex, CalendarKind::none}) {
    for (const Timeframe tf : kAllTimeframes) {
      std::vector<Instant> times;
      const Calendar calendar(kind);
      for (Instant t = at("2024-02-28"); t < at("2024-04-02"); t += seconds{1800})
        times.push_back(t);
      BarSeries batch = bars_at(times);
      ValidationRequest asked = request(kind, tf);
      asked.extended_hours = true;

      const ValidationReport report = validate(batch, asked);

      std::size_t off_grid = 0;
      for (const Instant t : times) off_grid += calendar.on_grid(tf, t) ? 0 : 1;
      EXPECT_EQ(report.count(Rule::off_grid), off_grid) << to_string(kind) << " " << to_string(tf);
      EXPECT_EQ(batch.size(), times.size() - off_grid);
    }
  }
}

TEST(Validate, RejectsBarsOutsideOfWhatWasAskedAndStillOpenOnes) {
  ValidationRequest asked = request(CalendarKind::always, Timeframe::h1);
  asked.asked = {at("2024-05-31 20:00:00"), at("2024-06-01 04:00:00")};
  asked.now = at("2024-05-31 23:59:59");
  BarSeries batch = bars_at(steps(at("2024-05-31 19:00:00"), seconds{3600}, 6));

  const ValidationReport report = validate(batch, asked);

  EXPECT_EQ(rules_of(report), "out_of_range@0 out_of_range@4 out_of_range@5 ");
  EXPECT_EQ(batch.timestamp, steps(at("2024-05-31 20:00:00"), seconds{3600}, 3));
}

TEST(Validate, ADayOfAStockIsOverWhenItsSessionCloses) {
  ValidationRequest asked = request(CalendarKind::us_equities, Timeframe::d1);
  for (const auto& [now, kept] :
       {std::pair{"2024-05-31 19:59:59", 1U}, std::pair{"2024-05-31 20:00:00", 2U}}) {
    asked.now = at(now);
    BarSeries batch = bars_at(std::vector{at("2024-05-30"), at("2024-05-31")});

    const ValidationReport report = validate(batch, asked);

    EXPECT_EQ(batch.size(), kept) << now;
    EXPECT_EQ(report.count(Rule::out_of_range), 2U - kept);
  }
}

TEST(Validate, SurvivesAnyTimestamp) {
  const std::vector<Instant> wild = {
      Instant::min(),  Instant::min() + seconds{1}, from_epoch(-62'135'596'860),
      from_epoch(-60), from_epoch(253'402'300'800), Instant::max() - seconds{1},
      Instant::max()};
  for (const CalendarKind kind :
       {CalendarKind::always, CalendarKind::us_equities, CalendarKind::forex, CalendarKind::none}) {
    for (const Timeframe tf : kAllTimeframes) {
      for (const Instant now : {kNow, Instant::max(), Instant::min()}) {
        BarSeries batch = bars_at(wild);
        ValidationRequest asked = request(kind, tf);
        asked.now = now;

        const ValidationReport report = validate(batch, asked);

        EXPECT_TRUE(batch.empty());
        EXPECT_EQ(report.rejected(), wild.size());
      }
    }
  }
}

TEST(Validate, DropsAndCountsExtendedHours) {
  const std::vector<Instant> times =
      steps(at("2024-03-11 13:00:00"), seconds{1800}, 16);  // 09:00 to 16:30 New York
  BarSeries regular = bars_at(times);
  BarSeries extended = bars_at(times);
  ValidationRequest asked = request(CalendarKind::us_equities, Timeframe::m30);

  const ValidationReport dropped = validate(regular, asked);
  asked.extended_hours = true;
  const ValidationReport kept = validate(extended, asked);

  EXPECT_EQ(rules_of(dropped), "outside_session@0 outside_session@14 outside_session@15 ");
  EXPECT_EQ(dropped.rejected(), 0U);
  EXPECT_EQ(regular.timestamp, steps(at("2024-03-11 13:30:00"), seconds{1800}, 13));
  EXPECT_EQ(rules_of(kept), "");
  EXPECT_EQ(extended.size(), 16U);
}

TEST(Validate, DropsWeekendsOfForexButNotOfCoins) {
  const std::vector<Instant> weekend = steps(at("2024-03-09"), seconds{3600}, 24);
  BarSeries forex = bars_at(weekend);
  BarSeries coin = bars_at(weekend);

  EXPECT_EQ(
      validate(forex, request(CalendarKind::forex, Timeframe::h1)).count(Rule::outside_session),
      24U);
  EXPECT_EQ(validate(coin, request(CalendarKind::always, Timeframe::h1)).findings.size(), 0U);
}

TEST(Validate, NegativeZerosBecomeZeros) {
  BarSeries batch = bars_at(std::vector{kStart, kStart + seconds{60}, kStart + seconds{60}});
  batch.widen(ColumnSet{}.add(Column::trade_count).add(Column::turnover));
  batch.volume = {-0.0, -0.0, 0.0};
  batch.trade_count = {-0.0, 0.0, -0.0};
  batch.turnover = {-0.0, 0.0, 0.0};

  const ValidationReport report = validate(batch, request());

  EXPECT_EQ(rules_of(report), "duplicate@2 ");
  for (const double value :
       {batch.volume[0], batch.volume[1], batch.trade_count[0], batch.turnover[0]}) {
    EXPECT_EQ(value, 0);
    EXPECT_FALSE(std::signbit(value));
  }
}

TEST(Validate, DoesNotTrustABatchOfWhichMoreThanHalfIsRejected) {
  for (const auto& [bad, trusted] : {std::pair{2U, true}, std::pair{3U, false}}) {
    BarSeries batch = bars_at(steps(kStart, seconds{60}, 4));
    for (std::size_t i = 0; i < bad; ++i) batch.low[i] = -1;

    EXPECT_EQ(validate(batch, request()).untrustworthy(), !trusted) << bad;
  }
}

TEST(Validate, FindsTheRegularSessionInRecordedMinutes) {
  auto minutes = recorded("SPY_1m_extended_hours");
  if (!minutes) GTEST_SKIP() << "no fixture series/SPY_1m_extended_hours";

  const ValidationReport report = validate(*minutes, request(CalendarKind::us_equities));

  EXPECT_EQ(report.rows_in, 4839U);
  EXPECT_EQ(report.count(Rule::outside_session), 4839U - 2340U);
  EXPECT_EQ(minutes->size(), 2340U);
}

// The recording has hours after 13:00 New York on some half days.
TEST(Validate, DropsRecordedHoursAfterAnEarlyClose) {
  auto hours = recorded("SPY_1h");
  if (!hours) GTEST_SKIP() << "no fixture series/SPY_1h";

  const ValidationReport report =
      validate(*hours, request(CalendarKind::us_equities, Timeframe::h1));

  EXPECT_EQ(report.findings.size(), 47U);
  for (const Finding& finding : report.findings) {
    EXPECT_EQ(finding.rule, Rule::outside_session);
    const Instant day = day_start(finding.at);
    const auto sessions = Calendar(CalendarKind::us_equities).sessions({day, day + seconds{86400}});
    ASSERT_EQ(sessions.size(), 1U);
    EXPECT_TRUE(sessions[0].early_close) << format_iso(day);
  }
}

TEST(Validate, RecordedSeriesAreSound) {
  const std::tuple<const char*, CalendarKind, Timeframe> cases[] = {
      {"SPY_1d", CalendarKind::us_equities, Timeframe::d1},
      {"coinbase_BTCUSD_1d", CalendarKind::always, Timeframe::d1},
      {"binance_BTCUSDT_1h_2018-05", CalendarKind::always, Timeframe::h1},
      {"oanda_EURUSD_1h_bid", CalendarKind::forex, Timeframe::h1}};
  for (const auto& [name, kind, tf] : cases) {
    auto bars = recorded(name);
    if (!bars) GTEST_SKIP() << "no fixture series/" << name;
    EXPECT_EQ(rules_of(validate(*bars, request(kind, tf))), "") << name;
  }
}

// The same, said plainly: every bar is looked at by the calendar, the kept ones go into a map.
struct Plain {
  std::map<Instant, double> close_at;
  std::map<Rule, std::size_t> counts;
  std::size_t conflicts = 0;
};

Plain validate_plainly(const BarSeries& batch, const ValidationRequest& r) {
  Plain plain;
  bool newest_first = true;
  Instant latest = Instant::min();
  std::optional<Instant> before;
  for (std::size_t i = 0; i < batch.size(); ++i) {
    const Instant t = batch.timestamp[i];
    if (batch.low[i] <= 0) {
      ++plain.counts[Rule::non_positive_price];
    } else if (!r.calendar.on_grid(r.timeframe, t)) {
      ++plain.counts[Rule::off_grid];
    } else if (!r.asked.contains(t) || r.calendar.bar_end(r.timeframe, t) > r.now) {
      ++plain.counts[Rule::out_of_range];
    } else if (!r.extended_hours && r.calendar.kind() != CalendarKind::none &&
               !r.calendar.expects(r.timeframe, t)) {
      ++plain.counts[Rule::outside_session];
    } else {
      if (t < latest) ++plain.counts[Rule::out_of_order];
      latest = std::max(latest, t);
      newest_first = newest_first && (!before || t <= *before);
      before = t;
      const auto [known, fresh] = plain.close_at.emplace(t, batch.close[i]);
      if (!fresh && known->second == batch.close[i]) ++plain.counts[Rule::duplicate];
      if (!fresh && known->second != batch.close[i]) ++plain.conflicts;
      known->second = batch.close[i];
    }
  }
  if (newest_first) plain.counts[Rule::out_of_order] = 0;
  return plain;
}

TEST(Validate, AgreesWithAPlainVersionOnRandomBatches) {
  std::mt19937_64 random(6);
  constexpr Timeframe kFrames[] = {Timeframe::m15, Timeframe::h1, Timeframe::h4, Timeframe::d1,
                                   Timeframe::mo1};
  for (int round = 0; round < 2000; ++round) {
    const auto kind = static_cast<CalendarKind>(random() % 4);
    ValidationRequest asked = request(kind, kFrames[random() % std::size(kFrames)]);
    asked.extended_hours = random() % 2 == 0;
    asked.asked = {at("2024-02-25"), at("2024-05-30")};
    asked.now = at("2024-05-29 12:00:00");
    const seconds step =
        asked.timeframe == Timeframe::mo1 ? seconds{86400} : nominal_length(asked.timeframe);
    BarSeries batch;
    Instant t = kStart + static_cast<std::int64_t>(random() % 300) * step;
    const std::size_t mood = random() % 4;
    for (std::size_t i = random() % 60; i > 0; --i) {
      add_bar(batch, t, 10, 12, random() % 20 == 0 ? -1 : 9, random() % 2 == 0 ? 10 : 11, 1);
      if (mood == 0) t += static_cast<std::int64_t>(random() % 3) * step;
      if (mood == 1) t -= static_cast<std::int64_t>(random() % 3) * step;
      if (mood == 2) t += step;
      if (mood == 3) t += (static_cast<std::int64_t>(random() % 9) - 4) * step / 2;
    }
    const Plain plain = validate_plainly(batch, asked);

    const ValidationReport report = validate(batch, asked);

    for (const Rule rule : {Rule::non_positive_price, Rule::off_grid, Rule::out_of_range,
                            Rule::outside_session, Rule::out_of_order, Rule::duplicate}) {
      const auto expected = plain.counts.find(rule);
      ASSERT_EQ(report.count(rule), expected == plain.counts.end() ? 0U : expected->second)
          << round << " " << to_string(rule);
    }
    ASSERT_EQ(report.conflicts.size(), plain.conflicts) << round;
    ASSERT_EQ(batch.size(), plain.close_at.size()) << round;
    std::size_t row = 0;
    for (const auto& [when, close] : plain.close_at) {
      ASSERT_EQ(batch.timestamp[row], when);
      ASSERT_EQ(batch.close[row], close);
      ++row;
    }
  }
}

}  // namespace
}  // namespace chandler
