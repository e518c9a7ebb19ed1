#include <gtest/gtest.h>

#include "tests/providers/loopback.h"

namespace chandler {
namespace {

using namespace chandler::testing;

// A Thursday, 14:30 in New York.
const char* const kNow = "2024-06-13 18:30:30";

FetchRequest of(const Instrument& instrument, Timeframe tf, const char* from, const char* to) {
  return {.instruments = {instrument}, .timeframe = tf, .range = range_of(from, to)};
}
Instrument other(const char* name, AssetClass asset_class, const char* base = "",
                 const char* quote = "") {
  return {*Symbol::parse(name), asset_class, base, quote, ""};
}

TEST(YahooOverHttp, BringsYearsOfDaysWeeksAndMonthsBitForBit) {
  struct Case {
    Instrument instrument;
    const char* spelling;
  };
  const std::vector<Case> cases = {
      {stock("AAPL"), "AAPL"},
      {stock("BRK.B"), "BRK-B"},
      {other("SPY", AssetClass::etf), "SPY"},
      {other("^GSPC", AssetClass::index), "^GSPC"},
      {other("EURUSD", AssetClass::forex, "EUR", "USD"), "EURUSD=X"},
      {coin("BTC", "USD"), "BTC-USD"},
  };
  for (const Case& c : cases) {
    for (const Timeframe tf : {Timeframe::d1, Timeframe::w1, Timeframe::mo1}) {
      Loopback world(kNow);
      const auto yahoo = make_yahoo(world.context());

      const auto pages =
          all_pages(*yahoo, of(c.instrument, tf, "2022-01-01 00:00:00", "2024-06-01 00:00:00"));

      ASSERT_TRUE(pages) << pages.error().line();
      const TimeRange years = range_of("2022-01-01 00:00:00", "2024-06-01 00:00:00");
      const BarSeries truth = world.exchange->truth(Venue::yahoo, c.spelling, tf, years);
      EXPECT_TRUE(identical(joined(*pages), truth))
          << c.spelling << " " << to_string(tf) << ": " << joined(*pages).size() << ", not "
          << truth.size();
      EXPECT_FALSE(truth.empty());
      EXPECT_EQ(settled(*pages), years);
    }
  }
}

TEST(YahooOverHttp, BringsAllTheIntradayHistoryThereIs) {
  for (const Timeframe tf : {Timeframe::m1, Timeframe::m5, Timeframe::m15, Timeframe::m30}) {
    Loopback world(kNow);
    const auto yahoo = make_yahoo(world.context());

    const auto pages =
        all_pages(*yahoo, of(stock("AAPL"), tf, "2024-04-01 00:00:00", "2024-07-01 00:00:00"));

    ASSERT_TRUE(pages) << to_string(tf) << pages.error().line();
    // From where it reaches back to, up to what is over for sure.
    const TimeRange known{pages->front().settles.to, settled(*pages)->to};
    const BarSeries truth = world.exchange->truth(Venue::yahoo, "AAPL", tf, known);
    EXPECT_TRUE(identical(joined(*pages), truth)) << to_string(tf);
    EXPECT_FALSE(truth.empty());
    EXPECT_EQ(settled(*pages)->from, at("2024-04-01 00:00:00"));
    EXPECT_GE(settled(*pages)->to, at("2024-06-13 18:00:00"));
  }
}

// Whatever the hour: before the opening, during the session, at the close, after it, at weekends.
TEST(YahooOverHttp, TakesNoRowThatIsNoBarAtAnyHour) {
  for (const char* now :
       {"2024-06-13 12:00:00", "2024-06-13 13:30:00", "2024-06-13 13:52:17", "2024-06-13 19:59:59",
        "2024-06-13 20:00:00", "2024-06-13 20:15:00", "2024-06-13 20:30:00", "2024-06-14 01:00:00",
        "2024-06-15 15:00:00", "2024-06-16 23:59:59", "2024-06-17 00:30:00", "2024-07-03 17:00:00",
        "2024-07-03 17:30:00", "2024-07-04 15:00:00"}) {
    for (const Timeframe tf :
         {Timeframe::m1, Timeframe::m5, Timeframe::m30, Timeframe::d1, Timeframe::w1}) {
      Loopback world(now);
      const auto yahoo = make_yahoo(world.context());

      const auto pages =
          all_pages(*yahoo, of(stock("AAPL"), tf, "2024-06-10 00:00:00", "2024-08-01 00:00:00"));

      ASSERT_TRUE(pages) << now << to_string(tf) << pages.error().line();
      const auto range = settled(*pages);
      ASSERT_TRUE(range);
      EXPECT_TRUE(
          identical(joined(*pages), world.exchange->truth(Venue::yahoo, "AAPL", tf, *range)))
          << now << " " << to_string(tf);
    }
  }
}

TEST(YahooOverHttp, GetsACookieAndItsCrumb) {
  Loopback world(kNow, {.yahoo_wants_crumb = true});
  const auto yahoo = make_yahoo(world.context());

  const auto pages = all_pages(
      *yahoo, of(stock("AAPL"), Timeframe::m1, "2024-05-20 00:00:00", "2024-06-12 00:00:00"));

  ASSERT_TRUE(pages) << pages.error().line();
  EXPECT_FALSE(joined(*pages).empty());
  EXPECT_EQ(world.exchange->log("/v1/test/getcrumb").size(), 1U);
}

TEST(YahooOverHttp, NamesTheHolidaysThatAreRowsOfNulls) {
  Loopback world(kNow);
  const auto yahoo = make_yahoo(world.context());

  const auto pages = all_pages(
      *yahoo, of(stock("AAPL"), Timeframe::d1, "2023-11-20 00:00:00", "2023-11-28 00:00:00"));

  ASSERT_TRUE(pages);
  EXPECT_EQ(pages->front().blanks, std::vector{at("2023-11-23 00:00:00")}) << "Thanksgiving";
}

TEST(YahooOverHttp, KeepsItsSenseUnderEveryFault) {
  Loopback calm(kNow);
  const TimeRange days = range_of("2024-05-20 00:00:00", "2024-06-08 00:00:00");
  FaultTrial trial{
      .now = kNow,
      .request = of(stock("AAPL"), Timeframe::m1, "2024-05-20 00:00:00", "2024-06-08 00:00:00"),
      .make = make_yahoo,
      .truth = calm.exchange->truth(Venue::yahoo, "AAPL", Timeframe::m1, days),
      .settled = days,
      .hole = range_of("2024-05-21 15:00:00", "2024-05-22 15:00:00")};
  expect_sense_under_every_fault(trial);

  const TimeRange years = range_of("2023-01-01 00:00:00", "2024-06-08 00:00:00");
  trial.request = of(stock("AAPL"), Timeframe::d1, "2023-01-01 00:00:00", "2024-06-08 00:00:00");
  trial.truth = calm.exchange->truth(Venue::yahoo, "AAPL", Timeframe::d1, years);
  trial.settled = years;
  trial.hole = range_of("2023-05-21 00:00:00", "2023-06-22 00:00:00");
  expect_sense_under_every_fault(trial);
}

TEST(YahooOverHttp, SaysThatASymbolIsUnknown) {
  Loopback world(kNow);
  const auto yahoo = make_yahoo(world.context());

  const auto pages = all_pages(
      *yahoo, of(stock("NOSUCH"), Timeframe::d1, "2024-05-20 00:00:00", "2024-06-08 00:00:00"));

  EXPECT_EQ(pages.error().kind, ErrorKind::not_found);
  EXPECT_TRUE(yahoo->probe({})->ok);
}

}  // namespace
}  // namespace chandler
