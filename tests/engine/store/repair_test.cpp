// After the damage: what can be saved is saved, what cannot is kept and listed, and when the same
// bars come again everything is as if nothing had happened.
#include <gtest/gtest.h>

#include <functional>

#include "damage_support.h"

namespace chandler {
namespace {

using namespace test;

struct Place {
  const char* name;
  const char* symbol;
  AssetClass asset_class;
  CalendarKind calendar;
  Timeframe timeframe;
  const char* from;
  const char* to;
};

class Repair : public ::testing::TestWithParam<Place> {
 protected:
  void SetUp() override {
    const Place& p = GetParam();
    id.emplace(series(p.symbol, p.timeframe));
    const BarSeries all = all_bars(p.calendar, p.timeframe, range_of(p.from, p.to));
    Dice dice(5);
    truth = pick(all, [&](std::size_t) { return !dice.one_in(30); });
    file = id->folder() + "/2024.csv.gz";
    metadata_file = id->folder() + "/2024.metadata.json";
    deliver(truth);
    original = box.bytes(file);
    metadata = box.metadata(metadata_file);
    const auto blocks = metadata["file_info"]["blocks"];
    for (const auto& b : blocks) begins.push_back(b["offset"].get<std::size_t>());
    begins.push_back(begins.back() + blocks.back()["size"].get<std::size_t>());
    ASSERT_GE(blocks.size(), 3U);
  }

  WriteOutcome deliver(const BarSeries& bars) {
    Delivery delivery{.asset_class = GetParam().asset_class};
    delivery.provider.name = "import";
    delivery.bars = bars;
    return box.cache().merge(*id, delivery);
  }

  [[nodiscard]] BarSeries rows_of_block(std::size_t block) const {
    const auto blocks = metadata["file_info"]["blocks"];
    std::size_t first = 0;
    for (std::size_t i = 0; i < block; ++i) first += blocks[i]["rows"].get<std::size_t>();
    return truth.slice(first, first + blocks[block]["rows"].get<std::size_t>());
  }

  // Repairs what was done to the file and finds that only the rows of [first, last) are gone.
  void expect_lost(std::size_t first, std::size_t last, const std::string& what) {
    ASSERT_NE(kinds(box), Kinds{}) << what;
    const std::string damaged = box.bytes(file);

    EXPECT_EQ(unrepaired(verify(box, {.repair = true})), Kinds{}) << what;

    EXPECT_EQ(kinds(box), Kinds{}) << what;
    const auto left = box.cache().read(*id);
    ASSERT_TRUE(left) << what << ": " << left.error().line();
    EXPECT_TRUE(identical(*left, without(truth, first, last))) << what;
    const auto aside = files_named(box, ".2024.damaged.");
    ASSERT_EQ(aside.size(), 1U) << what;
    EXPECT_TRUE(box.bytes(aside[0]) == damaged) << what;
    const auto gaps = box.cache().gaps(*id);
    ASSERT_TRUE(gaps) << what;
    for (const std::size_t row : {first, last - 1}) {
      const Instant t = truth.timestamp[row];
      EXPECT_TRUE(std::any_of(
          gaps->begin(), gaps->end(),
          [&](const Gap& g) { return g.from <= t && t <= g.to && g.state == GapState::open; }))
          << what << ": no gap at " << format_instant(t);
    }
    expect_gaps_add_up(what);

    const auto before = box.snapshot();
    EXPECT_EQ(kinds(box, {.repair = true}), Kinds{}) << what;
    EXPECT_EQ(box.snapshot(), before) << what;
  }

  void expect_gaps_add_up(const std::string& what) {
    const auto quality = box.metadata(metadata_file)["data_quality"];
    std::int64_t bars = 0;
    for (const auto& g : quality["gap_list"]) bars += g["bars"].get<std::int64_t>();
    EXPECT_EQ(bars, quality["missing_bars"].get<std::int64_t>()) << what;
  }

  // The lost rows come again.
  void expect_healed_by(const BarSeries& bars, const std::string& what) {
    const WriteOutcome outcome = deliver(bars);
    EXPECT_FALSE(outcome.error) << what << ": " << outcome.error->line();
    EXPECT_TRUE(box.bytes(file) == original) << what;
    EXPECT_TRUE(files_named(box, "damaged").empty()) << what;
    EXPECT_EQ(kinds(box), Kinds{}) << what;
    const auto now = box.metadata(metadata_file)["data_quality"];
    EXPECT_EQ(now["gap_list"], metadata["data_quality"]["gap_list"]) << what;
    EXPECT_FALSE(box.metadata(metadata_file).contains("lost")) << what;
  }

