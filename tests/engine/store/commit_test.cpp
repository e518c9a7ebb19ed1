#include "store/commit.h"

#include <fcntl.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "parts_support.h"
#include "store/metadata.h"
#include "store/series_writer.h"
#include "tests/support/gunzip.h"

namespace chandler::store {
namespace {

using test::bars_at;
using test::Call;
using test::CallRecord;
using test::draft_of;
using test::Effect;
using test::FaultyFileSystem;
using test::file_of;
using test::kSeries;
using test::SeriesFolder;
using test::without_nonce;

class Commit : public ::testing::Test {
 protected:
  [[nodiscard]] Result<CommitOutcome> commit(const YearDraft& draft,
                                             Durability durability = Durability::full) {
    files_.clear();
    return commit_year({.folder = &box_.folder(),
                        .year = 2024,
                        .base = *box_.folder().identity_of("2024.csv.gz"),
                        .draft = &draft,
                        .metadata = "{\"of\": " + std::to_string(draft.rows()) + "}",
                        .durability = durability});
  }
  void expect_version(const YearDraft& draft) {
    EXPECT_EQ(box_.bytes("2024.csv.gz"), file_of(draft));
    EXPECT_EQ(box_.bytes("2024.metadata.json"), "{\"of\": " + std::to_string(draft.rows()) + "}");
  }
  // What changed anything, in order: "sync BTCUSDT/1m". Writes that follow each other count once.
  [[nodiscard]] std::vector<std::string> steps() const {
    std::vector<std::string> out;
    for (const CallRecord& r : files_.records()) {
      if (r.call != Call::create && r.call != Call::write && r.call != Call::sync &&
          r.call != Call::rename && r.call != Call::unlink && r.call != Call::link) {
        continue;
      }
      std::string step(to_string(r.call));
      const std::string name = without_nonce(r.name);
      step += " " + name.substr(std::min(name.size(), std::string("BTCUSDT/").size()));
      if (!r.to.empty()) step += " " + without_nonce(r.to).substr(std::string("BTCUSDT/").size());
      if (out.empty() || out.back() != step || r.call != Call::write) out.push_back(step);
    }
    return out;
  }

