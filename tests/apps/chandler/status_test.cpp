#include <gtest/gtest.h>

#include "command_line.h"

namespace chandler::cli {
namespace {

class Status : public CommandLine {};

std::vector<std::string> keys_of(const Json& object) {
  std::vector<std::string> keys;
  for (const auto& [key, value] : object.items()) keys.push_back(key);
  return keys;
}

TEST_F(Status, OfAnEmptyCacheIsEmpty) {
  const ProcessResult result = run({"status"});
  EXPECT_EQ(result.exit_code, 0);
  EXPECT_NE(result.err.find("there is no cache here yet"), std::string::npos);
  EXPECT_EQ(run_json({"status"})["series"], Json::array());
  EXPECT_FALSE(std::filesystem::exists(cache()));  // readers make nothing
}

TEST_F(Status, DescribesASeries) {
  fill("BTCUSDT", "1h", "2023-12-31T22:00", 4);
  const Json document = run_json({"status", "BTCUSDT", "1h"});

  ASSERT_EQ(document["series"].size(), 1U);
  const Json& series = document["series"][0];
  EXPECT_EQ(series["symbol"], "BTCUSDT");
  EXPECT_EQ(series["timeframe"], "1h");
  EXPECT_TRUE(series["derived_from"].is_null());
  EXPECT_EQ(series["behind"], false);
  EXPECT_EQ(series["years"], (Json{2023, 2024}));
  EXPECT_EQ(series["rows"], 4);
  EXPECT_EQ(series["first"], "2023-12-31T22:00:00");
  EXPECT_EQ(series["last"], "2024-01-01T01:00:00");
  EXPECT_EQ(series["expected_bars"], 4);
  EXPECT_EQ(series["missing_bars"], 0);
  EXPECT_EQ(series["gaps"], 0);
  EXPECT_EQ(series["coverage"], 1.0);
  EXPECT_EQ(series["score"], 1.0);
  EXPECT_EQ(series["bytes"], std::filesystem::file_size(cache("BTCUSDT/1h/2023.csv.gz")) +
                                 std::filesystem::file_size(cache("BTCUSDT/1h/2024.csv.gz")));
  EXPECT_EQ(series["providers"], Json{"import"});
}

TEST_F(Status, PrintsATable) {
  fill("BTCUSDT", "1h", "2024-01-01", 4);
  fill("ETHUSDT", "1m", "2024-01-01", 4);
  const std::string table = run({"status"}).out;

  EXPECT_TRUE(table.starts_with("symbol   timeframe  from  rows  first")) << table;
  EXPECT_NE(table.find("BTCUSDT  1h         -        4  2024-01-01 00:00  2024-01-01 03:00"),
            std::string::npos)
      << table;
  EXPECT_NE(table.find("ETHUSDT"), std::string::npos);
  EXPECT_EQ(run({"status", "ETHUSDT"}).out.find("BTCUSDT"), std::string::npos);
}

TEST_F(Status, OfWhatIsNotThereFails) {
  fill("BTCUSDT", "1h", "2024-01-01", 4);
  EXPECT_EQ(run({"status", "XRPUSDT"}).exit_code, 1);
  EXPECT_EQ(run({"status", "BTCUSDT", "1m"}).exit_code, 1);
  EXPECT_EQ(run_json({"status", "BTCUSDT", "1m"}, 1)["error"]["kind"], "not_found");
}

TEST_F(Status, CountsGapsThatGapsLists) {
  std::string csv = "timestamp,open,high,low,close,volume\n";
  for (const char* hour : {"00", "01", "04", "05", "09"})
    csv += std::string{"2024-01-01 "} + hour + ":00:00,1,1,1,1,1\n";
  ASSERT_EQ(run({"import", write("holes.csv", csv), "--symbol", "BTCUSDT", "-t", "1h"}).exit_code,
            0);

  const Json series = run_json({"status", "BTCUSDT"})["series"][0];
  EXPECT_EQ(series["gaps"], 2);
  EXPECT_EQ(series["missing_bars"], 5);
  EXPECT_EQ(series["coverage"], 0.5);
  const Json gaps = run_json({"gaps", "BTCUSDT", "1h"})["gaps"];
  ASSERT_EQ(gaps.size(), 2U);
  EXPECT_EQ(
      gaps[0].dump(),
      R"({"from":"2024-01-01T02:00:00","to":"2024-01-01T03:00:00","bars":2,"state":"open","cause":"unknown"})");
  EXPECT_EQ(gaps[1]["bars"], 3);
  EXPECT_EQ(run_json({"gaps", "BTCUSDT", "1h", "--from", "2024-01-01T06:00"})["gaps"].size(), 1U);
  EXPECT_NE(run({"gaps", "BTCUSDT", "1h"}).out.find("2 gaps, 5 bars missing"), std::string::npos);
}

TEST_F(Status, AWholeSeriesHasNoGaps) {
  fill("BTCUSDT", "1h", "2024-01-01", 4);
  EXPECT_EQ(run({"gaps", "BTCUSDT", "1h"}).out, "no gaps\n");
  EXPECT_EQ(run({"gaps", "BTCUSDT", "1m"}).exit_code, 1);
}

TEST_F(Status, StatsCountTheWholeCache) {
  fill("BTCUSDT", "1h", "2024-01-01", 400);
  fill("ETHUSDT", "1m", "2024-01-01", 400);
  const Json stats = run_json({"stats"});

  EXPECT_EQ(keys_of(stats),
            (std::vector<std::string>{"ok", "symbols", "series", "files", "rows", "gaps",
                                      "conflicts", "rejected", "bytes", "metadata_bytes",
                                      "text_bytes", "compression", "providers"}));
  EXPECT_EQ(stats["symbols"], 2);
  EXPECT_EQ(stats["series"], 2);
  EXPECT_EQ(stats["files"], 2);
  EXPECT_EQ(stats["rows"], 800);
  EXPECT_GT(stats["compression"], 1.0);
  EXPECT_EQ(stats["providers"][0].dump(), R"({"name":"import","rows":800,"series":2})");
  EXPECT_NE(run({"stats"}).out.find("rows        800\n"), std::string::npos);
  EXPECT_EQ(run_json({"stats", "--cache", "none"})["rows"], 0);
}

}  // namespace
}  // namespace chandler::cli
