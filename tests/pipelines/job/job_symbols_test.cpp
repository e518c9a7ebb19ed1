// Symbols of a job: written in it or in files beside it, each with a timeframe once.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>

#include "jobs.h"

namespace chandler {
namespace {

using testing::ElementsAre;

std::vector<std::string> names_of(const Job& job) {
  std::vector<std::string> names;
  for (const SeriesAsk& ask : job.series) names.push_back(ask.symbol.symbol.name());
  return names;
}

TEST(JobSymbols, ComeInTheOrderTheyAreWritten) {
  Around around;
  around.files["dir/lists/alts.txt"] = "SOLUSDT\nADAUSDT";
  const Job job = good_job(
      series_job(R"({"symbols": ["BTCUSDT", "@lists/alts.txt", "ETHUSDT"], "timeframe": "1d"})"),
      around);

  EXPECT_THAT(names_of(job), ElementsAre("BTCUSDT", "SOLUSDT", "ADAUSDT", "ETHUSDT"));
}

TEST(JobSymbols, MayAllComeFromOneFileAnywhere) {
  Around around;
  around.files["/lists/all.txt"] = "AAPL";

  EXPECT_THAT(names_of(good_job(series_job(R"({"symbols": "@/lists/all.txt", "timeframe": "1d"})"),
                                around)),
              ElementsAre("AAPL"));
}

TEST(JobSymbols, AreNotMadeOfSeveralWords) {
  for (const char* text : {"AAPL,MSFT", "AAPL MSFT", " AAPL", "AAPL "}) {
    EXPECT_EQ(job_mistake(series_job(R"({"timeframe": "1d", "symbols": ["A", ")" +
                                     std::string(text) + "\"]}")),
              "dir/nightly.json:1: series[0].symbols[1]: \"" + std::string(text) +
                  "\" is not one symbol; write each by itself, without blanks");
  }
  EXPECT_EQ(job_mistake(series_job(R"({"symbols": "", "timeframe": "1d"})")),
            "dir/nightly.json:1: series[0].symbols: a symbol is missing; write one like BTCUSDT or "
            "AAPL");
}

TEST(JobSymbols, SayWhatIsWrongWithTheirFile) {
  Around around;
  around.files["dir/bad.txt"] = "AAPL\n\nMS FT";
  around.files["dir/none.txt"] = "# nothing yet\n";
  const auto mistake = [&](const std::string& symbol) {
    return job_mistake(
        series_job("\n{\"timeframe\": \"1d\", \"symbols\": [\"A\", \"" + symbol + "\"]}"), around);
  };

  EXPECT_EQ(mistake("@bad.txt"),
            "dir/bad.txt:3: \"MS FT\" is not one symbol; write each by itself, without blanks");
  EXPECT_EQ(mistake("@none.txt"),
            "dir/nightly.json:2: series[0].symbols[1]: dir/none.txt names no symbol");
  EXPECT_EQ(mistake("@gone.txt"),
            "dir/nightly.json:2: series[0].symbols[1]: dir/gone.txt cannot be read: No such file");
  EXPECT_EQ(
      mistake("@"),
      "dir/nightly.json:2: series[0].symbols[1]: \"@\" names no file; write it like @all.txt");
}

TEST(JobSymbols, GetEachTimeframeOneWay) {
  const std::string hint = "; either fetch it or roll it up, from one timeframe";
  const std::string minutes = R"({"timeframe": "1m", "symbols": "BTCUSDT", "derive": ["1h"]})";
  const std::string hours = R"({"timeframe": "1h", "symbols": "BTCUSDT"})";
  const std::string quarters = R"({"timeframe": "15m", "symbols": "BTCUSDT", "derive": ["1h"]})";
  const std::string other =
      "dir/nightly.json:2: series[1].symbols: BTCUSDT 1h would come two ways, the other by "
      "dir/nightly.json:1: series[0].symbols" +
      hint;

  EXPECT_EQ(job_mistake(series_job(minutes + ",\n" + hours)), other);
  EXPECT_EQ(job_mistake(series_job(hours + ",\n" + minutes)), other);
  EXPECT_EQ(job_mistake(series_job(minutes + ",\n" + quarters)), other);
}

TEST(JobSymbols, AreAskedForOnceWithEachTimeframe) {
  Around around;
  around.files["dir/a.txt"] = "AAPL\nMSFT\n";
  const std::string hint = "; name each symbol and timeframe once";

  EXPECT_EQ(job_mistake(series_job("{\"timeframe\": \"1d\", \"symbols\": [\"BTCUSDT\"]},\n"
                                   "{\"timeframe\": \"1d\", \"symbols\": [\"A\", \"btc/usdt\"]}")),
            "dir/nightly.json:2: series[1].symbols[1]: BTCUSDT 1d is asked for twice, first at "
            "dir/nightly.json:1: series[0].symbols[0]" +
                hint);
  EXPECT_EQ(
      job_mistake(series_job(R"({"timeframe": "1d", "symbols": ["MSFT", "@a.txt"]})"), around),
      "dir/a.txt:2 (series[0].symbols[1]): MSFT 1d is asked for twice, first at "
      "dir/nightly.json:1: series[0].symbols[0]" +
          hint);
  EXPECT_EQ(
      job_mistake(series_job(R"({"timeframe": "1d", "symbols": ["@a.txt", "MSFT"]})"), around),
      "dir/nightly.json:1: series[0].symbols[1]: MSFT 1d is asked for twice, first at dir/a.txt:2 "
      "(series[0].symbols[0])" +
          hint);
  EXPECT_EQ(job_mistake(series_job(R"({"timeframe": "1d", "symbols": "@a.txt"},
                                      {"timeframe": "1d", "symbols": "@a.txt"})"),
                        around),
            "dir/a.txt:1 (series[1].symbols): AAPL 1d is asked for twice, first at dir/a.txt:1 "
            "(series[0].symbols)" +
                hint);
}

TEST(JobSymbols, MayComeTwiceInTheFilesOfOneSeries) {
  Around around;
  around.files["dir/a.txt"] = "AAPL, MSFT, AAPL";
  around.files["dir/b.txt"] = "MSFT\nNVDA";
  const std::string job = series_job(R"({"timeframe": "1d", "symbols": ["@a.txt", "@b.txt"]})");

  EXPECT_THAT(names_of(good_job(job, around)), ElementsAre("AAPL", "MSFT", "NVDA"));
}

TEST(JobSymbols, MustMeanTheSameWhereTheyComeTwice) {
  Around around;
  around.files["dir/a.txt"] = "stock:ABTC\ncrypto:ABTC";

  EXPECT_EQ(job_mistake(series_job(R"({"timeframe": "1d", "symbols": "@a.txt"})"), around),
            "dir/a.txt:2 (series[0].symbols): ABTC 1d is asked for twice, first at dir/a.txt:1 "
            "(series[0].symbols); name each symbol and "
            "timeframe once");
}

TEST(JobSymbols, AreReadFromTheDiskBesideTheJob) {
  std::string made = (std::filesystem::temp_directory_path() / "chandler_job_XXXXXX").string();
  ASSERT_NE(::mkdtemp(made.data()), nullptr);
  const std::filesystem::path folder = made;
  std::ofstream(folder / "two.txt") << "AAPL\nMSFT\n";
  std::ofstream(folder / "two.json")
      << series_job(R"({"timeframe": "1d", "symbols": ["@two.txt"]})");
  const auto job = load_job(folder / "two.json", {.now = noon_of_june()});
  std::error_code ignored;
  std::filesystem::remove_all(folder, ignored);

  ASSERT_TRUE(job) << job.error().line();
  EXPECT_EQ(job->name, "two");
  EXPECT_THAT(names_of(*job), ElementsAre("AAPL", "MSFT"));
}

}  // namespace
}  // namespace chandler
