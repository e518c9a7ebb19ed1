#include "alpha_vantage/labels.h"

#include <gtest/gtest.h>

#include <vector>

#include "alpha_vantage/parse.h"
#include "tests/providers/fixture.h"
#include "tests/providers/scripted.h"

namespace chandler::alpha_vantage {
namespace {

using namespace std::chrono_literals;
using chandler::testing::at;

// Rows of some days from the first to the last time of day, with the auction's volume in the bar
// that holds 09:30.
BarSeries rows(seconds first, seconds last, seconds step, bool ends, int days = 6) {
  BarSeries out;
  for (int d = 0; d < days; ++d) {
    for (seconds t = first; t <= last; t += step) {
      const seconds begin = ends ? t - step : t;
      const bool auction = begin <= 9h + 30min && 9h + 30min < begin + step;
      out.timestamp.push_back(at("2024-01-08 00:00:00") + std::chrono::days{d} + t);
      for (const Column c : {Column::open, Column::high, Column::low, Column::close}) {
        out.column(c).push_back(1);
      }
      out.volume.push_back(auction ? 1000 : 100);
    }
  }
  return out;
}

TEST(AlphaVantageLabels, OfTheSessionAloneAreToldByItsEnds) {
  EXPECT_EQ(labels_of(rows(9h + 30min, 15h + 55min, 5min, false), Timeframe::m5), Labels::start);
  EXPECT_EQ(labels_of(rows(9h + 35min, 16h, 5min, true), Timeframe::m5), Labels::end);
  EXPECT_EQ(labels_of(rows(9h + 30min, 15h + 59min, 1min, false), Timeframe::m1), Labels::start);
  EXPECT_EQ(labels_of(rows(9h + 31min, 16h, 1min, true), Timeframe::m1), Labels::end);
  EXPECT_EQ(labels_of(rows(9h, 15h, 1h, false), Timeframe::h1), Labels::start);
  EXPECT_EQ(labels_of(rows(10h, 16h, 1h, true), Timeframe::h1), Labels::end);
}

TEST(AlphaVantageLabels, OfExtendedDaysAreToldByTheirEnds) {
  EXPECT_EQ(labels_of(rows(4h, 19h + 55min, 5min, false), Timeframe::m5), Labels::start);
  EXPECT_EQ(labels_of(rows(4h + 5min, 20h, 5min, true), Timeframe::m5), Labels::end);
  EXPECT_EQ(labels_of(rows(4h, 19h, 1h, false), Timeframe::h1), Labels::start);
  EXPECT_EQ(labels_of(rows(5h, 20h, 1h, true), Timeframe::h1), Labels::end);
}

TEST(AlphaVantageLabels, OfThinlyTradedExtendedDaysAreToldByTheAuction) {
  EXPECT_EQ(labels_of(rows(7h, 18h, 5min, false), Timeframe::m5), Labels::start);
  EXPECT_EQ(labels_of(rows(7h, 18h, 5min, true), Timeframe::m5), Labels::end);
  EXPECT_EQ(labels_of(rows(7h, 18h, 1min, false), Timeframe::m1), Labels::start);
  EXPECT_EQ(labels_of(rows(7h, 18h, 1min, true), Timeframe::m1), Labels::end);
  EXPECT_FALSE(labels_of(rows(7h, 18h, 5min, false, 4), Timeframe::m5)) << "too few days";
}

TEST(AlphaVantageLabels, ThatTellNothingAreNotGuessed) {
  EXPECT_FALSE(labels_of({}, Timeframe::m5));
  EXPECT_FALSE(labels_of(rows(13h, 14h, 5min, false), Timeframe::m5)) << "inside the session";
  EXPECT_FALSE(labels_of(rows(9h + 30min, 16h, 5min, false), Timeframe::m5)) << "both ends";
  EXPECT_FALSE(labels_of(rows(4h, 20h, 5min, false), Timeframe::m5)) << "both ends";
  EXPECT_FALSE(labels_of(rows(3h, 20h, 5min, false), Timeframe::m5)) << "before four";
  EXPECT_FALSE(labels_of(rows(5h, 21h, 5min, false), Timeframe::m5)) << "after eight";
}

TEST(AlphaVantageLabels, OfTheRecordedAfternoonCannotBeTold) {
  CHANDLER_NEEDS_FIXTURE("alpha_vantage/intraday_1min_MSFT_2017.json");

  const auto series = parse_series(read_fixture("alpha_vantage/intraday_1min_MSFT_2017.json"));

  EXPECT_FALSE(labels_of(series->rows, Timeframe::m1));
}

}  // namespace
}  // namespace chandler::alpha_vantage
