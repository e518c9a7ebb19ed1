// What the metadata remembers beyond the rows: conflicts, rejections, what was asked, gaps that
// were confirmed, keys of others.
#include <gtest/gtest.h>

#include "damage_support.h"
#include "store/series_writer.h"

namespace chandler {
namespace {

using namespace test;

constexpr const char* kData = "BTCUSDT/1m/2024.csv.gz";
constexpr const char* kMetadata = "BTCUSDT/1m/2024.metadata.json";

class History : public ::testing::Test {
 protected:
  [[nodiscard]] nlohmann::json quality() const { return box.metadata(kMetadata)["data_quality"]; }

  // As a provider's page comes in: validated first.
  WriteOutcome deliver(BarSeries page, const char* provider = "import",
                       std::optional<TimeRange> asked = {}) {
    Delivery delivery;
    delivery.provider.name = provider;
    delivery.report = validate(page, {.timeframe = Timeframe::m1,
                                      .calendar = Calendar(CalendarKind::always),
                                      .asked = {},
                                      .now = box.clock.now()});
    delivery.bars = std::move(page);
    delivery.asked = asked;
    return box.cache().merge(id, delivery);
  }

  // The close of one row and what goes with it.
  static BarSeries with_close(BarSeries bars, std::size_t row, double close) {
    bars.close[row] = close;
    bars.high[row] = std::max(bars.high[row], close);
    bars.low[row] = std::min(bars.low[row], close);
    return bars;
  }

