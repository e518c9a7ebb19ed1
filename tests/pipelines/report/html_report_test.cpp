// The page about a run: well formed, closed to the outside, with everything in its place.
#include "report/html_report.h"

#include <gmock/gmock.h>

#include "tests/pipelines/report/report_support.h"

namespace chandler {
namespace {

using test::between;
using test::reported;
using test::times_found;
using test::unbalanced;
using test::walk;
using ::testing::HasSubstr;
using ::testing::Not;

class HtmlReport : public ::testing::Test {
 protected:
  std::string page() { return render_html(report, box.cache()); }
  void keep(const char* symbol, Timeframe tf, const BarSeries& bars,
            std::optional<TimeRange> asked = {}, std::vector<GapVerdict> verdicts = {}) {
    Delivery delivery{.provider = {.name = "sandbox"}, .bars = bars};
    delivery.asked = asked;
    delivery.verdicts = std::move(verdicts);
    const auto outcome = box.cache().merge({*Symbol::parse(symbol), tf}, delivery);
    ASSERT_FALSE(outcome.error) << outcome.error->line();
  }
  test::Sandbox box;
  RunReport report{.verb = "run", .job = "nightly", .started = *parse_exact("2025-03-20 09:58:00")};
};

TEST_F(HtmlReport, OfNothingIsAPage) {
  EXPECT_EQ(unbalanced(page()), "");
  EXPECT_THAT(page(), HasSubstr("No series was asked for."));
}

TEST_F(HtmlReport, LoadsNothingAndRunsNothing) {
  keep("BTCUSDT", Timeframe::h1,
       walk(CalendarKind::always, Timeframe::h1, between("2025-01-01", "2025-03-01")));
  report.series = {reported("BTCUSDT", Timeframe::h1, WriteStatus::ok, 1416)};
  const std::string html = page();
  EXPECT_EQ(unbalanced(html), "");
  EXPECT_THAT(html, HasSubstr("default-src 'none'"));
  for (const char* door : {"<script", "src=", "http://", "https://", "@import", "<link"})
    EXPECT_THAT(html, Not(HasSubstr(door)));
  EXPECT_EQ(times_found(html, "url("), times_found(html, "url(#")) << "of the page itself only";
}

TEST_F(HtmlReport, ShowsMarkupFromOutsideAsText) {
  report.job = "<script>alert(1)</script>";
  report.series = {reported("A&B\"USDT", Timeframe::d1, WriteStatus::failed)};
  report.series[0].outcome.error =
      Error{ErrorKind::unavailable, "<b onclick=\"x\">no</b> & 'more'", "x", ""};
  report.series[0].outcome.notes = {"<img src=x>"};
  report.providers = {{"<i>mine</i>", {}, BreakerState::open}};
  const std::string html = page();
  EXPECT_EQ(unbalanced(html), "");
  EXPECT_THAT(html, Not(HasSubstr("<script>")));
  EXPECT_THAT(html, Not(HasSubstr("<img")));
  EXPECT_THAT(html, Not(HasSubstr("<b onclick")));
  EXPECT_THAT(html, Not(HasSubstr("<i>mine")));
  EXPECT_THAT(html, HasSubstr("&lt;script&gt;alert(1)&lt;/script&gt;"));
  EXPECT_THAT(html, HasSubstr("A&amp;B"));
}

TEST_F(HtmlReport, BeginsWithWhatFailed) {
  report.series = {reported("AAAUSDT", Timeframe::d1, WriteStatus::ok, 7),
                   reported("BBBUSDT", Timeframe::d1, WriteStatus::unchanged),
                   reported("CCCUSDT", Timeframe::d1, WriteStatus::failed)};
  const std::string html = page();
  EXPECT_LT(html.find("CCCUSDT"), html.find("AAAUSDT"));
  EXPECT_LT(html.find("AAAUSDT"), html.find("BBBUSDT"));
  EXPECT_THAT(html, HasSubstr("7 new bars in 1 of 3 series, 1 failed."));
}

TEST_F(HtmlReport, ListsGapsWithStateAndCause) {
  const TimeRange hole = between("2025-01-10", "2025-01-12");
  keep("BTCUSDT", Timeframe::h1,
       walk(CalendarKind::always, Timeframe::h1, between("2025-01-01", "2025-03-01"),
            [&](Instant t) { return !hole.contains(t); }),
       {}, {{hole, GapState::confirmed, GapCause::venue_outage}});
  report.series = {reported("BTCUSDT", Timeframe::h1, WriteStatus::ok, 1368)};
  report.series[0].rules = {{Rule::high_below_body, 3}};
  const std::string html = page();
  EXPECT_THAT(html, HasSubstr("2025-01-10 00:00"));
  EXPECT_THAT(html, HasSubstr("confirmed"));
  EXPECT_THAT(html, HasSubstr("venue_outage"));
  EXPECT_THAT(html, HasSubstr("high_below_body"));
  EXPECT_GE(times_found(html, "<svg"), 2U);
}

TEST_F(HtmlReport, ListsFiftyGapsOpenOnesFirstAndCountsTheRest) {
  const auto day_of = [](Instant t) { return epoch_seconds(t) / 86400; };
  keep("BTCUSDT", Timeframe::h1,
       walk(CalendarKind::always, Timeframe::h1, between("2024-01-01", "2024-06-01"),
            [&](Instant t) { return day_of(t) % 2 == 0 || epoch_seconds(t) / 3600 % 24 > 2; }),
       {}, {{between("2024-01-01", "2024-01-10"), GapState::confirmed, GapCause::no_trades}});
  report.series = {reported("BTCUSDT", Timeframe::h1, WriteStatus::ok, 3400)};

  const std::string html = page();
  const auto gaps = box.cache().gaps({*Symbol::parse("BTCUSDT"), Timeframe::h1});

  ASSERT_TRUE(gaps);
  ASSERT_GT(gaps->size(), 60U);
  EXPECT_EQ(gaps->front().state, GapState::confirmed);
  EXPECT_EQ(times_found(html, "<td>unknown</td>"), 50U);
  EXPECT_THAT(html, Not(HasSubstr("<td>no_trades</td>")));
  EXPECT_THAT(html, HasSubstr("and " + std::to_string(gaps->size() - 50) + " more"));
  EXPECT_THAT(html, HasSubstr("confirmed missing")) << "in the calendar";
}

TEST_F(HtmlReport, SaysWhatAnInterruptedRunDidNotBegin) {
  report.interrupted = true;
  report.not_begun = 7;
  report.series = {reported("BTCUSDT", Timeframe::h1, WriteStatus::ok, 3)};

  EXPECT_THAT(page(), HasSubstr("interrupted, 7 not begun: the next run does the rest."));
}

TEST_F(HtmlReport, DrawsASeriesOfNoKnownCalendar) {
  keep("XX.YY", Timeframe::d1,
       walk(CalendarKind::us_equities, Timeframe::d1, between("2024-06-01", "2024-11-01")));
  report.series = {reported("XX.YY", Timeframe::d1, WriteStatus::ok, 107)};

  const std::string html = page();

  EXPECT_EQ(unbalanced(html), "");
  EXPECT_THAT(html, HasSubstr("No calendar is known"));
  EXPECT_THAT(html, HasSubstr("1d candles"));
  EXPECT_THAT(html, Not(HasSubstr(">closed</span>")));
}

TEST_F(HtmlReport, OfManySeriesShowsSomeInDetailAndSaysSo) {
  for (int i = 0; i < 200; ++i)
    report.series.push_back(reported(("S" + std::to_string(i) + "USDT").c_str(), Timeframe::d1));
  const std::string html = page();
  EXPECT_EQ(unbalanced(html), "");
  EXPECT_THAT(html, HasSubstr("50 of 200 are shown in detail below"));
  EXPECT_THAT(html, HasSubstr("S199USDT"));
  EXPECT_EQ(times_found(html, "<section class=\"series\""), kDetailedSeries);
  EXPECT_LT(html.size(), 1'000'000U);
}

TEST_F(HtmlReport, DrawsLongFineSeriesWithoutReadingAllOfThem) {
  keep("BTCUSDT", Timeframe::m1,
       walk(CalendarKind::always, Timeframe::m1, between("2024-01-01", "2024-06-01")));
  report.series = {reported("BTCUSDT", Timeframe::m1, WriteStatus::ok, 218880)};
  const std::string html = page();
  EXPECT_EQ(unbalanced(html), "");
  EXPECT_LT(html.size(), 500'000U);
}

TEST_F(HtmlReport, SaysWhatOfTheCacheCannotBeRead) {
  keep("BTCUSDT", Timeframe::h1,
       walk(CalendarKind::always, Timeframe::h1, between("2025-01-01", "2025-03-01")));
  const std::string bytes = box.bytes("BTCUSDT/1h/2025.csv.gz");
  box.put("BTCUSDT/1h/2025.csv.gz", bytes.substr(0, bytes.size() / 2));
  report.series = {reported("BTCUSDT", Timeframe::h1)};
  const std::string html = page();
  EXPECT_EQ(unbalanced(html), "");
  EXPECT_THAT(html, HasSubstr("verify"));
}

}  // namespace
}  // namespace chandler
