// Input that is no good is met with one clear line and 1 or 2, and nothing is half written.
#include <gtest/gtest.h>

#include <fstream>

#include "command_line.h"

namespace chandler::cli {
namespace {

class BadInput : public CommandLine {
 protected:
  // One clear line that names the file; nothing in the cache.
  void expect_refused(const std::string& file, int code, const std::string& expected = {}) const {
    const ProcessResult result = run({"import", file, "--symbol", "BTCUSDT", "-t", "1m"});
    EXPECT_EQ(result.exit_code, code) << result.err;
    EXPECT_EQ(std::count(result.err.begin(), result.err.end(), '\n'), 1) << result.err;
    EXPECT_NE(result.err.find(file), std::string::npos) << result.err;
    EXPECT_NE(result.err.find(expected), std::string::npos) << result.err;
    EXPECT_FALSE(std::filesystem::exists(cache("BTCUSDT"))) << file;
    const Json document = run_json({"import", file, "--symbol", "BTCUSDT", "-t", "1m"}, code);
    EXPECT_EQ(document["ok"], false);
    EXPECT_FALSE(document["error"]["message"].get<std::string>().empty());
  }
};

TEST_F(BadInput, IsRefusedWithOneLine) {
  write("text.csv.gz", bars_csv("2024-01-01", 60, 10));
  write("cut.csv.gz", gzipped(bars_csv("2024-01-01", 60, 1000)).substr(0, 5000));
  write("empty.csv", "");
  write("empty.csv.gz", "");
  write("noise.csv", std::string("\x00\x01\x02\xff\xfe", 5) + std::string(5000, '\x07'));
  write("noise.zip", "PK\x03\x04 this is no zip");
  write("header.csv", "timestamp,open,high,low,close,volume\n");
  std::filesystem::create_directory(path("folder.csv"));

  expect_refused("cut.csv.gz", 1);
  expect_refused("empty.csv", 1);
  expect_refused("empty.csv.gz", 1);
  expect_refused("noise.csv", 1);
  expect_refused("noise.zip", 1);
  expect_refused("none.csv", 2, "no such file");
  expect_refused("folder.csv", 2, "is a folder, not a file; add --recursive");
}

TEST_F(BadInput, AnEndlessLineIsRefusedQuickly) {
  std::filesystem::create_directories(path("."));
  { std::ofstream{path("line.csv")} << "timestamp,open,high,low,close,volume\n"; }
  std::filesystem::resize_file(path("line.csv"),
                               std::uintmax_t{2} << 30U);  // a hole: 2 GB of NUL in one line
  expect_refused("line.csv", 1);
}

TEST_F(BadInput, WrongOptionsAreUsage) {
  write("a.csv", bars_csv("2024-01-01", 60, 10));
  const std::vector<std::vector<std::string>> mistakes = {
      {"--timeframe", "7m"},
      {"--preset", "nasdaq"},
      {"--header", "maybe"},
      {"--delimiter", "x"},
      {"--tz", "Mars/Olympus"},
      {"--mapping", "timestamp"},
      {"--provider", "Bad Name"},
      {"--class", "art"},
      {"--from", "2024-02-01", "--to", "2024-01-01"},
      {"--time-format", "%Q"},
      {"--mapping", "nonsense=0"},
      {"--rejects", "none/there.csv"},
  };
  for (const auto& mistake : mistakes) {
    std::vector<std::string> words = {"import", "a.csv", "--symbol", "BTCUSDT"};
    if (mistake.front() != "--timeframe") words.insert(words.end(), {"-t", "1m"});
    words.insert(words.end(), mistake.begin(), mistake.end());
    const ProcessResult result = run(words);
    EXPECT_EQ(result.exit_code, 2) << mistake.front() << ": " << result.err;
    EXPECT_FALSE(std::filesystem::exists(cache("BTCUSDT"))) << mistake.front();
  }
}

TEST_F(BadInput, RejectedLinesAreNotWrittenOverWhatTheCacheHolds) {
  fill("BTCUSDT", "1m", "2024-01-01", 10);
  const std::string file = write("a.csv", bars_csv("2024-01-01", 60, 20));
  const auto before = cache_content();

  for (const char* const rejects : {"cache/BTCUSDT/1m/2024.csv.gz", "cache/r.csv", "cache"}) {
    const ProcessResult result =
        run({"import", file, "--symbol", "crypto:BTCUSDT", "-t", "1m", "--rejects", rejects});
    EXPECT_EQ(result.exit_code, 2) << rejects;
    EXPECT_EQ(std::count(result.err.begin(), result.err.end(), '\n'), 1) << result.err;
  }
  EXPECT_EQ(cache_content(), before);
}

TEST_F(BadInput, ForeignHabitsAreNoMistakes) {
  const std::string csv = bars_csv("2024-01-01", 60, 3);
  std::string crlf;
  for (const char c : csv) crlf += c == '\n' ? std::string{"\r\n"} : std::string{c};
  std::string quoted = csv;
  for (std::size_t at = quoted.find("2024"); at != std::string::npos;
       at = quoted.find("2024", at + 22)) {
    quoted.insert(at + 19, "\"").insert(at, "\"");
  }
  write("crlf.csv", crlf);
  write("bom.csv", "\xEF\xBB\xBF" + csv);
  write("quoted.csv", quoted);
  write("unended.csv", csv.substr(0, csv.size() - 1));
  write("packed.csv.gz", gzipped(csv));

  for (const char* file : {"crlf.csv", "bom.csv", "quoted.csv", "unended.csv", "packed.csv.gz"}) {
    ASSERT_EQ(run({"import", file, "--symbol", "BTCUSDT", "-t", "1m"}).exit_code, 0) << file;
    EXPECT_EQ(run({"read", "BTCUSDT", "1m"}).out, csv) << file;
    ASSERT_EQ(run({"rm", "BTCUSDT", "--yes"}).exit_code, 0);
  }
}

TEST_F(BadInput, ANewerSchemaIsReadButNotWritten) {
  const std::string csv = fill("BTCUSDT", "1m", "2024-01-01", 10);
  const std::string name = "cache/BTCUSDT/1m/2024.metadata.json";
  std::string metadata = content_of(path(name));
  const std::string version = "\"schema_version\": 1";
  ASSERT_NE(metadata.find(version), std::string::npos) << metadata;
  metadata.replace(metadata.find(version), version.size(), "\"schema_version\": 99");
  write(name, metadata);

  write("more.csv", bars_csv("2024-01-02", 60, 10));
  const ProcessResult result = run({"import", "more.csv", "--symbol", "BTCUSDT", "-t", "1m"});
  EXPECT_EQ(result.exit_code, 1) << result.err;
  EXPECT_EQ(content_of(path(name)), metadata);
  EXPECT_EQ(run({"read", "BTCUSDT", "1m"}).out, csv);
}

TEST_F(BadInput, OneBadFileDoesNotStopOthers) {
  write("1.csv", "");
  write("2.csv", bars_csv("2024-01-01", 60, 10));
  const Json document =
      run_json({"import", "1.csv", "2.csv", "--symbol", "BTCUSDT", "-t", "1m"}, 1);

  EXPECT_EQ(document["failed_files"].size(), 1U);
  EXPECT_EQ(document["series"][0]["rows_written"], 10);
}

}  // namespace
}  // namespace chandler::cli
