#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include "command_line.h"

namespace chandler::cli {
namespace {

class OutputOf : public CommandLine {};

TEST_F(OutputOf, AReaderThatLeavesIsNoError) {
  fill("BTCUSDT", "1m", "2024-01-01", 20'000);
  const ProcessResult result = testing::run_process(
      {"bash", "-c", "set -o pipefail; \"$0\" read BTCUSDT 1m | head -2; echo \"${PIPESTATUS[0]}\"",
       CHANDLER_PROGRAM},
      defaults());

  EXPECT_EQ(
      result.out,
      "timestamp,open,high,low,close,volume\n2024-01-01 00:00:00,100,100,99.8,99.8,0.125\n0\n");
  EXPECT_EQ(result.err, "");
}

TEST_F(OutputOf, AFullDiskIsOne) {
  fill("BTCUSDT", "1m", "2024-01-01", 10);
  const ProcessResult result = run({"read", "BTCUSDT", "1m"}, {.output_to = "/dev/full"});

  EXPECT_EQ(result.exit_code, 1);
  EXPECT_EQ(result.err, "chandler: standard output: No space left on device\n");
}

TEST_F(OutputOf, QuietLeavesOnlyDataAndErrors) {
  fill("BTCUSDT", "1m", "2024-01-01", 3);

  EXPECT_EQ(run({"import", "fill.csv", "--symbol", "BTCUSDT", "-q"}).out, "");
  EXPECT_EQ(run({"import", "fill.csv", "--symbol", "BTCUSDT", "-t", "1m", "-q"}).err, "");
  EXPECT_EQ(run({"status", "-q"}).out, run({"status"}).out);
  EXPECT_EQ(run({"read", "BTCUSDT", "1m", "-q"}).out, run({"read", "BTCUSDT", "1m"}).out);
  EXPECT_NE(run({"read", "NONE", "1m", "-q"}).err, "");
  EXPECT_EQ(run({"status", "--cache", "none", "-q"}).err, "");
}

TEST_F(OutputOf, DoesNotDependOnTheLocale) {
  const std::string csv = fill("BTCUSDT", "1m", "2024-01-01", 3);
  EXPECT_EQ(run({"read", "BTCUSDT", "1m"}, {.environment = {{"LC_ALL", "de_DE.UTF-8"}}}).out, csv);
}

TEST_F(OutputOf, ControlCharactersNeverReachTheTerminal) {
  const ProcessResult result = run({"read", "A\x1b[31mB\nC", "1m"});
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_EQ(result.err.find('\x1b'), std::string::npos);
  EXPECT_EQ(std::count(result.err.begin(), result.err.end(), '\n'), 2) << result.err;
}

}  // namespace
}  // namespace chandler::cli
