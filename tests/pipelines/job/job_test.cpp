// What a job file says, and what is made of what it leaves open.
#include "job/job.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "jobs.h"

namespace chandler {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr auto at = [](const char* text) { return *parse_exact(text); };

TEST(Job, KnowsItsKeys) {
  const Job job = good_job(R"({
    "$schema": "../job.schema.json",
    "name": "all-keys_1.0", "cache": "bars", "workers": 7, "on_error": "stop",
    "series": [
      {"symbols": ["btc/usdt", "stock:ABTC"], "timeframe": "1m", "derive": ["5m", "1h", "5m"],
       "provider": "binance", "from": "2024-01-01", "to": "2024-02-01T12:30", "extended_hours": true},
      {"symbols": "AAPL", "timeframe": "1d", "from": "-30d"}]
  })");

  EXPECT_EQ(job.name, "all-keys_1.0");
  EXPECT_EQ(job.cache, "dir/bars");
  EXPECT_EQ(job.workers, 7U);
  EXPECT_TRUE(job.stop_on_error);
  ASSERT_EQ(job.series.size(), 3U);

  const SeriesAsk& first = job.series[0];
  EXPECT_EQ(first.symbol.symbol.name(), "BTCUSDT");
  EXPECT_EQ(first.timeframe, Timeframe::m1);
  EXPECT_EQ(first.range, (TimeRange{at("2024-01-01 00:00:00"), at("2024-02-01 12:30:00")}));
  EXPECT_THAT(first.derive, ElementsAre(Timeframe::m5, Timeframe::h1));
  EXPECT_EQ(first.provider, "binance");
  EXPECT_TRUE(first.extended_hours);

  EXPECT_EQ(job.series[1].symbol.asset_class, AssetClass::stock);
  EXPECT_EQ(job.series[1].timeframe, Timeframe::m1);

  const SeriesAsk& last = job.series[2];
  EXPECT_EQ(last.symbol.symbol.name(), "AAPL");
  EXPECT_EQ(last.range, (TimeRange{at("2025-05-02 12:00:00"), noon_of_june()}));
  EXPECT_THAT(last.derive, IsEmpty());
  EXPECT_EQ(last.provider, "");
  EXPECT_FALSE(last.extended_hours);
}

TEST(Job, GoesOnWithFourWorkersUnlessTold) {
  const Job job = good_job(series_job(R"({"symbols": "AAPL", "timeframe": "1d"})"));

  EXPECT_EQ(job.name, "nightly");
  EXPECT_FALSE(job.cache);
  EXPECT_EQ(job.workers, 4U);
  EXPECT_FALSE(job.stop_on_error);
}

TEST(Job, TheTopSpeaksForSeriesThatAreSilent) {
  const Job job = good_job(R"({
    "timeframe": "1m", "derive": ["1h"], "provider": "sandbox", "from": "2024-01-01",
    "to": "2025-01-01", "extended_hours": true,
    "series": [
      {"symbols": "AAPL"},
      {"symbols": "MSFT", "timeframe": "1h", "derive": [], "provider": "yahoo", "from": "2024-03-01",
       "to": "2024-04-01", "extended_hours": false}]
  })");

  ASSERT_EQ(job.series.size(), 2U);
  EXPECT_EQ(job.series[0].timeframe, Timeframe::m1);
  EXPECT_THAT(job.series[0].derive, ElementsAre(Timeframe::h1));
  EXPECT_EQ(job.series[0].provider, "sandbox");
  EXPECT_EQ(job.series[0].range, year_range(2024));
  EXPECT_TRUE(job.series[0].extended_hours);
  EXPECT_EQ(job.series[1].timeframe, Timeframe::h1);
  EXPECT_THAT(job.series[1].derive, IsEmpty());
  EXPECT_EQ(job.series[1].provider, "yahoo");
  EXPECT_EQ(job.series[1].range, (TimeRange{at("2024-03-01 00:00:00"), at("2024-04-01 00:00:00")}));
  EXPECT_FALSE(job.series[1].extended_hours);
}

TEST(Job, TheConfigurationSpeaksForJobsThatAreSilent) {
  Around around;
  around.defaults = {
      .from = "-7d", .derive = {Timeframe::h1, Timeframe::w1, Timeframe::h1}, .workers = 2};
  const std::string silent = R"({"series": [{"symbols": "AAPL", "timeframe": "1m"},
                                            {"symbols": "MSFT", "timeframe": "1d"},
                                            {"symbols": "AAPL", "timeframe": "1w"}]})";
  const Job job = good_job(silent, around);

  EXPECT_EQ(job.workers, 2U);
  EXPECT_EQ(job.series[0].range, (TimeRange{at("2025-05-25 12:00:00"), noon_of_june()}));
  // Not what the job fetches itself.
  EXPECT_THAT(job.series[0].derive, ElementsAre(Timeframe::h1));
  // Only what can be made of the bars there are.
  EXPECT_THAT(job.series[1].derive, ElementsAre(Timeframe::w1));
  EXPECT_THAT(job.series[2].derive, IsEmpty());
}

TEST(Job, YieldsToNoConfiguration) {
  Around around;
  around.defaults = {.from = "-7d", .derive = {Timeframe::h1}, .workers = 2};
  const Job job = good_job(R"({"from": "2024-01-01", "workers": 3, "derive": ["5m"],
    "series": [{"symbols": "AAPL", "timeframe": "1m"}]})",
                           around);

  EXPECT_EQ(job.workers, 3U);
  EXPECT_EQ(job.series[0].range.from, at("2024-01-01 00:00:00"));
  EXPECT_THAT(job.series[0].derive, ElementsAre(Timeframe::m5));
}

TEST(Job, HasNoMoreWorkersThanAJobMayHave) {
  Around around;
  around.defaults.workers = 1000;

  EXPECT_EQ(good_job(series_job(R"({"symbols": "AAPL", "timeframe": "1d"})"), around).workers, 64U);
}

TEST(Job, BeginsWithTheCalendarAtTheEarliest) {
  const Job job =
      good_job(R"({"series": [{"symbols": "A", "timeframe": "1d", "from": "-1000000w"}]})");

  EXPECT_EQ(job.series[0].range.from, at("0001-01-01 00:00:00"));
}

TEST(Job, AnAbsoluteCacheStaysWhereItIs) {
  EXPECT_EQ(good_job(R"({"cache": "/data/bars", "from": "-1d",
                         "series": [{"symbols": "A", "timeframe": "1d"}]})")
                .cache,
            "/data/bars");
}

TEST(Job, MayAskForTheSameSymbolInSeveralTimeframes) {
  const Job job = good_job(
      series_job(R"({"symbols": "A", "timeframe": "1m"}, {"symbols": "A", "timeframe": "1M"})"));

  EXPECT_EQ(job.series.size(), 2U);
}

}  // namespace
}  // namespace chandler
