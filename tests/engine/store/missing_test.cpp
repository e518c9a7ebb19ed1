// What a series does not hold, what was asked for and did not come, and what is known of it.
#include <gtest/gtest.h>

#include "store_support.h"

namespace chandler {
namespace {

using test::minutes;

const SeriesId kBtc{*Symbol::parse("BTCUSDT"), Timeframe::m1};

Instant at(const std::string& text) { return *parse_exact(text); }
TimeRange range(const std::string& from, const std::string& to) {
  return {at(from + " 00:00:00"), at(to + " 00:00:00")};
}
std::string shown(const std::vector<Missing>& missing) {
  std::string text;
  for (const Missing& m : missing) {
    text += format_instant(m.range.from) + ".." + format_instant(m.range.to) + " " +
            std::to_string(m.bars) + (m.asked_before ? " again" : "") +
            (m.state == GapState::confirmed ? " confirmed" : "") + "\n";
  }
  return text;
}

class MissingTest : public ::testing::Test {
 protected:
  Cache& cache() { return box_.cache(); }
  std::string missing(const MissingQuery& query, const SeriesId& id = kBtc) {
    const auto holdings = cache().missing(id, query);
    EXPECT_TRUE(holdings) << holdings.error().line();
    return holdings ? shown(holdings->missing) : "";
  }
  std::string missing(const std::string& from, const std::string& to) {
    return missing({.range = range(from, to)});
  }
  WriteOutcome deliver(BarSeries bars, std::optional<TimeRange> asked = {},
                       std::vector<GapVerdict> verdicts = {}, const SeriesId& id = kBtc) {
    Delivery delivery{.provider = {.name = "binance"}, .bars = std::move(bars)};
    delivery.asked = asked;
    delivery.verdicts = std::move(verdicts);
    const WriteOutcome outcome = cache().merge(id, delivery);
    EXPECT_FALSE(outcome.error) << outcome.error->line();
    return outcome;
  }
  std::vector<Gap> gaps() {
    const auto found = cache().gaps(kBtc);
    EXPECT_TRUE(found) << found.error().line();
    return found ? *found : std::vector<Gap>{};
  }
  test::Sandbox box_;
};

TEST_F(MissingTest, ASeriesThatIsNotThereMissesEverythingThatIsOver) {
  box_.clock.set("2024-01-02 00:00:30");
  EXPECT_EQ(missing("2024-01-01", "2024-02-01"), "2024-01-01 00:00:00..2024-01-02 00:00:00 1440\n");
}

TEST_F(MissingTest, BeforeAndAfterWhatIsThere) {
  deliver(minutes("2024-01-05", 1440));
  EXPECT_EQ(missing("2024-01-04", "2024-01-07"),
            "2024-01-04 00:00:00..2024-01-05 00:00:00 1440\n"
            "2024-01-06 00:00:00..2024-01-07 00:00:00 1440\n");
  EXPECT_EQ(missing("2024-01-05", "2024-01-06"), "");
}

TEST_F(MissingTest, HolesInsideHaveBeenAskedForBefore) {
  BarSeries bars = minutes("2024-01-05", 600);
  bars.append(minutes("2024-01-06", 1440));
  deliver(bars);
  EXPECT_EQ(missing("2024-01-05", "2024-01-07"),
            "2024-01-05 10:00:00..2024-01-06 00:00:00 840 again\n");
}

TEST_F(MissingTest, WhatWasAskedForAtTheEndsIsAskedForAgainNotAnew) {
  deliver(minutes("2024-01-05", 1440), range("2024-01-04", "2024-01-07"));
  EXPECT_EQ(missing("2024-01-03", "2024-01-08"),
            "2024-01-03 00:00:00..2024-01-04 00:00:00 1440\n"
            "2024-01-04 00:00:00..2024-01-05 00:00:00 1440 again\n"
            "2024-01-06 00:00:00..2024-01-07 00:00:00 1440 again\n"
            "2024-01-07 00:00:00..2024-01-08 00:00:00 1440\n");
}

TEST_F(MissingTest, WhatIsConfirmedRests) {
  deliver(minutes("2024-01-05", 1440), range("2024-01-04", "2024-01-06"),
          {{range("2024-01-04", "2024-01-05"), GapState::confirmed, GapCause::before_listing}});
  EXPECT_EQ(missing("2024-01-04", "2024-01-06"), "");
  EXPECT_EQ(missing({.range = range("2024-01-04", "2024-01-06"), .confirmed = true}),
            "2024-01-04 00:00:00..2024-01-05 00:00:00 1440 again confirmed\n");
}

TEST_F(MissingTest, AConfirmedGapTellsWhenAndWhomAndLowersNoScore) {
  deliver(minutes("2024-01-05", 1440), range("2024-01-04", "2024-01-06"));
  EXPECT_DOUBLE_EQ(cache().status(kBtc)->score, 0.5);
  box_.clock.set("2026-03-01 12:00:00");
  deliver({}, range("2024-01-04", "2024-01-05"),
          {{range("2024-01-04", "2024-01-05"), GapState::confirmed, GapCause::unknown, "a, b"}});
  ASSERT_EQ(gaps().size(), 1U);
  EXPECT_EQ(gaps()[0].state, GapState::confirmed);
  EXPECT_EQ(gaps()[0].confirmed_at, at("2026-03-01 12:00:00"));
  EXPECT_EQ(gaps()[0].confirmed_by, "a, b");
  EXPECT_DOUBLE_EQ(cache().status(kBtc)->score, 1);
}

TEST_F(MissingTest, AConfirmationThatIsKnownChangesNoByte) {
  const std::vector<GapVerdict> verdict = {
      {range("2024-01-04", "2024-01-05"), GapState::confirmed, GapCause::unknown}};
  deliver(minutes("2024-01-05", 1440), range("2024-01-04", "2024-01-06"), verdict);
  const std::string before = box_.bytes("BTCUSDT/1m/2024.metadata.json");
  box_.clock.set("2026-03-01 12:00:00");
  EXPECT_EQ(deliver({}, range("2024-01-04", "2024-01-05"), verdict).status, WriteStatus::unchanged);
  EXPECT_EQ(box_.bytes("BTCUSDT/1m/2024.metadata.json"), before);
}

TEST_F(MissingTest, AVerdictHoldsForItsRangeAlone) {
  BarSeries bars = minutes("2024-01-05", 600);
  bars.append(minutes("2024-01-06", 1440));
  deliver(bars);
  deliver({}, {},
          {{{at("2024-01-05 12:00:00"), at("2024-01-05 13:00:00")},
            GapState::confirmed,
            GapCause::venue_outage}});
  ASSERT_EQ(gaps().size(), 3U);
  EXPECT_EQ(gaps()[0].bars, 120);
  EXPECT_EQ(gaps()[0].state, GapState::open);
  EXPECT_EQ(gaps()[1].bars, 60);
  EXPECT_EQ(gaps()[1].state, GapState::confirmed);
  EXPECT_EQ(gaps()[1].cause, GapCause::venue_outage);
  EXPECT_EQ(gaps()[2].bars, 660);
  EXPECT_EQ(missing("2024-01-05", "2024-01-07"),
            "2024-01-05 10:00:00..2024-01-05 12:00:00 120 again\n"
            "2024-01-05 13:00:00..2024-01-06 00:00:00 660 again\n");
}

TEST_F(MissingTest, BarsThatComeAfterAllHealAConfirmedGap) {
  deliver(minutes("2024-01-05", 1440), range("2024-01-04", "2024-01-06"),
          {{range("2024-01-04", "2024-01-05"), GapState::confirmed, GapCause::unknown}});
  deliver(minutes("2024-01-04", 1440));
  EXPECT_TRUE(gaps().empty());
}

TEST_F(MissingTest, YearsWithoutABarThatWereAskedForAreKnownToTheFileNextToThem) {
  deliver(minutes("2024-01-05", 1440), range("2021-01-01", "2024-01-06"));
  ASSERT_EQ(gaps().size(), 1U);
  EXPECT_EQ(gaps()[0].from, at("2021-01-01 00:00:00"));
  EXPECT_EQ(gaps()[0].to, at("2024-01-04 23:59:00"));
  EXPECT_EQ(missing("2021-01-01", "2024-01-06"),
            "2021-01-01 00:00:00..2024-01-05 00:00:00 1582560 again\n");
  EXPECT_EQ(cache().status(kBtc)->expected_bars, 1582560 + 1440);
}

TEST_F(MissingTest, AYearThatComesInBetweenTakesOverWhatIsKnownOfIt) {
  deliver(minutes("2024-01-05", 1440), range("2021-01-01", "2024-01-06"),
          {{range("2021-01-01", "2022-01-01"), GapState::confirmed, GapCause::before_listing}});
  deliver(minutes("2022-06-01", 1440));
  const std::vector<Gap> all = gaps();
  ASSERT_EQ(all.size(), 3U);
  EXPECT_EQ(all[0].state, GapState::confirmed);
  EXPECT_EQ(all[0].to, at("2021-12-31 23:59:00"));
  EXPECT_EQ(all[1].from, at("2022-01-01 00:00:00"));
  EXPECT_EQ(all[1].to, at("2022-05-31 23:59:00"));
  EXPECT_EQ(all[2].from, at("2022-06-02 00:00:00"));
  EXPECT_EQ(all[2].to, at("2024-01-04 23:59:00"));
  EXPECT_EQ(missing("2021-01-01", "2024-01-06"),
            "2022-01-01 00:00:00..2022-06-01 00:00:00 217440 again\n"
            "2022-06-02 00:00:00..2024-01-05 00:00:00 838080 again\n");
  const auto report = cache().verify(std::vector{kBtc});
  EXPECT_TRUE(report.problems.empty());
}

TEST_F(MissingTest, NothingIsAskedForWhereNothingIsExpected) {
  const SeriesId apple{*Symbol::parse("AAPL"), Timeframe::m5};
  // From Friday's close to Monday's opening.
  EXPECT_EQ(missing({.range = {at("2024-01-05 21:00:00"), at("2024-01-08 14:30:00")},
                     .asset_class = AssetClass::stock},
                    apple),
            "");
  EXPECT_EQ(missing({.range = range("2024-01-06", "2024-01-09"), .asset_class = AssetClass::stock},
                    apple),
            "2024-01-08 14:30:00..2024-01-08 21:00:00 78\n");
}

TEST_F(MissingTest, ADayOfAStockIsMissingOnceItsSessionIsOver) {
  const SeriesId apple{*Symbol::parse("AAPL"), Timeframe::d1};
  const MissingQuery query{.range = range("2024-01-05", "2024-02-01"),
                           .asset_class = AssetClass::stock};
  box_.clock.set("2024-01-05 20:59:00");
  EXPECT_EQ(missing(query, apple), "");
  box_.clock.set("2024-01-05 21:00:00");
  EXPECT_EQ(missing(query, apple), "2024-01-05 00:00:00..2024-01-06 00:00:00 1\n");
}

TEST_F(MissingTest, OfAFileWithoutContentEverythingIsMissing) {
  deliver(minutes("2024-01-05", 1440));
  box_.put("BTCUSDT/1m/2024.csv.gz", "");
  EXPECT_EQ(missing("2024-01-05", "2024-01-06"), "2024-01-05 00:00:00..2024-01-06 00:00:00 1440\n");
}

TEST_F(MissingTest, ADamagedFileIsAnErrorThatSaysWhatToDo) {
  deliver(minutes("2024-01-05", 1440));
  std::string bytes = box_.bytes("BTCUSDT/1m/2024.csv.gz");
  box_.put("BTCUSDT/1m/2024.csv.gz", bytes.substr(0, bytes.size() / 2));
  const auto holdings = cache().missing(kBtc, {.range = range("2024-01-05", "2024-01-06")});
  ASSERT_FALSE(holdings);
  EXPECT_EQ(holdings.error().kind, ErrorKind::damaged);
  EXPECT_EQ(holdings.error().hint, "run `chandler verify --repair`");
}

// Three blocks of minutes, of which the second one is changed behind the cache's back.
class BadBlock : public MissingTest {
 protected:
  BadBlock() {
    deliver(bars_);
    good_ = box_.bytes(kData);
    const auto blocks = box_.metadata("BTCUSDT/1m/2024.metadata.json")["file_info"]["blocks"];
    begin_ = blocks[1]["offset"].get<std::size_t>();
    size_ = blocks[1]["size"].get<std::size_t>();
  }
  void put(const std::string& bytes) {
    box_.put(kData, bytes);
    const auto metadata = box_.root() / "BTCUSDT/1m/2024.metadata.json";
    std::filesystem::last_write_time(
        box_.root() / kData, std::filesystem::last_write_time(metadata) + std::chrono::seconds{1});
  }
  void put_hole(std::size_t bytes) {
    std::string holed = good_;
    std::fill_n(holed.begin() + static_cast<std::ptrdiff_t>(begin_ + (size_ - bytes) / 2), bytes,
                '\0');
    put(holed);
  }

