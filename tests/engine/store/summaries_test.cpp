// _metadata/*.json are a cache of facts: whatever stands in them, what users are told is true.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include "damage_support.h"

namespace chandler {
namespace {

using namespace test;

constexpr const char* kScores = "_metadata/quality_scores.json";

// What users are told of a series, as text.
std::string told(const SeriesStatus& s) {
  std::string text = s.series.text() + " rows " + std::to_string(s.rows) + " expected " +
                     std::to_string(s.expected_bars) + " missing " +
                     std::to_string(s.missing_bars) + " gaps " + std::to_string(s.gaps) +
                     " score " + std::to_string(s.score) + " coverage " +
                     std::to_string(s.coverage) + " bytes " + std::to_string(s.bytes) + " class " +
                     std::string(to_string(s.asset_class)) + (s.behind ? " behind" : "");
  if (s.derived_from) text += " from " + std::string(to_string(*s.derived_from));
  if (s.first) text += " " + format_instant(*s.first) + " to " + format_instant(*s.last);
  for (const int year : s.years) text += " " + std::to_string(year);
  for (const std::string& p : s.providers) text += " " + p;
  return text;
}

class Summaries : public ::testing::Test {
 protected:
  void SetUp() override {
    const BarSeries minutes =
        all_bars(CalendarKind::always, Timeframe::m1, range_of("2023-12-31", "2024-01-02"));
    box.merge("BTCUSDT", Timeframe::m1, without(minutes, 100, 130));
    static_cast<void>(box.cache().resample(*Symbol::parse("BTCUSDT"), Timeframe::m1,
                                           std::vector{Timeframe::h1, Timeframe::d1}));
    box.merge(
        "AAPL", Timeframe::d1,
        all_bars(CalendarKind::us_equities, Timeframe::d1, range_of("2024-01-01", "2024-03-01")),
        "yahoo");
    settle();
    right = everything();
    ASSERT_TRUE(box.cache().refresh_summaries());
    ASSERT_TRUE(std::filesystem::exists(box.root() / kScores));
  }

  // As if everything had been written a while ago: a folder changed just now is not believed.
  void settle() const {
    for (const auto& entry : std::filesystem::recursive_directory_iterator(box.root())) {
      if (entry.is_directory()) age(entry.path());
    }
  }
  static void age(const std::filesystem::path& folder) {
    struct stat now {};
    ASSERT_EQ(::stat(folder.c_str(), &now), 0);
    now.st_mtim.tv_sec -= 60;
    const std::array<timespec, 2> times = {now.st_atim, now.st_mtim};
    ASSERT_EQ(::utimensat(AT_FDCWD, folder.c_str(), times.data(), 0), 0);
  }

  [[nodiscard]] std::vector<std::string> everything() const {
    std::vector<std::string> all;
    const auto status = box.cache().status_all();
    EXPECT_TRUE(status) << status.error().line();
    for (const SeriesStatus& s : *status) all.push_back(told(s));
    return all;
  }

