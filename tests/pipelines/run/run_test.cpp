// What a run asks for, keeps and says: planner, lanes, steps and graph together, without network.
#include <gmock/gmock.h>

#include "tests/pipelines/run_box.h"

namespace chandler {
namespace {

using testing::day;
using testing::days;
using testing::report_of;
using testing::RunBox;
using testing::want;

const SeriesId kBtc{*Symbol::parse("BTCUSDT"), Timeframe::m1};

class RunTest : public ::testing::Test {
 protected:
  Cache& cache() { return box.box.cache(); }
  std::size_t rows(const SeriesId& id = kBtc) {
    const auto bars = cache().read(id);
    return bars ? bars->size() : 0;
  }
  // What a cache holds that was never disturbed.
  static std::map<std::string, std::size_t> undisturbed(const std::vector<SeriesAsk>& asks) {
    RunBox other;
    other.run(asks);
    return other.data();
  }
  RunBox box;
};

TEST_F(RunTest, FetchesEverythingAndRollsItUp) {
  const auto result = box.run({want("BTCUSDT", Timeframe::m1, days("2024-01-01", "2024-01-11"),
                                    {Timeframe::m5, Timeframe::d1})});
  ASSERT_EQ(result.series.size(), 3U);
  EXPECT_EQ(result.series[0].outcome.status, WriteStatus::ok);
  EXPECT_EQ(result.series[0].outcome.provider, "first");
  EXPECT_EQ(result.series[0].outcome.rows_written, 14400U);
  EXPECT_EQ(result.series[0].pages, 29U);
  EXPECT_EQ(result.series[0].score, 1);
  EXPECT_EQ(result.series[1].outcome.rows_written, 2880U);
  EXPECT_EQ(result.series[2].derived_from, Timeframe::m1);
  EXPECT_EQ(rows(), 14400U);
  EXPECT_EQ(rows({kBtc.symbol, Timeframe::d1}), 10U);
}

TEST_F(RunTest, TheSecondTimeNothingIsAskedAndNoByteChanges) {
  const std::vector<SeriesAsk> asks = {
      want("BTCUSDT", Timeframe::m1, days("2024-01-01", "2024-01-11"), {Timeframe::h1}),
      want("AAPL", Timeframe::d1, days("2023-01-01", "2024-01-01"))};
  box.run(asks);
  const auto before = box.box.snapshot();
  box.first->forget();
  const auto result = box.run(asks);
  EXPECT_TRUE(box.first->asked().empty());
  for (const SeriesReport& s : result.series) {
    EXPECT_EQ(s.outcome.status, WriteStatus::unchanged);
    EXPECT_TRUE(s.tried.empty());
  }
  EXPECT_EQ(box.box.snapshot(), before);
}

TEST_F(RunTest, AsksOnlyForWhatIsMissing) {
  box.run({want("BTCUSDT", Timeframe::m1, days("2024-01-05", "2024-01-08"))});
  box.first->forget();
  box.run({want("BTCUSDT", Timeframe::m1, days("2024-01-04", "2024-01-09"))});
  EXPECT_EQ(box.first->asked(),
            (std::vector{days("2024-01-04", "2024-01-05"), days("2024-01-08", "2024-01-09")}));
  EXPECT_EQ(box.data(),
            undisturbed({want("BTCUSDT", Timeframe::m1, days("2024-01-04", "2024-01-09"))}));
}

TEST_F(RunTest, AHoleIsAskedForAgainThenConfirmedThenLeftAlone) {
  const auto ask = want("BTCUSDT", Timeframe::m1, days("2024-01-01", "2024-01-08"));
  box.first->faults.silent = {days("2024-01-03", "2024-01-04")};
  box.run({ask});
  ASSERT_EQ(cache().gaps(kBtc)->size(), 1U);
  EXPECT_EQ(cache().gaps(kBtc)->front().state, GapState::open);

  box.first->forget();
  box.run({ask});
  EXPECT_EQ(box.first->asked(), (std::vector{days("2024-01-03", "2024-01-04")}));
  EXPECT_EQ(cache().gaps(kBtc)->front().state, GapState::confirmed);
  EXPECT_EQ(cache().gaps(kBtc)->front().confirmed_by, "first");
  EXPECT_EQ(cache().status(kBtc)->score, 1);

  box.first->forget();
  box.run({ask});
  EXPECT_TRUE(box.first->asked().empty());
}

TEST_F(RunTest, ATransientHoleIsHealedByTheNextRun) {
  const auto ask =
      want("BTCUSDT", Timeframe::m1, days("2024-01-01", "2024-01-08"), {Timeframe::h1});
  box.first->faults.silent = {
      {day("2024-01-03") + seconds{3600}, day("2024-01-03") + seconds{9000}}};
  box.run({ask});
  box.first->faults = {};
  const auto result = box.run({ask});
  EXPECT_EQ(report_of(result, "BTCUSDT 1m")->outcome.rows_written, 90U);
  EXPECT_EQ(box.data(), undisturbed({ask}));
}

TEST_F(RunTest, ALongSilenceBeforeTheFirstBarIsBeforeTheListing) {
  box.first->faults.silent = {days("2024-01-01", "2024-03-01")};
  box.run({want("BTCUSDT", Timeframe::h1, days("2024-01-01", "2024-04-01"))});
  const auto gaps = cache().gaps({kBtc.symbol, Timeframe::h1});
  ASSERT_EQ(gaps->size(), 1U);
  EXPECT_EQ(gaps->front().cause, GapCause::before_listing);
  EXPECT_EQ(gaps->front().state, GapState::open);
}

TEST_F(RunTest, AnotherProviderGoesOnWhereOneFails) {
  box.first->faults.fails_at = day("2024-01-04");
  const auto ask = want("BTCUSDT", Timeframe::m1, days("2024-01-01", "2024-01-08"));
  const auto result = box.run({ask});
  const SeriesReport& report = result.series.front();
  EXPECT_EQ(report.outcome.status, WriteStatus::ok);
  EXPECT_EQ(report.tried, (std::vector<std::string>{"first", "second"}));
  EXPECT_EQ(report.outcome.provider, "first,second");
  ASSERT_EQ(report.outcome.notes.size(), 1U);
  EXPECT_THAT(report.outcome.notes[0], ::testing::HasSubstr("first: does not answer"));
  EXPECT_EQ(rows(), 7 * 1440U);
  const auto provenance = box.box.metadata("BTCUSDT/1m/2024.metadata.json")["provenance"];
  ASSERT_EQ(provenance.size(), 2U);
  EXPECT_EQ(provenance[0]["provider"], "first");
  EXPECT_EQ(provenance[1]["provider"], "second");
  // What came is not asked for again.
  EXPECT_GT(box.second->asked().front().from, *parse_exact(provenance[0]["to"].get<std::string>()));
}

TEST_F(RunTest, WhatAProviderThrowsIsItsFailure) {
  box.first->on_page = [](Instant) { throw std::runtime_error("a mistake in it"); };
  const auto ask = want("BTCUSDT", Timeframe::m1, days("2024-01-01", "2024-01-08"));

  const auto result = box.run({ask});

  EXPECT_EQ(result.series[0].outcome.status, WriteStatus::ok);
  EXPECT_EQ(result.series[0].outcome.provider, "second");
  ASSERT_EQ(result.series[0].outcome.notes.size(), 1U);
  EXPECT_THAT(result.series[0].outcome.notes[0], ::testing::HasSubstr("a mistake in it"));
}

TEST_F(RunTest, APageOfRubbishIsAFailureOfItsProvider) {
  box.first->faults.rubbish_at = day("2024-01-04");
  const auto result = box.run({want("BTCUSDT", Timeframe::m1, days("2024-01-01", "2024-01-08"))});
  EXPECT_EQ(result.series[0].outcome.status, WriteStatus::ok);
  EXPECT_EQ(result.series[0].outcome.provider, "first,second");
  EXPECT_GT(result.series[0].outcome.rejected, 0U);
  EXPECT_EQ(rows(), 7 * 1440U);
  EXPECT_TRUE(cache().gaps(kBtc)->empty());
}

TEST_F(RunTest, RowsWithoutNumbersAreListedAndNoReasonToDistrustTheirPage) {
  box.first->faults.blank = {{day("2024-01-01") + seconds{3600}, day("2024-01-03")}};
  const auto result = box.run({want("BTCUSDT", Timeframe::m1, days("2024-01-01", "2024-01-04"))});

  const SeriesReport& report = result.series.at(0);
  EXPECT_EQ(report.outcome.status, WriteStatus::ok);
  EXPECT_EQ(report.outcome.provider, "first") << "whole pages were blank, and it was not left";
  EXPECT_EQ(report.outcome.rows_fetched, 4320U);
  EXPECT_EQ(report.outcome.rows_written, 1500U);
  EXPECT_EQ(report.outcome.rejected, 2820U);
  EXPECT_EQ(report.rules.at(Rule::bad_number), 2820U);
  const auto gaps = cache().gaps(kBtc);
  ASSERT_TRUE(gaps);
  ASSERT_EQ(gaps->size(), 1U);
  EXPECT_EQ(gaps->front().cause, GapCause::rejected);
  EXPECT_EQ(gaps->front().bars, 2820);
}

TEST_F(RunTest, RowsWithoutNumbersWhereNoneAreExpectedAreCountedAndNoFault) {
  box.first->faults.blank_at = {day("2023-11-23")};  // Thanksgiving
  const auto result = box.run({want("AAPL", Timeframe::d1, days("2023-11-20", "2023-11-29"))});

  const SeriesReport& report = result.series.at(0);
  EXPECT_EQ(report.score, 1);
  EXPECT_EQ(report.outcome.rejected, 0U);
  EXPECT_EQ(report.rules.at(Rule::outside_session), 1U);
}

TEST_F(RunTest, WhenNobodyAnswersWhatCameStaysAndTheNextRunGoesOn) {
  box.first->faults.fails_at = day("2024-01-04");
  box.second->faults.fails_at = day("2024-01-01");
  const auto ask =
      want("BTCUSDT", Timeframe::m1, days("2024-01-01", "2024-01-08"), {Timeframe::h1});
  const auto result = box.run({ask});
  const SeriesReport& report = *report_of(result, "BTCUSDT 1m");
  EXPECT_EQ(report.outcome.status, WriteStatus::partial);
  EXPECT_EQ(report.outcome.error->kind, ErrorKind::unavailable);
  EXPECT_EQ(rows(), report.outcome.rows_written);
  EXPECT_GT(rows(), 3 * 1440U);
  EXPECT_TRUE(cache().gaps(kBtc)->empty());
  box.first->faults = {};
  box.run({ask});
  EXPECT_EQ(box.data(), undisturbed({ask}));
}

TEST_F(RunTest, OneSeriesThatFailsStopsNoOther) {
  box.first->faults.fails_at = day("2024-01-04");
  box.second->faults.fails_at = day("2024-01-04");
  std::vector<SeriesAsk> asks;
  for (const char* name : {"BTCUSDT", "ETHUSDT", "SOLUSDT", "XRPUSDT", "ADAUSDT", "DOTUSDT"})
    asks.push_back(want(name, Timeframe::m1, days("2024-01-01", "2024-01-03")));
  asks[2].range = days("2024-01-05", "2024-01-06");
  const auto result = box.run(asks);
  ASSERT_EQ(result.series.size(), 6U);
  for (const SeriesReport& s : result.series) {
    const bool failing = s.outcome.series.symbol.name() == "SOLUSDT";
    EXPECT_EQ(s.outcome.status, failing ? WriteStatus::failed : WriteStatus::ok);
  }
}

TEST_F(RunTest, ToldToStopOnAnErrorItBeginsNoMoreSeries) {
  box.first->faults.fails_at = day("2024-01-01");
  box.second->faults.fails_at = day("2024-01-01");
  std::vector<SeriesAsk> asks;
  for (int i = 0; i < 50; ++i) {
    asks.push_back(
        want("A" + std::to_string(i) + "USDT", Timeframe::m1, days("2024-01-01", "2024-01-02")));
  }
  RunOptions options;
  options.workers = 1;
  options.stop_on_error = true;
  const auto result = box.run(asks, options);
  EXPECT_GT(result.not_begun, 30U);
  EXPECT_EQ(result.series.size() + result.not_begun, 50U);
}

TEST_F(RunTest, StoppedItCommitsWhatHasArrivedAndGoesOnTheNextTime) {
  const auto ask =
      want("BTCUSDT", Timeframe::m1, days("2024-01-01", "2024-02-01"), {Timeframe::h1});
  std::stop_source stop;
  box.first->on_page = [&](Instant at) {
    if (at >= day("2024-01-10")) stop.request_stop();
  };
  const auto result = box.run({ask}, {}, stop.get_token());
  EXPECT_TRUE(result.interrupted);
  ASSERT_EQ(result.series.size(), 1U);
  EXPECT_EQ(result.series[0].outcome.error->kind, ErrorKind::interrupted);
  EXPECT_EQ(result.series[0].outcome.status, WriteStatus::partial);
  EXPECT_GE(rows(), 9 * 1440U);
  EXPECT_EQ(rows(), result.series[0].outcome.rows_written);

  box.first->on_page = {};
  box.first->forget();
  box.run({ask});
  ASSERT_EQ(box.first->asked().size(), 1U);
  EXPECT_GE(box.first->asked()[0].from, day("2024-01-10"));
  EXPECT_EQ(box.data(), undisturbed({ask}));
}

TEST_F(RunTest, CommitsAsItGoes) {
  RunOptions options;
  options.commit_bars = 1000;
  std::vector<std::size_t> seen;
  box.first->on_page = [&](Instant) { seen.push_back(rows()); };
  box.run({want("BTCUSDT", Timeframe::m1, days("2024-01-01", "2024-01-05"))}, options);
  ASSERT_FALSE(seen.empty());
  EXPECT_GE(seen.back(), 4000U);
  // One page beyond the lane, one in its hand, and what is gathered.
  for (std::size_t i = 0; i < seen.size(); ++i) EXPECT_LE(i * 500, seen[i] + 2 * 500 + 1000);
}

TEST_F(RunTest, ForcedItAsksForEverythingAgainAndTheLaterFetchedWins) {
  const auto ask = want("BTCUSDT", Timeframe::m1, days("2024-01-01", "2024-01-02"));
  box.run({ask});
  box.first->faults.close_factor = 2;
  RunOptions options;
  options.plan.force = true;
  const auto result = box.run({ask}, options);
  EXPECT_EQ(result.series[0].outcome.rows_written, 1440U);
  EXPECT_EQ(box.box.metadata("BTCUSDT/1m/2024.metadata.json")["data_quality"]["conflicts"], 1440);
}

TEST_F(RunTest, HealingAsksTheNextProviderForWhatOneDoesNotHave) {
  box.first->faults.silent = {days("2024-01-03", "2024-01-05")};
  box.run({want("BTCUSDT", Timeframe::m1, days("2024-01-01", "2024-01-08"))});
  box.second->faults.silent = {{day("2024-01-04"), day("2024-01-04") + seconds{3600}}};
  RunOptions options;
  options.plan.holes_only = true;
  options.lane.everybody = true;
  box.first->forget();
  const auto result =
      box.run({want("BTCUSDT", Timeframe::m1, days("2023-01-01", "2025-01-01"))}, options);
  EXPECT_EQ(box.first->asked(), (std::vector{days("2024-01-03", "2024-01-05")}));
  EXPECT_EQ(result.series[0].tried, (std::vector<std::string>{"first", "second"}));
  EXPECT_EQ(result.series[0].outcome.rows_written, 2 * 1440U - 60);
  const auto gaps = cache().gaps(kBtc);
  ASSERT_EQ(gaps->size(), 1U);
  EXPECT_EQ(gaps->front().bars, 60);
  EXPECT_EQ(gaps->front().state, GapState::confirmed);
  EXPECT_EQ(gaps->front().confirmed_by, "first, second");
}

TEST_F(RunTest, AFailedHealingLeavesTheGapOpenAndSaysWhy) {
  box.first->faults.silent = {days("2024-01-03", "2024-01-04")};
  const auto ask = want("BTCUSDT", Timeframe::m1, days("2024-01-01", "2024-01-08"));
  box.run({ask});
  box.first->faults.fails_at = day("2024-01-01");
  box.second->faults.fails_at = day("2024-01-01");
  const auto result = box.run({ask});
  EXPECT_EQ(result.series[0].outcome.status, WriteStatus::failed);
  const auto gaps = cache().gaps(kBtc);
  ASSERT_EQ(gaps->size(), 1U);
  EXPECT_EQ(gaps->front().state, GapState::open);
  EXPECT_EQ(gaps->front().cause, GapCause::fetch_failed);
}

TEST_F(RunTest, AHoleWhoseBarBreaksARuleAgainIsConfirmedAndNoFailure) {
  const Instant bad = day("2024-01-03") + seconds{3600};
  const auto ask = want("BTCUSDT", Timeframe::m1, days("2024-01-01", "2024-01-08"));
  box.first->faults.bad_bar = bad;
  box.second->faults.bad_bar = bad;
  EXPECT_EQ(box.run({ask}).series[0].outcome.rejected, 1U);
  const auto result = box.run({ask});
  EXPECT_FALSE(result.series[0].outcome.error);
  const auto gaps = cache().gaps(kBtc);
  ASSERT_EQ(gaps->size(), 1U);
  EXPECT_EQ(gaps->front().state, GapState::confirmed);
  EXPECT_EQ(gaps->front().cause, GapCause::rejected);
  box.first->forget();
  box.run({ask});
  EXPECT_TRUE(box.first->asked().empty());
}

TEST_F(RunTest, AHoleThatIsFreshIsNotConfirmedBarsMayBeLate) {
  box.box.clock.set("2024-01-08 00:30:00");
  const auto ask = want("BTCUSDT", Timeframe::m1, days("2024-01-01", "2024-01-09"));
  box.first->faults.silent = {{day("2024-01-06"), day("2024-01-06") + seconds{3600}},
                              {day("2024-01-08"), day("2024-01-09")}};
  box.run({ask});
  box.run({ask});
  const auto gaps = cache().gaps(kBtc);
  ASSERT_EQ(gaps->size(), 2U);
  EXPECT_EQ(gaps->at(0).state, GapState::confirmed);
  EXPECT_EQ(gaps->at(1).state, GapState::open);
  box.first->faults = {};
  EXPECT_EQ(box.run({ask}).series[0].outcome.rows_written, 30U);
}

TEST_F(RunTest, WhatIsConfirmedOfTheSourceIsConfirmedOfWhatIsRolledUp) {
  const auto ask = want("BTCUSDT", Timeframe::m1, days("2024-01-01", "2024-01-08"),
                        {Timeframe::m5, Timeframe::h1});
  box.first->faults.silent = {{day("2024-01-03"), day("2024-01-03") + seconds{7200}}};
  box.run({ask});
  box.run({ask});
  for (const Timeframe frame : {Timeframe::m1, Timeframe::m5, Timeframe::h1}) {
    const auto gaps = cache().gaps({kBtc.symbol, frame});
    ASSERT_EQ(gaps->size(), 1U);
    EXPECT_EQ(gaps->front().state, GapState::confirmed);
    EXPECT_EQ(cache().status({kBtc.symbol, frame})->score, 1);
  }
  const auto before = box.box.snapshot();
  box.run({ask});
  EXPECT_EQ(box.box.snapshot(), before);
}

TEST_F(RunTest, ManyHolesThatLieNearAreAskedForTogether) {
  for (int i = 0; i < 40; ++i) {
    const Instant at = day("2024-01-02") + seconds{600} * i;
    box.first->faults.silent.push_back({at, at + seconds{60}});
  }
  const auto ask = want("BTCUSDT", Timeframe::m1, days("2024-01-01", "2024-01-08"));
  box.run({ask});
  ASSERT_EQ(cache().gaps(kBtc)->size(), 40U);
  box.first->faults = {};
  box.first->forget();
  const auto result = box.run({ask});
  EXPECT_EQ(box.first->asked().size(), 1U);
  EXPECT_EQ(result.series[0].outcome.rows_written, 40U);
  EXPECT_EQ(box.data(), undisturbed({ask}));
}

TEST_F(RunTest, ASeriesThatNobodyHasABarOfLeavesNothingBehind) {
  box.first->faults.silent = {days("2020-01-01", "2030-01-01")};
  const auto result =
      box.run({want("BTCUSDT", Timeframe::m1, days("2024-01-01", "2024-01-02"), {Timeframe::h1})});
  ASSERT_EQ(result.series.size(), 1U);
  EXPECT_EQ(result.series[0].outcome.status, WriteStatus::unchanged);
  ASSERT_EQ(result.series[0].outcome.notes.size(), 1U);
  EXPECT_FALSE(std::filesystem::exists(box.box.root() / "BTCUSDT"));
}

TEST_F(RunTest, WhatIsAlreadyRolledUpIsFetchedAsItsSource) {
  box.run({want("BTCUSDT", Timeframe::m1, days("2024-01-01", "2024-01-05"), {Timeframe::h1})});
  const auto result = box.run({want("BTCUSDT", Timeframe::h1, days("2024-01-01", "2024-01-08"))});
  EXPECT_EQ(report_of(result, "BTCUSDT 1m")->outcome.rows_written, 3 * 1440U);
  EXPECT_EQ(report_of(result, "BTCUSDT 1h")->outcome.rows_written, 72U);
  EXPECT_EQ(cache().status({kBtc.symbol, Timeframe::h1})->derived_from, Timeframe::m1);
}

TEST_F(RunTest, AFullCacheIsAnErrorOfTheSeriesNotOfItsProvider) {
  box.run({want("BTCUSDT", Timeframe::m1, days("2024-01-01", "2024-01-02"))});
  std::string bytes = box.box.bytes("BTCUSDT/1m/2024.csv.gz");
  box.box.put("BTCUSDT/1m/2024.csv.gz", bytes.substr(0, bytes.size() / 2));
  const auto result = box.run({want("BTCUSDT", Timeframe::m1, days("2024-01-01", "2024-01-03")),
                               want("ETHUSDT", Timeframe::m1, days("2024-01-01", "2024-01-03"))});
  EXPECT_EQ(report_of(result, "BTCUSDT 1m")->outcome.error->kind, ErrorKind::damaged);
  EXPECT_TRUE(report_of(result, "BTCUSDT 1m")->tried.empty());
  EXPECT_EQ(report_of(result, "ETHUSDT 1m")->outcome.status, WriteStatus::ok);
}

}  // namespace
}  // namespace chandler
