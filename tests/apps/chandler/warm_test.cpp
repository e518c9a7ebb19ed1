#include <gtest/gtest.h>

#include "command_line.h"

namespace chandler::cli {
namespace {

class Warm : public CommandLine {};

TEST_F(Warm, MakesTheCopiesThatAreMissingAndSaysWhich) {
  fill("BTCUSDT", "1h", "2023-12-31", 48);
  fill("ETHUSDT", "1h", "2024-01-01", 10);

  const Json first = run_json({"warm", "BTCUSDT"});
  ASSERT_EQ(first["series"].size(), 1U);
  EXPECT_EQ(first["series"][0]["symbol"], "BTCUSDT");
  EXPECT_EQ(first["series"][0]["built"], (std::vector<int>{2023, 2024}));
  EXPECT_EQ(first["series"][0]["error"], nullptr);
  EXPECT_TRUE(std::filesystem::exists(cache("_hot/BTCUSDT/1h/2024.arrow")));
  EXPECT_FALSE(std::filesystem::exists(cache("_hot/ETHUSDT")));

  const Json second = run_json({"warm"});
  EXPECT_EQ(second["series"][0]["kept"], (std::vector<int>{2023, 2024}));
  EXPECT_EQ(second["series"][1]["built"], std::vector<int>{2024});
  EXPECT_NE(run({"warm"}).out.find("BTCUSDT 1h"), std::string::npos);
}

TEST_F(Warm, RemovesTheCopiesOfWhatIsGone) {
  fill("BTCUSDT", "1h", "2024-01-01", 10);
  run_json({"warm"});
  std::filesystem::remove_all(cache("BTCUSDT"));

  const Json document = run_json({"warm"});

  EXPECT_EQ(document["removed"], std::vector<std::string>{"_hot/BTCUSDT/1h/2024.arrow"});
  EXPECT_FALSE(std::filesystem::exists(cache("_hot/BTCUSDT")));
}

TEST_F(Warm, SaysWhatCannotBeCopiedAndCopiesTheRest) {
  fill("BTCUSDT", "1h", "2024-01-01", 10);
  fill("ETHUSDT", "1h", "2024-01-01", 10);
  std::filesystem::resize_file(cache("BTCUSDT/1h/2024.csv.gz"), 100);

  const Json document = run_json({"warm"}, 1);

  EXPECT_EQ(document["ok"], false);
  EXPECT_EQ(document["error"]["kind"], "damaged");
  EXPECT_EQ(document["series"][1]["built"], std::vector<int>{2024});
  EXPECT_EQ(run({"warm", "XRPUSDT"}).exit_code, 1);
}

TEST_F(Warm, IsRefusedWhereNothingMayBeWritten) {
  fill("BTCUSDT", "1h", "2024-01-01", 10);
  const auto result = run_as_somebody({"warm"});
  if (!result) GTEST_SKIP() << "only root can start the program as somebody else";

  EXPECT_EQ(result->exit_code, 2) << result->err;
  EXPECT_FALSE(std::filesystem::exists(cache("_hot")));
}

TEST_F(Warm, ReadersMakeCopiesWhereTheConfigurationSaysSo) {
  const std::string csv = fill("BTCUSDT", "1h", "2024-01-01", 10);
  EXPECT_EQ(run({"read", "BTCUSDT", "1h"}).out, csv);
  EXPECT_FALSE(std::filesystem::exists(cache("_hot")));

  write("chandler.json", R"({"hot": true})");

  EXPECT_EQ(run({"read", "BTCUSDT", "1h"}).out, csv);
  EXPECT_TRUE(std::filesystem::exists(cache("_hot/BTCUSDT/1h/2024.arrow")));
  EXPECT_EQ(run({"read", "BTCUSDT", "1h"}).out, csv);
}

}  // namespace
}  // namespace chandler::cli
