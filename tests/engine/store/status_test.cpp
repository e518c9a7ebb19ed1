// What there is of a series, over the years: sums, and what is missing between the files.
#include <gtest/gtest.h>

#include "damage_support.h"

namespace chandler {
namespace {

using namespace test;

class Status : public ::testing::Test {
 protected:
  void put(const char* symbol, Timeframe tf, const BarSeries& bars,
           const char* provider = "import") {
    EXPECT_FALSE(box.merge(symbol, tf, bars, provider).error);
  }
  [[nodiscard]] SeriesStatus of(const char* symbol, Timeframe tf) const {
    auto status = box.cache().status(series(symbol, tf));
    EXPECT_TRUE(status) << status.error().line();
    return *status;
  }
  mutable Sandbox box;
};

TEST_F(Status, OfNothingIsNotFound) {
  EXPECT_EQ(box.cache().status(series("BTCUSDT", Timeframe::m1)).error().kind,
            ErrorKind::not_found);
  EXPECT_EQ(box.cache().gaps(series("BTCUSDT", Timeframe::m1)).error().kind, ErrorKind::not_found);
  EXPECT_TRUE(box.cache().status_all()->empty());
  EXPECT_EQ(box.cache().stats()->series, 0U);
}

TEST_F(Status, MissesWhatLiesBetweenTwoYears) {
  put("BTCUSDT", Timeframe::h1,
      all_bars(CalendarKind::always, Timeframe::h1, range_of("2023-12-01", "2023-12-20")));
  put("BTCUSDT", Timeframe::h1,
      all_bars(CalendarKind::always, Timeframe::h1, range_of("2024-01-05", "2024-01-10")));

  const SeriesStatus s = of("BTCUSDT", Timeframe::h1);
  const auto gaps = box.cache().gaps(s.series);

  EXPECT_EQ(s.rows, 24U * (19 + 5));
  EXPECT_EQ(s.expected_bars, 24 * 40);
  EXPECT_EQ(s.missing_bars, 24 * 16);
  ASSERT_EQ(gaps->size(), 1U);
  EXPECT_EQ(format_instant(gaps->front().from), "2023-12-20 00:00:00");
  EXPECT_EQ(format_instant(gaps->front().to), "2024-01-04 23:00:00");
  EXPECT_EQ(gaps->front().bars, s.missing_bars);
  EXPECT_DOUBLE_EQ(s.coverage, 24.0 / 40);
}

TEST_F(Status, MissesAYearThatHasNoFile) {
  put("BTCUSDT", Timeframe::d1,
      all_bars(CalendarKind::always, Timeframe::d1, range_of("2021-06-01", "2022-01-01")));
  put("BTCUSDT", Timeframe::d1,
      all_bars(CalendarKind::always, Timeframe::d1, range_of("2024-01-01", "2024-02-01")));

  const SeriesStatus s = of("BTCUSDT", Timeframe::d1);
  const auto gaps = box.cache().gaps(s.series);

  EXPECT_EQ(s.years, (std::vector<int>{2021, 2024}));
  EXPECT_EQ(s.missing_bars, 730);
  EXPECT_EQ(s.expected_bars, 214 + 730 + 31);
  ASSERT_EQ(gaps->size(), 1U);
  EXPECT_EQ(format_instant(gaps->front().from), "2022-01-01 00:00:00");
  EXPECT_EQ(format_instant(gaps->front().to), "2023-12-31 00:00:00");
}

TEST_F(Status, JoinsAGapThatReachesOverNewYear) {
  const TimeRange asked = range_of("2023-12-01", "2024-02-01");
  BarSeries bars = all_bars(CalendarKind::always, Timeframe::h1, asked);
  Delivery delivery;
  delivery.provider.name = "import";
  delivery.asked = asked;
  delivery.bars = pick(bars, [&](std::size_t i) {
    const Instant t = bars.timestamp[i];
    return t < *parse_exact("2023-12-31 12:00:00") || t >= *parse_exact("2024-01-01 06:00:00");
  });
  ASSERT_FALSE(box.cache().merge(series("BTCUSDT", Timeframe::h1), delivery).error);

  const auto gaps = box.cache().gaps(series("BTCUSDT", Timeframe::h1));

  ASSERT_EQ(gaps->size(), 1U);
  EXPECT_EQ(gaps->front().bars, 18);
  EXPECT_EQ(of("BTCUSDT", Timeframe::h1).missing_bars, 18);
  EXPECT_EQ(box.cache().gaps(series("BTCUSDT", Timeframe::h1), year_range(2024))->size(), 1U);
  EXPECT_TRUE(box.cache()
                  .gaps(series("BTCUSDT", Timeframe::h1), range_of("2024-01-02", "2024-02-01"))
                  ->empty());
}

TEST_F(Status, HoldsClosedDaysAgainstNobody) {
  // The last session of 2023 was on Friday the 29th, the first of 2024 on Tuesday the 2nd.
  put("AAPL", Timeframe::d1,
      all_bars(CalendarKind::us_equities, Timeframe::d1, range_of("2023-12-01", "2024-02-01")));
  put("XX.YY", Timeframe::d1,
      all_bars(CalendarKind::us_equities, Timeframe::d1, range_of("2022-12-01", "2024-02-01")));

  const SeriesStatus stock = of("AAPL", Timeframe::d1);
  const SeriesStatus unknown = of("XX.YY", Timeframe::d1);

  EXPECT_EQ(stock.asset_class, AssetClass::stock);
  EXPECT_EQ(stock.missing_bars, 0);
  EXPECT_EQ(stock.expected_bars, static_cast<std::int64_t>(stock.rows));
  EXPECT_EQ(stock.score, 1.0);
  EXPECT_EQ(unknown.gaps, 0U);
  EXPECT_EQ(unknown.score, 1.0);
}

TEST_F(Status, SumsUpEverySeries) {
  put("BTCUSDT", Timeframe::h1,
      all_bars(CalendarKind::always, Timeframe::h1, range_of("2024-01-01", "2024-01-02")));
  put("BTCUSDT", Timeframe::h1,
      all_bars(CalendarKind::always, Timeframe::h1, range_of("2024-01-02", "2024-01-03")), "yahoo");
  put("ETHUSDT", Timeframe::d1,
      all_bars(CalendarKind::always, Timeframe::d1, range_of("2024-01-01", "2024-01-11")), "yahoo");

  const auto all = box.cache().status_all();
  const auto only = box.cache().status_all(
      Symbol::parse("ETHUSDT").ok() ? std::optional(*Symbol::parse("ETHUSDT")) : std::nullopt);
  const auto stats = box.cache().stats();

  ASSERT_TRUE(all);
  ASSERT_EQ(all->size(), 2U);
  EXPECT_EQ(all->at(0).series, series("BTCUSDT", Timeframe::h1));
  EXPECT_EQ(all->at(0).providers, (std::vector<std::string>{"import", "yahoo"}));
  ASSERT_EQ(only->size(), 1U);
  EXPECT_EQ(stats->symbols, 2U);
  EXPECT_EQ(stats->series, 2U);
  EXPECT_EQ(stats->files, 2U);
  EXPECT_EQ(stats->rows, 58U);
  std::uint64_t bytes = 0;
  std::uint64_t metadata = 0;
  for (const auto& [name, text] : box.snapshot())
    (name.ends_with(".gz") ? bytes : metadata) += text.size();
  EXPECT_EQ(stats->bytes, bytes);
  EXPECT_EQ(stats->metadata_bytes, metadata);
  EXPECT_EQ(stats->text_bytes, csv_of(*box.cache().read("BTCUSDT", "1h")).size() +
                                   csv_of(*box.cache().read("ETHUSDT", "1d")).size());
  ASSERT_EQ(stats->providers.size(), 2U);
  EXPECT_EQ(stats->providers[0].rows, 24U);
  EXPECT_EQ(stats->providers[1].rows, 34U);
  EXPECT_EQ(stats->providers[1].series, 2U);
}

TEST_F(Status, NamesFilesItCannotDescribeAndCountsTheOthers) {
  put("BTCUSDT", Timeframe::d1,
      all_bars(CalendarKind::always, Timeframe::d1, range_of("2023-01-01", "2025-01-01")));
  box.put("BTCUSDT/1d/2024.csv.gz", "rubbish");

  const SeriesStatus s = of("BTCUSDT", Timeframe::d1);

  EXPECT_EQ(s.rows, 365U);
  EXPECT_EQ(s.years, std::vector<int>{2023});
  ASSERT_EQ(s.problems.size(), 1U);
  EXPECT_EQ(s.problems[0].kind, ErrorKind::damaged);
  EXPECT_EQ(s.problems[0].where, "BTCUSDT/1d/2024.csv.gz");
  EXPECT_EQ(s.problems[0].hint, "run `chandler verify --repair`");
  EXPECT_EQ(box.cache().gaps(s.series).error().kind, ErrorKind::damaged);
}

TEST_F(Status, DoesNotTakeAYearItCannotReadForAGap) {
  const BarSeries all =
      all_bars(CalendarKind::always, Timeframe::d1, range_of("2022-01-01", "2025-01-01"));
  put("BTCUSDT", Timeframe::d1, without(all, 100, 110));
  box.put("BTCUSDT/1d/2023.csv.gz", "rubbish");

  const SeriesStatus s = of("BTCUSDT", Timeframe::d1);
  const auto gaps = box.cache().gaps(s.series, {}, Damage::is_passed_over);

  EXPECT_EQ(s.gaps, 1U);
  EXPECT_EQ(s.missing_bars, 10);
  ASSERT_TRUE(gaps) << gaps.error().line();
  ASSERT_EQ(gaps->size(), 1U);
  EXPECT_EQ(gaps->front().bars, 10);
}

TEST_F(Status, PassesOverWhatIsNotOurs) {
  put("BTCUSDT", Timeframe::d1,
      all_bars(CalendarKind::always, Timeframe::d1, range_of("2024-01-01", "2024-02-01")));
  std::filesystem::create_directories(box.root() / "notes/1d");
  std::filesystem::create_directories(box.root() / "BTCUSDT/fundamentals");
  std::filesystem::create_directories(box.root() / ".git/1m");
  box.put("README.md", "hello");
  box.put("BTCUSDT/readme", "hello");
  box.put("BTCUSDT/1d/2024.csv", "hello");
  box.put("BTCUSDT/1d/backup of 2024.csv.gz", "hello");
  box.put("BTCUSDT/1d/.nfs000000", "hello");

  EXPECT_EQ(box.cache().list()->size(), 1U);
  EXPECT_EQ(box.cache().status_all()->size(), 1U);
  EXPECT_EQ(of("BTCUSDT", Timeframe::d1).rows, 31U);
  EXPECT_EQ(kinds(box), Kinds{});
}

TEST_F(Status, AFrameThatIsNoFolderHidesNoOther) {
  put("BTCUSDT", Timeframe::d1,
      all_bars(CalendarKind::always, Timeframe::d1, range_of("2024-01-01", "2024-02-01")));
  std::filesystem::create_directories(box.root() / "ZZZ");
  box.put("ZZZ/1h", "hello");

  const auto all = box.cache().status_all();

  ASSERT_TRUE(all) << all.error().line();
  ASSERT_EQ(all->size(), 2U);
  EXPECT_EQ(all->front().rows, 31U);
  ASSERT_EQ(all->back().problems.size(), 1U);
  EXPECT_EQ(all->back().problems[0].kind, ErrorKind::misplaced);
  EXPECT_EQ(all->back().problems[0].where, "ZZZ/1h");
}

}  // namespace
}  // namespace chandler
