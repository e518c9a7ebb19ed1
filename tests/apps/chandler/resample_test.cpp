#include <gtest/gtest.h>

#include "command_line.h"

namespace chandler::cli {
namespace {

class Resample : public CommandLine {};

TEST_F(Resample, RollsUpAndSaysSo) {
  fill("BTCUSDT", "1m", "2024-01-01", 3 * 1440);
  const Json document = run_json({"resample", "BTCUSDT", "--source", "1m", "-t", "5m,1h,1d"});

  EXPECT_EQ(document["ok"], true);
  ASSERT_EQ(document["series"].size(), 3U);
  EXPECT_EQ(document["series"][0]["timeframe"], "5m");
  EXPECT_EQ(document["series"][0]["status"], "ok");
  EXPECT_EQ(document["series"][0]["rows_written"], 864);
  EXPECT_EQ(document["series"][2]["rows_written"], 3);
  EXPECT_TRUE(document["series"][2]["error"].is_null());
  EXPECT_EQ(document["series"][2]["files"], Json{"BTCUSDT/1d/2024.csv.gz"});
  EXPECT_EQ(run_json({"status", "BTCUSDT", "1d"})["series"][0]["derived_from"], "1m");
}

TEST_F(Resample, ASecondTimeChangesNothing) {
  fill("BTCUSDT", "1m", "2024-01-01", 1440);
  ASSERT_EQ(run({"resample", "BTCUSDT", "--source", "1m", "-t", "5m", "-t", "1h"}).exit_code, 0);
  const auto before = cache_content();

  const Json again = run_json({"resample", "BTCUSDT", "--source", "1m", "-t", "5m,1h,5m"});

  ASSERT_EQ(again["series"].size(), 2U);
  for (const Json& series : again["series"]) EXPECT_EQ(series["status"], "unchanged");
  EXPECT_EQ(cache_content(), before);
}

TEST_F(Resample, ReplacesWhatWasImportedOnlyWhenForced) {
  fill("BTCUSDT", "1m", "2024-01-01", 1440);
  const std::string daily = fill("BTCUSDT", "1d", "2024-01-01", 1);

  const ProcessResult refused = run({"resample", "BTCUSDT", "--source", "1m", "-t", "1d"});
  EXPECT_NE(refused.exit_code, 0);
  EXPECT_NE(refused.err.find("--force"), std::string::npos) << refused.err;
  EXPECT_EQ(run({"read", "BTCUSDT", "1d"}).out, daily);
  EXPECT_EQ(run({"resample", "BTCUSDT", "--source", "1m", "-t", "1d,1h"}).exit_code, 1);

  EXPECT_EQ(run({"resample", "BTCUSDT", "--source", "1m", "-t", "1d", "--force"}).exit_code, 0);
  EXPECT_NE(run({"read", "BTCUSDT", "1d"}).out, daily);
}

TEST_F(Resample, NeedsItsSource) {
  const ProcessResult result = run({"resample", "BTCUSDT", "--source", "1m", "-t", "5m"});
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_NE(result.err.find("BTCUSDT 1m: is not in the cache"), std::string::npos) << result.err;
}

TEST_F(Resample, ShowsWhatIsBehind) {
  fill("BTCUSDT", "1m", "2024-01-01", 1440);
  ASSERT_EQ(run({"resample", "BTCUSDT", "--source", "1m", "-t", "1h"}).exit_code, 0);
  fill("BTCUSDT", "1m", "2024-01-02", 1440);

  EXPECT_EQ(run_json({"status", "BTCUSDT", "1h"})["series"][0]["behind"], true);
  EXPECT_NE(run({"status", "BTCUSDT", "1h"}).out.find("1m (behind)"), std::string::npos);
}

}  // namespace
}  // namespace chandler::cli
