// Frames rolled up from a source that is longer than what is read of it at a time, and of which a few
// blocks change at a time: what is made is what making it from nothing would give.
#include "store/derived_year.h"

#include <gtest/gtest.h>

#include "damage_support.h"
#include "store/recovery.h"

namespace chandler {
namespace {

using namespace test;

const std::vector<Timeframe> kTargets = {Timeframe::m3, Timeframe::m5,  Timeframe::m15,
                                         Timeframe::h1, Timeframe::h12, Timeframe::d1,
                                         Timeframe::w1};

class LongSource : public ::testing::Test {
 protected:
  void roll() {
    for (const WriteOutcome& o :
         box.cache().resample(*Symbol::parse("BTCUSDT"), Timeframe::m1, kTargets))
      EXPECT_FALSE(o.error) << o.error->line();
  }

  // Metadata of all targets, without what tells when they were written; and the data.
  [[nodiscard]] std::map<std::string, std::string> made() const {
    std::map<std::string, std::string> files;
    for (auto& [name, bytes] : box.snapshot()) {
      if (name.starts_with("BTCUSDT/1m/") || name.find("/.") != std::string::npos) continue;
      if (!name.ends_with(".metadata.json")) {
        files[name] = bytes;
        continue;
      }
      auto j = nlohmann::json::parse(bytes);
      for (const char* key : {"created_at", "last_updated"}) j.erase(key);
      for (auto& p : j["provenance"]) p.erase("fetched_at");
      files[name] = j.dump(1);
    }
    return files;
  }

  void expect_as_from_nothing() {
    const auto grown = made();
    for (const Timeframe tf : kTargets)
      EXPECT_TRUE(box.cache().remove(series("BTCUSDT", tf)).errors.empty());
    roll();
    const auto fresh = made();
    ASSERT_EQ(grown.size(), fresh.size());
    for (const auto& [name, bytes] : fresh) EXPECT_TRUE(grown.at(name) == bytes) << name;
  }

  // 62 days of minutes: more than are read at once, and five blocks of 5m.
  BarSeries minutes =
      all_bars(CalendarKind::always, Timeframe::m1, range_of("2024-02-01", "2024-04-03"));
  Sandbox box;
};

TEST_F(LongSource, IsRolledUpAsIfItHadBeenReadAtOnce) {
  // A hole every 1,000 minutes, and one over the border of what is read at a time.
  const BarSeries source = pick(minutes, [](std::size_t i) {
    return i % 1000 != 7 && !(i > 45 * 1440 - 100 && i < 45 * 1440 + 100);
  });
  box.merge("BTCUSDT", Timeframe::m1, source);

  roll();

  for (const Timeframe tf : kTargets) {
    const RolledUp once = roll_up(source, {},
                                  {.source = Timeframe::m1,
                                   .target = tf,
                                   .calendar = Calendar(CalendarKind::always),
                                   .now = box.clock.now()});
    const auto stored = box.cache().read(series("BTCUSDT", tf));
    ASSERT_TRUE(stored) << to_string(tf);
    EXPECT_TRUE(identical(*stored, once.bars)) << to_string(tf);
    const auto metadata =
        box.metadata(series("BTCUSDT", tf).folder() + "/2024.metadata.json")["data_quality"];
    EXPECT_EQ(metadata["incomplete"], once.incomplete.size()) << to_string(tf);
  }
}

// Incomplete bars are listed as runs; a change inside, at the edge of, or between them must find and
// leave the others as they are, whatever blocks lie between.
TEST_F(LongSource, ListsIncompleteBarsAsFromNothingHoweverItGrows) {
  Dice dice(3);
  // Every fifth minute is missing over long stretches: runs of incomplete bars that span blocks.
  const auto holey = [](std::size_t i) { return i % 20'000 < 9'000 ? i % 5 != 0 : i % 977 != 0; };
  box.merge("BTCUSDT", Timeframe::m1, pick(minutes.slice(0, 60'000), holey));
  roll();
  for (int step = 0; step < 4; ++step) {
    const std::size_t from = step == 0 ? 60'000 : dice.below(minutes.size() - 5000);
    const std::size_t to = step == 0 ? minutes.size() : from + 1 + dice.below(4000);
    const bool heal = step != 0 && dice.one_in(2);
    box.merge("BTCUSDT", Timeframe::m1, pick(minutes, [&](std::size_t i) {
                return i >= from && i < to && (heal || holey(i));
              }));
    roll();
  }

  expect_as_from_nothing();
}

TEST_F(LongSource, LeavesNoTemporaryBehindWhenNothingIsNew) {
  box.merge("BTCUSDT", Timeframe::m1, minutes.slice(0, 5000));
  roll();
  box.put("BTCUSDT/1h/.2024.csv.gz.0123abcd.tmp", "half of it");
  box.put("BTCUSDT/5m/.2024.metadata.json.0123abcd.tmp", "{");

  roll();

  EXPECT_TRUE(files_named(box, ".tmp").empty());
}

TEST_F(LongSource, IsNotLookedAtAgainWhereATargetIsUpToDate) {
  box.merge("BTCUSDT", Timeframe::m1, minutes.slice(0, 5000));
  roll();
  for (const Timeframe tf : kTargets)
    std::filesystem::remove(box.root() / series("BTCUSDT", tf).folder() / ".lock");

  roll();

  for (const Timeframe tf : kTargets) {
    EXPECT_FALSE(std::filesystem::exists(box.root() / series("BTCUSDT", tf).folder() / ".lock"))
        << to_string(tf) << ": no lock is taken, so none is made";
  }
}

// What was computed ahead of the lock counts only for the file it was made of.
TEST_F(LongSource, ThatChangesBeforeTheLockIsTakenIsRolledUpAnew) {
  box.merge("BTCUSDT", Timeframe::m1, minutes.slice(0, 3000));
  const SeriesId id = series("BTCUSDT", Timeframe::m1);
  const auto root = store::Folder::open_root(FileSystem::system(), box.root().string());
  ASSERT_TRUE(root);
  const auto folder = root->open_folder("BTCUSDT")->open_folder("1m");
  const auto before = store::YearFile::open(*folder, id, 2024);
  ASSERT_TRUE(before);
  store::RollSource from{.symbol = id.symbol,
                         .source = Timeframe::m1,
                         .target = Timeframe::h1,
                         .calendar = Calendar(CalendarKind::always),
                         .same = &*before,
                         .folder = &*folder,
                         .now = box.clock.now()};
  const TimeRange labels = range_of("2024-02-01", "2024-02-03");
  const std::vector<store::WantedLabels> wanted = {{Timeframe::h1, labels}};
  auto ahead = store::RolledAhead::roll(from, wanted);
  ASSERT_TRUE(ahead);

  box.merge("BTCUSDT", Timeframe::m1, minutes.slice(3000, 3100));
  const auto after = store::YearFile::open(*folder, id, 2024);
  store::RollSource now = from;
  now.same = &*after;
  EXPECT_FALSE(ahead->take(now, labels));
  now.same = &*before;
  EXPECT_FALSE(ahead->take(now, range_of("2024-02-01", "2024-02-02"))) << "other labels";
  now.now += seconds{1};
  EXPECT_FALSE(ahead->take(now, labels)) << "another instant";

  const auto taken = ahead->take(from, labels);
  ASSERT_TRUE(taken);
  EXPECT_TRUE(identical(taken->rows.bars, store::roll_stored(from, labels)->rows.bars));
  EXPECT_FALSE(ahead->take(from, labels)) << "it is given once";
}

}  // namespace
}  // namespace chandler
