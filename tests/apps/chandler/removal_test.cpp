#include <gtest/gtest.h>

#include "command_line.h"

namespace chandler::cli {
namespace {

class Removal : public CommandLine {};

TEST_F(Removal, NeedsATerminalOrAYes) {
  fill("BTCUSDT", "1m", "2024-01-01", 10);
  const ProcessResult result = run({"rm", "BTCUSDT"});

  EXPECT_EQ(result.exit_code, 2);
  EXPECT_NE(result.err.find("add --yes"), std::string::npos);
  EXPECT_EQ(run({"prune", "--older-than", "2025-01-01"}).exit_code, 2);
  EXPECT_EQ(run({"read", "BTCUSDT", "1m"}).exit_code, 0);
}

TEST_F(Removal, AsksOnATerminalAndTakesNoForAnAnswer) {
  fill("BTCUSDT", "1m", "2024-01-01", 10);

  const ProcessResult no = run({"rm", "BTCUSDT", "1m"}, {.input = "n\n", .terminal_input = true});
  EXPECT_EQ(no.exit_code, 0);
  EXPECT_NE(no.err.find("remove BTCUSDT 1m? [y/N]"), std::string::npos) << no.err;
  EXPECT_EQ(run({"read", "BTCUSDT", "1m"}).exit_code, 0);

  const ProcessResult yes = run({"rm", "BTCUSDT", "1m"}, {.input = "y\n", .terminal_input = true});
  EXPECT_EQ(yes.exit_code, 0);
  EXPECT_EQ(run({"read", "BTCUSDT", "1m"}).exit_code, 1);
}

TEST_F(Removal, RemovesOneTimeframeOrAll) {
  fill("BTCUSDT", "1m", "2024-01-01", 10);
  fill("BTCUSDT", "1h", "2024-01-01", 10);
  fill("ETHUSDT", "1h", "2024-01-01", 10);

  const Json one = run_json({"rm", "BTCUSDT", "1m", "--yes"});
  EXPECT_EQ(one["ok"], true);
  EXPECT_NE(std::find(one["removed"].begin(), one["removed"].end(), "BTCUSDT/1m/2024.csv.gz"),
            one["removed"].end());
  EXPECT_FALSE(std::filesystem::exists(cache("BTCUSDT/1m")));
  EXPECT_TRUE(std::filesystem::exists(cache("BTCUSDT/1h/2024.csv.gz")));

  EXPECT_EQ(run({"rm", "BTCUSDT", "-y"}).exit_code, 0);
  EXPECT_FALSE(std::filesystem::exists(cache("BTCUSDT")));
  EXPECT_EQ(run_json({"status"})["series"].size(), 1U);
}

TEST_F(Removal, OfWhatIsNotThereFails) {
  fill("BTCUSDT", "1m", "2024-01-01", 10);
  EXPECT_EQ(run({"rm", "ETHUSDT", "--yes"}).exit_code, 1);
  EXPECT_EQ(run({"rm", "BTCUSDT", "1h", "--yes"}).exit_code, 1);
  EXPECT_EQ(run_json({"prune", "ETHUSDT", "--keep-years", "1", "--yes"}, 1)["error"]["kind"],
            "not_found");
}

TEST_F(Removal, PrunesWholeYears) {
  for (const char* year : {"2020", "2021", "2022", "2023"})
    fill("BTCUSDT", "1d", std::string{year} + "-06-01", 3);

  const Json rehearsal = run_json({"prune", "--older-than", "2021-07-01", "--dry-run"});
  EXPECT_EQ(rehearsal["dry_run"], true);
  EXPECT_NE(
      std::find(rehearsal["removed"].begin(), rehearsal["removed"].end(), "BTCUSDT/1d/2020.csv.gz"),
      rehearsal["removed"].end());
  EXPECT_TRUE(std::filesystem::exists(cache("BTCUSDT/1d/2020.csv.gz")));

  EXPECT_EQ(run({"prune", "--older-than", "2021-07-01", "--yes"}).exit_code, 0);
  EXPECT_EQ(run_json({"status"})["series"][0]["years"], (Json{2021, 2022, 2023}));
  EXPECT_EQ(run({"prune", "BTCUSDT", "1d", "--keep-years", "2", "--yes"}).exit_code, 0);
  EXPECT_EQ(run_json({"status"})["series"][0]["years"], (Json{2022, 2023}));

  const ProcessResult nothing = run({"prune", "--keep-years", "2"});
  EXPECT_EQ(nothing.exit_code, 0);
  EXPECT_EQ(nothing.out, "nothing to remove\n");
}

}  // namespace
}  // namespace chandler::cli