  [[nodiscard]] std::pair<std::size_t, std::size_t> rows_between_blocks(std::size_t first,
                                                                        std::size_t last) const {
    const auto blocks = metadata["file_info"]["blocks"];
    std::size_t at = 0;
    std::size_t from = 0;
    for (std::size_t i = 0; i < last; ++i) {
      if (i == first) from = at;
      at += blocks[i]["rows"].get<std::size_t>();
    }
    return {from, at};
  }

  Sandbox box;
  std::optional<SeriesId> id;
  BarSeries truth;
  std::string file;
  std::string metadata_file;
  std::string original;
  nlohmann::json metadata;
  std::vector<std::size_t> begins;  // of the blocks and of the end mark
};

TEST_P(Repair, LosesOneBlockAndTakesItsRowsBack) {
  const std::size_t blocks = begins.size() - 1;
  for (std::size_t block = 0; block < blocks; ++block) {
    const std::string what = "block " + std::to_string(block);
    std::string bytes = original;
    bytes[(begins[block] + begins[block + 1]) / 2] ^= 0x10;
    box.put(file, bytes);
    const auto [first, last] = rows_between_blocks(block, block + 1);
    expect_lost(first, last, what);
    expect_healed_by(rows_of_block(block), what);
  }
}

TEST_P(Repair, LosesTwoBlocksAndTakesThemBackOneByOne) {
  std::string bytes = original;
  bytes[begins[0] + 20] ^= 0x01;
  bytes[begins[1] + 20] ^= 0x01;
  box.put(file, bytes);
  const auto [first, last] = rows_between_blocks(0, 2);
  expect_lost(first, last, "two blocks");

  deliver(rows_of_block(1));
  EXPECT_EQ(files_named(box, "damaged").size(), 1U);
  EXPECT_EQ(kinds(box), Kinds{});
  expect_healed_by(rows_of_block(0), "two blocks");
}

TEST_P(Repair, LosesTheEndOfACutFileAndTakesItBack) {
  const std::size_t blocks = begins.size() - 1;
  for (const std::size_t block : {blocks - 1, std::size_t{1}}) {
    const std::string what = "cut inside block " + std::to_string(block);
    box.put(file, original.substr(0, begins[block] + 30));
    const auto [first, last] = rows_between_blocks(block, blocks);
    expect_lost(first, last, what);
    expect_healed_by(truth.slice(first, last), what);
  }
}

TEST_P(Repair, LosesEverythingAndTakesItBack) {
  const std::vector<std::string> ruins = {original.substr(0, 25), "", std::string(5000, '\0'),
                                          "not a gzip"};
  for (const std::string& ruin : ruins) {
    const std::string what = "a file of " + std::to_string(ruin.size()) + " bytes";
    box.put(file, ruin);
    ASSERT_NE(kinds(box), Kinds{});

    static_cast<void>(verify(box, {.repair = true}));

    EXPECT_EQ(files_named(box, ".2024.damaged.").size(), 1U) << what;
    const auto before = box.snapshot();
    static_cast<void>(verify(box, {.repair = true}));
    EXPECT_EQ(box.snapshot(), before) << what;
    expect_healed_by(truth, what);
  }
}

TEST_P(Repair, LosesNothingWhereOnlyTheEndMarkIsHurt) {
  std::string bytes = original;
  bytes[begins.back() + 40] ^= 0x04;
  box.put(file, bytes);
  ASSERT_NE(kinds(box), Kinds{});

  EXPECT_EQ(unrepaired(verify(box, {.repair = true})), Kinds{});

  EXPECT_TRUE(box.bytes(file) == original);
  EXPECT_EQ(kinds(box), Kinds{});
  EXPECT_TRUE(files_named(box, "damaged").empty());
}

TEST_P(Repair, WithoutMetadataKeepsTheGoodBlocksToo) {
  std::string bytes = original;
  bytes[(begins[1] + begins[2]) / 2] ^= 0x10;
  box.put(file, bytes);
  std::filesystem::remove(box.root() / metadata_file);
  const auto [first, last] = rows_between_blocks(1, 2);
  expect_lost(first, last, "no metadata");
  deliver(rows_of_block(1));
  EXPECT_TRUE(box.bytes(file) == original);
  EXPECT_TRUE(files_named(box, "damaged").empty());
}

TEST_P(Repair, IsAskedForByEveryWriterOfADamagedYear) {
  std::string bytes = original;
  bytes[(begins[0] + begins[1]) / 2] ^= 0x10;
  box.put(file, bytes);
  const auto before = box.snapshot();
  const std::size_t blocks = begins.size() - 1;
  for (const BarSeries& bars : {rows_of_block(blocks - 1), rows_of_block(0), truth}) {
    BarSeries news = bars;
    news.close.back() = news.high.back();
    news.volume.back() += 1;

    const WriteOutcome outcome = deliver(news);

    ASSERT_TRUE(outcome.error);
    EXPECT_EQ(outcome.status, WriteStatus::failed);
    EXPECT_EQ(outcome.error->kind, ErrorKind::damaged);
    EXPECT_NE(outcome.error->line().find("chandler verify --repair"), std::string::npos);
    EXPECT_EQ(box.snapshot(), before) << "damage must not be sealed anew";
  }
}

INSTANTIATE_TEST_SUITE_P(
    Places, Repair,
    ::testing::Values(Place{"CryptoMinutes", "BTCUSDT", AssetClass::crypto, CalendarKind::always,
                            Timeframe::m1, "2024-01-01", "2024-01-08"},
                      Place{"StockMinutes", "AAPL", AssetClass::stock, CalendarKind::us_equities,
                            Timeframe::m1, "2024-01-02", "2024-01-10"},
                      Place{"UnknownHours", "XX.YY", AssetClass::unknown, CalendarKind::none,
                            Timeframe::h1, "2024-01-02", "2024-12-20"}),
    [](const auto& of) { return std::string(of.param.name); });

// --- what is rolled up ---------------------------------------------------------------------------

constexpr const char* kData = "BTCUSDT/1m/2024.csv.gz";
constexpr const char* kMetadata = "BTCUSDT/1m/2024.metadata.json";

class Mended : public ::testing::Test {
 protected:
  void SetUp() override {
    ASSERT_EQ(box.merge("BTCUSDT", Timeframe::m1, truth).status, WriteStatus::ok);
    original = box.bytes(kData);
    metadata = box.bytes(kMetadata);
  }
  std::vector<WriteOutcome> roll(const std::vector<Timeframe>& targets) {
    return box.cache().resample(*Symbol::parse("BTCUSDT"), Timeframe::m1, targets);
  }

