#include <gtest/gtest.h>

#include "command_line.h"

namespace chandler::cli {
namespace {

class Read : public CommandLine {};

const char* const kHeader = "timestamp,open,high,low,close,volume\n";

TEST_F(Read, PrintsWhatWasImportedByteForByte) {
  const std::string csv = fill("BTCUSDT", "1m", "2024-01-01", 10'000);
  EXPECT_EQ(run({"read", "BTCUSDT", "1m"}).out, csv);
  EXPECT_EQ(run({"read", "btc/usdt", "1m"}).out, csv);
  EXPECT_EQ(run({"read", "crypto:BTCUSDT", "1m"}).out, csv);
}

TEST_F(Read, CutsTheRangeHalfOpen) {
  fill("BTCUSDT", "1h", "2023-12-31T22:00", 4);
  const ProcessResult result =
      run({"read", "BTCUSDT", "1h", "--from", "2023-12-31T23:00", "--to", "2024-01-01T01:00"});

  EXPECT_EQ(result.exit_code, 0);
  EXPECT_EQ(result.out, std::string{kHeader} + "2023-12-31 23:00:00,99.8,99.81,99.65,99.66,0.25\n" +
                            "2024-01-01 00:00:00,99.66,99.68,99.56,99.58,0.375\n");
}

TEST_F(Read, ARangeWithoutBarsGivesTheHeaderAlone) {
  fill("BTCUSDT", "1h", "2024-01-01", 4);
  for (const char* from : {"2024-02-01", "2030-01-01", "now"}) {
    const ProcessResult result = run({"read", "BTCUSDT", "1h", "--from", from});
    EXPECT_EQ(result.exit_code, 0) << from;
    EXPECT_EQ(result.out, kHeader);
  }
  EXPECT_EQ(run({"read", "BTCUSDT", "1h", "--from", "2024-01-01", "--to", "2024-01-01"}).out,
            kHeader);
  EXPECT_EQ(run({"read", "BTCUSDT", "1h", "--from", "-1d"}).out, kHeader);
}

TEST_F(Read, GivesOnlyTheColumnsAskedFor) {
  fill("BTCUSDT", "1h", "2024-01-01", 1);
  EXPECT_EQ(run({"read", "BTCUSDT", "1h", "--columns", "close,open"}).out,
            "timestamp,close,open\n2024-01-01 00:00:00,99.8,100\n");
  EXPECT_EQ(
      run({"read", "BTCUSDT", "1h", "--columns", "close", "--columns", "timestamp,close"}).out,
      "timestamp,close\n2024-01-01 00:00:00,99.8\n");
  const ProcessResult lacking = run({"read", "BTCUSDT", "1h", "--columns", "vwap"});
  EXPECT_EQ(lacking.exit_code, 1);
  EXPECT_NE(lacking.err.find("has no column vwap"), std::string::npos) << lacking.err;
}

TEST_F(Read, PrintsJsonWithTheSameNumbers) {
  fill("BTCUSDT", "1h", "2024-01-01", 5000);
  const Json document = run_json({"read", "BTCUSDT", "1h"});

  EXPECT_EQ(document["symbol"], "BTCUSDT");
  EXPECT_EQ(document["timeframe"], "1h");
  ASSERT_EQ(document["bars"].size(), 5000U);
  EXPECT_EQ(
      document["bars"][0].dump(),
      R"({"timestamp":"2024-01-01T00:00:00","open":100,"high":100,"low":99.8,"close":99.8,"volume":0.125})");
  EXPECT_EQ(run({"read", "BTCUSDT", "1h", "--format", "json"}).out,
            run({"read", "BTCUSDT", "1h", "--json"}).out);
  EXPECT_EQ(run_json({"read", "BTCUSDT", "1h", "--from", "2030-01-01"})["bars"], Json::array());
  EXPECT_EQ(run({"read", "BTCUSDT", "1h", "--json", "--format", "csv"}).exit_code, 2);
}

TEST_F(Read, AnUnknownOptionalValueIsEmptyOrNull) {
  const std::string file = write("a.csv",
                                 "timestamp,open,high,low,close,volume,vwap\n"
                                 "2024-01-01 00:00:00,1,2,1,2,10,1.5\n"
                                 "2024-01-01 01:00:00,1,2,1,2,10,\n");
  ASSERT_EQ(run({"import", file, "--symbol", "BTCUSDT", "-t", "1h"}).exit_code, 0);

  EXPECT_EQ(run({"read", "BTCUSDT", "1h", "--columns", "vwap"}).out,
            "timestamp,vwap\n2024-01-01 00:00:00,1.5\n2024-01-01 01:00:00,\n");
  EXPECT_TRUE(run_json({"read", "BTCUSDT", "1h"})["bars"][1]["vwap"].is_null());
}

TEST_F(Read, PrintsAnArrowStream) {
  fill("BTCUSDT", "1h", "2024-01-01", 10);
  const ProcessResult result = run({"read", "BTCUSDT", "1h", "--format", "arrow"});
  const std::string end{"\xff\xff\xff\xff\0\0\0\0", 8};

  EXPECT_EQ(result.exit_code, 0);
  ASSERT_GT(result.out.size(), 10 * 6 * sizeof(double));
  EXPECT_EQ(result.out.substr(0, 4), "\xff\xff\xff\xff");
  EXPECT_EQ(result.out.substr(result.out.size() - 8), end);
}

TEST_F(Read, SaysWhatIsNear) {
  fill("BTCUSDT", "1h", "2024-01-01", 3);

  const ProcessResult frame = run({"read", "BTCUSDT", "1m"});
  EXPECT_EQ(frame.exit_code, 1);
  EXPECT_EQ(frame.out, "");
  EXPECT_EQ(frame.err, "chandler: BTCUSDT 1m: is not in the cache; there is BTCUSDT in 1h\n");

  const ProcessResult symbol = run({"read", "BTCUSTD", "1h"});
  EXPECT_EQ(symbol.exit_code, 1);
  EXPECT_NE(symbol.err.find("did you mean BTCUSDT?"), std::string::npos) << symbol.err;
  EXPECT_EQ(run_json({"read", "XYZ", "1h"}, 1)["error"]["kind"], "not_found");
}

TEST_F(Read, ASymbolNeverLeavesTheCache) {
  write("outside/1m/2024.csv.gz",
        gzipped(std::string{kHeader} + "2024-01-01 00:00:00,1,1,1,1,1\n"));
  for (const char* symbol : {"../outside", "../../etc/passwd", "..", "/etc/passwd", "outside"}) {
    const ProcessResult result = run({"read", symbol, "1m"});
    EXPECT_TRUE(result.exit_code == 1 || result.exit_code == 2) << symbol;
    EXPECT_EQ(result.out, "");
  }
  fill("../../etc/passwd", "1m", "2024-01-01", 3);
  EXPECT_TRUE(std::filesystem::exists(cache("%2E./../ETC/PASSWD")) ||
              !std::filesystem::exists(path("ETC")));
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator{cache()}, {}),
            2);  // the series and _metadata
}

TEST_F(Read, ADamagedBlockInTheRangeIsNamedAndNothingIsPrinted) {
  fill("BTCUSDT", "1m", "2024-01-01", 10'000);
  const auto file = cache("BTCUSDT/1m/2024.csv.gz");
  std::string bytes = content_of(file);
  bytes[bytes.size() / 2] = static_cast<char>(bytes[bytes.size() / 2] ^ 0x10);
  write("cache/BTCUSDT/1m/2024.csv.gz", bytes);

  const ProcessResult damaged = run({"read", "BTCUSDT", "1m"});
  EXPECT_EQ(damaged.exit_code, 1);
  EXPECT_EQ(damaged.out, "");
  EXPECT_NE(damaged.err.find("2024.csv.gz"), std::string::npos) << damaged.err;
  EXPECT_NE(damaged.err.find("verify"), std::string::npos) << damaged.err;
  EXPECT_EQ(run({"read", "BTCUSDT", "1m", "--to", "2024-01-01T01:00"}).exit_code, 0);
  EXPECT_EQ(run_json({"read", "BTCUSDT", "1m"}, 1)["ok"], false);
}

}  // namespace
}  // namespace chandler::cli
