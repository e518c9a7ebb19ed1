// Rolled-up frames in the store: however the source grew, they hold what rolling up the whole
// source at once would give, in the bytes that making them from nothing would give.
#include "chandler/resample.h"

#include <gtest/gtest.h>

#include "damage_support.h"
#include "store/series_writer.h"
#include "tests/support/effort.h"

namespace chandler {
namespace {

using namespace test;

struct Market {
  const char* name;
  const char* symbol;
  AssetClass asset_class;
  CalendarKind calendar;
  Timeframe source;
  std::vector<Timeframe> targets;
  const char* from;
  const char* to;
};

std::vector<Timeframe> all_above(Timeframe source) {
  std::vector<Timeframe> targets;
  for (const Timeframe tf : kAllTimeframes) {
    if (chain_path(source, tf)) targets.push_back(tf);
  }
  return targets;
}

void deliver(Sandbox& box, const char* symbol, Timeframe tf, const BarSeries& bars,
             AssetClass asset_class, const char* provider = "import") {
  Delivery delivery{.asset_class = asset_class};
  delivery.provider.name = provider;
  delivery.bars = bars;
  const WriteOutcome outcome = box.cache().merge(series(symbol, tf), delivery);
  EXPECT_FALSE(outcome.error) << outcome.error->line();
}

std::vector<WriteOutcome> roll(Sandbox& box, const char* symbol, Timeframe source,
                               const std::vector<Timeframe>& targets, bool force = false) {
  return box.cache().resample(*Symbol::parse(symbol), source, targets, force);
}

void expect_no_error(const std::vector<WriteOutcome>& outcomes) {
  for (const WriteOutcome& o : outcomes)
    EXPECT_FALSE(o.error) << o.series.text() << ": " << o.error->line();
}

// Every file of a frame; of metadata without what tells when it was written.
std::map<std::string, std::string> timeless(const Sandbox& box, const char* symbol, Timeframe tf) {
  std::map<std::string, std::string> files;
  for (auto& [name, bytes] : box.snapshot()) {
    if (!name.starts_with(series(symbol, tf).folder() + "/")) continue;
    if (name.ends_with(".metadata.json")) {
      auto j = nlohmann::json::parse(bytes);
      for (const char* key : {"created_at", "last_updated"}) j.erase(key);
      for (auto& p : j["provenance"]) p.erase("fetched_at");
      files[name] = j.dump(1);
    } else {
      files[name] = bytes;
    }
  }
  return files;
}

std::uint64_t incomplete_in(const Sandbox& box, const char* symbol, Timeframe tf) {
  std::uint64_t sum = 0;
  for (const auto& [name, bytes] : timeless(box, symbol, tf)) {
    if (name.ends_with(".metadata.json"))
      sum += nlohmann::json::parse(bytes)["data_quality"]["incomplete"].get<std::uint64_t>();
  }
  return sum;
}

class Derive : public ::testing::TestWithParam<Market> {
 protected:
  // What is stored of every target is what the whole source rolls up to, and counted as such.
  void expect_as_rolled_up_at_once() {
    const Market& m = GetParam();
    const auto fine = box.cache().read(series(m.symbol, m.source));
    ASSERT_TRUE(fine) << fine.error().line();
    for (const Timeframe tf : m.targets) {
      const RolledUp once = roll_up(*fine, {},
                                    {.source = m.source,
                                     .target = tf,
                                     .calendar = Calendar(m.calendar),
                                     .now = box.clock.now()});
      const auto stored = box.cache().read(series(m.symbol, tf));
      if (once.bars.empty()) {
        EXPECT_FALSE(stored && !stored->empty()) << to_string(tf);
        continue;
      }
      ASSERT_TRUE(stored) << stored.error().line();
      EXPECT_TRUE(identical(*stored, once.bars)) << m.name << " " << to_string(tf);
      EXPECT_EQ(incomplete_in(box, m.symbol, tf), once.incomplete.size()) << to_string(tf);
    }
  }

