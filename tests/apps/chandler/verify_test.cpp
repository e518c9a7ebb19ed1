#include <gtest/gtest.h>

#include "command_line.h"

namespace chandler::cli {
namespace {

class Verify : public CommandLine {
 protected:
  void flip_a_byte(const std::string& file) const {
    std::string bytes = content_of(cache(file));
    bytes[bytes.size() / 2] = static_cast<char>(bytes[bytes.size() / 2] ^ 0x04);
    write("cache/" + file, bytes);
  }
};

TEST_F(Verify, FindsNothingWrongWithAGoodCache) {
  fill("BTCUSDT", "1m", "2024-01-01", 2000);
  ASSERT_EQ(run({"resample", "BTCUSDT", "--source", "1m", "-t", "1h"}).exit_code, 0);
  const Json document = run_json({"verify", "--deep"});

  EXPECT_EQ(document["ok"], true);
  EXPECT_EQ(document["files"], 2);
  EXPECT_EQ(document["problems"], Json::array());
  EXPECT_NE(run({"verify"}).out.find("2 files looked at, 0 problems"), std::string::npos);
  EXPECT_EQ(run_json({"verify", "--cache", "none"})["files"], 0);
}

TEST_F(Verify, ExitsWithThreeWhileAProblemRemains) {
  fill("BTCUSDT", "1m", "2024-01-01", 10'000);
  flip_a_byte("BTCUSDT/1m/2024.csv.gz");

  const Json document = run_json({"verify", "BTCUSDT", "1m"}, 3);
  EXPECT_EQ(document["ok"], false);
  ASSERT_FALSE(document["problems"].empty());
  EXPECT_EQ(document["problems"][0]["file"], "BTCUSDT/1m/2024.csv.gz");
  EXPECT_FALSE(document["problems"][0]["kind"].get<std::string>().empty());
  EXPECT_EQ(document["problems"][0]["repaired"], false);
  const ProcessResult people = run({"verify"});
  EXPECT_EQ(people.exit_code, 3);
  EXPECT_NE(people.err.find("verify --repair"), std::string::npos);
}

TEST_F(Verify, RepairsAndIsThenContent) {
  fill("BTCUSDT", "1m", "2024-01-01", 10'000);
  flip_a_byte("BTCUSDT/1m/2024.csv.gz");

  const Json repaired = run_json({"verify", "--repair"});
  EXPECT_EQ(repaired["problems"][0]["repaired"], true);
  EXPECT_EQ(run({"verify"}).exit_code, 0);
  const ProcessResult rest = run({"read", "BTCUSDT", "1m"});
  EXPECT_EQ(rest.exit_code, 0);
  EXPECT_GT(std::count(rest.out.begin(), rest.out.end(), '\n'), 1);
  EXPECT_GT(run_json({"gaps", "BTCUSDT", "1m"})["gaps"].size(), 0U);
}

TEST_F(Verify, GivesLostMetadataBack) {
  fill("BTCUSDT", "1m", "2024-01-01", 100);
  std::filesystem::remove(cache("BTCUSDT/1m/2024.metadata.json"));

  EXPECT_EQ(run_json({"verify"}, 3)["problems"][0]["kind"], "metadata_missing");
  EXPECT_EQ(run({"verify", "--repair"}).exit_code, 0);
  EXPECT_TRUE(std::filesystem::exists(cache("BTCUSDT/1m/2024.metadata.json")));
}

TEST_F(Verify, LooksOnlyAtWhatWasNamed) {
  fill("BTCUSDT", "1m", "2024-01-01", 100);
  fill("ETHUSDT", "1m", "2024-01-01", 100);
  flip_a_byte("ETHUSDT/1m/2024.csv.gz");

  EXPECT_EQ(run({"verify", "BTCUSDT"}).exit_code, 0);
  EXPECT_EQ(run({"verify", "ETHUSDT"}).exit_code, 3);
  EXPECT_EQ(run({"verify", "XRPUSDT"}).exit_code, 1);
}

}  // namespace
}  // namespace chandler::cli
