// The parts of the page: text, groups, coverage, which candles to draw.
#include <gtest/gtest.h>

#include "report/chart_bars.h"
#include "report/coverage_map.h"
#include "report/html_text.h"
#include "report/series_groups.h"
#include "tests/pipelines/report/report_support.h"

namespace chandler::html {
namespace {

using test::between;
using test::reported;
using test::walk;

TEST(HtmlText, EscapesWhatWouldBeMarkup) {
  EXPECT_EQ(escaped("a<b>&\"c'"), "a&lt;b&gt;&amp;&quot;c&#39;");
  EXPECT_EQ(escaped(std::string_view("a\0b\x1b", 4)),
            "a\xEF\xBF\xBD"
            "b\xEF\xBF\xBD");
  EXPECT_EQ(escaped("\xff"), "\xEF\xBF\xBD");
  EXPECT_EQ(escaped("naïve"), "naïve");
  EXPECT_LT(escaped(std::string(1000, 'x'), 10).size(), 20U);
}

TEST(HtmlText, WritesNumbersForPeople) {
  EXPECT_EQ(counted(std::int64_t{1234567}), "1,234,567");
  EXPECT_EQ(counted(std::int64_t{-1000}), "-1,000");
  EXPECT_EQ(counted(1, "gap", "gaps"), "1 gap");
  EXPECT_EQ(counted(2000, "gap", "gaps"), "2,000 gaps");
  EXPECT_EQ(fixed(0.98765, 4), "0.9877");
  EXPECT_EQ(compact(1.2e6), "1.2M");
  EXPECT_EQ(lasted(std::chrono::milliseconds{1200}), "1.2 s");
  EXPECT_EQ(minute_text(*parse_exact("2024-03-05 14:00:00")), "2024-03-05 14:00");
  EXPECT_EQ(month_name(12), "Dec");
}

TEST(SeriesGroups, KeepASourceAndItsFramesTogether) {
  std::vector<SeriesReport> series = {reported("AUSDT", Timeframe::m1),
                                      reported("AUSDT", Timeframe::h1),
                                      reported("BUSDT", Timeframe::m1, WriteStatus::ok, 5),
                                      reported("CUSDT", Timeframe::m1, WriteStatus::failed)};
  series[1].derived_from = Timeframe::m1;
  const auto groups = groups_by_interest(series);
  ASSERT_EQ(groups.size(), 3U);
  EXPECT_EQ(groups[0][0].outcome.series.text(), "CUSDT 1m");
  EXPECT_EQ(groups[1][0].outcome.series.text(), "BUSDT 1m");
  EXPECT_EQ(groups[2].size(), 2U);
  const Totals totals = totals_of(series);
  EXPECT_EQ(totals.series, 4U);
  EXPECT_EQ(totals.failed, 1U);
  EXPECT_EQ(totals.new_bars, 5U);
}

TEST(CoverageMap, CountsWhatIsMissingByDay) {
  const SeriesId id{*Symbol::parse("BTCUSDT"), Timeframe::h1};
  SeriesStatus status{.series = id};
  status.asset_class = AssetClass::crypto;
  status.rows = 1000;
  status.first = *parse_exact("2024-01-10 00:00:00");
  status.last = *parse_exact("2024-03-01 23:00:00");
  status.years = {2024};
  const std::vector<Gap> gaps = {
      {*parse_exact("2024-02-01 22:00:00"), *parse_exact("2024-02-02 01:00:00"), 4},
      {*parse_exact("2024-02-10 00:00:00"), *parse_exact("2024-02-10 23:00:00"), 24,
       GapState::confirmed}};
  const CoverageMap map = map_coverage({status, gaps, Calendar(CalendarKind::always), {}});
  ASSERT_TRUE(map.by_day);
  ASSERT_EQ(map.cells.size(), 366U);
  EXPECT_FALSE(map.cells[8].inside);
  EXPECT_EQ(map.cells[9].present(), 24);
  EXPECT_EQ(map.cells[31].open, 2);
  EXPECT_EQ(map.cells[32].present(), 22);
  EXPECT_EQ(map.cells[40].confirmed, 24);
}

TEST(ChartBars, ChoosesAFrameThatFits) {
  test::Sandbox box;
  for (const auto& [tf, range] : {std::pair{Timeframe::m1, between("2024-01-01", "2024-03-01")},
                                  std::pair{Timeframe::d1, between("2020-01-01", "2024-03-01")}}) {
    box.merge("BTCUSDT", tf, walk(CalendarKind::always, tf, range));
  }
  const auto frames = box.cache().status_all(*Symbol::parse("BTCUSDT"));
  ASSERT_EQ(frames->size(), 2U);
  for (const SeriesStatus& series : *frames) {
    const auto chart = chart_bars(box.cache(), series, *frames);
    ASSERT_TRUE(chart) << chart.error().line();
    EXPECT_LE(chart->slots.size(), kMostCandles);
    EXPECT_GT(chart->bars.size(), 20U);
  }
}

// A walk of 1m over half a year: more than may be read, so the most recent part is drawn.
TEST(ChartBars, TakesTheRecentPartOfWhatIsTooMuchToRead) {
  test::Sandbox box;
  box.merge("BTCUSDT", Timeframe::m1,
            walk(CalendarKind::always, Timeframe::m1, between("2024-01-01", "2024-07-01")));
  const auto frames = box.cache().status_all(*Symbol::parse("BTCUSDT"));
  ASSERT_EQ(frames->size(), 1U);

  const auto chart = chart_bars(box.cache(), frames->front(), *frames);

  ASSERT_TRUE(chart) << chart.error().line();
  EXPECT_FALSE(chart->whole);
  EXPECT_EQ(chart->stored, Timeframe::m1);
  EXPECT_LE(static_cast<std::int64_t>(chart->bars.size()) *
                (nominal_length(chart->frame) / nominal_length(Timeframe::m1)),
            kMostBarsRead + 1440);
  EXPECT_GT(chart->bars.size(), kMostCandles / 2);
}

TEST(ChartBars, BeginWithTheStoredCandleThatTheSeriesBeginsIn) {
  test::Sandbox box;
  const Symbol symbol = *Symbol::parse("BTCUSDT");
  const Instant start = *parse_exact("2024-01-01 06:00:00");
  box.merge("BTCUSDT", Timeframe::h1,
            walk(CalendarKind::always, Timeframe::h1, between("2024-01-01", "2024-07-01"),
                 [&](Instant t) { return t >= start; }));
  const Timeframe day = Timeframe::d1;
  ASSERT_FALSE(box.cache().resample(symbol, Timeframe::h1, {&day, 1}).front().error);
  const auto frames = box.cache().status_all(symbol);
  ASSERT_EQ(frames->front().series.timeframe, Timeframe::h1);

  const auto chart = chart_bars(box.cache(), frames->front(), *frames);

  ASSERT_TRUE(chart) << chart.error().line();
  EXPECT_EQ(chart->stored, day);
  EXPECT_EQ(chart->frame, day);
  EXPECT_EQ(format_instant(chart->bars.timestamp.front()), "2024-01-01 00:00:00");
}

TEST(ChartBars, AgreesWithARollUpOfEverything) {
  test::Sandbox box;
  const BarSeries hours =
      walk(CalendarKind::us_equities, Timeframe::m5, between("2024-03-01", "2024-06-01"));
  box.merge("AAPL", Timeframe::m5, hours);
  const auto frames = box.cache().status_all(*Symbol::parse("AAPL"));
  ASSERT_EQ(frames->size(), 1U);

  const auto chart = chart_bars(box.cache(), frames->front(), *frames);

  ASSERT_TRUE(chart) << chart.error().line();
  EXPECT_TRUE(chart->whole);
  const RolledUp all = roll_up(
      hours, {},
      {Timeframe::m5, chart->frame, Calendar(CalendarKind::us_equities), box.cache().now()});
  EXPECT_TRUE(identical(chart->bars, all.bars));
  EXPECT_EQ(chart->slots, all.bars.timestamp);
}

}  // namespace
}  // namespace chandler::html
