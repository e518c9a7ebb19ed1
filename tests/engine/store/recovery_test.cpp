#include "store/recovery.h"

#include <gtest/gtest.h>

#include "parts_support.h"

namespace chandler::store {
namespace {

using test::bars_at;
using test::Call;
using test::description_of;
using test::draft_of;
using test::FaultyFileSystem;
using test::file_of;
using test::kSeries;
using test::SeriesFolder;

const Instant kNow = *parse_exact("2026-01-01 00:00:00");

class Recovery : public ::testing::Test {
 protected:
  FaultyFileSystem files_;
  SeriesFolder box_{files_};
  YearDraft old_ = draft_of(bars_at({0, 1, 30}));
  YearDraft new_ = draft_of(bars_at({0, 1, 5, 30}));
  std::string old_metadata_ = print_metadata(description_of(old_));
  std::string new_metadata_ = print_metadata(description_of(new_));

  void put_old() {
    box_.put("2024.csv.gz", file_of(old_));
    box_.put("2024.metadata.json", old_metadata_);
  }
  [[nodiscard]] Result<void> recover() { return recover_folder(box_.folder(), kSeries); }
};

TEST_F(Recovery, OfAFolderInOrderDoesNothing) {
  put_old();
  files_.clear();

  ASSERT_TRUE(recover());

  for (const Call call : {Call::create, Call::rename, Call::unlink, Call::sync})
    EXPECT_EQ(files_.count(call), 0U) << to_string(call);
}

TEST_F(Recovery, RemovesEveryTemporaryThatLeadsNowhere) {
  put_old();
  box_.put(".2024.csv.gz.1a2b3c4d.tmp", file_of(new_));
  box_.put(".2024.metadata.json.1a2b3c4d.tmp", new_metadata_);
  box_.put(".2024.metadata.json.2a2b3c4d.tmp", new_metadata_.substr(0, 100));
  box_.put(".2024.metadata.json.3a2b3c4d.tmp", "");
  box_.put(".2025.csv.gz.1a2b3c4d.tmp", "");
  box_.put(".2025.metadata.json.1a2b3c4d.tmp", new_metadata_);

  ASSERT_TRUE(recover());

  EXPECT_EQ(box_.names(), (std::vector<std::string>{"2024.csv.gz", "2024.metadata.json"}));
  EXPECT_EQ(box_.bytes("2024.metadata.json"), old_metadata_);
}

TEST_F(Recovery, RollsPreparedMetadataForward) {
  box_.put("2024.csv.gz", file_of(new_));
  box_.put("2024.metadata.json", old_metadata_);
  box_.put(".2024.metadata.json.1a2b3c4d.tmp", new_metadata_);

  ASSERT_TRUE(recover());

  EXPECT_EQ(box_.names(), (std::vector<std::string>{"2024.csv.gz", "2024.metadata.json"}));
  EXPECT_EQ(box_.bytes("2024.metadata.json"), new_metadata_);
}

TEST_F(Recovery, MakesACommitDurableBeforeItFinishesIt) {
  // The writer before may have ended because its sync failed: nobody has made sure since.
  box_.put("2024.csv.gz", file_of(new_));
  box_.put(".2024.metadata.json.1a2b3c4d.tmp", new_metadata_);
  files_.clear();
  files_.inject({.call = Call::sync, .error_number = EIO});

  EXPECT_FALSE(recover());
  EXPECT_TRUE(box_.has(".2024.metadata.json.1a2b3c4d.tmp")) << "so that the next one knows";
  ASSERT_TRUE(recover());

  EXPECT_EQ(files_.count(Call::sync), 2U);
  EXPECT_EQ(box_.bytes("2024.metadata.json"), new_metadata_);
}

TEST_F(Recovery, LeavesAloneWhatIsNotATemporaryOfOurs) {
  put_old();
  const std::vector<std::string> others = {".lock",
                                           ".nfs0001",
                                           ".tmp",
                                           "..tmp",
                                           ".2024.damaged.1a2b3c4d",
                                           "2024.csv.gz.1a2b3c4d.tmp",
                                           ".2024.csv.gz.1a2b3c4d",
                                           ".notes.tmp",
                                           ".24.csv.gz.1a2b3c4d.tmp",
                                           "notes.txt",
                                           ".2024.csv.gz.tmp"};
  for (const std::string& name : others) box_.put(name, "mine");

  ASSERT_TRUE(recover());

  for (const std::string& name : others) EXPECT_EQ(box_.bytes(name), "mine") << name;
}

TEST_F(Recovery, ReadErrorsThrowNothingAway) {
  box_.put("2024.csv.gz", file_of(new_));
  box_.put("2024.metadata.json", old_metadata_);
  box_.put(".2024.metadata.json.1a2b3c4d.tmp", new_metadata_);
  for (const Call call : {Call::pread, Call::stat, Call::open}) {
    for (std::size_t n = 0; n < 6; ++n) {
      for (const int number : {EIO, EACCES}) {
        files_.clear();
        files_.inject({.call = call, .ordinal = n, .error_number = number});
        const auto recovered = recover();
        if (recovered) continue;
        EXPECT_TRUE(box_.has(".2024.metadata.json.1a2b3c4d.tmp") ||
                    box_.bytes("2024.metadata.json") == new_metadata_)
            << to_string(call) << n;
      }
      EXPECT_TRUE(box_.has(".2024.metadata.json.1a2b3c4d.tmp") ||
                  box_.bytes("2024.metadata.json") == new_metadata_)
          << to_string(call) << n;
    }
  }
  files_.clear();
  ASSERT_TRUE(recover());
  EXPECT_EQ(box_.bytes("2024.metadata.json"), new_metadata_);
}

TEST_F(Recovery, MetadataOfAnotherSeriesIsNotRolledForward) {
  box_.put("2024.csv.gz", file_of(new_));
  YearMetadata other = description_of(new_);
  other.symbol = "ETHUSDT";
  box_.put(".2024.metadata.json.1a2b3c4d.tmp", print_metadata(other));

  ASSERT_TRUE(recover());

  EXPECT_EQ(box_.names(), std::vector<std::string>{"2024.csv.gz"});
}

TEST(TemporaryNames, AreParsedAndNothingElseIs) {
  EXPECT_EQ(parse_temporary(data_temporary(2024, "1a2b3c4d"))->year, 2024);
  EXPECT_FALSE(parse_temporary(data_temporary(2024, "1a2b3c4d"))->metadata);
  EXPECT_TRUE(parse_temporary(metadata_temporary(1999, "1a2b3c4d"))->metadata);
  for (const char* name : {"", ".", ".tmp", "2024.csv.gz", ".2024.csv.gz.tmp", ".lock", ".a.b.tmp",
                           ".......tmp", ".2024.damaged.1a2b3c4d"}) {
    EXPECT_FALSE(parse_temporary(name)) << name;
  }
  EXPECT_EQ(damaged_name(2024, "1a2b3c4d"), ".2024.damaged.1a2b3c4d");
}

TEST_F(Recovery, LoadsAYearWithItsHistory) {
  put_old();

  const auto state = load_year(box_.folder(), kSeries, 2024, kNow);

  ASSERT_TRUE(state) << state.error().line();
  EXPECT_TRUE(state->file);
  EXPECT_TRUE(state->described);
  EXPECT_EQ(state->why_not, "");
  EXPECT_EQ(print_metadata(state->history), old_metadata_);
}

TEST_F(Recovery, AYearThatIsNotThereIsAnEmptyOne) {
  const auto state = load_year(box_.folder(), kSeries, 2024, kNow);

  ASSERT_TRUE(state);
  EXPECT_FALSE(state->file);
  EXPECT_TRUE(state->notes.empty());
}

TEST_F(Recovery, SaysWhyHistoryBeginsAnew) {
  struct Case {
    std::string metadata;
    const char* why;
  };
  YearMetadata other = description_of(old_);
  other.symbol = "ETHUSDT";
  const Case cases[] = {{"", "the metadata was damaged"},
                        {"{", "the metadata was damaged"},
                        {"[]", "the metadata was damaged"},
                        {new_metadata_, "the metadata was of another version"},
                        {print_metadata(other), "the metadata was of another series"}};
  for (const Case& c : cases) {
    box_.put("2024.csv.gz", file_of(old_));
    box_.put("2024.metadata.json", c.metadata);
    const auto state = load_year(box_.folder(), kSeries, 2024, kNow);
    ASSERT_TRUE(state) << state.error().line();
    EXPECT_FALSE(state->described);
    EXPECT_EQ(state->why_not, c.why);
    EXPECT_EQ(state->history.rebuilt["reason"], c.why);
    EXPECT_EQ(state->history.rebuilt["at"], "2026-01-01T00:00:00");
  }
  std::filesystem::remove(box_.path() / "2024.metadata.json");
  EXPECT_EQ(load_year(box_.folder(), kSeries, 2024, kNow)->why_not, "the metadata was missing");
}

TEST_F(Recovery, BelievesNoMetadataThatNamesTheVersionAndOtherSizes) {
  box_.put("2024.csv.gz", file_of(old_));
  YearMetadata bytes = description_of(old_);
  ++bytes.size_bytes;
  YearMetadata rows = description_of(old_);
  ++rows.rows;
  for (const YearMetadata& m : {bytes, rows}) {
    box_.put("2024.metadata.json", print_metadata(m));

    const auto state = load_year(box_.folder(), kSeries, 2024, kNow);

    ASSERT_TRUE(state) << state.error().line();
    EXPECT_FALSE(state->described);
    EXPECT_EQ(state->why_not, "the metadata was of another version");
  }
}

TEST_F(Recovery, KeepsWhatStillHoldsOfAnOlderVersionsHistory) {
  YearMetadata known = description_of(new_);
  known.conflict_list = {{bars_at({1}).timestamp[0], "import", 1, 2, {}}};
  box_.put("2024.csv.gz", file_of(old_));
  box_.put("2024.metadata.json", print_metadata(known));

  const auto state = load_year(box_.folder(), kSeries, 2024, kNow);

  ASSERT_TRUE(state);
  EXPECT_EQ(state->history.conflict_list.size(), 1U);
  EXPECT_EQ(state->history.created_at, known.created_at);
}

TEST_F(Recovery, SaysWhenTheMetadataKnewBarsThatAreGone) {
  box_.put("2024.metadata.json", old_metadata_);

  const auto without = load_year(box_.folder(), kSeries, 2024, kNow);
  box_.put("2024.csv.gz", file_of(draft_of(bars_at({0, 1}))));
  const auto shorter = load_year(box_.folder(), kSeries, 2024, kNow);

  ASSERT_TRUE(without && shorter);
  ASSERT_EQ(without->notes.size(), 1U);
  EXPECT_NE(without->notes[0].find("3 bars"), std::string::npos) << without->notes[0];
  ASSERT_TRUE(without->history.asked);
  EXPECT_EQ(without->history.asked->from, year_start(2024));
  ASSERT_EQ(shorter->notes.size(), 1U);
  EXPECT_TRUE(shorter->history.asked->contains(bars_at({30}).timestamp[0]));

  box_.put("2024.csv.gz", file_of(draft_of(bars_at({1, 30}))));
  const auto later = load_year(box_.folder(), kSeries, 2024, kNow);
  ASSERT_TRUE(later);
  EXPECT_EQ(later->notes.size(), 1U);
  EXPECT_TRUE(later->history.asked->contains(year_start(2024)));
}

TEST_F(Recovery, OfAYearWithoutAFileTakesNoHistoryOfAnotherSeries) {
  YearMetadata other = description_of(old_);
  other.symbol = "ETHUSDT";
  box_.put("2024.metadata.json", print_metadata(other));

  const auto state = load_year(box_.folder(), kSeries, 2024, kNow);

  ASSERT_TRUE(state);
  EXPECT_TRUE(state->notes.empty());
  EXPECT_FALSE(state->history.asked);
}

TEST_F(Recovery, KeepsWhatRepairSetAsideUntilTheMetadataSaysItIsWholeAgain) {
  const std::string aside = damaged_name(2024, "1a2b3c4d");
  box_.put("2024.csv.gz", file_of(old_));
  box_.put(aside, "damaged");
  box_.put("x2024.damaged.1a2b3c4d", "somebody's own");
  YearMetadata other = description_of(old_);
  other.symbol = "ETHUSDT";
  other.healed = {aside};

  ASSERT_TRUE(recover());
  EXPECT_TRUE(box_.has(aside)) << "without metadata nobody knows";
  box_.put("2024.metadata.json", print_metadata(other));
  ASSERT_TRUE(recover());
  EXPECT_TRUE(box_.has(aside)) << "another series' metadata say nothing about it";

  YearMetadata healed = description_of(old_);
  healed.healed = {aside};
  box_.put("2024.metadata.json", print_metadata(healed));
  ASSERT_TRUE(recover());
  EXPECT_FALSE(box_.has(aside));
  EXPECT_TRUE(box_.has("x2024.damaged.1a2b3c4d"));
}

TEST_F(Recovery, StopsAtADamagedFile) {
  box_.put("2024.csv.gz", file_of(old_).substr(0, 200));
  box_.put("2024.metadata.json", old_metadata_);

  const auto state = load_year(box_.folder(), kSeries, 2024, kNow);

  ASSERT_FALSE(state);
  EXPECT_EQ(state.error().kind, ErrorKind::damaged);
  EXPECT_NE(state.error().line().find("chandler verify --repair"), std::string::npos);
  EXPECT_EQ(box_.bytes("2024.csv.gz").size(), 200U);
}

TEST_F(Recovery, SetsAsideAFileWithoutContentAndGoesOn) {
  for (const std::string& content : {std::string(), std::string(5000, '\0')}) {
    box_.put("2024.csv.gz", content);
    box_.put("2024.metadata.json", old_metadata_);

    const auto state = load_year(box_.folder(), kSeries, 2024, kNow);

    ASSERT_TRUE(state) << state.error().line();
    EXPECT_FALSE(state->file);
    EXPECT_FALSE(box_.has("2024.csv.gz"));
    ASSERT_EQ(state->history.lost.size(), 1U);
    EXPECT_EQ(box_.bytes(state->history.lost[0].file), content);
  }
}

TEST_F(Recovery, OfAnEmptyFileWhoseMetadataKnewNoBarsNothingIsLost) {
  YearMetadata none = description_of(old_);
  none.rows = 0;
  box_.put("2024.csv.gz", "");
  box_.put("2024.metadata.json", print_metadata(none));

  const auto state = load_year(box_.folder(), kSeries, 2024, kNow);

  ASSERT_TRUE(state) << state.error().line();
  EXPECT_FALSE(box_.has("2024.csv.gz"));
  EXPECT_TRUE(state->history.asked);
  EXPECT_TRUE(state->history.lost.empty());
}

TEST_F(Recovery, DoesNotWriteWhatANewerChandlerWrote) {
  auto j = nlohmann::json::parse(old_metadata_);
  j["schema_version"] = 2;
  box_.put("2024.metadata.json", j.dump());

  const auto without = load_year(box_.folder(), kSeries, 2024, kNow);
  box_.put("2024.csv.gz", file_of(old_));
  const auto with = load_year(box_.folder(), kSeries, 2024, kNow);

  EXPECT_EQ(without.error().kind, ErrorKind::newer_schema);
  EXPECT_EQ(with.error().kind, ErrorKind::newer_schema);
}

TEST_F(Recovery, ThrowsNothingAwayThatANewerChandlerPrepared) {
  put_old();
  auto j = nlohmann::json::parse(new_metadata_);
  j["schema_version"] = 2;
  box_.put(".2024.metadata.json.1a2b3c4d.tmp", j.dump());

  EXPECT_EQ(recover().error().kind, ErrorKind::newer_schema);

  EXPECT_EQ(box_.bytes(".2024.metadata.json.1a2b3c4d.tmp"), j.dump());
}

TEST_F(Recovery, FindsMetadataThatIsStillATemporary) {
  box_.put("2024.csv.gz", file_of(new_));
  box_.put("2024.metadata.json", old_metadata_);
  const auto file = YearFile::open(box_.folder(), kSeries, 2024);
  ASSERT_TRUE(file);

  // None of these speaks of the file.
  box_.put(".2024.csv.gz.0a2b3c4d.tmp", "");
  box_.put(".2023.metadata.json.0a2b3c4d.tmp", new_metadata_);
  box_.put(".2024.metadata.json.0a2b3c4d.tmp", "{");
  box_.put(".2024.metadata.json.0b2b3c4d.tmp", old_metadata_);
  EXPECT_EQ(find_metadata(box_.folder(), *file, kSeries).error().kind, ErrorKind::data);
  box_.put(".2024.metadata.json.1a2b3c4d.tmp", new_metadata_);
  const auto found = find_metadata(box_.folder(), *file, kSeries);

  ASSERT_TRUE(found);
  EXPECT_EQ(print_metadata(*found), new_metadata_);
}

}  // namespace
}  // namespace chandler::store
