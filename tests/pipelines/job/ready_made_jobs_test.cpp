// The jobs of pipelines/jobs, as they are installed, and those that docs/jobs.md shows.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <iterator>

#include "jobs.h"

namespace chandler {
namespace {

namespace fs = std::filesystem;

fs::path folder() { return fs::path(CHANDLER_SOURCE_DIR) / "pipelines" / "jobs"; }

Job ready_made(const std::string& name) {
  auto job = load_job(folder() / (name + ".json"), {.now = noon_of_june()});
  EXPECT_TRUE(job) << job.error().line();
  return job ? std::move(*job) : Job{};
}

TEST(ReadyMadeJobs, CanAllBeReadAndAreCalledAsTheirFiles) {
  std::size_t count = 0;
  for (const auto& entry : fs::directory_iterator(folder())) {
    if (entry.path().extension() != ".json") continue;
    EXPECT_EQ(ready_made(entry.path().stem().string()).name, entry.path().stem().string());
    ++count;
  }
  EXPECT_GE(count, 3U);
}

TEST(ReadyMadeJobs, TheFirstOneNeedsNoNetworkAndIsTheSameEveryDay) {
  const Job job = ready_made("quickstart");

  ASSERT_EQ(job.series.size(), 6U);
  for (const SeriesAsk& ask : job.series) {
    EXPECT_EQ(ask.provider, "sandbox");
    EXPECT_EQ(ask.range.to, year_start(2026));
  }
  EXPECT_EQ(job.series[1].symbol.symbol.name(), "ETHUSDT");
  EXPECT_EQ(job.series[1].range.from, year_start(2024));
  EXPECT_THAT(job.series[1].derive,
              testing::ElementsAre(Timeframe::m5, Timeframe::m15, Timeframe::h1, Timeframe::h4,
                                   Timeframe::d1));
  EXPECT_EQ(job.series[4].symbol.symbol.name(), "SPY");
  EXPECT_EQ(job.series[4].range.from, year_start(2020));
  EXPECT_EQ(job.series[5].timeframe, Timeframe::m5);
  EXPECT_EQ(job.series[5].range.from, year_start(2025));
}

TEST(ReadyMadeJobs, AskForWhatTheyAreNamedAfter) {
  for (const SeriesAsk& ask : ready_made("crypto_majors").series) {
    EXPECT_EQ(ask.provider, "binance");
    EXPECT_EQ(ask.timeframe, Timeframe::m1);
    EXPECT_EQ(ask.range.from, year_start(2023));
    EXPECT_FALSE(ask.derive.empty());
  }
  const Job stocks = ready_made("us_stocks_daily");
  EXPECT_GE(stocks.series.size(), 50U);
  EXPECT_TRUE(std::all_of(stocks.series.begin(), stocks.series.end(),
                          [](const SeriesAsk& ask) { return ask.timeframe == Timeframe::d1; }));
}

TEST(DocumentedJobs, CanBeRead) {
  std::ifstream in(CHANDLER_SOURCE_DIR "/docs/jobs.md");
  const std::string page{std::istreambuf_iterator<char>(in), {}};
  const std::string begin = "```json\n";
  Around around;
  around.files["dir/alts.txt"] = "SOLUSDT\nADAUSDT, LINKUSDT   # two more\n";
  int count = 0;
  for (std::size_t at = page.find(begin); at != std::string::npos; at = page.find(begin, at)) {
    at += begin.size();
    const auto job = read_job_text(page.substr(at, page.find("```", at) - at), around);
    EXPECT_TRUE(job) << job.error().line();
    ++count;
  }
  EXPECT_EQ(count, 2);
}

}  // namespace
}  // namespace chandler
