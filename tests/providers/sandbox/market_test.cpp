#include "sandbox/market.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <string>
#include <vector>

#include "chandler/quality.h"
#include "chandler/resample.h"

namespace chandler::sandbox {
namespace {

using enum AssetClass;

Market market_of(const std::string& name, AssetClass asset_class) {
  return {*Symbol::parse(name), asset_class};
}

Instant at(const std::string& text) { return *parse_exact(text); }

// Prints the difference, not only that there is one.
void expect_identical(const BarSeries& a, const BarSeries& b) {
  ASSERT_EQ(a.columns, b.columns);
  ASSERT_EQ(a.size(), b.size());
  for (std::size_t i = 0; i < a.size(); ++i) {
    ASSERT_EQ(format_instant(a.timestamp[i]), format_instant(b.timestamp[i]));
    ASSERT_TRUE(BarSeries::same_row(a, i, b, i)) << format_instant(a.timestamp[i]);
  }
}

struct Golden {
  std::string symbol;
  AssetClass asset_class;
  std::string at;
  std::vector<double> values;  // of the columns there are, in their order
};

// From market_reference.py, a second implementation.
const std::vector<Golden> kGolden = {
    {"BTCUSDT",
     crypto,
     "2018-01-01 00:00:00",
     {48961.5, 48978.07, 48931.88, 48951.19, 5.609375, 682.0, 274610.65234375}},
    {"BTCUSDT",
     crypto,
     "2024-02-29 23:59:00",
     {68983.41, 69035.03, 68972.7, 68989.15, 8.453125, 1027.0, 583223.94921875}},
    {"BTCUSDT",
     crypto,
     "2100-12-31 23:59:00",
     {85158.71, 85305.95, 85156.85, 85267.84, 1.46875, 179.0, 125170.296875}},
    {"QQZUSDT",
     crypto,
     "2021-06-01 12:34:00",
     {96.8223, 96.8986, 96.7921, 96.8438, 2095.75, 340.0, 202950.75}},
    {"AAPL",
     stock,
     "1990-01-02 14:30:00",
     {160.72, 160.76, 160.71, 160.76, 5239.0, 160.7375, 60.0}},
    {"AAPL", stock, "2024-11-29 17:59:00", {151.65, 151.7, 151.63, 151.7, 6168.0, 151.67, 84.0}},
    {"ZZTOP", stock, "2024-07-03 16:59:00", {99.56, 99.56, 99.56, 99.56, 6192.0, 99.56, 93.0}},
    {"EURUSD", forex, "2024-06-02 21:00:00", {1.25215, 1.25218, 1.25199, 1.25202, 4209.0}},
};

TEST(Market, SaysWhatTheReferenceSays) {
  for (const Golden& golden : kGolden) {
    SCOPED_TRACE(golden.symbol + " " + golden.at);
    const Market market = market_of(golden.symbol, golden.asset_class);
    const Instant t = at(golden.at);

    const BarSeries bars = market.bars(Timeframe::m1, {t, t + seconds{1}});

    ASSERT_EQ(bars.size(), 1U);
    std::vector<double> values;
    for (const Column c : kAllColumns) {
      if (bars.columns.has(c)) values.push_back(bars.column(c)[0]);
    }
    EXPECT_EQ(values, golden.values);
  }
}

TEST(Market, ADayHasTheReferencesBits) {
  const BarSeries day =
      market_of("BTCUSDT", crypto)
          .bars(Timeframe::m1, {at("2024-01-01 00:00:00"), at("2024-01-02 00:00:00")});

  std::uint64_t hash = 0xCBF29CE484222325U;
  for (const Column c : kAllColumns) {
    if (!day.columns.has(c)) continue;
    for (const double value : day.column(c)) {
      const auto bits = std::bit_cast<std::uint64_t>(value);
      for (unsigned shift = 0; shift < 64; shift += 8)
        hash = (hash ^ (bits >> shift & 0xFFU)) * 0x100000001B3U;
    }
  }
  EXPECT_EQ(hash, 0xCD89EBD2BB8F6EB6U);  // from market_reference.py
}

TEST(Market, ABarOpensWhereTheOneBeforeClosed) {
  const BarSeries bars =
      market_of("ETHUSDT", crypto)
          .bars(Timeframe::m1, {at("2019-12-30 00:00:00"), at("2020-01-04 00:00:00")});

  ASSERT_EQ(bars.size(), 5U * 1440);
  for (std::size_t i = 1; i < bars.size(); ++i) ASSERT_EQ(bars.open[i], bars.close[i - 1]) << i;
}

TEST(Market, RandomAccessGivesWhatASequentialReadGives) {
  for (const auto& [name, asset_class] :
       {std::pair{"BTCUSDT", crypto}, {"AAPL", stock}, {"GBPUSD", forex}}) {
    SCOPED_TRACE(name);
    const Market market = market_of(name, asset_class);
    const TimeRange range{at("2024-03-06 03:17:00"), at("2024-03-13 20:00:00")};
    const BarSeries all = market.bars(Timeframe::m1, range);

    BarSeries pieces;
    pieces.columns = market.columns();
    for (Instant t = range.from; t < range.to; t += seconds{60 * 97}) {
      pieces.append(
          market.bars(Timeframe::m1, TimeRange{t, t + seconds{60 * 97}}.intersect(range)));
    }

    expect_identical(pieces, all);
  }
}

TEST(Market, LimitGivesTheFirstOfThem) {
  for (const Timeframe tf : {Timeframe::m1, Timeframe::m15, Timeframe::d1}) {
    SCOPED_TRACE(to_string(tf));
    const Market market = market_of("AAPL", stock);
    const TimeRange range{at("2024-06-28 00:00:00"), at("2024-12-05 00:00:00")};

    const BarSeries few = market.bars(tf, range, 70);

    ASSERT_EQ(few.size(), 70U);
    expect_identical(few, market.bars(tf, range).slice(0, 70));
  }
  EXPECT_TRUE(market_of("AAPL", stock).bars(Timeframe::m1, year_range(2024), 0).empty());
}

// DST begins on 2024-03-10 and ends on 2024-11-03; 2024-07-03, 2024-11-29 are half days.
struct Span {
  std::string symbol;
  AssetClass asset_class;
  std::string from, to;
};

TEST(Market, EveryTimeframeIsTheRollUpOfItsMinutes) {
  const std::vector<Span> spans = {
      {"BTCUSDT", crypto, "2023-12-01 00:00:00", "2024-02-01 00:00:00"},
      {"AAPL", stock, "2024-03-01 00:00:00", "2024-04-01 00:00:00"},
      {"SPY", etf, "2024-07-01 00:00:00", "2024-08-01 00:00:00"},
      {"^GSPC", index, "2024-11-01 00:00:00", "2024-12-01 00:00:00"},
      {"EURUSD", forex, "2024-03-01 00:00:00", "2024-04-01 00:00:00"},
      {"ES=F", future, "2024-01-01 00:00:00", "2024-02-01 00:00:00"},
  };
  for (const Span& span : spans) {
    const Market market = market_of(span.symbol, span.asset_class);
    for (const Timeframe tf : kAllTimeframes) {
      if (tf == Timeframe::m1) continue;
      SCOPED_TRACE(span.symbol + " " + std::string(to_string(tf)));
      const TimeRange range{at(span.from), at(span.to)};
      // So wide that every bar of the range is whole.
      const TimeRange wide{range.from - std::chrono::hours{24 * 10},
                           range.to + std::chrono::hours{24 * 35}};
      const BarSeries rolled = roll_up(market.bars(Timeframe::m1, wide), {},
                                       {Timeframe::m1, tf, market.calendar(), Instant::max()})
                                   .bars;
      const BarSeries expected =
          rolled.slice(rolled.lower_bound(range.from), rolled.lower_bound(range.to));

      const BarSeries bars = market.bars(tf, range);

      expect_identical(bars, expected);
      EXPECT_EQ(static_cast<std::int64_t>(bars.size()),
                market.calendar().count_expected(tf, range));
    }
  }
}

TEST(Market, TradesWhenItsCalendarExpectsItAndAtNoOtherTime) {
  for (const auto& [name, asset_class] : {std::pair{"AAPL", stock}, {"EURUSD", forex}}) {
    SCOPED_TRACE(name);
    const Market market = market_of(name, asset_class);
    const TimeRange year = year_range(2024);

    const BarSeries bars = market.bars(Timeframe::m1, year);

    const Coverage coverage = find_gaps(
        bars.timestamp, Calendar::of(*Symbol::parse(name), asset_class), Timeframe::m1, year);
    EXPECT_EQ(coverage.missing, 0);
    EXPECT_EQ(coverage.present, static_cast<std::int64_t>(bars.size()));
  }
  const BarSeries half_day =
      market_of("AAPL", stock)
          .bars(Timeframe::m1, {at("2024-11-29 00:00:00"), at("2024-11-30 00:00:00")});
  ASSERT_EQ(half_day.size(), 210U);
  EXPECT_EQ(format_instant(half_day.timestamp.back()), "2024-11-29 17:59:00");
}

TEST(Market, WhatHasNoCalendarTradesAroundTheClock) {
  for (const auto& [name, asset_class] :
       {std::pair{"ES=F", future}, {"WHATEVER", unknown}, {"VOD.L", stock}}) {
    SCOPED_TRACE(name);

    const BarSeries bars =
        market_of(name, asset_class)
            .bars(Timeframe::m1, {at("2024-12-25 00:00:00"), at("2024-12-26 00:00:00")});

    EXPECT_EQ(bars.size(), 1440U);
  }
}

TEST(Market, IsListedOnADayOnWhichEveryTimeframeBegins) {
  for (const AssetClass asset_class : {crypto, stock}) {
    const Instant since = listed_since(asset_class);
    for (const Timeframe tf : kAllTimeframes)
      EXPECT_EQ(utc_floor(tf, since), since) << to_string(tf);
  }
  const Market market = market_of("BTCUSDT", crypto);

  EXPECT_TRUE(market.bars(Timeframe::m1, year_range(2017)).empty());
  const BarSeries weeks = market.bars(Timeframe::w1, {Instant::min(), at("2018-02-01 00:00:00")});
  ASSERT_FALSE(weeks.empty());
  EXPECT_EQ(format_instant(weeks.timestamp[0]), "2018-01-01 00:00:00");
  EXPECT_TRUE(market.bars(Timeframe::d1, {year_start(2101), Instant::max()}).empty());
}

TEST(Market, EveryBarStandsTheValidator) {
  // Names without a known price, so that every kind of made-up level is met.
  for (const auto& [stem, asset_class] :
       {std::pair{"QX", crypto}, {"QY", stock}, {"QZ", unknown}}) {
    for (int i = 0; i < 40; ++i) {
      const std::string name = stem + std::string(1, static_cast<char>('A' + i % 26)) +
                               std::to_string(i) + (asset_class == crypto ? "USDT" : "");
      SCOPED_TRACE(name);
      const Market market = market_of(name, asset_class);
      const TimeRange range{at("2022-05-02 00:00:00"), at("2022-05-09 00:00:00")};
      BarSeries bars = market.bars(Timeframe::m1, range);
      ASSERT_FALSE(bars.empty());

      const ValidationReport report = validate(bars, {.timeframe = Timeframe::m1,
                                                      .calendar = market.calendar(),
                                                      .asked = range,
                                                      .now = range.to});

      EXPECT_TRUE(report.findings.empty());
      EXPECT_TRUE(
          std::all_of(bars.volume.begin(), bars.volume.end(), [](double v) { return v > 0; }));
    }
  }
}

TEST(Market, ValuesKeepToTheirDecimals) {
  const auto whole = [](double v) { return v == std::floor(v); };
  for (const auto& [name, asset_class] :
       {std::pair{"DOGEUSDT", crypto}, {"QXAUSDT", crypto}, {"KO", stock}, {"USDJPY", forex}}) {
    SCOPED_TRACE(name);
    const Market market = market_of(name, asset_class);
    const double unit = std::pow(10, market.price_decimals());
    EXPECT_LE(market.price_decimals(), 6);

    const BarSeries bars =
        market.bars(Timeframe::d1, {at("2024-01-01 00:00:00"), at("2024-01-20 00:00:00")});

    for (std::size_t i = 0; i < bars.size(); ++i) {
      EXPECT_EQ(std::round(bars.close[i] * unit) / unit, bars.close[i]);
      EXPECT_EQ(std::round(bars.low[i] * unit) / unit, bars.low[i]);
      EXPECT_TRUE(whole(bars.volume[i] * (asset_class == crypto ? 64 : 1)));
      if (asset_class == crypto) {
        EXPECT_TRUE(whole(bars.turnover[i] * 256));
      }
    }
  }
}

TEST(Market, MovesAsAMarketMoves) {
  const BarSeries days =
      market_of("BTCUSDT", crypto).bars(Timeframe::d1, {year_start(2020), year_start(2024)});

  double squares = 0;
  for (std::size_t i = 1; i < days.size(); ++i) {
    const double change = std::log(days.close[i] / days.close[i - 1]);
    squares += change * change;
    EXPECT_LT(std::abs(change), 0.25) << format_instant(days.timestamp[i]);
  }
  const double daily = std::sqrt(squares / static_cast<double>(days.size() - 1));
  EXPECT_GT(daily, 0.01);
  EXPECT_LT(daily, 0.05);
  const auto [low, high] = std::minmax_element(days.close.begin(), days.close.end());
  EXPECT_GT(*low, 43'000.0 / 10);
  EXPECT_LT(*high, 43'000.0 * 10);
}

TEST(Market, SpellingsOfOneThingAreOneMarket) {
  const TimeRange day{at("2024-05-06 00:00:00"), at("2024-05-07 00:00:00")};
  const auto bars = [&](const std::string& name, AssetClass asset_class) {
    return market_of(name, asset_class).bars(Timeframe::h1, day);
  };

  expect_identical(bars("EURUSD=X", forex), bars("EURUSD", forex));
  expect_identical(bars("JPY=X", forex), bars("USDJPY", forex));
  expect_identical(bars("BRK-B", stock), bars("BRK.B", stock));
  EXPECT_FALSE(identical(bars("BRK.A", stock), bars("BRK.B", stock)));
}

TEST(Market, ExtendedHoursAreThinAndReachFromFourToTwenty) {
  const Market market = market_of("AAPL", stock);
  // The Friday before the clock is changed, and the Monday after: 04:00 is 09:00, then 08:00 UTC.
  const BarSeries bars =
      market.extended_minutes({at("2024-03-08 05:00:00"), at("2024-03-12 05:00:00")});

  ASSERT_FALSE(bars.empty());
  EXPECT_EQ(format_instant(bars.timestamp.front()), "2024-03-08 09:00:00");
  EXPECT_EQ(format_instant(bars.timestamp.back()), "2024-03-11 23:59:00");
  EXPECT_GT(bars.size(), 2U * 570 / 16);
  EXPECT_LT(bars.size(), 2U * 570 / 4);
  for (const Instant t : bars.timestamp) EXPECT_FALSE(market.calendar().expects(Timeframe::m1, t));
  EXPECT_TRUE(market_of("BTCUSDT", crypto).extended_minutes(year_range(2024)).empty());
}

}  // namespace
}  // namespace chandler::sandbox