  mutable Sandbox box;
  std::vector<std::string> right;
};

TEST_F(Summaries, TellTheSameAsTheYearsThemselves) {
  EXPECT_EQ(right.size(), 4U);
  EXPECT_EQ(everything(), right);
  const auto scores = box.metadata(kScores);
  EXPECT_EQ(scores["series"].size(), 4U);
  for (const auto& s : scores["series"]) EXPECT_NE(s["folder_ns"], 0) << "not believed at all";
  const auto symbols = box.metadata("_metadata/symbols.json")["symbols"];
  EXPECT_EQ(symbols["BTCUSDT"]["class"], "crypto");
  EXPECT_EQ(symbols["BTCUSDT"]["base"], "BTC");
  EXPECT_EQ(symbols["BTCUSDT"]["timeframes"], nlohmann::json({"1m", "1h", "1d"}));
  const auto providers = box.metadata("_metadata/providers.json")["providers"];
  EXPECT_EQ(providers["yahoo"]["series"], 1);
  EXPECT_EQ(providers["import"]["series"], 3);
}

TEST_F(Summaries, ThatAreDamagedOrMissingAreMadeAnew) {
  const std::string scores = box.bytes(kScores);
  std::vector<std::string> ruins = {"",
                                    "null",
                                    "[]",
                                    "{}",
                                    R"({"schema_version": 1})",
                                    R"({"schema_version": 1, "series": 5})",
                                    R"({"schema_version": 1, "series": [1, 2]})",
                                    R"({"schema_version": 1, "series": [{"symbol": "BTCUSDT"}]})",
                                    R"({"schema_version": 2, "series": []})",
                                    std::string(scores.size(), '\0'),
                                    std::string(200000, '[')};
  for (std::size_t cut = 1; cut < scores.size(); cut += scores.size() / 20)
    ruins.push_back(scores.substr(0, cut));
  for (const std::string& ruin : ruins) {
    box.put(kScores, ruin);
    EXPECT_EQ(everything(), right) << ruin.substr(0, 80);
  }
  EXPECT_TRUE(box.cache().refresh_summaries());
  EXPECT_EQ(box.metadata(kScores), nlohmann::json::parse(scores));

  std::filesystem::remove_all(box.root() / "_metadata");
  EXPECT_EQ(everything(), right);
}

TEST_F(Summaries, ThatAreDamagedAreToldOfOnceAndMadeAnew) {
  EXPECT_TRUE(box.cache().take_warnings().empty());
  const std::vector<std::string> names = {kScores, "_metadata/symbols.json",
                                          "_metadata/providers.json"};
  for (const std::string& name : names) {
    const std::string good = box.bytes(name);
    for (const std::string& ruin : {good.substr(0, good.size() / 2), std::string{},
                                    std::string(good.size(), '\0'), "{" + good}) {
      box.put(name, ruin);

      ASSERT_TRUE(box.cache().refresh_summaries());

      const std::vector<Error> warnings = box.cache().take_warnings();
      ASSERT_EQ(warnings.size(), 1U) << name << ": " << ruin.substr(0, 40);
      EXPECT_EQ(warnings[0].where, name);
      EXPECT_EQ(box.bytes(name), good);
      ASSERT_TRUE(box.cache().refresh_summaries());
      EXPECT_TRUE(box.cache().take_warnings().empty());
    }
  }
}

TEST_F(Summaries, ThatAreDamagedAreToldOfByAReaderToo) {
  box.put(kScores, "half");

  EXPECT_EQ(everything(), right);
  EXPECT_EQ(everything(), right);

  EXPECT_EQ(box.cache().take_warnings().size(), 1U);
  EXPECT_EQ(box.bytes(kScores), "half") << "a reader writes nothing";
}

TEST_F(Summaries, ThatAByteOfWasChangedTellNothingUntrue) {
  const std::string scores = box.bytes(kScores);
  for (std::size_t at = 0; at < scores.size(); ++at) {
    const char c = scores[at];
    std::string changed = scores;
    if (c >= '0' && c <= '9') {
      changed[at] = c == '9' ? '1' : static_cast<char>(c + 1);
    } else if (c >= 'a' && c <= 'z') {
      changed[at] = c == 'z' ? 'a' : static_cast<char>(c + 1);
    } else if (at % 7 == 0) {
      changed[at] = ' ';
    } else {
      continue;
    }
    if (at % 5 != 0) continue;
    box.put(kScores, changed);
    ASSERT_EQ(everything(), right)
        << "byte " << at << ": " << scores.substr(at - std::min<std::size_t>(at, 30), 60);
  }
}

TEST_F(Summaries, OfBeforeAWriteAreNotBelieved) {
  box.merge(
      "AAPL", Timeframe::d1,
      all_bars(CalendarKind::us_equities, Timeframe::d1, range_of("2024-03-01", "2024-04-01")));
  const auto status = box.cache().status(series("AAPL", Timeframe::d1));
  EXPECT_EQ(format_instant(*status->last), "2024-03-28 00:00:00");

  static_cast<void>(box.cache().remove(series("BTCUSDT", Timeframe::h1)));
  EXPECT_EQ(everything().size(), 3U);

  box.merge("BTCUSDT", Timeframe::m1,
            all_bars(CalendarKind::always, Timeframe::m1, range_of("2024-01-02", "2024-01-03")));
  EXPECT_TRUE(box.cache().status(series("BTCUSDT", Timeframe::d1))->behind)
      << "a source that has changed since";
}

TEST_F(Summaries, OfAFolderThatChangedJustNowAreNotBelievedEither) {
  box.merge(
      "AAPL", Timeframe::d1,
      all_bars(CalendarKind::us_equities, Timeframe::d1, range_of("2024-03-01", "2024-03-05")));
  ASSERT_TRUE(box.cache().refresh_summaries());
  bool found = false;
  const auto scores = box.metadata(kScores);
  for (const auto& s : scores["series"]) {
    if (s["symbol"] != "AAPL") continue;
    found = true;
    EXPECT_EQ(s["folder_ns"], 0);
  }
  EXPECT_TRUE(found);
}

TEST_F(Summaries, OfDamagedFilesAreNotKept) {
  box.put("AAPL/1d/2024.csv.gz", "rubbish");
  box.put("AAPL/1d/touched", "");
  settle();
  ASSERT_TRUE(box.cache().refresh_summaries());
  EXPECT_EQ(box.cache().status(series("AAPL", Timeframe::d1))->problems.size(), 1U);
  EXPECT_EQ(box.cache().status(series("AAPL", Timeframe::d1))->problems.size(), 1U);
}

TEST_F(Summaries, OfWritersThatDiedLeaveNothingBehind) {
  box.put("_metadata/.quality_scores.json.0123abcd.tmp", "half");
  ASSERT_TRUE(box.cache().refresh_summaries());
  EXPECT_TRUE(files_named(box, ".tmp").empty());
}

TEST_F(Summaries, OfAnEmptyCacheMakeNoFolder) {
  for (const SeriesId& id : ids_of(box)) ASSERT_TRUE(box.cache().remove(id).errors.empty());
  EXPECT_TRUE(box.cache().refresh_summaries());
  EXPECT_TRUE(box.metadata(kScores)["series"].empty());
  std::filesystem::remove_all(box.root());
  EXPECT_TRUE(box.cache().refresh_summaries());
  EXPECT_FALSE(std::filesystem::exists(box.root()));
}

}  // namespace
}  // namespace chandler
