#include "chandler/cache.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <iterator>

#include "chandler/file_system.h"
#include "store_support.h"

namespace chandler {
namespace {

using test::Sandbox;

TEST(Cache, GivesBackWhatWasMerged) {
  Sandbox box;
  const BarSeries bars = test::minutes("2024-01-01", 20000);

  const WriteOutcome outcome = box.merge("BTCUSDT", Timeframe::m1, bars);

  EXPECT_EQ(outcome.status, WriteStatus::ok) << (outcome.error ? outcome.error->line() : "");
  EXPECT_EQ(outcome.rows_written, bars.size());
  const auto read = box.cache().read("BTCUSDT", "1m");
  ASSERT_TRUE(read) << read.error().line();
  EXPECT_TRUE(identical(*read, bars));
}

TEST(Cache, ReadsARangeAcrossYears) {
  Sandbox box;
  const BarSeries bars = test::minutes("2023-12-31", 4 * 1440);
  ASSERT_EQ(box.merge("BTCUSDT", Timeframe::m1, bars).status, WriteStatus::ok);

  const auto read =
      box.cache().read("BTCUSDT", "1m", {.from = "2023-12-31T23:58", .to = "2024-01-01T00:03"});

  ASSERT_TRUE(read) << read.error().line();
  EXPECT_TRUE(identical(*read, bars.slice(1438, 1443)));
}

TEST(Cache, ARangeMayBeOpenAtEitherEnd) {
  Sandbox box;
  const BarSeries bars = test::minutes("2023-12-30", 4 * 1440);  // several blocks, two years
  ASSERT_EQ(box.merge("BTCUSDT", Timeframe::m1, bars).status, WriteStatus::ok);

  for (const std::size_t at : {std::size_t{0}, std::size_t{3}, std::size_t{1439}, std::size_t{2880},
                               std::size_t{4000}, bars.size() - 1}) {
    const std::string time = format_instant(bars.timestamp[at]);
    EXPECT_TRUE(identical(*box.cache().read("BTCUSDT", "1m", {.to = time}), bars.slice(0, at)))
        << time;
    EXPECT_TRUE(
        identical(*box.cache().read("BTCUSDT", "1m", {.from = time}), bars.slice(at, bars.size())))
        << time;
  }
}

TEST(Cache, MergingTheSameTwiceChangesNoByte) {
  Sandbox box;
  const BarSeries bars = test::minutes("2024-01-01", 10000);
  box.merge("BTCUSDT", Timeframe::m1, bars);
  const auto before = box.snapshot();

  const WriteOutcome again = box.merge("BTCUSDT", Timeframe::m1, bars);

  EXPECT_EQ(again.status, WriteStatus::unchanged);
  EXPECT_EQ(box.snapshot(), before);
}

TEST(Cache, AppendingADayChangesOnlyTheLastBlockAndTheEndMark) {
  Sandbox box;
  const BarSeries bars = test::minutes("2024-01-01", 366 * 1440);
  box.merge("BTCUSDT", Timeframe::m1, bars.slice(0, 365 * 1440));
  const std::string before = box.bytes("BTCUSDT/1m/2024.csv.gz");

  const WriteOutcome outcome =
      box.merge("BTCUSDT", Timeframe::m1, bars.slice(365 * 1440, 366 * 1440));

  ASSERT_EQ(outcome.status, WriteStatus::ok);
  const std::string after = box.bytes("BTCUSDT/1m/2024.csv.gz");
  const auto info = box.metadata("BTCUSDT/1m/2024.metadata.json")["file_info"]["blocks"];
  ASSERT_EQ(info.size(), 129U);
  const auto last_offset = info.back()["offset"].get<std::size_t>();
  EXPECT_EQ(before.substr(0, last_offset), after.substr(0, last_offset));
  EXPECT_NE(before.substr(last_offset), after.substr(last_offset));
}

TEST(Cache, RollsUpAndOnlyOnce) {
  Sandbox box;
  box.merge("BTCUSDT", Timeframe::m1, test::minutes("2024-01-01", 3 * 1440));
  const std::vector<Timeframe> targets = {Timeframe::m5, Timeframe::h1, Timeframe::d1};

  const auto first = box.cache().resample(*Symbol::parse("BTCUSDT"), Timeframe::m1, targets);
  const auto before = box.snapshot();
  const auto second = box.cache().resample(*Symbol::parse("BTCUSDT"), Timeframe::m1, targets);

  ASSERT_EQ(first.size(), 3U);
  for (const WriteOutcome& o : first)
    EXPECT_EQ(o.status, WriteStatus::ok) << (o.error ? o.error->line() : "");
  for (const WriteOutcome& o : second) EXPECT_EQ(o.status, WriteStatus::unchanged);
  EXPECT_EQ(box.snapshot(), before);
  EXPECT_EQ(box.cache().read("BTCUSDT", "1h")->size(), 72U);
}

TEST(Cache, VerifyIsContentWithWhatItWroteItself) {
  Sandbox box;
  box.merge("BTCUSDT", Timeframe::m1, test::minutes("2024-01-01", 30000));
  const std::vector<Timeframe> targets = {Timeframe::m5, Timeframe::h1, Timeframe::w1};
  static_cast<void>(box.cache().resample(*Symbol::parse("BTCUSDT"), Timeframe::m1, targets));

  const VerifyReport report = box.cache().verify(*box.cache().list(), {.deep = true});

  EXPECT_EQ(report.files, 4U);
  EXPECT_TRUE(report.errors.empty()) << report.errors.front().line();
  for (const Problem& p : report.problems)
    ADD_FAILURE() << p.file << " " << p.kind << " " << p.detail;
}

TEST(Cache, RepairGivesDeletedMetadataBack) {
  Sandbox box;
  box.merge("BTCUSDT", Timeframe::m1, test::minutes("2024-01-01", 30000));
  const std::vector<Timeframe> targets = {Timeframe::h1};
  static_cast<void>(box.cache().resample(*Symbol::parse("BTCUSDT"), Timeframe::m1, targets));
  const std::vector<std::string> files = {"BTCUSDT/1m/2024.metadata.json",
                                          "BTCUSDT/1h/2024.metadata.json"};
  for (const std::string& name : files) {
    auto before = box.metadata(name);
    std::filesystem::remove(box.root() / name);

    const VerifyReport found = box.cache().verify(*box.cache().list());
    const VerifyReport repaired = box.cache().verify(*box.cache().list(), {.repair = true});
    const VerifyReport after = box.cache().verify(*box.cache().list(), {.deep = true});

    ASSERT_EQ(found.problems.size(), 1U);
    EXPECT_EQ(found.problems[0].kind, "metadata_missing");
    ASSERT_EQ(repaired.problems.size(), 1U);
    EXPECT_TRUE(repaired.problems[0].repaired);
    for (const Problem& p : after.problems)
      ADD_FAILURE() << p.file << " " << p.kind << " " << p.detail;
    auto now = box.metadata(name);
    EXPECT_TRUE(now.contains("rebuilt"));
    for (auto* j : {&before, &now}) {
      j->erase("rebuilt");
      for (const char* key : {"created_at", "last_updated"}) j->erase(key);
      for (auto& p : (*j)["provenance"]) p.erase("fetched_at");
    }
    EXPECT_EQ(before, now) << nlohmann::json::diff(before, now);
  }
}

TEST(Cache, RemovedSeriesLeavesNothing) {
  Sandbox box;
  box.merge("BTCUSDT", Timeframe::m1, test::minutes("2023-12-31", 3000));

  const RemoveOutcome outcome = box.cache().remove({*Symbol::parse("BTCUSDT"), Timeframe::m1});

  EXPECT_EQ(outcome.removed.size(), 2U);
  EXPECT_TRUE(outcome.errors.empty());
  EXPECT_FALSE(std::filesystem::exists(box.root() / "BTCUSDT"));
}

TEST(Cache, StatusSumsUpTheYears) {
  Sandbox box;
  BarSeries bars = test::minutes("2023-12-31", 2 * 1440);
  BarSeries holed = bars.slice(0, 1000);
  holed.append(bars, 1010, bars.size());
  box.merge("BTCUSDT", Timeframe::m1, holed);
  ASSERT_TRUE(box.cache().refresh_summaries());

  const auto status = box.cache().status({*Symbol::parse("BTCUSDT"), Timeframe::m1});

  ASSERT_TRUE(status) << status.error().line();
  EXPECT_EQ(status->rows, 2870U);
  EXPECT_EQ(status->expected_bars, 2880);
  EXPECT_EQ(status->missing_bars, 10);
  EXPECT_EQ(status->gaps, 1U);
  EXPECT_EQ(status->score, 0.9965);
  EXPECT_EQ(status->years, (std::vector<int>{2023, 2024}));
  EXPECT_EQ(status->providers, std::vector<std::string>{"import"});
}

class FarDisk final : public FileSystem {
  bool is_network(int /*fd*/) override { return true; }
};

TEST(Cache, SaysWhatIsWeakerOnANetworkFolder) {
  FarDisk far;
  Sandbox there{&far};
  Sandbox here;

  const auto said = there.cache().weaker_here();

  ASSERT_TRUE(said) << "before the folder is made";
  for (const char* word : {"network folder", "NFSv4", "hard mounts", "90 s"})
    EXPECT_NE(said->find(word), std::string::npos) << *said;
  EXPECT_EQ(std::count(said->begin(), said->end(), '\n'), 0);
  ASSERT_TRUE(there.cache().make_root());
  EXPECT_EQ(there.cache().weaker_here(), said);
  EXPECT_FALSE(here.cache().weaker_here());
}

}  // namespace
}  // namespace chandler