  void expect_same_bytes_as_from_nothing() {
    const Market& m = GetParam();
    for (const Timeframe tf : m.targets) {
      const auto grown = timeless(box, m.symbol, tf);
      const RemoveOutcome removed = box.cache().remove(series(m.symbol, tf));
      EXPECT_TRUE(removed.errors.empty());
      expect_no_error(roll(box, m.symbol, m.source, {tf}));
      const auto made = timeless(box, m.symbol, tf);
      ASSERT_EQ(grown.size(), made.size()) << to_string(tf);
      for (const auto& [name, bytes] : made) {
        if (name.ends_with(".csv.gz")) {
          EXPECT_TRUE(grown.at(name) == bytes) << name;
        } else {
          EXPECT_EQ(grown.at(name), bytes) << name;
        }
      }
    }
  }

  // A part of the source that somebody might deliver next: anywhere, dense or sparse, old or new
  // values.
  static BarSeries some_of(const BarSeries& pool, Dice& dice) {
    const std::size_t from = dice.below(pool.size());
    const std::size_t to = std::min(pool.size(), from + 1 + dice.below(pool.size() / 6));
    const bool sparse = dice.one_in(2);
    const unsigned version = dice.one_in(3) ? 1 : 0;
    BarSeries part;
    for (std::size_t i = from; i < to; ++i) {
      if (!sparse || dice.one_in(20)) add_bar(part, pool.timestamp[i], version);
    }
    return part;
  }