  BarSeries truth =
      all_bars(CalendarKind::always, Timeframe::m1, range_of("2024-01-03", "2024-01-08"));
  std::string original;
  std::string metadata;
  Sandbox box;
};

TEST(MendedRollUp, WithALostBlockIsMadeAgain) {
  // So long that the 3m file has two blocks; the 1h file is gone when it loses its only one.
  Sandbox box;
  const BarSeries all =
      all_bars(CalendarKind::always, Timeframe::m1, range_of("2024-01-01", "2024-01-14"));
  box.merge("BTCUSDT", Timeframe::m1, pick(all, [](std::size_t i) { return i % 64 == 0; }));
  const auto roll = [&] {
    return box.cache().resample(*Symbol::parse("BTCUSDT"), Timeframe::m1,
                                std::vector{Timeframe::m3, Timeframe::h1});
  };
  ASSERT_FALSE(roll().front().error);
  for (const std::string name : {"BTCUSDT/3m/2024.csv.gz", "BTCUSDT/1h/2024.csv.gz"}) {
    const std::string right = box.bytes(name);
    for (const double part : {0.1, 0.9}) {
      std::string bytes = right;
      bytes[static_cast<std::size_t>(static_cast<double>(bytes.size()) * part)] ^= 0x40;
      box.put(name, bytes);

      static_cast<void>(verify(box, {.repair = true}));
      static_cast<void>(roll());

      EXPECT_TRUE(box.bytes(name) == right) << name << " " << part;
      EXPECT_EQ(kinds(box, {.deep = true}), Kinds{}) << name << " " << part;
      EXPECT_TRUE(files_named(box, "damaged").empty()) << name << " " << part;
    }
  }
}

TEST_F(Mended, ASourceThatLostABlockLeavesItsRolledUpBarsUntilItIsHealed) {
  roll({Timeframe::h1, Timeframe::d1});
  const auto before = box.snapshot(".csv.gz");
  std::string bytes = original;
  bytes[bytes.size() / 2] ^= 0x40;
  box.put(kData, bytes);

  EXPECT_EQ(unrepaired(verify(box, {.repair = true})), Kinds{});
  EXPECT_EQ(kinds(box), Kinds{});
  EXPECT_EQ(kinds(box, {.deep = true}), Kinds{})
      << "what the source cannot say is not held against";
  EXPECT_EQ(box.cache().read("BTCUSDT", "1h")->size(), 120U) << "never fewer";

  box.merge("BTCUSDT", Timeframe::m1, truth);
  roll({Timeframe::h1, Timeframe::d1});
  EXPECT_TRUE(box.snapshot(".csv.gz") == before);
  EXPECT_EQ(kinds(box, {.deep = true}), Kinds{});
}

// --- metadata ------------------------------------------------------------------------------------

struct MetadataFault {
  const char* name;
  const char* kind;
  std::string (*make)(const std::string&);
};

std::string edited(const std::string& text, const std::function<void(nlohmann::json&)>& edit) {
  auto j = nlohmann::json::parse(text);
  edit(j);
  return j.dump(2);
}

const std::vector<MetadataFault> kMetadataFaults = {
    {"empty", "metadata_damaged", [](const std::string&) { return std::string(); }},
    {"cut", "metadata_damaged", [](const std::string& t) { return t.substr(0, t.size() / 2); }},
    {"zeros", "metadata_damaged", [](const std::string& t) { return std::string(t.size(), '\0'); }},
    {"text", "metadata_damaged", [](const std::string&) { return std::string("hello"); }},
    {"another document", "metadata_damaged", [](const std::string&) { return std::string("[1]"); }},
    {"no quality", "metadata_damaged",
     [](const std::string& t) { return edited(t, [](auto& j) { j.erase("data_quality"); }); }},
    {"a text for a number", "metadata_damaged",
     [](const std::string& t) { return edited(t, [](auto& j) { j["year"] = "2024"; }); }},
    {"a bad time", "metadata_damaged",
     [](const std::string& t) { return edited(t, [](auto& j) { j["end_date"] = "soon"; }); }},
    {"deep", "metadata_damaged",
     [](const std::string&) { return std::string(100000, '[') + std::string(100000, ']'); }},
    {"of another symbol", "metadata_stale",
     [](const std::string& t) { return edited(t, [](auto& j) { j["symbol"] = "ETHUSDT"; }); }},
    {"of another timeframe", "metadata_stale",
     [](const std::string& t) { return edited(t, [](auto& j) { j["timeframe"] = "5m"; }); }},
    {"of another year", "metadata_stale",
     [](const std::string& t) { return edited(t, [](auto& j) { j["year"] = 2023; }); }},
    {"of another version", "metadata_stale",
     [](const std::string& t) {
       return edited(t, [](auto& j) { j["content_sha256"] = std::string(64, 'a'); });
     }},
    {"another score", "metadata_stale",
     [](const std::string& t) {
       return edited(t, [](auto& j) { j["data_quality"]["score"] = 0.5; });
     }},
    {"another gap", "metadata_stale",
     [](const std::string& t) {
       return edited(t, [](auto& j) {
         j["data_quality"]["gap_list"] = {{{"from", "2024-01-03T00:05:00"},
                                           {"to", "2024-01-03T00:06:00"},
                                           {"bars", 2},
                                           {"state", "open"},
                                           {"cause", "unknown"}}};
       });
     }},
    {"other blocks", "metadata_stale", [](const std::string& t) {
       return edited(t, [](auto& j) { j["file_info"]["blocks"][0]["rows"] = 1; });
     }}};

// What follows from the rows. (The rows of a stale version count as asked for.)
nlohmann::json without_history(nlohmann::json j) {
  for (const char* key : {"created_at", "last_updated", "rebuilt", "asked"}) j.erase(key);
  for (auto& p : j["provenance"]) p.erase("fetched_at");
  return j;
}

TEST_F(Mended, MetadataThatIsNotRightIsFoundAndMadeAnewAndTheBarsAreReadAllTheSame) {
  const auto right = without_history(nlohmann::json::parse(metadata));
  for (const MetadataFault& fault : kMetadataFaults) {
    box.put(kMetadata, fault.make(metadata));

    EXPECT_EQ(kinds(box), Kinds{fault.kind}) << fault.name;
    const auto read = box.cache().read("BTCUSDT", "1m");
    ASSERT_TRUE(read) << fault.name;
    EXPECT_TRUE(identical(*read, truth)) << fault.name;
    const auto status = box.cache().status(series("BTCUSDT", Timeframe::m1));
    ASSERT_TRUE(status) << fault.name;
    EXPECT_EQ(status->rows, truth.size()) << fault.name;

    EXPECT_EQ(unrepaired(verify(box, {.repair = true})), Kinds{}) << fault.name;
    EXPECT_EQ(kinds(box), Kinds{}) << fault.name;
    EXPECT_EQ(without_history(box.metadata(kMetadata)), right)
        << fault.name << nlohmann::json::diff(right, without_history(box.metadata(kMetadata)));
    EXPECT_TRUE(box.bytes(kData) == original) << fault.name;
  }
}

TEST_F(Mended, MetadataThatIsNotRightDoesNotStopAWriterAndIsRebuiltByIt) {
  const BarSeries more =
      all_bars(CalendarKind::always, Timeframe::m1, range_of("2024-01-08", "2024-01-09"));
  box.merge("BTCUSDT", Timeframe::m1, more);
  const std::string appended = box.bytes(kData);
  const auto right = without_history(box.metadata(kMetadata));
  for (const MetadataFault& fault : kMetadataFaults) {
    const bool describes = std::string(fault.name).starts_with("another ") ||
                           std::string(fault.name) == "other blocks";
    if (describes && fault.kind == std::string("metadata_stale")) continue;  // verify's business
    box.put(kData, original);
    box.put(kMetadata, fault.make(metadata));

    const WriteOutcome outcome = box.merge("BTCUSDT", Timeframe::m1, more);

    EXPECT_FALSE(outcome.error) << fault.name << ": " << outcome.error->line();
    EXPECT_TRUE(box.bytes(kData) == appended) << fault.name;
    EXPECT_EQ(without_history(box.metadata(kMetadata)), right) << fault.name;
    EXPECT_TRUE(box.metadata(kMetadata).contains("rebuilt")) << fault.name;
    EXPECT_EQ(kinds(box), Kinds{}) << fault.name;
  }
}

TEST_F(Mended, MissingMetadataIsMadeByTheNextWriteOfAnyYear) {
  std::filesystem::remove(box.root() / kMetadata);
  EXPECT_EQ(kinds(box), Kinds{"metadata_missing"});

  box.merge("BTCUSDT", Timeframe::m1,
            all_bars(CalendarKind::always, Timeframe::m1, range_of("2025-01-01", "2025-01-02")));

  EXPECT_EQ(kinds(box), Kinds{});
  EXPECT_EQ(without_history(box.metadata(kMetadata)),
            without_history(nlohmann::json::parse(metadata)));
}

TEST_F(Mended, MetadataOfANewerSchemaIsNotTouched) {
  const std::string newer = edited(metadata, [](auto& j) {
    j["schema_version"] = 2;
    j["data_quality"] = "told otherwise";
  });
  box.put(kMetadata, newer);
  const auto before = box.snapshot();

  EXPECT_EQ(kinds(box), Kinds{"metadata_newer"});
  EXPECT_EQ(kinds(box, {.repair = true}), Kinds{"metadata_newer"});
  EXPECT_EQ(unrepaired(verify(box, {.repair = true})), Kinds{"metadata_newer"});
  EXPECT_TRUE(identical(*box.cache().read("BTCUSDT", "1m"), truth));
  BarSeries news = truth;
  news.volume[3] += 1;
  const WriteOutcome outcome = box.merge("BTCUSDT", Timeframe::m1, news);
  EXPECT_EQ(outcome.status, WriteStatus::failed);
  EXPECT_EQ(outcome.error->kind, ErrorKind::newer_schema);
  EXPECT_EQ(box.snapshot(), before);

  // Not even where the data is damaged, too.
  std::string bytes = original;
  bytes[bytes.size() / 2] ^= 0x40;
  box.put(kData, bytes);
  const auto damaged = box.snapshot();
  static_cast<void>(verify(box, {.repair = true}));
  EXPECT_EQ(box.snapshot(), damaged);
}

TEST_F(Mended, RowsThatOnlyTheMetadataKnowsBecomeGaps) {
  const BarSeries more =
      all_bars(CalendarKind::always, Timeframe::m1, range_of("2024-01-08", "2024-01-09"));
  box.merge("BTCUSDT", Timeframe::m1, more);
  const auto newer_metadata = box.bytes(kMetadata);
  const auto right = box.bytes(kData);
  const auto expect_gap = [&](const std::string& what) {
    const auto gaps = box.cache().gaps(series("BTCUSDT", Timeframe::m1));
    ASSERT_TRUE(gaps) << what;
    ASSERT_EQ(gaps->size(), 1U) << what;
    EXPECT_EQ(gaps->front().from, more.timestamp.front()) << what;
    EXPECT_EQ(gaps->front().to, more.timestamp.back()) << what;
    EXPECT_EQ(gaps->front().bars, 1440) << what;
    EXPECT_EQ(gaps->front().state, GapState::open) << what;
  };
  // The data restored from a backup: ours, or one that somebody else has packed.
  for (const std::string& backup : {original, gzipped(csv_of(truth))}) {
    const bool ours = backup == original;
    box.put(kData, backup);
    box.put(kMetadata, newer_metadata);

    EXPECT_EQ(kinds(box), Kinds{ours ? "data_behind" : "not_canonical"});
    EXPECT_EQ(unrepaired(verify(box, {.repair = true})), Kinds{});
    EXPECT_EQ(kinds(box), Kinds{});
    expect_gap(ours ? "ours, repaired" : "foreign, repaired");
    box.merge("BTCUSDT", Timeframe::m1, more);
    if (ours) {
      EXPECT_TRUE(box.bytes(kData) == right);
    }
    EXPECT_TRUE(box.cache().gaps(series("BTCUSDT", Timeframe::m1))->empty());
  }
  // A writer says it, too.
  box.put(kData, original);
  box.put(kMetadata, newer_metadata);
  BarSeries one = truth.slice(0, 1);
  one.volume[0] += 1;
  const WriteOutcome outcome = box.merge("BTCUSDT", Timeframe::m1, one);
  EXPECT_FALSE(outcome.error);
  ASSERT_FALSE(outcome.notes.empty());
  EXPECT_NE(outcome.notes[0].find("gaps"), std::string::npos) << outcome.notes[0];
  expect_gap("by a writer");
}

TEST_F(Mended, ADataFileThatIsGoneIsSaidAndComesBackWhole) {
  std::filesystem::remove(box.root() / kData);
  EXPECT_EQ(kinds(box), Kinds{"data_behind"});

  const WriteOutcome part = box.merge("BTCUSDT", Timeframe::m1, truth.slice(0, 500));
  EXPECT_FALSE(part.error);
  const auto gaps = box.cache().gaps(series("BTCUSDT", Timeframe::m1));
  ASSERT_EQ(gaps->size(), 1U);
  EXPECT_EQ(gaps->front().from, truth.timestamp[500]);
  EXPECT_EQ(gaps->front().to, truth.timestamp.back());

  box.merge("BTCUSDT", Timeframe::m1, truth);
  EXPECT_TRUE(box.bytes(kData) == original);
  EXPECT_EQ(kinds(box), Kinds{});
}

TEST_F(Mended, AForeignFileKeepsItsGoodRowsAndTheOriginalWhenALineIsBad) {
  std::string text = csv_of(truth);
  const std::string stamp = format_instant(truth.timestamp[100]);
  const std::size_t line = text.find(stamp);
  for (const std::string& spoilt :
       {stamp + ",nan,nan,nan,nan,1", std::string("#### a line torn by something")}) {
    std::string bad = text;
    bad.replace(line, text.find('\n', line) - line, spoilt);
    box.put(kData, gzipped(bad));

    EXPECT_EQ(kinds(box), Kinds{"bad_rows"});
    EXPECT_EQ(unrepaired(verify(box, {.repair = true})), Kinds{}) << spoilt;

    EXPECT_EQ(kinds(box), Kinds{}) << spoilt;
    EXPECT_TRUE(identical(*box.cache().read("BTCUSDT", "1m"), without(truth, 100, 101))) << spoilt;
    EXPECT_EQ(files_named(box, "damaged").size(), 1U) << spoilt;
    const auto gaps = box.cache().gaps(series("BTCUSDT", Timeframe::m1));
    ASSERT_EQ(gaps->size(), 1U) << spoilt;
    EXPECT_EQ(gaps->front().from, truth.timestamp[100]) << spoilt;

    box.merge("BTCUSDT", Timeframe::m1, truth);
    EXPECT_TRUE(files_named(box, "damaged").empty()) << spoilt;
    EXPECT_TRUE(identical(*box.cache().read("BTCUSDT", "1m"), truth)) << spoilt;
  }
}

TEST_F(Mended, AForeignFileWithARowTwiceLosesNothing) {
  const std::string text = csv_of(truth);
  const std::size_t line = text.find(format_instant(truth.timestamp[100]));
  const std::size_t end = text.find('\n', line) + 1;
  box.put(kData, gzipped(text.substr(0, end) + text.substr(line)));

  EXPECT_EQ(kinds(box), Kinds{"bad_rows"});
  EXPECT_EQ(unrepaired(verify(box, {.repair = true})), Kinds{});

  EXPECT_EQ(kinds(box), Kinds{});
  EXPECT_TRUE(identical(*box.cache().read("BTCUSDT", "1m"), truth));
  EXPECT_TRUE(files_named(box, "damaged").empty()) << "there is nothing to get back from it";
}

TEST_F(Mended, DamageInOneYearLeavesTheOthersAlone) {
  const BarSeries other =
      all_bars(CalendarKind::always, Timeframe::m1, range_of("2023-12-30", "2024-01-01"));
  box.merge("BTCUSDT", Timeframe::m1, other);
  box.put(kData, original.substr(0, original.size() / 2));

  const auto read = box.cache().read(series("BTCUSDT", Timeframe::m1), year_range(2023));
  ASSERT_TRUE(read);
  EXPECT_TRUE(identical(*read, other));
  BarSeries news = other;
  news.volume[0] += 1;
  const WriteOutcome outcome = box.merge("BTCUSDT", Timeframe::m1, news);
  EXPECT_FALSE(outcome.error) << outcome.error->line();
  EXPECT_EQ(box.cache().status(series("BTCUSDT", Timeframe::m1))->problems.size(), 1U);
}

TEST(LostRanges, NeverHaveAFileRemovedThatNoRepairSetAside) {
  Sandbox box;
  const BarSeries bars = minutes("2023-12-30", 4 * 1440);
  ASSERT_FALSE(box.merge("BTCUSDT", Timeframe::m1, bars.slice(0, 4 * 1440 - 1)).error);
  const std::string metadata = "BTCUSDT/1m/2024.metadata.json";
  const auto before = box.bytes("BTCUSDT/1m/2023.csv.gz");
  box.put("other", "not ours");
  auto document = box.metadata(metadata);
  for (const char* file : {"../../other", "2023.csv.gz", ".2024.damaged./../2023.csv.gz",
                           ".2023.damaged.1a2b3c4d", ""}) {
    document["lost"].push_back({{"file", file},
                                {"from", "2024-01-01T00:00:00"},
                                {"to", "2024-01-01T05:00:00"},
                                {"rows", 1}});
  }
  box.put(metadata, document.dump());
  box.put("BTCUSDT/1m/.2023.damaged.1a2b3c4d", "of another year");

  const WriteOutcome outcome = box.merge("BTCUSDT", Timeframe::m1, bars);

  EXPECT_EQ(outcome.status, WriteStatus::ok);
  EXPECT_FALSE(box.metadata(metadata).contains("lost"));
  EXPECT_EQ(box.bytes("other"), "not ours");
  EXPECT_EQ(box.bytes("BTCUSDT/1m/2023.csv.gz"), before);
  EXPECT_EQ(box.bytes("BTCUSDT/1m/.2023.damaged.1a2b3c4d"), "of another year");
}

TEST(MendedRollUp, ThatLostItsEndIsStillOne) {
  for (const bool with_metadata : {true, false}) {
    Sandbox box;
    box.merge("BTCUSDT", Timeframe::m1,
              all_bars(CalendarKind::always, Timeframe::m1, range_of("2023-12-20", "2024-01-14")));
    const auto roll = [&] {
      return box.cache()
          .resample(*Symbol::parse("BTCUSDT"), Timeframe::m1, std::vector{Timeframe::m3})
          .front();
    };
    ASSERT_FALSE(roll().error);
    const std::string name = "BTCUSDT/3m/2024.csv.gz";
    const std::string right = box.bytes(name);
    const std::string foreign = gzipped(csv_of(
        all_bars(CalendarKind::always, Timeframe::m3, range_of("2024-01-02", "2024-01-03"))));
    for (const std::string& bytes : {right.substr(0, right.size() - 1000), foreign}) {
      box.put(name, bytes);
      if (!with_metadata) std::filesystem::remove(box.root() / "BTCUSDT/3m/2024.metadata.json");

      static_cast<void>(verify(box, {.repair = true}));
      const WriteOutcome rolled = roll();

      EXPECT_FALSE(rolled.error) << rolled.error->line();
      EXPECT_TRUE(box.bytes(name) == right);
      EXPECT_EQ(kinds(box, {.deep = true}), Kinds{});
      // Without metadata nobody knows how many bars there were.
      EXPECT_TRUE(!with_metadata || files_named(box, "damaged").empty());
    }
  }
}

TEST_F(Mended, AnEarlierTryThatCameToNothingLeavesNoCopy) {
  std::string bytes = original;
  bytes[bytes.size() / 2] ^= 0x40;
  box.put(kData, bytes);
  std::filesystem::create_hard_link(box.root() / kData,
                                    box.root() / "BTCUSDT/1m/.2024.damaged.1a2b3c4d");

  static_cast<void>(verify(box, {.repair = true}));

  const auto aside = files_named(box, "damaged");
  ASSERT_EQ(aside.size(), 1U);
  EXPECT_EQ(box.bytes(*aside.begin()), bytes);
  box.merge("BTCUSDT", Timeframe::m1, truth);
  EXPECT_TRUE(files_named(box, "damaged").empty());
  EXPECT_TRUE(box.bytes(kData) == original);
}

TEST_F(Mended, WhereNothingIsLostNothingIsSetAside) {
  box.put(kData, original.substr(0, original.size() - 10));  // of the end mark

  EXPECT_EQ(unrepaired(verify(box, {.repair = true})), Kinds{});

  EXPECT_TRUE(box.bytes(kData) == original);
  EXPECT_TRUE(files_named(box, "damaged").empty());
}

TEST_F(Mended, WhatOlderMetadataDoNotKnowIsNotThrownAway) {
  box.merge("BTCUSDT", Timeframe::m1,
            all_bars(CalendarKind::always, Timeframe::m1, range_of("2024-01-08", "2024-01-12")));
  const std::string longer = box.bytes(kData);
  const std::string cut = longer.substr(0, longer.size() - 2000);  // beyond what was known before
  ASSERT_GT(cut.size(), original.size());
  box.put(kData, cut);
  box.put(kMetadata, metadata);

  static_cast<void>(verify(box, {.repair = true}));

  const auto aside = files_named(box, "damaged");
  ASSERT_EQ(aside.size(), 1U);
  EXPECT_TRUE(box.bytes(*aside.begin()) == cut);
}

TEST_F(Mended, AYearOfWhichNothingIsLeftIsAGapUntilItsBarsComeAgain) {
  box.put(kData, std::string(original.size(), 'x'));

  static_cast<void>(verify(box, {.repair = true}));

  const auto id = series("BTCUSDT", Timeframe::m1);
  const auto gaps = box.cache().gaps(id);
  ASSERT_TRUE(gaps) << gaps.error().line();
  ASSERT_EQ(gaps->size(), 1U);
  EXPECT_EQ(gaps->front().from, truth.timestamp.front());
  EXPECT_EQ(gaps->front().bars, static_cast<std::int64_t>(truth.size()));
  EXPECT_EQ(box.cache().status(id)->missing_bars, gaps->front().bars);
  ASSERT_EQ(box.cache().status_all()->size(), 1U);
  const auto holdings = box.cache().missing(id, {.range = year_range(2024)});
  ASSERT_TRUE(holdings);
  EXPECT_EQ(holdings->providers, std::vector<std::string>{"import"});
  EXPECT_TRUE(std::any_of(
      holdings->missing.begin(), holdings->missing.end(),
      [&](const Missing& m) { return m.asked_before && m.range.from == truth.timestamp.front(); }));

  box.merge("BTCUSDT", Timeframe::m1, truth);

  EXPECT_TRUE(box.cache().gaps(id)->empty());
  EXPECT_TRUE(box.bytes(kData) == original);
  EXPECT_EQ(kinds(box), Kinds{});
  EXPECT_TRUE(files_named(box, "damaged").empty());
}

TEST_F(Mended, ALostYearWhoseRepairWasBrokenOffIsRememberedByTheNextOne) {
  const std::string copy = "BTCUSDT/1m/.2024.damaged.1a2b3c4d";
  std::filesystem::rename(box.root() / kData, box.root() / copy);

  static_cast<void>(verify(box, {.repair = true}));

  const auto lost = box.metadata(kMetadata)["lost"];
  ASSERT_EQ(lost.size(), 1U);
  EXPECT_EQ(lost[0]["rows"], truth.size());
  EXPECT_EQ(files_named(box, "damaged"), std::vector<std::string>{copy});
  static_cast<void>(verify(box, {.repair = true}));
  EXPECT_EQ(box.metadata(kMetadata)["lost"], lost);

  box.merge("BTCUSDT", Timeframe::m1, truth);

  EXPECT_TRUE(box.bytes(kData) == original);
  EXPECT_EQ(kinds(box), Kinds{});
  EXPECT_TRUE(files_named(box, "damaged").empty());
}

TEST_F(Mended, DamageInOneYearStopsNothingThatDoesNotNeedIt) {
  const BarSeries other =
      all_bars(CalendarKind::always, Timeframe::m1, range_of("2022-12-30", "2023-01-02"));
  box.merge("BTCUSDT", Timeframe::m1, other);
  box.put(kData, original.substr(0, original.size() / 2));
  const auto id = series("BTCUSDT", Timeframe::m1);
  const std::vector frames{Timeframe::h1, Timeframe::w1};

  EXPECT_TRUE(box.cache().gaps(id, year_range(2023)));
  EXPECT_EQ(box.cache().gaps(id, year_range(2024)).error().kind, ErrorKind::damaged);
  const auto holdings = box.cache().missing(id, {.range = year_range(2023)});
  ASSERT_TRUE(holdings) << holdings.error().line();
  EXPECT_TRUE(holdings->exists);
  EXPECT_EQ(box.cache().missing(id, {.range = year_range(2024)}).error().kind, ErrorKind::damaged);
  for (const WriteOutcome& o : roll(frames)) {
    EXPECT_EQ(o.status, WriteStatus::partial) << o.series.text();
    ASSERT_TRUE(o.error);
    EXPECT_NE(o.error->where.find("2024.csv.gz"), std::string::npos) << o.error->line();
  }
  EXPECT_EQ(box.cache().read(series("BTCUSDT", Timeframe::h1))->size(), 72U);

  // As if nothing had happened, when it is made good.
  box.put(kData, original);
  for (const WriteOutcome& o : roll(frames)) EXPECT_FALSE(o.error);
  EXPECT_EQ(kinds(box, {.deep = true}), Kinds{});
}

}  // namespace
}  // namespace chandler
