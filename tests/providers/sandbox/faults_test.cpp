#include "sandbox/faults.h"

#include <gtest/gtest.h>

#include <cmath>
#include <string>

#include "chandler/quality.h"
#include "sandbox/market.h"

namespace chandler::sandbox {
namespace {

constexpr TimeRange kDays{Instant{std::chrono::hours{24 * 19'800}},
                          Instant{std::chrono::hours{24 * 19'807}}};
constexpr std::size_t kRows = 7 * 1440;

Faults faults_of(const std::string& text) { return *parse_faults(text); }

BarPage clean_page(TimeRange range = kDays) {
  BarPage page;
  page.bars = Market(*Symbol::parse("BTCUSDT"), AssetClass::crypto).bars(Timeframe::m1, range);
  page.settles = range;
  return page;
}

BarPage faulty_page(const std::string& faults) {
  BarPage page = clean_page();
  distort(page, "BTCUSDT", faults_of(faults));
  return page;
}

ValidationReport checked(BarSeries bars) {
  return validate(bars, {.timeframe = Timeframe::m1,
                         .calendar = Calendar(CalendarKind::always),
                         .asked = kDays,
                         .now = kDays.to});
}

TEST(SandboxFaults, ReadsEverySetting) {
  const Faults faults = faults_of(
      "holes=0.01,duplicates=0.02,conflicts=0.03,bad_rows=0.04,nulls=0.05,shuffled=1,"
      "fail_every=7,outage=2024-03-01/2024-03-02,outage=2024-04-01T12:00/2024-04-01T13:00,seed=9,");

  EXPECT_EQ(faults.holes, 0.01);
  EXPECT_EQ(faults.duplicates, 0.02);
  EXPECT_EQ(faults.conflicts, 0.03);
  EXPECT_EQ(faults.bad_rows, 0.04);
  EXPECT_EQ(faults.nulls, 0.05);
  EXPECT_EQ(faults.shuffled, 1);
  EXPECT_EQ(faults.fail_every, 7U);
  EXPECT_EQ(faults.seed, 9U);
  ASSERT_EQ(faults.outages.size(), 2U);
  EXPECT_EQ(faults.outages[1].from, *parse_exact("2024-04-01 12:00:00"));
}

TEST(SandboxFaults, NamesTheSettingThatIsWrong) {
  for (const std::string text :
       {"hole=0.1", "holes", "holes=2", "holes=-0.1", "holes=nan", "holes=a", "fail_every=-1",
        "fail_every=x", "seed=", "outage=2024-03-01", "outage=2024-03-02/2024-03-01",
        "outage=now/2024-03-01", "outage=/", "holes=0.1 "}) {
    const auto faults = parse_faults("seed=1," + text);

    ASSERT_FALSE(faults) << text;
    EXPECT_EQ(faults.error().kind, ErrorKind::usage);
    EXPECT_NE(faults.error().line().find("CHANDLER_SANDBOX_FAULTS: \"" + text + "\""),
              std::string::npos)
        << faults.error().line();
    EXPECT_FALSE(faults.error().hint.empty());
  }
}

TEST(SandboxFaults, WithoutAnyThePageStaysAsItIs) {
  EXPECT_TRUE(identical(faulty_page("").bars, clean_page().bars));
  EXPECT_TRUE(identical(faulty_page("seed=5,holes=0").bars, clean_page().bars));
}

TEST(SandboxFaults, HolesTakeAboutTheirShare) {
  const BarPage page = faulty_page("holes=0.1");

  EXPECT_GT(page.bars.size(), kRows * 88 / 100);
  EXPECT_LT(page.bars.size(), kRows * 92 / 100);
  EXPECT_TRUE(checked(page.bars).findings.empty());
  EXPECT_TRUE(faulty_page("holes=1").bars.empty());
}

TEST(SandboxFaults, AnOutageLeavesNothingOfItsRange) {
  // 19,800 days after 1970-01-01 is 2024-03-18.
  const BarPage page = faulty_page("outage=2024-03-19/2024-03-20T06:00");

  ASSERT_EQ(page.bars.size(), kRows - 30 * 60);
  EXPECT_EQ(format_instant(page.bars.timestamp[1439]), "2024-03-18 23:59:00");
  EXPECT_EQ(format_instant(page.bars.timestamp[1440]), "2024-03-20 06:00:00");
}

TEST(SandboxFaults, DuplicatesAreMendedByTheValidator) {
  BarPage page = faulty_page("duplicates=0.05");
  EXPECT_GT(page.bars.size(), kRows);

  const ValidationReport report = checked(page.bars);

  EXPECT_EQ(report.count(Rule::duplicate), page.bars.size() - kRows);
  EXPECT_EQ(report.findings.size(), page.bars.size() - kRows);
}

TEST(SandboxFaults, OfAConflictTheLaterBarIsTheTrueOne) {
  BarPage page = faulty_page("conflicts=0.05");
  const std::size_t extra = page.bars.size() - kRows;
  EXPECT_GT(extra, 0U);

  BarSeries mended = page.bars;
  const ValidationReport report = validate(mended, {.timeframe = Timeframe::m1,
                                                    .calendar = Calendar(CalendarKind::always),
                                                    .asked = kDays,
                                                    .now = kDays.to});

  EXPECT_EQ(report.conflicts.size(), extra);
  EXPECT_EQ(report.rejected(), 0U);
  EXPECT_TRUE(identical(mended, clean_page().bars));
}

TEST(SandboxFaults, BadRowsBreakEveryRuleThereIs) {
  const BarPage page = faulty_page("bad_rows=0.05");
  ASSERT_EQ(page.bars.size(), kRows);

  const ValidationReport report = checked(page.bars);

  for (const Rule rule : {Rule::bad_number, Rule::non_positive_price, Rule::negative_volume,
                          Rule::high_below_body, Rule::off_grid})
    EXPECT_GT(report.count(rule), 0U) << to_string(rule);
  EXPECT_GT(report.rejected(), kRows * 4 / 100);
  EXPECT_LT(report.rejected(), kRows * 6 / 100);
}

TEST(SandboxFaults, NullsAreBarsWithoutANumber) {
  const BarPage page = faulty_page("nulls=0.05");
  ASSERT_EQ(page.bars.size(), kRows);

  const ValidationReport report = checked(page.bars);

  EXPECT_GT(report.rejected(), kRows * 4 / 100);
  EXPECT_LT(report.rejected(), kRows * 6 / 100);
  EXPECT_EQ(report.count(Rule::bad_number), report.rejected());
}

TEST(SandboxFaults, ShuffledBarsAreAllThere) {
  const BarPage page = faulty_page("shuffled=0.05");
  ASSERT_EQ(page.bars.size(), kRows);

  BarSeries mended = page.bars;
  const ValidationReport report = validate(mended, {.timeframe = Timeframe::m1,
                                                    .calendar = Calendar(CalendarKind::always),
                                                    .asked = kDays,
                                                    .now = kDays.to});

  EXPECT_GT(report.count(Rule::out_of_order), 0U);
  EXPECT_TRUE(identical(mended, clean_page().bars));
}

TEST(SandboxFaults, HitTheSameBarsHoweverTheyAreCutIntoPages) {
  const Faults faults = faults_of("holes=0.1,bad_rows=0.1,duplicates=0.1,conflicts=0.1,nulls=0.1");
  BarPage whole = clean_page();
  distort(whole, "BTCUSDT", faults);

  BarSeries pieces;
  pieces.columns = whole.bars.columns;
  for (Instant t = kDays.from; t < kDays.to; t += seconds{3600}) {
    BarPage page = clean_page({t, t + seconds{3600}});
    distort(page, "BTCUSDT", faults);
    pieces.append(page.bars);
  }

  EXPECT_TRUE(identical(pieces, whole.bars));
}

TEST(SandboxFaults, SeedAndSymbolChooseOtherBars) {
  const auto with = [](const std::string& symbol, const std::string& text) {
    BarPage page = clean_page();
    distort(page, symbol, faults_of(text));
    return page.bars;
  };

  EXPECT_TRUE(identical(with("BTCUSDT", "holes=0.1"), with("BTCUSDT", "holes=0.1")));
  EXPECT_FALSE(identical(with("BTCUSDT", "holes=0.1"), with("BTCUSDT", "holes=0.1,seed=1")));
  EXPECT_FALSE(identical(with("BTCUSDT", "holes=0.1"), with("ETHUSDT", "holes=0.1")));
}

}  // namespace
}  // namespace chandler::sandbox