  Sandbox box;
};

TEST_P(Derive, GrowsToWhatMakingItFromNothingGives) {
  const Market& m = GetParam();
  const BarSeries pool = all_bars(m.calendar, m.source, range_of(m.from, m.to));
  for (std::uint32_t seed = 1; seed <= 2; ++seed) {
    Dice dice(seed * 97);
    for (int step = 0; step < 5; ++step) {
      const BarSeries part = some_of(pool, dice);
      if (part.empty()) continue;
      deliver(box, m.symbol, m.source, part, m.asset_class, dice.one_in(2) ? "import" : "binance");
      expect_no_error(roll(box, m.symbol, m.source, m.targets));
      expect_as_rolled_up_at_once();
      if (HasFatalFailure()) return;
    }
    EXPECT_EQ(kinds(box, {.deep = true}), Kinds{});
    expect_same_bytes_as_from_nothing();
    expect_no_error({});
    for (const SeriesId& id : ids_of(box)) EXPECT_TRUE(box.cache().remove(id).errors.empty());
  }
}

TEST_P(Derive, ChangesNoByteWhenNothingIsNew) {
  const Market& m = GetParam();
  const BarSeries pool = all_bars(m.calendar, m.source, range_of(m.from, m.to));
  deliver(box, m.symbol, m.source, pick(pool, [](std::size_t i) { return i % 7 != 0; }),
          m.asset_class);
  expect_no_error(roll(box, m.symbol, m.source, m.targets));
  const auto before = box.snapshot();
  box.clock.set("2026-03-01 00:00:00");

  const auto again = roll(box, m.symbol, m.source, m.targets);

  for (const WriteOutcome& o : again) {
    EXPECT_EQ(o.status, WriteStatus::unchanged) << o.series.text();
    EXPECT_EQ(o.rows_written, 0U);
  }
  EXPECT_EQ(box.snapshot(), before);
}

TEST_P(Derive, WritesBucketsWhenTheClockHasPassedThem) {
  const Market& m = GetParam();
  const BarSeries pool = all_bars(m.calendar, m.source, range_of(m.from, m.to));
  // The bars are all there, but the clock lies among them: as if the source had been fetched by
  // somebody whose clock is ahead.
  deliver(box, m.symbol, m.source, pick(pool, [](std::size_t i) { return i % 5 != 0; }),
          m.asset_class);
  const Instant last = pool.timestamp.back();
  std::vector<int> steps = {-25, -2, 1, 24, 24 * 9};
  if (long_tests()) steps = {-480, -72, -25, -2, 0, 1, 5, 24, 72, 216, 960};
  for (const int hours : steps) {
    box.clock.set(format_instant(last + seconds{3600} * hours).c_str());
    expect_no_error(roll(box, m.symbol, m.source, m.targets));
    expect_as_rolled_up_at_once();
    if (HasFatalFailure()) return;
  }
  EXPECT_EQ(kinds(box, {.deep = true}), Kinds{});
  expect_same_bytes_as_from_nothing();
}

TEST_P(Derive, IsTheSameFromEverySourceOfTheChain) {
  const Market& m = GetParam();
  const BarSeries pool = all_bars(m.calendar, m.source, range_of(m.from, m.to));
  deliver(box, m.symbol, m.source, pick(pool, [](std::size_t i) { return i % 11 != 0; }),
          m.asset_class);
  expect_no_error(roll(box, m.symbol, m.source, m.targets));
  for (const Timeframe tf : m.targets) {
    const Timeframe parent = *chain_parent(tf);
    if (parent == m.source) continue;
    const auto direct = box.snapshot(".csv.gz");
    const std::uint64_t incomplete = incomplete_in(box, m.symbol, tf);
    static_cast<void>(box.cache().remove(series(m.symbol, tf)));

    expect_no_error(roll(box, m.symbol, parent, {tf}));

    EXPECT_TRUE(box.snapshot(".csv.gz") == direct)
        << to_string(tf) << " from " << to_string(parent);
    EXPECT_EQ(incomplete_in(box, m.symbol, tf), incomplete) << to_string(tf);
  }
}

// 2024-12-30 is a Monday: its week and a three-day bar cross the end of the year.
INSTANTIATE_TEST_SUITE_P(
    Markets, Derive,
    ::testing::Values(Market{"CryptoMinutes", "BTCUSDT", AssetClass::crypto, CalendarKind::always,
                             Timeframe::m1, all_above(Timeframe::m1), "2024-12-30", "2025-01-02"},
                      Market{"StockMinutes", "AAPL", AssetClass::stock, CalendarKind::us_equities,
                             Timeframe::m1, all_above(Timeframe::m1), "2024-12-26", "2025-01-07"},
                      Market{"ForexHours", "EURUSD", AssetClass::forex, CalendarKind::forex,
                             Timeframe::h1, all_above(Timeframe::h1), "2024-12-10", "2025-01-20"},
                      Market{"StockDays", "MSFT", AssetClass::stock, CalendarKind::us_equities,
                             Timeframe::d1, all_above(Timeframe::d1), "2024-03-01", "2025-04-01"},
                      Market{"UnknownHours", "XX.YY", AssetClass::unknown, CalendarKind::none,
                             Timeframe::h1, all_above(Timeframe::h1), "2024-12-20", "2025-01-12"}),
    [](const auto& of) { return std::string(of.param.name); });

class Stored : public ::testing::Test {
 protected:
  BarSeries minutes =
      all_bars(CalendarKind::always, Timeframe::m1, range_of("2024-03-01", "2024-03-04"));
  Sandbox box;
};

TEST_F(Stored, IncompleteBarsAreCountedWhereTheyAre) {
  box.merge("BTCUSDT", Timeframe::m1, without(minutes, 70, 71));

  expect_no_error(
      roll(box, "BTCUSDT", Timeframe::m1, {Timeframe::m3, Timeframe::m5, Timeframe::h1}));
  expect_no_error(roll(box, "BTCUSDT", Timeframe::h1, {Timeframe::d1}));

  for (const Timeframe tf : {Timeframe::m3, Timeframe::m5, Timeframe::h1, Timeframe::d1})
    EXPECT_EQ(incomplete_in(box, "BTCUSDT", tf), 1U) << to_string(tf);
  const auto list =
      box.metadata("BTCUSDT/1h/2024.metadata.json")["data_quality"]["incomplete_list"];
  ASSERT_EQ(list.size(), 1U);
  EXPECT_EQ(list[0]["from"], "2024-03-01T01:00:00");
  EXPECT_EQ(list[0]["bars"], 1);

  box.merge("BTCUSDT", Timeframe::m1, minutes.slice(70, 71));
  expect_no_error(
      roll(box, "BTCUSDT", Timeframe::m1, {Timeframe::m3, Timeframe::m5, Timeframe::h1}));
  expect_no_error(roll(box, "BTCUSDT", Timeframe::h1, {Timeframe::d1}));

  for (const Timeframe tf : {Timeframe::m3, Timeframe::m5, Timeframe::h1, Timeframe::d1})
    EXPECT_EQ(incomplete_in(box, "BTCUSDT", tf), 0U) << to_string(tf);
  EXPECT_EQ(kinds(box, {.deep = true}), Kinds{});
}

TEST_F(Stored, AFetchedFrameIsReplacedByForceOnlyAndNothingOfItIsForgotten) {
  box.merge("BTCUSDT", Timeframe::m1, minutes);
  const BarSeries fetched =
      all_bars(CalendarKind::always, Timeframe::h1, range_of("2024-02-29", "2024-03-02"));
  box.merge("BTCUSDT", Timeframe::h1, fetched, "yahoo");
  const auto before = box.snapshot();

  const auto refused = roll(box, "BTCUSDT", Timeframe::m1, {Timeframe::h1});
  ASSERT_EQ(refused.size(), 1U);
  EXPECT_EQ(refused[0].status, WriteStatus::failed);
  EXPECT_EQ(refused[0].error->kind, ErrorKind::usage);
  EXPECT_EQ(box.snapshot(), before);

  const auto forced = roll(box, "BTCUSDT", Timeframe::m1, {Timeframe::h1}, true);
  expect_no_error(forced);

  const auto bars = box.cache().read("BTCUSDT", "1h");
  ASSERT_TRUE(bars);
  EXPECT_EQ(bars->size(), 24U + 72U) << "bars that the source cannot replace stay";
  const auto rolled = roll_up(minutes, {},
                              {.source = Timeframe::m1,
                               .target = Timeframe::h1,
                               .calendar = Calendar(CalendarKind::always),
                               .now = box.clock.now()});
  EXPECT_TRUE(identical(bars->slice(24, 96), rolled.bars));
  EXPECT_TRUE(identical(bars->slice(0, 24), fetched.slice(0, 24)));
  const auto m = box.metadata("BTCUSDT/1h/2024.metadata.json");
  EXPECT_EQ(m["derived_from"]["timeframe"], "1m");
  const auto& conflicts = m["data_quality"]["conflict_list"];
  ASSERT_EQ(conflicts.size(), 24U);
  for (std::size_t i = 0; i < 24; ++i) {
    EXPECT_EQ(conflicts[i]["close"][0], fetched.close[24 + i]);
    EXPECT_EQ(conflicts[i]["close"][1], rolled.bars.close[i]);
    EXPECT_EQ(conflicts[i]["replaced"][0]["provider"], "yahoo");
    EXPECT_EQ(conflicts[i]["replaced"][0]["open"], fetched.open[24 + i]);
  }
  EXPECT_EQ(kinds(box), Kinds{});
  EXPECT_EQ(kinds(box, {.deep = true}), Kinds{})
      << "bars that the source says nothing of are no fault";
}

TEST_F(Stored, ARolledUpFrameIsBehindUntilItIsRolledUpAgain) {
  box.merge("BTCUSDT", Timeframe::m1, minutes.slice(0, 1440));
  roll(box, "BTCUSDT", Timeframe::m1, {Timeframe::h1});
  roll(box, "BTCUSDT", Timeframe::h1, {Timeframe::d1});
  EXPECT_FALSE(box.cache().status(series("BTCUSDT", Timeframe::h1))->behind);

  box.merge("BTCUSDT", Timeframe::m1, minutes);
  EXPECT_TRUE(box.cache().status(series("BTCUSDT", Timeframe::h1))->behind);
  EXPECT_FALSE(box.cache().status(series("BTCUSDT", Timeframe::m1))->behind);
  EXPECT_EQ(kinds(box), Kinds{"derived_behind"});

  const VerifyReport repaired = verify(box, {.repair = true});
  EXPECT_EQ(unrepaired(repaired), Kinds{});
  EXPECT_EQ(kinds(box, {.deep = true}), Kinds{});
  EXPECT_EQ(box.cache().read("BTCUSDT", "1h")->size(), 72U);
  EXPECT_EQ(box.cache().read("BTCUSDT", "1d")->size(), 3U);
}

TEST_F(Stored, ARolledUpFileOfWhichNothingIsLeftIsMadeAgainByRepair) {
  box.merge("BTCUSDT", Timeframe::m1, minutes);
  roll(box, "BTCUSDT", Timeframe::m1, {Timeframe::h1});
  const std::string name = "BTCUSDT/1h/2024.csv.gz";
  const auto right = box.bytes(name);
  std::string damaged = right;
  damaged[right.size() / 4] = static_cast<char>(damaged[right.size() / 4] ^ 1);  // its only block
  box.put(name, damaged);

  const VerifyReport repaired = verify(box, {.repair = true});

  EXPECT_EQ(unrepaired(repaired), Kinds{});
  EXPECT_EQ(box.bytes(name), right);
  EXPECT_EQ(kinds(box, {.deep = true}), Kinds{});
}

TEST_F(Stored, ABarThatIsNotWhatItsSourceSaysIsFoundAndMadeAgain) {
  box.merge("BTCUSDT", Timeframe::m1, minutes);
  roll(box, "BTCUSDT", Timeframe::m1, {Timeframe::h1});
  const auto right = box.bytes("BTCUSDT/1h/2024.csv.gz");
  {
    // As if an older, mistaken engine had made it.
    auto root = store::Folder::open_root(FileSystem::system(), box.root().string());
    ASSERT_TRUE(root);
    auto writer = store::SeriesWriter::open(
        {.root = &*root, .series = series("BTCUSDT", Timeframe::h1), .clock = &box.clock});
    ASSERT_TRUE(writer) << writer.error().line();
    const auto written = writer->change_year(
        2024, store::Durability::full,
        [](const store::YearState& state) -> Result<store::YearEdit> {
          store::YearEdit edit;
          edit.rolled_up = true;
          edit.history = state.history;
          edit.data_changes = true;
          CHANDLER_TRY(store::BlockRows rows, state.file->rows(0));
          rows.bars.volume[5] += 1;
          edit.changes.emplace(state.file->mark().blocks[0].index, std::move(rows));
          return edit;
        });
    ASSERT_TRUE(written) << written.error().line();
  }
  ASSERT_NE(box.bytes("BTCUSDT/1h/2024.csv.gz"), right);

  EXPECT_EQ(kinds(box), Kinds{});
  EXPECT_EQ(kinds(box, {.deep = true}), Kinds{"derived_differs"});
  EXPECT_EQ(unrepaired(verify(box, {.repair = true, .deep = true})), Kinds{});

  EXPECT_EQ(kinds(box, {.deep = true}), Kinds{});
  EXPECT_EQ(box.bytes("BTCUSDT/1h/2024.csv.gz"), right);
}

TEST_F(Stored, AWeekThatBeginsBeforeTheFirstYearOfTheSourceIsThere) {
  const BarSeries days =
      all_bars(CalendarKind::always, Timeframe::d1, range_of("2024-12-20", "2025-01-20"));
  box.merge("BTCUSDT", Timeframe::d1, between(days, year_range(2025)));
  expect_no_error(roll(box, "BTCUSDT", Timeframe::d1, {Timeframe::w1}));
  const auto late = box.cache().read("BTCUSDT", "1w");
  ASSERT_TRUE(late);
  EXPECT_EQ(format_instant(late->timestamp.front()), "2024-12-30 00:00:00");
  EXPECT_EQ(kinds(box, {.deep = true}), Kinds{});

  box.merge("BTCUSDT", Timeframe::d1, days);
  EXPECT_EQ(kinds(box), Kinds{"derived_behind"});
  expect_no_error(roll(box, "BTCUSDT", Timeframe::d1, {Timeframe::w1}));

  EXPECT_EQ(kinds(box, {.deep = true}), Kinds{});
  const auto weeks = box.cache().read("BTCUSDT", "1w");
  EXPECT_TRUE(identical(*weeks, roll_up(days, {},
                                        {.source = Timeframe::d1,
                                         .target = Timeframe::w1,
                                         .calendar = Calendar(CalendarKind::always),
                                         .now = box.clock.now()})
                                    .bars));
}

TEST_F(Stored, PruningTheSourceLeavesWhatWasRolledUpAsItWas) {
  const BarSeries days =
      all_bars(CalendarKind::always, Timeframe::d1, range_of("2024-12-01", "2025-02-01"));
  box.merge("BTCUSDT", Timeframe::d1, days);
  expect_no_error(roll(box, "BTCUSDT", Timeframe::d1, {Timeframe::w1, Timeframe::mo1}));
  const auto weeks = box.cache().read("BTCUSDT", "1w");
  static_cast<void>(
      box.cache().prune(series("BTCUSDT", Timeframe::d1), {.older_than = year_start(2025)}));

  expect_no_error(roll(box, "BTCUSDT", Timeframe::d1, {Timeframe::w1, Timeframe::mo1}));

  EXPECT_TRUE(identical(*weeks, *box.cache().read("BTCUSDT", "1w")));
  EXPECT_EQ(box.cache().read("BTCUSDT", "1M")->size(), 2U);
}

TEST_F(Stored, WhatCannotBeRolledUpSaysWhy) {
  box.merge("BTCUSDT", Timeframe::h1,
            all_bars(CalendarKind::always, Timeframe::h1, range_of("2024-03-01", "2024-03-04")));

  const auto finer = roll(box, "BTCUSDT", Timeframe::h1, {Timeframe::m5});
  const auto missing = roll(box, "BTCUSDT", Timeframe::m1, {Timeframe::m5});
  const auto nobody = roll(box, "ETHUSDT", Timeframe::m1, {Timeframe::m5});

  EXPECT_EQ(finer.at(0).error->kind, ErrorKind::usage);
  EXPECT_EQ(missing.at(0).error->kind, ErrorKind::not_found);
  EXPECT_EQ(nobody.at(0).error->kind, ErrorKind::not_found);
  EXPECT_FALSE(std::filesystem::exists(box.root() / "BTCUSDT/5m"));
  EXPECT_FALSE(std::filesystem::exists(box.root() / "ETHUSDT"));
}

TEST_F(Stored, ADamagedSourceStopsTheRollUpAndHarmsNothing) {
  box.merge("BTCUSDT", Timeframe::m1, minutes);
  roll(box, "BTCUSDT", Timeframe::m1, {Timeframe::h1});
  const auto before = box.bytes("BTCUSDT/1h/2024.csv.gz");
  std::string bytes = box.bytes("BTCUSDT/1m/2024.csv.gz");
  box.put("BTCUSDT/1m/2024.csv.gz", bytes.substr(0, bytes.size() - 10));

  const auto stopped = roll(box, "BTCUSDT", Timeframe::m1, {Timeframe::h1});

  EXPECT_EQ(stopped.at(0).status, WriteStatus::failed);
  EXPECT_EQ(stopped.at(0).error->kind, ErrorKind::damaged);
  EXPECT_EQ(box.bytes("BTCUSDT/1h/2024.csv.gz"), before);
}

}  // namespace
}  // namespace chandler
