// A cache that something has happened to, as the program tells of it: exit codes, what is said, and
// which rows still come out.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>

#include <filesystem>

#include "command_line.h"
#include "tests/support/bomb.h"
#include "tests/support/sanitized.h"

namespace chandler::cli {
namespace {

using ::testing::HasSubstr;

constexpr const char* kFile = "BTCUSDT/1m/2024.csv.gz";
constexpr const char* kMetadata = "BTCUSDT/1m/2024.metadata.json";
constexpr const char* kHeader = "timestamp,open,high,low,close,volume\n";

// Three blocks of minutes: the second one ends on 6 January at 16:31.
class DamagedCache : public CommandLine {
 protected:
  DamagedCache()
      : csv(fill("BTCUSDT", "1m", "2024-01-01", 10'000)),
        original(content_of(cache(kFile))),
        metadata(content_of(cache(kMetadata))) {
    const Json blocks = Json::parse(metadata)["file_info"]["blocks"];
    for (const Json& block : blocks) begins.push_back(block["offset"].get<std::size_t>());
  }

  void put(const std::string& name, const std::string& bytes) const {
    write("cache/" + name, bytes);
  }
  // The one problem that verify finds.
  void expect_found(const std::string& kind, const std::string& what) const {
    const ProcessResult people = run({"verify", "BTCUSDT"});
    EXPECT_EQ(people.exit_code, 3) << what;
    EXPECT_THAT(people.out + people.err, HasSubstr(kind)) << what;
    const Json document = run_json({"verify", "BTCUSDT"}, 3);
    ASSERT_EQ(document["problems"].size(), 1U) << what << document;
    EXPECT_EQ(document["problems"][0]["kind"], kind) << what;
    EXPECT_EQ(document["problems"][0]["file"], kFile) << what;
  }
  void expect_clean() const {
    const ProcessResult found = run({"verify"});
    EXPECT_EQ(found.exit_code, 0) << found.out << found.err;
  }
  ProcessResult read(const std::string& from = "", const std::string& to = "") const {
    std::vector<std::string> words = {"read", "BTCUSDT", "1m"};
    if (!from.empty()) words.insert(words.end(), {"--from", from, "--to", to});
    return run(words);
  }
  void expect_refused(const ProcessResult& result, const std::string& what) const {
    EXPECT_EQ(result.exit_code, 1) << what;
    EXPECT_EQ(result.out, "") << what;
    EXPECT_THAT(result.err, HasSubstr(kFile)) << what;
    EXPECT_EQ(std::count(result.err.begin(), result.err.end(), '\n'), 1) << result.err;
  }
  ProcessResult append_a_day() const {
    const std::string file = write("more.csv", bars_csv("2024-02-01", 60, 1440));
    return run({"import", file, "--symbol", "crypto:BTCUSDT", "--timeframe", "1m"});
  }

  std::string csv;
  std::string original;
  std::string metadata;
  std::vector<std::size_t> begins;  // of the blocks
};

TEST_F(DamagedCache, ATurnedBitCostsItsBlockUntilItIsHealed) {
  std::string rotten = original;
  rotten[(begins[1] + begins[2]) / 2] = static_cast<char>(rotten[(begins[1] + begins[2]) / 2] ^ 16);
  put(kFile, rotten);

  expect_found("damaged_block", "a turned bit");
  const ProcessResult good = read("2024-01-01", "2024-01-02");
  EXPECT_EQ(good.exit_code, 0) << good.err;
  EXPECT_EQ(good.out, csv.substr(0, csv.find("2024-01-02 00:00:00")));
  const ProcessResult bad = read("2024-01-04", "2024-01-05");
  expect_refused(bad, "the bad range");
  EXPECT_THAT(bad.err, HasSubstr("block 1"));
  EXPECT_THAT(bad.err, HasSubstr("verify --repair"));
  expect_refused(read(), "the whole");
  EXPECT_EQ(content_of(cache(kFile)), rotten) << "readers write nothing";
}

TEST_F(DamagedCache, NothingIsAppendedToASealedBlockThatRots) {
  std::string rotten = original;
  rotten[begins[1] / 2] = static_cast<char>(rotten[begins[1] / 2] ^ 1);
  put(kFile, rotten);

  const ProcessResult result = append_a_day();

  EXPECT_EQ(result.exit_code, 1) << result.err;
  EXPECT_THAT(result.err, HasSubstr("run `chandler verify --repair`"));
  EXPECT_EQ(content_of(cache(kFile)), rotten);
}

TEST_F(DamagedCache, ACutIsNamedAndTheMetadataIsNotMadeToFit) {
  for (const std::size_t size :
       {begins[1], begins[2], begins[2] + 100, original.size() - 1, std::size_t{1}}) {
    put(kFile, original.substr(0, size));

    expect_found("truncated", "a cut to " + std::to_string(size));
    expect_refused(read(), "a cut to " + std::to_string(size));
    EXPECT_EQ(content_of(cache(kMetadata)), metadata);
  }
  put(kFile, original.substr(0, begins[1]));
  EXPECT_EQ(read("2024-01-01", "2024-01-02").exit_code, 0);
}

TEST_F(DamagedCache, ATailIsTakenAwayByRepair) {
  put(kFile, original + "2024-02-01 00:00:00,1,1,1,1,1\n");

  expect_found("trailing_bytes", "a tail");
  EXPECT_EQ(read().out, csv);
  EXPECT_EQ(run({"verify", "--repair"}).exit_code, 0);

  EXPECT_EQ(content_of(cache(kFile)), original);
  expect_clean();
}

TEST_F(DamagedCache, AFileOfAnotherPlaceIsKnownForThat) {
  fill("ETHUSDT", "1m", "2024-01-01", 5000);
  for (const bool with_metadata : {true, false}) {
    put(kFile, content_of(cache("ETHUSDT/1m/2024.csv.gz")));
    if (!with_metadata) std::filesystem::remove(cache(kMetadata));

    expect_found("wrong_place", "metadata: " + std::to_string(with_metadata));
    expect_refused(read(), "another file");
  }
}

TEST_F(DamagedCache, AFileWithoutContentIsWrittenAnewByTheNextImport) {
  for (const std::string& nothing : {std::string(), std::string(4096, '\0')}) {
    put(kFile, nothing);

    expect_found(nothing.empty() ? "truncated" : "unreadable", "nothing in it");
    EXPECT_EQ(read().exit_code, 1);
    EXPECT_EQ(fill("BTCUSDT", "1m", "2024-01-01", 10'000), csv);

    EXPECT_EQ(content_of(cache(kFile)), original);
    expect_clean();
  }
}

TEST_F(DamagedCache, AForeignGzipIsReadAndMadeOurs) {
  put(kFile, gzipped(csv));

  expect_found("not_canonical", "a foreign gzip");
  EXPECT_EQ(read().out, csv);
  EXPECT_EQ(run({"verify", "--repair"}).exit_code, 0);

  EXPECT_EQ(read().out, csv);
  expect_clean();
}

TEST_F(DamagedCache, ABadRowIsNamedByItsLine) {
  for (const char* row : {"2024-01-01 00:00:00,1,1,1,1,1", "2024-01-01 00:00:01,nan,1,1,1,1",
                          "2023-12-31 00:00:00,1,1,1,1,1"}) {
    put(kFile, gzipped(kHeader + std::string("2024-01-01 00:00:00,1,2,1,1,1\n") + row + "\n"));

    expect_found("bad_rows", row);
    EXPECT_THAT(run({"verify"}).out, HasSubstr("line 3"));
  }
}

TEST_F(DamagedCache, ABombIsRefusedWithLittleMemoryAndTime) {
  const std::vector<std::pair<std::string, std::string>> bombs = {
      {"zeros", test::gzip_bomb("", std::string(4096, '\0'), 400U << 20U)},
      {"an endless line", test::gzip_bomb(kHeader, "2024-01-01 00:00:00,1,", 400U << 20U)},
      {"one row again and again",
       test::gzip_bomb(kHeader, "2024-01-01 00:00:00,1,1,1,1,1\n", 400U << 20U)},
      {"empty lines", test::gzip_bomb(kHeader, "\n", 400U << 20U)}};
  for (const auto& [name, bytes] : bombs) {
    put(kFile, bytes);
    for (const char* verb : {"verify", "read", "status"}) {
      std::vector<std::string> command = {"prlimit", "--cpu=10", "--"};
      for (const std::string& word : program({verb, "BTCUSDT", "1m"})) command.push_back(word);

      const ProcessResult result = testing::run_process(command, defaults());

      const std::string what = name + ", " + verb;
      if (verb == std::string("verify")) {
        EXPECT_EQ(result.exit_code, 3) << what << result.err;
      }
      if (verb == std::string("read")) expect_refused(result, what);
      EXPECT_LT(result.exit_code, 128) << what << ": took more than ten seconds";
    }
  }
  struct rusage usage {};
  ASSERT_EQ(::getrusage(RUSAGE_CHILDREN, &usage), 0);
  if (test::kMemoryCounts) {
    EXPECT_LT(usage.ru_maxrss, 300 * 1024);
  }
}

// --- metadata ------------------------------------------------------------------------------------

TEST_F(DamagedCache, MetadataThatCannotBeReadStopsNobodyAndIsMadeAnewByTheNextWrite) {
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"missing", ""},
      {"empty", ""},
      {"cut", metadata.substr(0, 400)},
      {"no JSON", "<html>"},
      {"another's", "{\"schema_version\": 1, \"symbol\": \"ETHUSDT\"}"}};
  std::string next = "2024-03-01";
  for (const auto& [name, text] : cases) {
    put(kMetadata, text);
    if (name == "missing") std::filesystem::remove(cache(kMetadata));

    EXPECT_EQ(read("2024-01-01", "2024-01-02").exit_code, 0) << name;
    for (const char* verb : {"status", "gaps"}) {
      EXPECT_EQ(run({verb, "BTCUSDT", "1m"}).exit_code, 0) << name << ", " << verb;
    }
    EXPECT_EQ(run({"verify"}).exit_code, 3) << name;
    fill("BTCUSDT", "1m", next, 10);
    next.back() = static_cast<char>(next.back() + 1);
    expect_clean();
  }
}

TEST_F(DamagedCache, MetadataOfANewerChandlerIsReadAndNotTouched) {
  Json newer = Json::parse(metadata);
  newer["schema_version"] = 2;
  put(kMetadata, newer.dump());

  EXPECT_EQ(read().out, csv);
  const ProcessResult result = append_a_day();

  EXPECT_EQ(result.exit_code, 1) << result.err;
  EXPECT_THAT(result.err, HasSubstr("newer Chandler"));
  EXPECT_EQ(content_of(cache(kMetadata)), newer.dump());
  EXPECT_EQ(content_of(cache(kFile)), original);
}

TEST_F(DamagedCache, SummariesThatAreDamagedAreMadeAnew) {
  for (const auto& entry : std::filesystem::directory_iterator(cache("_metadata"))) {
    if (entry.path().extension() == ".json")
      write("cache/_metadata/" + entry.path().filename().string(), "{");
  }

  EXPECT_EQ(run({"status"}).exit_code, 0);
  EXPECT_EQ(append_a_day().exit_code, 0);

  for (const auto& entry : std::filesystem::directory_iterator(cache("_metadata"))) {
    if (entry.path().extension() != ".json") continue;
    EXPECT_FALSE(Json::parse(content_of(entry.path()), nullptr, false).is_discarded())
        << entry.path();
  }
}

}  // namespace
}  // namespace chandler::cli