  FaultyFileSystem files_;
  SeriesFolder box_{files_};
  YearDraft old_ = draft_of(bars_at({0, 1}));
  YearDraft new_ = draft_of(bars_at({0, 1, 4096}));
};

const std::vector<std::string> kFullOrder = {
    "create 1m/.2024.csv.gz.NONCE.tmp",
    "write 1m/.2024.csv.gz.NONCE.tmp",
    "sync 1m/.2024.csv.gz.NONCE.tmp",
    "create 1m/.2024.metadata.json.NONCE.tmp",
    "write 1m/.2024.metadata.json.NONCE.tmp",
    "sync 1m/.2024.metadata.json.NONCE.tmp",
    "sync 1m",
    "rename 1m/.2024.csv.gz.NONCE.tmp 1m/2024.csv.gz",
    "sync 1m",
    "sync 1m/.2024.csv.gz.NONCE.tmp",
    "rename 1m/.2024.metadata.json.NONCE.tmp 1m/2024.metadata.json",
};

TEST_F(Commit, OfANewYearCallsTheSystemInTheOrderOfTheContract) {
  ASSERT_TRUE(commit(new_));

  EXPECT_EQ(steps(), kFullOrder);
  expect_version(new_);
}

TEST_F(Commit, OfAnotherVersionCallsTheSystemInTheSameOrder) {
  ASSERT_TRUE(commit(old_));
  ASSERT_TRUE(commit(new_));

  EXPECT_EQ(steps(), kFullOrder);
  expect_version(new_);
}

TEST_F(Commit, KeepsTheDataOpenUntilItsLastSync) {
  ASSERT_TRUE(commit(new_));

  const auto records = files_.records();
  std::vector<std::size_t> handles;
  for (const CallRecord& r : records) {
    if (r.call == Call::sync && r.name.ends_with(".tmp") && r.name.find("csv") != std::string::npos)
      handles.push_back(r.handle);
  }
  ASSERT_EQ(handles.size(), 2U);
  EXPECT_EQ(handles[0], handles[1]) << "the descriptor it was written through";
}

TEST_F(Commit, OfWhatCanBeMadeAgainSyncsNoFolder) {
  ASSERT_TRUE(commit(new_, Durability::whole));

  std::vector<std::string> expected = kFullOrder;
  expected.erase(expected.begin() + 8, expected.begin() + 10);
  expected.erase(expected.begin() + 6);
  EXPECT_EQ(steps(), expected);
}

TEST_F(Commit, TemporariesAreCreatedExclusivelyAndHidden) {
  const std::string data = data_temporary(2024, "1a2b3c4d");
  const std::string metadata = metadata_temporary(2024, "1a2b3c4d");

  EXPECT_EQ(data, ".2024.csv.gz.1a2b3c4d.tmp");
  EXPECT_EQ(metadata, ".2024.metadata.json.1a2b3c4d.tmp");
  EXPECT_EQ(make_nonce().size(), 8U);
  EXPECT_NE(make_nonce(), make_nonce());
}

TEST_F(Commit, DoesNothingWhenTheFileInPlaceIsNotTheBase) {
  ASSERT_TRUE(commit(old_));
  for (const YearDraft* draft : {&new_, static_cast<YearDraft*>(nullptr)}) {
    const auto outcome = commit_year({.folder = &box_.folder(),
                                      .year = 2024,
                                      .base = std::nullopt,
                                      .draft = draft,
                                      .metadata = "{}"});

    ASSERT_TRUE(outcome);
    EXPECT_TRUE(outcome->base_changed);
    expect_version(old_);
    EXPECT_EQ(box_.names().size(), 2U) << "no temporaries";
  }
}

TEST_F(Commit, SeesAnotherVersionThatCameBetween) {
  ASSERT_TRUE(commit(old_));
  const auto base = *box_.folder().identity_of("2024.csv.gz");
  const YearDraft theirs = draft_of(bars_at({5, 6, 7}));
  files_.clear();
  files_.before = [&](const CallRecord& r) {
    if (r.call != Call::create || r.name.find("metadata") == std::string::npos) return;
    box_.put("other", file_of(theirs));
    std::filesystem::rename(box_.path() / "other", box_.path() / "2024.csv.gz");
  };

  const auto outcome = commit_year(
      {.folder = &box_.folder(), .year = 2024, .base = base, .draft = &new_, .metadata = "{}"});

  ASSERT_TRUE(outcome);
  EXPECT_TRUE(outcome->base_changed);
  EXPECT_EQ(box_.bytes("2024.csv.gz"), file_of(theirs));
}

TEST_F(Commit, OfMetadataOnlyLeavesTheDataAlone) {
  ASSERT_TRUE(commit(old_));
  const auto base = *box_.folder().identity_of("2024.csv.gz");
  files_.clear();

  const auto outcome = commit_year({.folder = &box_.folder(),
                                    .year = 2024,
                                    .base = base,
                                    .draft = nullptr,
                                    .metadata = "{\"x\": 1}"});

  ASSERT_TRUE(outcome);
  EXPECT_EQ(steps(),
            (std::vector<std::string>{
                "create 1m/.2024.metadata.json.NONCE.tmp", "write 1m/.2024.metadata.json.NONCE.tmp",
                "sync 1m/.2024.metadata.json.NONCE.tmp",
                "rename 1m/.2024.metadata.json.NONCE.tmp 1m/2024.metadata.json", "sync 1m"}));
  EXPECT_EQ(box_.bytes("2024.csv.gz"), file_of(old_));
  EXPECT_EQ(box_.bytes("2024.metadata.json"), "{\"x\": 1}");
}

TEST_F(Commit, AFullDiskSaysHowMuchWasNeededAndLeavesTheOldVersion) {
  ASSERT_TRUE(commit(old_));
  const auto base = *box_.folder().identity_of("2024.csv.gz");
  for (const std::size_t write : {0U, 1U, 2U, 3U}) {
    files_.clear();
    files_.inject({.call = Call::write, .ordinal = write, .error_number = ENOSPC});
    const auto outcome = commit_year(
        {.folder = &box_.folder(), .year = 2024, .base = base, .draft = &new_, .metadata = "{}"});
    ASSERT_FALSE(outcome);
    EXPECT_EQ(outcome.error().kind, ErrorKind::no_space);
    for (const char* part : {"2024", "bytes needed", " free", "free some space"})
      EXPECT_NE(outcome.error().line().find(part), std::string::npos) << outcome.error().line();
    expect_version(old_);
    EXPECT_EQ(box_.names().size(), 2U) << "no temporaries";
  }
}

TEST_F(Commit, AFailedSyncIsAFailedCommitAndNeverTriedAgain) {
  ASSERT_TRUE(commit(old_));
  const auto base = *box_.folder().identity_of("2024.csv.gz");
  for (const int number : {EIO, EINTR, ENOSPC}) {
    for (const std::size_t sync : {0U, 1U, 2U}) {
      files_.clear();
      files_.inject({.call = Call::sync, .ordinal = sync, .error_number = number});
      const auto outcome = commit_year(
          {.folder = &box_.folder(), .year = 2024, .base = base, .draft = &new_, .metadata = "{}"});
      ASSERT_FALSE(outcome);
      EXPECT_EQ(files_.count(Call::sync), sync + 1) << "no other sync after it";
      expect_version(old_);
      EXPECT_EQ(box_.names().size(), 2U) << "no temporaries";
    }
  }
}

TEST_F(Commit, ASyncThatFailsAfterTheRenameIsReportedForWhatItIs) {
  for (const std::size_t sync : {3U, 4U}) {
    ASSERT_TRUE(commit(old_));
    const auto base = *box_.folder().identity_of("2024.csv.gz");
    files_.clear();
    files_.inject({.call = Call::sync, .ordinal = sync, .error_number = EIO});

    const auto outcome = commit_year({.folder = &box_.folder(),
                                      .year = 2024,
                                      .base = base,
                                      .draft = &new_,
                                      .metadata = "{\"x\": 1}"});

    ASSERT_FALSE(outcome);
    EXPECT_NE(outcome.error().line().find("may not survive a power cut"), std::string::npos)
        << outcome.error().line();
    EXPECT_NE(outcome.error().hint, "");
    EXPECT_EQ(files_.count(Call::sync), sync + 1);
    EXPECT_EQ(box_.bytes("2024.csv.gz"), file_of(new_)) << "visible";
    const auto names = box_.names();
    EXPECT_EQ(std::count_if(names.begin(), names.end(),
                            [](const std::string& n) {
                              return n.find(".metadata.json.") != std::string::npos;
                            }),
              1)
        << "its metadata is kept for recovery";
    for (const std::string& name : names) {
      if (name.ends_with(".tmp")) std::filesystem::remove(box_.path() / name);
    }
  }
}

TEST_F(Commit, ARenameThatReportsFailureThoughItHappenedIsDone) {
  for (const std::size_t rename : {0U, 1U}) {
    ASSERT_TRUE(commit(old_));
    const auto base = *box_.folder().identity_of("2024.csv.gz");
    files_.clear();
    files_.inject(
        {.call = Call::rename, .ordinal = rename, .effect = Effect::lie, .error_number = EIO});

    const auto outcome = commit_year({.folder = &box_.folder(),
                                      .year = 2024,
                                      .base = base,
                                      .draft = &new_,
                                      .metadata = "{\"of\": 3}"});

    ASSERT_TRUE(outcome) << outcome.error().line();
    EXPECT_FALSE(outcome->warning);
    expect_version(new_);
    EXPECT_EQ(box_.names().size(), 2U);
  }
}

TEST_F(Commit, ARenameOfTheDataThatFailsLeavesTheOldVersion) {
  ASSERT_TRUE(commit(old_));
  const auto base = *box_.folder().identity_of("2024.csv.gz");
  files_.clear();
  files_.inject({.call = Call::rename, .error_number = EACCES});

  const auto outcome = commit_year(
      {.folder = &box_.folder(), .year = 2024, .base = base, .draft = &new_, .metadata = "{}"});

  ASSERT_FALSE(outcome);
  EXPECT_EQ(outcome.error().where, "BTCUSDT/1m/2024.csv.gz");
  expect_version(old_);
  EXPECT_EQ(box_.names().size(), 2U);
}

TEST_F(Commit, ARenameOfTheMetadataThatFailsIsAWarning) {
  ASSERT_TRUE(commit(old_));
  const auto base = *box_.folder().identity_of("2024.csv.gz");
  files_.clear();
  files_.inject({.call = Call::rename, .ordinal = 1, .error_number = EIO});

  const auto outcome = commit_year({.folder = &box_.folder(),
                                    .year = 2024,
                                    .base = base,
                                    .draft = &new_,
                                    .metadata = "{\"x\": 1}"});

  ASSERT_TRUE(outcome);
  ASSERT_TRUE(outcome->warning);
  EXPECT_NE(outcome->warning->find("BTCUSDT/1m/2024.metadata.json"), std::string::npos);
  EXPECT_EQ(box_.bytes("2024.csv.gz"), file_of(new_));
  EXPECT_EQ(box_.names().size(), 3U) << "the redo record stays for the next write";
}

TEST_F(Commit, OfASmallFileLeavesTheOldOneAndNoTemporaryWhereAnyCallFails) {
  ASSERT_TRUE(replace_file(box_.folder(), "scores.json", "old"));
  for (const Call call : {Call::create, Call::write, Call::close, Call::rename}) {
    files_.clear();
    files_.inject({.call = call, .error_number = EIO});

    const auto replaced = replace_file(box_.folder(), "scores.json", "new");

    EXPECT_FALSE(replaced) << to_string(call);
    EXPECT_EQ(box_.names(), std::vector<std::string>{"scores.json"}) << to_string(call);
    EXPECT_EQ(box_.bytes("scores.json"), "old") << to_string(call);
  }
  files_.clear();
  ASSERT_TRUE(replace_file(box_.folder(), "scores.json", "new"));
  EXPECT_EQ(box_.bytes("scores.json"), "new");
}

TEST(WithoutNonce, MakesNamesEqual) {
  EXPECT_EQ(without_nonce("a/.2024.csv.gz.0123abcd.tmp"), "a/.2024.csv.gz.NONCE.tmp");
  EXPECT_EQ(without_nonce(".2024.damaged.0123abcd"), ".2024.damaged.NONCE");
  EXPECT_EQ(without_nonce("2024.csv.gz"), "2024.csv.gz");
}

// Where nothing but step 5 guards: another writer commits while ours prepares.
TEST(OptimisticCommit, StartsOverWhenAnotherWriterWasFaster) {
  FaultyFileSystem files;
  test::Sandbox box;  // the other writer's
  box.merge("BTCUSDT", Timeframe::m1, bars_at({0, 1}));
  auto mine =
      Cache::open(box.root(), {.clock = &box.clock, .files = &files, .optimistic_locking = true});
  ASSERT_TRUE(mine);
  files.inject({.call = Call::lock, .error_number = ENOLCK, .every_time = true});
  int others = 0;
  files.before = [&](const CallRecord& r) {
    if (r.call != Call::create || r.name.find(".csv.gz.") == std::string::npos || others == 2)
      return;
    ++others;
    box.merge("BTCUSDT", Timeframe::m1, bars_at({10 * others}));
  };
  Delivery delivery = test::delivery_of(bars_at({5}));

  const WriteOutcome outcome = mine->merge(kSeries, delivery);

  EXPECT_EQ(outcome.status, WriteStatus::ok) << (outcome.error ? outcome.error->line() : "");
  EXPECT_TRUE(identical(*box.cache().read("BTCUSDT", "1m"), bars_at({0, 1, 5, 10, 20})));
  EXPECT_TRUE(box.cache().verify(*box.cache().list()).problems.empty());
}

TEST(OptimisticCommit, GivesUpAfterFiveTries) {
  FaultyFileSystem files;
  test::Sandbox box;
  box.merge("BTCUSDT", Timeframe::m1, bars_at({0}));
  auto mine =
      Cache::open(box.root(), {.clock = &box.clock, .files = &files, .optimistic_locking = true});
  ASSERT_TRUE(mine);
  files.inject({.call = Call::lock, .error_number = ENOLCK, .every_time = true});
  int others = 0;
  files.before = [&](const CallRecord& r) {
    if (r.call == Call::create && r.name.find(".csv.gz.") != std::string::npos)
      box.merge("BTCUSDT", Timeframe::m1, bars_at({10 * ++others}));
  };
  Delivery delivery = test::delivery_of(bars_at({5}));

  const WriteOutcome outcome = mine->merge(kSeries, delivery);

  EXPECT_EQ(outcome.status, WriteStatus::failed);
  ASSERT_TRUE(outcome.error);
  EXPECT_EQ(outcome.error->kind, ErrorKind::locked);
  EXPECT_EQ(others, 5);
  EXPECT_EQ(box.cache().read("BTCUSDT", "1m")->size(), 6U) << "theirs are all there";
}

TEST(OptimisticCommit, OfMetadataDoesNotReplaceTheHistoryOfANewerVersion) {
  FaultyFileSystem files;
  test::Sandbox box;
  box.merge("BTCUSDT", Timeframe::m1, bars_at({0, 1}));
  auto mine =
      Cache::open(box.root(), {.clock = &box.clock, .files = &files, .optimistic_locking = true});
  ASSERT_TRUE(mine);
  files.inject({.call = Call::lock, .error_number = ENOLCK, .every_time = true});
  int others = 0;
  files.before = [&](const CallRecord& r) {
    if (r.call != Call::create || r.name.find(".metadata.json.") == std::string::npos ||
        others++ > 0)
      return;
    box.merge("BTCUSDT", Timeframe::m1, bars_at({1}, 2024, 200));  // another value: a conflict
  };
  Delivery delivery = test::delivery_of(bars_at({0}));
  delivery.asked = TimeRange{year_start(2024), year_start(2024) + seconds{600}};

  const WriteOutcome outcome = mine->merge(kSeries, delivery);

  EXPECT_EQ(outcome.status, WriteStatus::ok) << (outcome.error ? outcome.error->line() : "");
  const auto j = box.metadata("BTCUSDT/1m/2024.metadata.json");
  EXPECT_EQ(j["data_quality"]["conflict_list"].size(), 1U);
  EXPECT_EQ(j["asked"]["to"], "2024-01-01T00:10:00");
}

}  // namespace
}  // namespace chandler::store
