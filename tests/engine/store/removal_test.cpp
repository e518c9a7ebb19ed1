// rm and prune: the only ways a committed bar goes.
#include <gtest/gtest.h>

#include "damage_support.h"

namespace chandler {
namespace {

using namespace test;

class Removal : public ::testing::Test {
 protected:
  void SetUp() override {
    box.merge("BTCUSDT", Timeframe::d1, days);
    box.merge("BTCUSDT", Timeframe::h1,
              all_bars(CalendarKind::always, Timeframe::h1, range_of("2024-01-01", "2024-01-03")));
  }
  [[nodiscard]] std::vector<int> years() const {
    std::vector<int> found;
    for (const auto& [name, bytes] : box.snapshot(".csv.gz")) {
      if (name.starts_with("BTCUSDT/1d/")) found.push_back(std::stoi(name.substr(11, 4)));
    }
    return found;
  }

  SeriesId id = series("BTCUSDT", Timeframe::d1);
  BarSeries days =
      all_bars(CalendarKind::always, Timeframe::d1, range_of("2020-06-01", "2024-06-01"));
  Sandbox box;
};

TEST_F(Removal, TakesTheSeriesAndLeavesItsNeighbours) {
  const RemoveOutcome outcome = box.cache().remove(id);

  EXPECT_TRUE(outcome.errors.empty());
  EXPECT_EQ(outcome.removed.size(), 5U);
  EXPECT_EQ(outcome.removed.front(), "BTCUSDT/1d/2020.csv.gz");
  EXPECT_FALSE(std::filesystem::exists(box.root() / "BTCUSDT/1d"));
  EXPECT_TRUE(std::filesystem::exists(box.root() / "BTCUSDT/1h/2024.csv.gz"));

  static_cast<void>(box.cache().remove(series("BTCUSDT", Timeframe::h1)));
  EXPECT_FALSE(std::filesystem::exists(box.root() / "BTCUSDT"));
}

TEST_F(Removal, OfWhatIsNotThereSaysSo) {
  const RemoveOutcome outcome = box.cache().remove(series("ETHUSDT", Timeframe::d1));

  ASSERT_EQ(outcome.errors.size(), 1U);
  EXPECT_EQ(outcome.errors[0].kind, ErrorKind::not_found);
  EXPECT_FALSE(std::filesystem::exists(box.root() / "ETHUSDT"));
}

TEST_F(Removal, PrunesByAge) {
  const RemoveOutcome outcome =
      box.cache().prune(id, {.older_than = *parse_exact("2022-07-01 00:00:00")});

  EXPECT_EQ(outcome.removed.size(), 2U);
  EXPECT_EQ(years(), (std::vector<int>{2022, 2023, 2024})) << "a year that is not over stays whole";
  EXPECT_TRUE(identical(*box.cache().read(id), between(days, {year_start(2022), Instant::max()})));
  EXPECT_EQ(kinds(box), Kinds{});
}

TEST_F(Removal, PrunesToTheNewestYears) {
  EXPECT_EQ(box.cache().prune(id, {.keep_years = 9}).removed.size(), 0U);
  EXPECT_EQ(box.cache().prune(id, {.keep_years = 2}).removed.size(), 3U);
  EXPECT_EQ(years(), (std::vector<int>{2023, 2024}));
  EXPECT_EQ(box.cache().prune(id, {.keep_years = 0}).removed.size(), 2U);
  EXPECT_FALSE(std::filesystem::exists(box.root() / "BTCUSDT/1d"));
}

TEST_F(Removal, OnTrialRemovesAndLocksNothing) {
  const auto before = box.snapshot();

  const auto files = box.cache().prunable(id, {.keep_years = 1});

  ASSERT_TRUE(files) << files.error().line();
  EXPECT_EQ(files->size(), 4U);
  EXPECT_EQ(box.snapshot(), before);
}

TEST_F(Removal, TakesDamagedFilesAndOriginalsSetAside) {
  box.put("BTCUSDT/1d/2021.csv.gz", "rubbish");
  box.put("BTCUSDT/1d/2022.metadata.json", "rubbish");
  std::filesystem::remove(box.root() / "BTCUSDT/1d/2023.csv.gz");
  box.put("BTCUSDT/1d/.2020.damaged.0123abcd", "what was left of it");
  box.put("BTCUSDT/1d/.2019.damaged.0123abcd", "a year of which nothing else is left");
  box.put("BTCUSDT/1d/.2020.csv.gz.0123abcd.tmp", "half");

  const RemoveOutcome outcome = box.cache().remove(id);

  EXPECT_TRUE(outcome.errors.empty());
  EXPECT_FALSE(std::filesystem::exists(box.root() / "BTCUSDT/1d"));
}

TEST_F(Removal, LeavesFilesOfOthers) {
  box.put("BTCUSDT/1d/notes.txt", "mine");

  const RemoveOutcome outcome = box.cache().remove(id);

  EXPECT_TRUE(outcome.errors.empty());
  EXPECT_EQ(outcome.removed.size(), 5U);
  EXPECT_EQ(box.bytes("BTCUSDT/1d/notes.txt"), "mine");
  EXPECT_TRUE(years().empty());
}

TEST_F(Removal, OfASourceLeavesWhatWasRolledUpFromIt) {
  static_cast<void>(box.cache().resample(id.symbol, Timeframe::d1, std::vector{Timeframe::mo1}));
  const auto before = box.bytes("BTCUSDT/1M/2023.csv.gz");

  static_cast<void>(box.cache().remove(id));

  EXPECT_EQ(box.bytes("BTCUSDT/1M/2023.csv.gz"), before);
  EXPECT_FALSE(box.cache().status(series("BTCUSDT", Timeframe::mo1))->behind);
  EXPECT_EQ(kinds(box, {.deep = true}), Kinds{});
}

TEST_F(Removal, CanBeFollowedByANewBeginning) {
  const auto before = box.snapshot();
  static_cast<void>(box.cache().remove(id));

  EXPECT_EQ(box.merge("BTCUSDT", Timeframe::d1, days).status, WriteStatus::ok);

  EXPECT_EQ(box.snapshot(), before);
}

}  // namespace
}  // namespace chandler
