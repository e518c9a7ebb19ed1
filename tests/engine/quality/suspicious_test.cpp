#include <gtest/gtest.h>

#include <cmath>
#include <random>

#include "chandler/quality.h"
#include "tests/engine/quality/series.h"

namespace chandler {
namespace {

const Instant kStart = at("2024-03-11");

// A walk of small steps, with volume.
BarSeries walk(int count, double step = 0.001) {
  std::mt19937_64 random(11);
  BarSeries bars = bars_at(steps(kStart, seconds{60}, count));
  double price = 100;
  for (std::size_t i = 0; i < bars.size(); ++i) {
    bars.open[i] = price;
    price *= 1 + step * (static_cast<double>(random() % 2001) / 1000 - 1);
    bars.close[i] = price;
    bars.high[i] = std::max(bars.open[i], price);
    bars.low[i] = std::min(bars.open[i], price);
    bars.volume[i] = 1 + static_cast<double>(i % 7);
  }
  return bars;
}

BarSeries flat(int count, double volume) {
  BarSeries bars = bars_at(steps(kStart, seconds{60}, count));
  for (std::size_t i = 0; i < bars.size(); ++i)
    bars.volume[i] = volume + static_cast<double>(i % 2);
  return bars;
}

std::vector<Finding> only(Rule rule, const BarSeries& bars) {
  std::vector<Finding> found;
  for (const Finding& f : find_suspicious(bars)) {
    if (f.rule == rule) found.push_back(f);
  }
  return found;
}

TEST(Suspicious, FindsNothingInAWalk) {
  EXPECT_TRUE(find_suspicious(walk(2000)).empty());
  EXPECT_TRUE(find_suspicious(BarSeries{}).empty());
  EXPECT_TRUE(find_suspicious(walk(1)).empty());
}

TEST(Suspicious, FindsSpikesThatRevertAtOnce) {
  for (const double factor : {1.5, 0.01, 100.0}) {
    BarSeries bars = walk(500);
    bars.close[200] *= factor;

    EXPECT_EQ(only(Rule::price_spike, bars),
              (std::vector<Finding>{{Rule::price_spike, bars.timestamp[200], 200}}))
        << factor;
  }
}

TEST(Suspicious, TakesAJumpThatStaysForNews) {
  BarSeries bars = walk(500);
  for (std::size_t i = 200; i < bars.size(); ++i) bars.close[i] *= 1.5;

  EXPECT_TRUE(only(Rule::price_spike, bars).empty());
}

TEST(Suspicious, HalfOfTheWayBackIsAReversal) {
  for (const auto& [share, spikes] : {std::pair{0.4, 0U}, std::pair{0.6, 1U}}) {
    BarSeries bars = walk(500, 1e-5);
    for (std::size_t i = 200; i < bars.size(); ++i)
      bars.close[i] *= i == 200 ? 2 : std::pow(2.0, 1 - share);

    EXPECT_EQ(only(Rule::price_spike, bars).size(), spikes) << share;
  }
}

TEST(Suspicious, TwelveSigmasAreMeasuredByTheMedianDeviation) {
  // Returns of +1 %, 0 and -1 % in turn: their median deviation is 1 %, sigma 1.48 %, the
  // border 17.8 %.
  for (const auto& [spike, spikes] : {std::pair{0.17, 0U}, std::pair{0.185, 1U}}) {
    BarSeries bars = flat(400, 5);
    for (std::size_t i = 0; i < bars.size(); ++i)
      bars.close[i] = i % 3 == 0 ? 100 : 100 * std::exp(0.01);
    bars.close[200] = bars.close[199] * std::exp(spike);

    EXPECT_EQ(only(Rule::price_spike, bars).size(), spikes) << spike;
  }
}

TEST(Suspicious, FindsASpikeInAPriceThatHardlyMoves) {
  BarSeries bars = flat(200, 5);
  EXPECT_TRUE(only(Rule::price_spike, bars).empty());

  bars.close[100] = 12;

  ASSERT_EQ(only(Rule::price_spike, bars).size(), 1U);
  EXPECT_EQ(only(Rule::price_spike, bars)[0].row, 100U);
}

TEST(Suspicious, FindsRunsWithoutVolume) {
  for (const auto& [length, runs] : {std::pair{29U, 0U}, std::pair{30U, 1U}}) {
    BarSeries bars = walk(300);
    for (std::size_t i = 0; i < length; ++i) bars.volume[50 + i] = 0;

    const auto found = only(Rule::zero_volume_run, bars);
    ASSERT_EQ(found.size(), runs) << length;
    EXPECT_TRUE(found.empty() || found[0].row == 50U);
  }
}

TEST(Suspicious, SaysNothingOfSeriesThatNeverHaveVolume) {
  BarSeries bars = walk(300);
  bars.volume.assign(300, 0);

  EXPECT_TRUE(find_suspicious(bars).empty());
}

TEST(Suspicious, FindsRunsOfIdenticalBars) {
  for (const auto& [length, runs] : {std::pair{9U, 0U}, std::pair{10U, 1U}, std::pair{40U, 1U}}) {
    BarSeries bars = walk(300);
    for (const Column c :
         {Column::open, Column::high, Column::low, Column::close, Column::volume}) {
      for (std::size_t i = 1; i < length; ++i) bars.column(c)[100 + i] = bars.column(c)[100];
    }

    EXPECT_EQ(only(Rule::stale_run, bars).size(), runs) << length;
  }
}

TEST(Suspicious, FlatBarsWithoutTradesAreNotStale) {
  BarSeries bars = walk(60);
  for (const Column c : {Column::open, Column::high, Column::low, Column::close}) {
    for (std::size_t i = 20; i < 40; ++i) bars.column(c)[i] = 100;
  }
  for (std::size_t i = 20; i < 40; ++i) bars.volume[i] = 0;

  EXPECT_TRUE(only(Rule::stale_run, bars).empty());
}

TEST(Suspicious, FindingsComeInTheOrderOfTheBars) {
  BarSeries bars = walk(400);
  bars.close[300] *= 2;
  for (std::size_t i = 50; i < 90; ++i) bars.volume[i] = 0;

  const auto found = find_suspicious(bars);

  ASSERT_EQ(found.size(), 2U);
  EXPECT_EQ(found[0].rule, Rule::zero_volume_run);
  EXPECT_EQ(found[1].rule, Rule::price_spike);
}

}  // namespace
}  // namespace chandler
