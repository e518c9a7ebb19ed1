#include <gtest/gtest.h>

#include <algorithm>

#include "command_line.h"

namespace chandler::cli {
namespace {

class Usage : public CommandLine {
 protected:
  // Exit 2, nothing on stdout, one line on stderr that holds `expected`; and the same as a
  // document.
  void expect_usage_error(const std::vector<std::string>& words,
                          const std::string& expected) const {
    const ProcessResult result = run(words);
    EXPECT_EQ(result.exit_code, 2) << expected;
    EXPECT_EQ(result.out, "") << expected;
    EXPECT_NE(result.err.find(expected), std::string::npos) << result.err;
    EXPECT_TRUE(result.err.starts_with("chandler: ")) << result.err;
    EXPECT_EQ(std::count(result.err.begin(), result.err.end(), '\n'), 1) << result.err;

    const Json document = run_json(words, 2);
    ASSERT_TRUE(document.contains("error")) << document;
    EXPECT_EQ(document["ok"], false);
    EXPECT_TRUE(document["error"]["kind"] == "usage" || document["error"]["kind"] == "unsupported");
    EXPECT_NE(document["error"]["message"].get<std::string>().find(expected), std::string::npos)
        << document;
  }
};

TEST_F(Usage, UnknownVerbsAndOptionsAreMetWithASuggestion) {
  expect_usage_error({"raed"}, "\"raed\" is not a verb of chandler; did you mean `chandler read`?");
  expect_usage_error({"fecth", "BTCUSDT"}, "did you mean `chandler fetch`?");
  expect_usage_error({"frobnicate"}, "see `chandler --help`");
  expect_usage_error({}, "no verb given");
  expect_usage_error({"--colour"}, "unknown option \"--colour\"");
  expect_usage_error({"read", "BTCUSDT", "1m", "--form", "2024-01-01"},
                     "unknown option \"--form\"; did you mean --from?");
  expect_usage_error({"read", "BTCUSDT", "1m", "--frm=2024-01-01"}, "did you mean --from?");
  expect_usage_error({"--cahce", "x", "status"},
                     "unknown option \"--cahce\"; did you mean --cache?");
}

TEST_F(Usage, MissingAndSuperfluousArgumentsAreTold) {
  expect_usage_error({"read"}, "SYM is required");
  expect_usage_error({"read", "BTCUSDT"}, "TF is required");
  expect_usage_error({"read", "BTCUSDT", "1m", "5m"}, "does not know what to do with \"5m\"");
  expect_usage_error({"read", "BTCUSDT", "1m", "--from"}, "--from");
  expect_usage_error({"import"}, "FILE");
  expect_usage_error({"resample", "BTCUSDT", "-t", "5m"}, "--source is required");
  expect_usage_error({"export", "BTCUSDT", "1m"}, "--out is required");
  expect_usage_error({"status", "-v", "-q"}, "exclude each other");
}

TEST_F(Usage, FlagsTakeNoValue) {
  expect_usage_error({"status", "--json=1"}, "status: --json takes no value; write --json alone");
  expect_usage_error({"--json=true", "status"}, "--json takes no value");
  expect_usage_error({"status", "-q", "--verbose=0"}, "--verbose takes no value");
  expect_usage_error({"verify", "--repair=no"}, "--repair takes no value");
}

TEST_F(Usage, BadValuesAreNamed) {
  expect_usage_error({"read", "BTCUSDT", "5min"}, "did you mean \"5m\"?");
  expect_usage_error({"read", "", "5m"}, "SYM: is empty");
  expect_usage_error({"read", std::string(65, 'A'), "5m"}, "64");
  expect_usage_error({"read", "BTCUSDT", "1m", "--from", "yesterday"},
                     "--from: \"yesterday\" is not a date");
  expect_usage_error({"read", "BTCUSDT", "1m", "--from", "2024-02-01", "--to", "2024-01-01"},
                     "--from (2024-02-01 00:00) lies after --to (2024-01-01 00:00)");
  expect_usage_error({"read", "BTCUSDT", "1m", "--format", "xml"}, "write csv, json or arrow");
  expect_usage_error({"read", "BTCUSDT", "1m", "--columns", "open,closing"},
                     "\"closing\" is not a column");
  expect_usage_error({"gaps", "BTCUSDT", "1m", "--from", "now", "--to", "-1d"}, "lies after");
  expect_usage_error({"export", "BTCUSDT", "1m", "--out", "x", "--format", "parquet"},
                     "the format parquet is not part of this version; csv is");
  expect_usage_error({"export", "BTCUSDT", "1m", "--out", "x", "--format", "xml"}, "write csv");
  expect_usage_error({"resample", "BTCUSDT", "--source", "1h", "-t", "1m"},
                     "1m is not rolled up from 1h");
  expect_usage_error({"resample", "BTCUSDT", "--source", "1h", "-t", "1h"},
                     "1h is not rolled up from 1h");
  expect_usage_error({"prune"}, "give --older-than or --keep-years");
  expect_usage_error({"prune", "--keep-years", "0"}, "--keep-years");
  expect_usage_error({"prune", "--keep-years", "x"}, "--keep-years");
  expect_usage_error({"prune", "--older-than", "x"}, "--older-than");
  expect_usage_error({"completion", "tcsh"}, "write bash, zsh or fish");
}

TEST_F(Usage, PlannedVerbsSaySo) {
  for (const char* verb : {"check", "lock"}) {
    expect_usage_error({verb, "BTCUSDT", "-t", "1m", "--from", "-30d"},
                       "`chandler " + std::string{verb} + "` is not part of this version");
  }
  expect_usage_error({"check"},
                     "`chandler check` is not part of this version; look at `chandler status`");
  expect_usage_error({"check", "--help"}, "is not part of this version");
  expect_usage_error({"verify", "--lock", "x.json"},
                     "`chandler verify --lock` is not part of this version");
}

TEST_F(Usage, ASymbolMayHaveTheNameOfAVerb) {
  fill("READ", "1m", "2024-01-01", 3);
  EXPECT_EQ(run({"read", "read", "1m"}).exit_code, 0);
  EXPECT_EQ(run({"status", "rm"}).exit_code, 1);
}

TEST_F(Usage, ACacheThatIsAFileIsRefused) {
  write("file", "x");
  expect_usage_error({"status", "--cache", "file"}, "is a file, not a folder");
}

TEST_F(Usage, ACacheThatCannotBeWrittenIsRefusedBeforeAnyWork) {
  const std::string csv = fill("BTCUSDT", "1m", "2024-01-01", 3);
  write("more.csv", bars_csv("2024-01-02", 60, 3));
  std::filesystem::permissions(path(""), std::filesystem::perms{0755});
  for (const auto& entry : std::filesystem::recursive_directory_iterator{cache()}) {
    std::filesystem::permissions(entry,
                                 std::filesystem::perms{entry.is_directory() ? 0555U : 0444U});
  }
  std::filesystem::permissions(cache(), std::filesystem::perms{0555});
  if (!run_as_somebody({"--version"})) GTEST_SKIP() << "only root can start the program here";
  const auto before = cache_content();

  const std::vector<std::vector<std::string>> writers = {
      {"import", "more.csv", "--symbol", "BTCUSDT", "-t", "1m"},
      {"import", "more.csv", "--symbol", "BTCUSDT", "-t", "1m", "--cache", "new"},
      {"resample", "BTCUSDT", "--source", "1m", "-t", "5m"},
      {"rm", "BTCUSDT", "--yes"},
      {"verify", "--repair"},
  };
  for (const auto& words : writers) {
    const ProcessResult result = *run_as_somebody(words);
    EXPECT_EQ(result.exit_code, 2) << words.front() << ": " << result.err;
    EXPECT_EQ(result.out, "") << words.front();
    EXPECT_EQ(std::count(result.err.begin(), result.err.end(), '\n'), 1) << result.err;
  }
  EXPECT_EQ(run_as_somebody({"read", "BTCUSDT", "1m"})->out, csv);
  EXPECT_EQ(run_as_somebody({"verify"})->exit_code, 0);
  EXPECT_EQ(cache_content(), before);
  std::filesystem::permissions(cache(), std::filesystem::perms{0755});
  for (const auto& entry : std::filesystem::recursive_directory_iterator{cache()}) {
    std::filesystem::permissions(entry, std::filesystem::perms{0755});
  }
}

}  // namespace
}  // namespace chandler::cli