  static constexpr const char* kData = "BTCUSDT/1m/2024.csv.gz";
  BarSeries bars_ = minutes("2024-01-01", 10'000);
  std::string good_;
  std::size_t begin_ = 0;
  std::size_t size_ = 0;
};

TEST_F(BadBlock, ThatIsAHoleIsMissingThoughTheEndMarkIsGood) {
  for (const std::size_t bytes : {std::size_t{4096}, size_}) {
    put_hole(bytes);
    EXPECT_EQ(missing("2024-01-01", "2024-01-07"),
              "2024-01-03 20:16:00..2024-01-06 16:32:00 4096 again\n");
    EXPECT_EQ(missing("2024-01-01", "2024-01-03"), "");
  }
}

TEST_F(BadBlock, ThatIsAHoleIsFilledByWhatIsFetchedForIt) {
  put_hole(4096);

  const WriteOutcome outcome = deliver(bars_.slice(4096, 8192));

  EXPECT_EQ(outcome.rows_written, 4096U);
  ASSERT_EQ(outcome.notes.size(), 1U);
  EXPECT_NE(outcome.notes[0].find("held zeros"), std::string::npos) << outcome.notes[0];
  EXPECT_EQ(box_.bytes(kData), good_);
  EXPECT_EQ(box_.snapshot().size(), 2U) << "nothing is kept of what is whole again";
  EXPECT_EQ(missing("2024-01-01", "2024-01-07"), "");
}

TEST_F(BadBlock, ThatIsAHoleStaysAGapWhenOtherBarsAreWritten) {
  put_hole(4096);

  deliver(minutes("2024-02-01", 10));

  EXPECT_EQ(missing("2024-01-01", "2024-01-07"),
            "2024-01-03 20:16:00..2024-01-06 16:32:00 4096 again\n");
  EXPECT_EQ(cache().read(kBtc)->size(), 10'000U - 4096 + 10);
}

TEST_F(BadBlock, ThatRottedIsAnErrorForWhoNeedsIt) {
  std::string rotten = good_;
  rotten[begin_ + size_ / 2] = static_cast<char>(rotten[begin_ + size_ / 2] ^ 1);
  put(rotten);

  const auto all = cache().missing(kBtc, {.range = range("2024-01-01", "2024-01-07")});
  ASSERT_FALSE(all);
  EXPECT_EQ(all.error().kind, ErrorKind::damaged);
  EXPECT_EQ(missing("2024-01-01", "2024-01-03"), "");
  Delivery delivery{.provider = {.name = "binance"}, .bars = minutes("2024-02-01", 10)};
  EXPECT_EQ(cache().merge(kBtc, delivery).status, WriteStatus::failed);
  EXPECT_EQ(box_.bytes(kData), rotten);
}

TEST_F(MissingTest, YearsThatCannotBeReadMayBePassedOver) {
  BarSeries bars = minutes("2022-05-01", 600);
  bars.append(minutes("2022-05-02", 1440));
  bars.append(minutes("2023-05-01", 1440));
  bars.append(minutes("2024-05-01", 600));
  bars.append(minutes("2024-05-02", 1440));
  deliver(bars, range("2022-05-01", "2024-05-03"));
  MissingQuery query{.range = range("2022-05-01", "2022-05-03"), .damage = Damage::is_passed_over};
  const std::string first = "2022-05-01 10:00:00..2022-05-02 00:00:00 840 again\n";
  for (const bool folder : {false, true}) {
    std::filesystem::remove(box_.root() / "BTCUSDT/1m/2023.csv.gz");
    if (folder) {
      std::filesystem::create_directory(box_.root() / "BTCUSDT/1m/2023.csv.gz");
    } else {
      box_.put("BTCUSDT/1m/2023.csv.gz", "rubbish");
    }

    EXPECT_EQ(missing(query), first);
    EXPECT_EQ(missing({.range = query.range}), first) << "nothing is asked of the other year";
    const MissingQuery both{.range = range("2022-05-01", "2024-05-03"),
                            .damage = Damage::is_passed_over};
    const std::string found = missing(both);
    EXPECT_NE(found.find(first), std::string::npos) << found;
    EXPECT_NE(found.find("2024-05-01 10:00:00..2024-05-02 00:00:00 840 again"), std::string::npos);
    EXPECT_EQ(found.find("\n2023"), std::string::npos) << "of the bad year nothing: " << found;
    EXPECT_FALSE(cache().missing(kBtc, {.range = both.range}));
  }
}

TEST_F(MissingTest, DeliveriesThatAreJoinedSayWhatTheyWouldHaveSaidOneByOne) {
  Delivery one{.provider = {.name = "binance"}, .bars = minutes("2024-01-05", 1440)};
  one.asked = range("2024-01-05", "2024-01-06");
  one.report.rows_in = 1441;
  one.report.findings = {{Rule::high_below_body, at("2024-01-05 00:10:00"), 10}};
  Delivery two{.provider = {.name = "binance"}, .bars = minutes("2024-01-06", 1440)};
  two.asked = range("2024-01-06", "2024-01-08");
  two.report.rows_in = 1441;
  two.report.findings = {{Rule::off_grid, at("2024-01-06 00:10:30"), 5}};
  two.report.conflicts = {{7, minutes("2024-01-06", 1, 2)}};
  one.append(std::move(two));
  EXPECT_EQ(one.bars.size(), 2880U);
  EXPECT_EQ(one.asked, range("2024-01-05", "2024-01-08"));
  EXPECT_EQ(one.report.rows_in, 2882U);
  ASSERT_EQ(one.report.findings.size(), 2U);
  EXPECT_EQ(one.report.findings[1].row, 1446U);
  ASSERT_EQ(one.report.conflicts.size(), 1U);
  EXPECT_EQ(one.report.conflicts[0].kept, 1447U);
}

}  // namespace
}  // namespace chandler
