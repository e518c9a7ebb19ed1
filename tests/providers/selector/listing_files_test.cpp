#include "selector/listing_files.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <sstream>

namespace chandler {
namespace {

namespace fs = std::filesystem;

class ListingFilesTest : public ::testing::Test {
 protected:
  ListingFilesTest() {
    std::string pattern = (fs::temp_directory_path() / "chandler-listings-XXXXXX").string();
    if (::mkdtemp(pattern.data()) == nullptr) std::abort();
    root = pattern;
  }
  ~ListingFilesTest() override {
    std::error_code ignored;
    fs::remove_all(root, ignored);
  }

  [[nodiscard]] ListingFiles files() const { return ListingFiles{root / "cache"}; }
  [[nodiscard]] fs::path file(const std::string& name) const {
    return root / "cache" / "_metadata" / "listings" / name;
  }
  void put(const std::string& name, const std::string& text) const {
    fs::create_directories(file(name).parent_path());
    std::ofstream{file(name)} << text;
  }
  [[nodiscard]] std::string text_of(const std::string& name) const {
    std::ostringstream all;
    all << std::ifstream{file(name)}.rdbuf();
    return all.str();
  }

  static Listing two() {
    return {
        "binance",
        *parse_exact("2024-05-01 12:00:00"),
        {{.instrument = {*Symbol::parse("BTCUSDT"), AssetClass::crypto, "BTC", "USDT", "binance"},
          .name = "Bit \"coin\""},
         {.instrument = {*Symbol::parse("\xE5\xB8\x81USDT"), AssetClass::unknown},
          .trading = false}}};
  }

  fs::path root;
};

TEST_F(ListingFilesTest, GiveBackWhatWasWritten) {
  ASSERT_TRUE(files().write(two()));
  const auto [listings, problems] = files().read_all();

  EXPECT_TRUE(problems.empty());
  ASSERT_EQ(listings.size(), 1U);
  const Listing expected = two();
  EXPECT_EQ(listings[0].provider, expected.provider);
  EXPECT_EQ(listings[0].fetched_at, expected.fetched_at);
  ASSERT_EQ(listings[0].listed.size(), 2U);
  for (std::size_t i = 0; i < 2; ++i) {
    EXPECT_EQ(listings[0].listed[i].instrument, expected.listed[i].instrument);
    EXPECT_EQ(listings[0].listed[i].name, expected.listed[i].name);
    EXPECT_EQ(listings[0].listed[i].trading, expected.listed[i].trading);
  }
}

TEST_F(ListingFilesTest, AreReadableByEye) {
  ASSERT_TRUE(files().write(two()));

  EXPECT_EQ(text_of("binance.json"),
            "{\"schema_version\":1,\"provider\":\"binance\",\"fetched_at\":\"2024-05-01T12:00:00\","
            "\"listed\":[\n"
            "{\"symbol\":\"BTCUSDT\",\"class\":\"crypto\",\"base\":\"BTC\",\"quote\":\"USDT\","
            "\"exchange\":\"binance\",\"name\":\"Bit \\\"coin\\\"\"},\n"
            "{\"symbol\":\"\xE5\xB8\x81USDT\",\"class\":\"unknown\",\"trading\":false}\n"
            "]}\n");
}

TEST_F(ListingFilesTest, AreReplacedWholeAndLeaveNothingBehind) {
  put(".binance.json.dead.tmp", "half");
  ASSERT_TRUE(files().write(two()));
  Listing one = two();
  one.listed.pop_back();
  ASSERT_TRUE(files().write(one));

  EXPECT_EQ(files().read_all().listings.at(0).listed.size(), 1U);
  EXPECT_FALSE(fs::exists(file(".binance.json.dead.tmp")));
}

TEST_F(ListingFilesTest, WhereThereAreNoneThereIsNothingToSay) {
  EXPECT_TRUE(files().read_all().listings.empty());
  EXPECT_TRUE(files().read_all().problems.empty());
  fs::create_directories(root / "cache" / "_metadata");
  EXPECT_TRUE(files().read_all().problems.empty());
}

TEST_F(ListingFilesTest, ADamagedOnePassesOverItselfAlone) {
  ASSERT_TRUE(files().write(two()));
  const std::string good = text_of("binance.json");
  struct Case {
    std::string text;
    const char* what;
    ErrorKind kind = ErrorKind::damaged;
  };
  const auto changed = [&good](const std::string& from, const std::string& to) {
    std::string text = good;
    return text.replace(text.find(from), from.size(), to);
  };
  const Case cases[] = {
      {"", "not valid JSON"},
      {good.substr(0, good.size() / 2), "not valid JSON"},
      {"[]", "says no version"},
      {changed(":1,", ":\"1\","), "says no version"},
      {changed(":1,", ":2,"), "written by a later version", ErrorKind::newer_schema},
      {changed("\"provider\":\"binance\"", "\"provider\":\"../x\""), "lacks a part"},
      {changed("2024-05", "2024-5"), "says no time"},
      {changed("\"listed\":[", "\"lost\":["), "lacks a part"},
      {changed("\"class\":\"crypto\"", "\"class\":\"bond\""), "names no instrument"},
      {changed("{\"symbol\":\"BTCUSDT\"", "7,{\"symbol\":\"BTCUSDT\""), "names no instrument"},
      {good, "the listing of \"binance\", by what it says"},
  };
  for (const Case& c : cases) {
    put("other.json", c.text);
    const auto [listings, problems] = files().read_all();
    EXPECT_EQ(listings.size(), 1U);
    ASSERT_EQ(problems.size(), 1U) << c.what;
    EXPECT_NE(problems[0].line().find(c.what), std::string::npos) << problems[0].line();
    EXPECT_EQ(problems[0].where, "_metadata/listings/other.json");
    EXPECT_EQ(problems[0].kind, c.kind) << c.what;
  }
}

TEST_F(ListingFilesTest, FilesOfOthersAreLeftAlone) {
  put("notes.txt", "hello");
  put(".hidden.json", "hello");

  EXPECT_TRUE(files().read_all().problems.empty());
}

TEST_F(ListingFilesTest, TellWhatKeepsThemFromBeingWritten) {
  std::ofstream{root / "cache"} << "a file";
  const auto written = files().write(two());

  ASSERT_FALSE(written);
  EXPECT_NE(written.error().line().find("cache"), std::string::npos);
  EXPECT_EQ(files().read_all().problems.size(), 1U);
}

TEST_F(ListingFilesTest, AnUnreadableFolderIsAProblem) {
  fs::create_directories(root / "cache" / "_metadata");
  std::ofstream{root / "cache" / "_metadata" / "listings"} << "a file";

  EXPECT_EQ(files().read_all().problems.size(), 1U);
  EXPECT_FALSE(files().write(two()));
}

}  // namespace
}  // namespace chandler