  SeriesId id = series("BTCUSDT", Timeframe::m1);
  BarSeries day =
      all_bars(CalendarKind::always, Timeframe::m1, range_of("2024-02-01", "2024-02-02"));
  Sandbox box;
};

TEST_F(History, AReplacedValueStaysReadable) {
  deliver(day, "binance");
  const double before = day.close[7];

  const WriteOutcome outcome = deliver(with_close(day, 7, before + 1), "yahoo");

  EXPECT_EQ(outcome.rows_written, 1U);
  const auto q = quality();
  EXPECT_EQ(q["conflicts"], 1);
  ASSERT_EQ(q["conflict_list"].size(), 1U);
  const auto c = q["conflict_list"][0];
  EXPECT_EQ(c["at"], "2024-02-01T00:07:00");
  EXPECT_EQ(c["kept"], "yahoo");
  EXPECT_EQ(c["close"], nlohmann::json({before, before + 1}));
  ASSERT_EQ(c["replaced"].size(), 1U);
  EXPECT_EQ(c["replaced"][0]["provider"], "binance");
  for (const Column column :
       {Column::open, Column::high, Column::low, Column::close, Column::volume})
    EXPECT_EQ(c["replaced"][0][std::string(to_string(column))], day.column(column)[7]);
  EXPECT_EQ(box.cache().read(id)->close[7], before + 1);
  EXPECT_LT(q["score"], 1.0);
  EXPECT_EQ(kinds(box), Kinds{});
}

// A bar of the first minutes of 2024 is rejected in a range that crosses New Year.
class NewYear : public History {
 protected:
  void deliver_with_finding(BarSeries bars) {
    Delivery delivery{.provider = {.name = "import"}, .bars = std::move(bars)};
    delivery.report.rows_in = delivery.bars.size() + 1;
    delivery.report.findings = {{Rule::high_below_body, year_start(2024) + seconds{600}, 0}};
    delivery.asked = range_of("2023-12-31", "2024-01-02");
    const WriteOutcome outcome = box.cache().merge(id, delivery);
    EXPECT_FALSE(outcome.error) << outcome.error->line();
  }
  [[nodiscard]] nlohmann::json rejected(const std::string& year) const {
    return box.metadata("BTCUSDT/1m/" + year + ".metadata.json")["data_quality"]["rejected"];
  }
  BarSeries old_year =
      all_bars(CalendarKind::always, Timeframe::m1, range_of("2023-12-31", "2024-01-01"));
  BarSeries new_year = without(
      all_bars(CalendarKind::always, Timeframe::m1, range_of("2024-01-01", "2024-01-02")), 10, 11);
};

TEST_F(NewYear, AFindingCountsInItsOwnYearWhateverComesAgain) {
  BarSeries both = old_year;
  both.append(new_year);
  deliver_with_finding(both);
  deliver_with_finding(old_year);

  EXPECT_EQ(rejected("2023"), 0);
  EXPECT_EQ(rejected("2024"), 1);
}

TEST_F(NewYear, AFindingGoesOverToAYearThatComesLater) {
  deliver_with_finding(old_year);
  EXPECT_EQ(rejected("2023"), 1);

  deliver_with_finding(new_year);

  EXPECT_EQ(rejected("2023"), 0);
  EXPECT_EQ(rejected("2024"), 1);
  const auto gaps = box.cache().gaps(id);
  ASSERT_EQ(gaps->size(), 1U);
  EXPECT_EQ(gaps->front().cause, GapCause::rejected);
  EXPECT_EQ(kinds(box), Kinds{});
}

TEST_F(History, AConflictIsListedOnceHoweverOftenBothSidesComeAgain) {
  const BarSeries other = with_close(day, 7, day.close[7] + 1);
  deliver(day, "binance");
  deliver(other, "yahoo");
  const auto after_two = quality()["conflict_list"];
  const auto files = box.snapshot();

  const WriteOutcome same = deliver(other, "yahoo");
  EXPECT_EQ(same.status, WriteStatus::unchanged);
  EXPECT_EQ(box.snapshot(), files);

  for (int i = 0; i < 3; ++i) {
    deliver(day, "binance");
    EXPECT_EQ(box.cache().read(id)->close[7], day.close[7]) << "the later fetched wins";
    deliver(other, "yahoo");
    EXPECT_EQ(box.cache().read(id)->close[7], other.close[7]);
  }
  const auto list = quality()["conflict_list"];
  ASSERT_EQ(list.size(), 1U);
  EXPECT_EQ(list[0]["replaced"].size(), 2U) << "each version that had to go, once";
  EXPECT_EQ(list[0]["kept"], "yahoo");
  EXPECT_EQ(list[0]["close"][1], other.close[7]);
  EXPECT_EQ(kinds(box), Kinds{});

  const auto settled = box.snapshot();
  deliver(day, "binance");
  deliver(other, "yahoo");
  EXPECT_EQ(box.snapshot(), settled) << "A, B, A, B is where A, B was";
}

TEST_F(History, TheListTellsWhoseValueIsKeptNow) {
  const BarSeries other = with_close(day, 7, day.close[7] + 1);
  deliver(day, "binance");
  deliver(other, "yahoo");

  deliver(day, "binance");

  const auto c = quality()["conflict_list"][0];
  EXPECT_EQ(c["kept"], "binance");
  EXPECT_EQ(c["close"], nlohmann::json({other.close[7], day.close[7]}));
}

TEST_F(History, AConflictInsideOneDeliveryIsListedToo) {
  BarSeries page = day;
  page.append(with_close(day, 7, day.close[7] + 1), 7, 8);

  deliver(page);
  deliver(page);

  const auto q = quality();
  EXPECT_EQ(q["conflicts"], 1);
  EXPECT_EQ(q["conflict_list"][0]["replaced"][0]["close"], day.close[7]);
  EXPECT_EQ(q["conflict_list"][0]["close"][1], day.close[7] + 1);
  EXPECT_EQ(box.cache().read(id)->close[7], day.close[7] + 1);
}

TEST_F(History, AValueThatWasUnknownIsNoConflict) {
  deliver(day, "yahoo");
  BarSeries rich = day;
  rich.widen(columns_of({Column::vwap}));
  for (std::size_t i = 0; i < 10; ++i) rich.vwap[i] = rich.open[i];

  const WriteOutcome outcome = deliver(rich, "binance");
  EXPECT_EQ(outcome.rows_written, 10U);
  EXPECT_EQ(quality()["conflicts"], 0);
  EXPECT_TRUE(identical(*box.cache().read(id), rich));

  // Who knows less takes nothing away.
  const auto before = box.bytes(kData);
  EXPECT_EQ(deliver(day, "yahoo").rows_written, 0U);
  EXPECT_EQ(box.bytes(kData), before);
}

TEST_F(History, ConflictsOfEveryYearGoToTheirYear) {
  const BarSeries turn =
      all_bars(CalendarKind::always, Timeframe::m1, range_of("2023-12-31", "2024-01-02"));
  deliver(turn);
  deliver(with_close(with_close(turn, 1439, turn.close[1439] + 1), 1440, turn.close[1440] + 1));

  EXPECT_EQ(box.metadata("BTCUSDT/1m/2023.metadata.json")["data_quality"]["conflict_list"][0]["at"],
            "2023-12-31T23:59:00");
  EXPECT_EQ(quality()["conflict_list"][0]["at"], "2024-01-01T00:00:00");
  EXPECT_EQ(quality()["conflict_list"].size(), 1U);
}

TEST_F(History, RejectedBarsAreCountedOnceHoweverOftenTheyCome) {
  BarSeries page = day;
  page.high[3] = page.low[3] / 2;
  page.close[9] = -1;
  page.close[10] = kUnknown;

  deliver(page);
  const auto files = box.snapshot();
  const WriteOutcome again = deliver(page);

  EXPECT_EQ(again.rejected, 3U);
  EXPECT_EQ(again.status, WriteStatus::unchanged);
  EXPECT_EQ(box.snapshot(), files);
  const auto q = quality();
  EXPECT_EQ(q["rejected"], 3);
  EXPECT_EQ(q["validation_errors"].size(), 3U);
  ASSERT_EQ(q["gap_list"].size(), 2U);
  for (const auto& g : q["gap_list"]) EXPECT_EQ(g["cause"], "rejected");
  EXPECT_EQ(kinds(box), Kinds{});

  // Half of them come again, and another one.
  BarSeries later = day.slice(0, 6);
  later.high[3] = later.low[3] / 2;
  later.high[4] = later.low[4] / 2;
  deliver(later);
  EXPECT_EQ(quality()["rejected"], 4);

  // What heals is no gap any more, but stays counted.
  deliver(day);
  EXPECT_EQ(quality()["gap_list"].size(), 0U);
  EXPECT_EQ(quality()["rejected"], 4);
}

TEST_F(History, APageThatCannotBeTrustedLeavesNothing) {
  BarSeries page = day;
  for (std::size_t i = 0; i < 721; ++i) page.high[i] = page.low[i] / 2;

  const WriteOutcome outcome = deliver(page);

  EXPECT_EQ(outcome.status, WriteStatus::failed);
  EXPECT_EQ(outcome.error->kind, ErrorKind::data);
  EXPECT_TRUE(box.snapshot().empty());
}

TEST_F(History, DuplicatesAreThoseInsideOneDelivery) {
  BarSeries page = day;
  page.append(day, 5, 8);

  deliver(page);
  EXPECT_EQ(quality()["duplicates"], 3);
  deliver(day);
  deliver(day, "yahoo");
  EXPECT_EQ(quality()["duplicates"], 3) << "coming again is no duplicate";
  EXPECT_EQ(quality()["conflicts"], 0);
}

TEST_F(History, WhatWasAskedForAndDidNotComeIsAGapAtTheEnds) {
  deliver(day, "import", range_of("2024-01-31", "2024-02-03"));

  const auto gaps = box.cache().gaps(id);
  ASSERT_TRUE(gaps);
  ASSERT_EQ(gaps->size(), 2U);
  EXPECT_EQ(format_instant(gaps->at(0).from), "2024-01-31 00:00:00");
  EXPECT_EQ(format_instant(gaps->at(0).to), "2024-01-31 23:59:00");
  EXPECT_EQ(format_instant(gaps->at(1).from), "2024-02-02 00:00:00");
  EXPECT_EQ(gaps->at(1).bars, 1440);
  EXPECT_EQ(box.cache().status(id)->expected_bars, 3 * 1440);
  EXPECT_EQ(kinds(box), Kinds{});

  deliver(all_bars(CalendarKind::always, Timeframe::m1, range_of("2024-01-31", "2024-02-03")));
  EXPECT_TRUE(box.cache().gaps(id)->empty());
}

TEST_F(History, WhatIsNotOverYetCannotBeMissing) {
  box.clock.set("2024-02-02 00:10:30");

  deliver(day, "import", range_of("2024-02-01", "2024-03-01"));

  const auto gaps = box.cache().gaps(id);
  ASSERT_EQ(gaps->size(), 1U);
  EXPECT_EQ(format_instant(gaps->front().from), "2024-02-02 00:00:00");
  EXPECT_EQ(format_instant(gaps->front().to), "2024-02-02 00:09:00");
}

TEST_F(History, AnEmptyAnswerChangesNoBarAndNoColumn) {
  BarSeries before =
      all_bars(CalendarKind::always, Timeframe::m1, range_of("2023-05-01", "2023-05-02"));
  deliver(before);
  const std::string data = box.bytes("BTCUSDT/1m/2023.csv.gz");
  BarSeries rich = day;
  rich.widen(columns_of({Column::vwap}));

  // Nothing came of 2023, and all that came knows another column.
  const WriteOutcome outcome = deliver(rich, "binance", range_of("2023-01-01", "2024-03-01"));

  EXPECT_FALSE(outcome.error);
  EXPECT_TRUE(box.bytes("BTCUSDT/1m/2023.csv.gz") == data);
  EXPECT_EQ(kinds(box), Kinds{});
}

TEST_F(History, AnEmptyAnswerDoesNotMakeRolledUpBarsFetchedOnes) {
  deliver(day);
  static_cast<void>(box.cache().resample(id.symbol, Timeframe::m1, std::vector{Timeframe::h1}));
  const auto before = box.bytes("BTCUSDT/1h/2024.csv.gz");
  Delivery nothing;
  nothing.provider.name = "yahoo";
  nothing.asked = range_of("2024-01-30", "2024-02-03");

  const WriteOutcome outcome = box.cache().merge(series("BTCUSDT", Timeframe::h1), nothing);

  EXPECT_FALSE(outcome.error);
  EXPECT_TRUE(box.bytes("BTCUSDT/1h/2024.csv.gz") == before);
  const auto again = box.cache().resample(id.symbol, Timeframe::m1, std::vector{Timeframe::h1});
  EXPECT_FALSE(again[0].error) << again[0].error->line();
}

// Confirming a gap is the pipeline's business; here it is written as that would write it.
void confirm_all(Sandbox& box, const SeriesId& id, GapCause cause) {
  auto root = store::Folder::open_root(FileSystem::system(), box.root().string());
  ASSERT_TRUE(root);
  auto writer = store::SeriesWriter::open({.root = &*root, .series = id, .clock = &box.clock});
  ASSERT_TRUE(writer) << writer.error().line();
  const auto written = writer->change_year(
      2024, store::Durability::full, [&](const store::YearState& state) -> Result<store::YearEdit> {
        store::YearEdit edit;
        edit.columns = state.file->mark().columns;
        edit.history = state.history;
        for (Gap& g : edit.history.gap_list) {
          g.state = GapState::confirmed;
          g.cause = cause;
        }
        return edit;
      });
  ASSERT_TRUE(written) << written.error().line();
}

TEST_F(History, AConfirmedGapRestsAndSurvives) {
  deliver(without(day, 100, 110));
  confirm_all(box, id, GapCause::no_trades);
  ASSERT_EQ(quality()["gap_list"][0]["state"], "confirmed");
  EXPECT_EQ(quality()["score"], 1.0);
  EXPECT_EQ(kinds(box), Kinds{});

  const auto expect_confirmed = [&](const char* what) {
    const auto gaps = box.cache().gaps(id);
    ASSERT_TRUE(gaps) << what;
    ASSERT_FALSE(gaps->empty()) << what;
    EXPECT_EQ(gaps->front().state, GapState::confirmed) << what;
    EXPECT_EQ(gaps->front().cause, GapCause::no_trades) << what;
    EXPECT_EQ(gaps->front().bars, 10) << what;
    EXPECT_EQ(kinds(box), Kinds{}) << what;
  };
  deliver(all_bars(CalendarKind::always, Timeframe::m1, range_of("2024-02-02", "2024-02-03")));
  expect_confirmed("an append");
  deliver(all_bars(CalendarKind::always, Timeframe::m1, range_of("2024-01-31", "2024-02-01")));
  expect_confirmed("bars in front");
  deliver(without(day, 100, 110), "yahoo");
  expect_confirmed("another provider");
  std::string bytes = box.bytes(kData);
  bytes.back() ^= 1;  // the end mark: every row is there
  box.put(kData, bytes);
  EXPECT_EQ(unrepaired(verify(box, {.repair = true})), Kinds{});
  expect_confirmed("a repair");

  // A part of it comes after all: the rest keeps its state.
  deliver(day.slice(104, 106));
  auto gaps = box.cache().gaps(id);
  ASSERT_EQ(gaps->size(), 2U);
  for (const Gap& g : *gaps) EXPECT_EQ(g.state, GapState::confirmed);
}

TEST_F(History, KeysOfOthersStayWhereTheyStand) {
  deliver(day);
  auto j = box.metadata(kMetadata);
  j["note"] = {{"by", "a person"}, {"text", "checked by hand"}};
  j["data_quality"]["audit"] = 42;
  j["file_info"]["colour"] = nullptr;
  j["provider_info"]["contract"] = {1, 2, 3};
  box.put(kMetadata, j.dump(2));
  EXPECT_EQ(kinds(box), Kinds{});

  deliver(all_bars(CalendarKind::always, Timeframe::m1, range_of("2024-02-02", "2024-02-03")));

  const auto now = box.metadata(kMetadata);
  EXPECT_EQ(now["note"], j["note"]);
  EXPECT_EQ(now["data_quality"]["audit"], 42);
  EXPECT_TRUE(now["file_info"].contains("colour"));
  EXPECT_EQ(now["provider_info"]["contract"], j["provider_info"]["contract"]);
  EXPECT_EQ(now["file_info"]["rows"], 2880);
  EXPECT_EQ(kinds(box), Kinds{});
}

TEST_F(History, SaysWhoBroughtWhat) {
  deliver(day.slice(0, 500), "binance");
  deliver(day.slice(400, 900), "yahoo");
  box.clock.set("2026-01-02 00:00:00");
  deliver(day.slice(900, 1440), "import");

  const auto m = box.metadata(kMetadata);
  ASSERT_EQ(m["provenance"].size(), 3U);
  EXPECT_EQ(m["provenance"][0]["provider"], "binance");
  EXPECT_EQ(m["provenance"][0]["rows"], 500);
  EXPECT_EQ(m["provenance"][0]["fetched_at"], "2026-01-01T00:00:00");
  EXPECT_EQ(m["provenance"][1]["provider"], "yahoo");
  EXPECT_EQ(m["provenance"][1]["from"], "2024-02-01T08:20:00");
  EXPECT_EQ(m["provenance"][1]["to"], "2024-02-01T14:59:00");
  EXPECT_EQ(m["provenance"][2]["provider"], "import");
  EXPECT_EQ(m["provenance"][2]["fetched_at"], "2026-01-02T00:00:00");
  EXPECT_EQ(m["data_source"], "import");
}

TEST_F(History, IsNotTakenFromAFileOfAnotherSymbol) {
  deliver(day);
  deliver(with_close(day, 7, day.close[7] + 1));
  box.merge("ETHUSDT", Timeframe::m1, day);
  box.put("ETHUSDT/1m/2024.metadata.json", box.bytes(kMetadata));

  box.merge("ETHUSDT", Timeframe::m1,
            all_bars(CalendarKind::always, Timeframe::m1, range_of("2024-02-02", "2024-02-03")));

  const auto m = box.metadata("ETHUSDT/1m/2024.metadata.json");
  EXPECT_EQ(m["symbol"], "ETHUSDT");
  EXPECT_EQ(m["data_quality"]["conflicts"], 0);
  EXPECT_EQ(kinds(box), Kinds{});
}

TEST_F(History, OfAnotherVersionIsCarriedOver) {
  deliver(day);
  deliver(with_close(day, 7, day.close[7] + 1));
  const auto old = box.bytes(kMetadata);
  deliver(all_bars(CalendarKind::always, Timeframe::m1, range_of("2024-02-02", "2024-02-03")));
  box.put(kMetadata, old);
  EXPECT_EQ(kinds(box), Kinds{"metadata_stale"});

  EXPECT_EQ(unrepaired(verify(box, {.repair = true})), Kinds{});

  EXPECT_EQ(kinds(box), Kinds{});
  EXPECT_EQ(quality()["conflicts"], 1);
  EXPECT_EQ(box.metadata(kMetadata)["file_info"]["rows"], 2880);
  EXPECT_TRUE(box.cache().gaps(id)->empty());
}

TEST_F(History, ProviderNamesAreHeldToTheirRules) {
  for (const char* name :
       {"", "Binance", "a b", "a/b", "..\n", "abcdefghijklmnopqrstuvwxyz0123456"}) {
    const WriteOutcome outcome = deliver(day, name);
    EXPECT_EQ(outcome.status, WriteStatus::failed) << name;
    EXPECT_EQ(outcome.error->kind, ErrorKind::usage) << name;
  }
  EXPECT_TRUE(box.snapshot().empty());
  EXPECT_EQ(deliver(day, "abcdefghijklmnopqrstuvwxyz012345").status, WriteStatus::ok);
}

TEST_F(History, TooManyProvidersForOneBlockAreRefusedAndNothingIsLost) {
  for (int i = 0; i < 16; ++i) {
    const auto at = static_cast<std::size_t>(i) * 10;
    EXPECT_FALSE(deliver(day.slice(at, at + 10), ("p" + std::to_string(i)).c_str()).error);
  }
  const auto before = box.snapshot();

  const WriteOutcome outcome = deliver(day.slice(200, 210), "q");

  EXPECT_EQ(outcome.status, WriteStatus::failed);
  EXPECT_EQ(outcome.error->kind, ErrorKind::data);
  EXPECT_EQ(box.snapshot(), before);
  EXPECT_EQ(kinds(box), Kinds{});
}

}  // namespace
}  // namespace chandler
