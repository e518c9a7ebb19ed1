#include <gtest/gtest.h>

#include "tests/providers/loopback.h"

namespace chandler {
namespace {

using namespace chandler::testing;

const char* const kNow = "2025-03-04 18:30:45";

const Calendar kSessions(CalendarKind::us_equities);

FetchRequest of(const Instrument& instrument, Timeframe tf, const char* from, const char* to) {
  return {.instruments = {instrument}, .timeframe = tf, .range = range_of(from, to)};
}

TEST(AlphaVantageOverHttp, BringsAYearBitForBit) {
  const TimeRange year = range_of("2024-01-01 00:00:00", "2025-01-01 00:00:00");
  for (const Timeframe tf :
       {Timeframe::m5, Timeframe::m15, Timeframe::m30, Timeframe::h1, Timeframe::d1}) {
    Loopback world(kNow);
    const auto provider = make_alpha_vantage(world.context());

    const auto pages =
        all_pages(*provider, of(stock("BRK.B"), tf, "2024-01-01 00:00:00", "2025-01-01 00:00:00"));

    ASSERT_TRUE(pages) << to_string(tf) << pages.error().line();
    const BarSeries truth = world.exchange->truth(Venue::alpha_vantage, "BRK-B", tf, year);
    EXPECT_TRUE(identical(joined(*pages), truth)) << to_string(tf);
    EXPECT_GE(truth.size(), 252U);
    EXPECT_EQ(settled(*pages), year);
    EXPECT_EQ(world.exchange->log().size(), tf == Timeframe::d1 ? 1U : 12U);
  }
}

TEST(AlphaVantageOverHttp, ReadsLabelsAtTheEndsToo) {
  const TimeRange months = range_of("2024-02-01 00:00:00", "2024-04-01 00:00:00");
  for (const bool extended : {false, true}) {
    for (const bool at_end : {false, true}) {
      for (const Timeframe tf : {Timeframe::m1, Timeframe::m5, Timeframe::h1}) {
        Loopback world(kNow, {.labels_at_end = at_end});
        const auto provider = make_alpha_vantage(world.context());
        FetchRequest request = of(stock("IBM"), tf, "2024-02-01 00:00:00", "2024-04-01 00:00:00");
        request.extended_hours = extended;

        const auto pages = all_pages(*provider, request);

        ASSERT_TRUE(pages) << to_string(tf) << extended << at_end << pages.error().line();
        BarSeries bars = joined(*pages);
        // The first hour of a session holds trades from before the opening, too.
        if (extended && tf == Timeframe::h1) continue;
        if (extended) bars = expected_only(bars, kSessions, tf);
        EXPECT_TRUE(identical(bars, world.exchange->truth(Venue::alpha_vantage, "IBM", tf, months)))
            << to_string(tf) << extended << at_end;
        EXPECT_EQ(joined(*pages).size() > bars.size(), extended);
      }
    }
  }
}

TEST(AlphaVantageOverHttp, StopsWhereTheBarsDo) {
  for (const Timeframe tf : {Timeframe::m1, Timeframe::h1, Timeframe::d1}) {
    for (const char* now : {"2025-03-04 18:30:45", "2025-03-04 21:30:00", "2025-03-08 12:00:00"}) {
      Loopback world(now);
      const auto provider = make_alpha_vantage(world.context());

      const auto pages =
          all_pages(*provider, of(stock("IBM"), tf, "2025-02-20 00:00:00", "2025-04-01 00:00:00"));

      ASSERT_TRUE(pages) << to_string(tf) << now << pages.error().line();
      const auto range = settled(*pages);
      ASSERT_TRUE(range);
      EXPECT_GE(range->to, at("2025-03-04 00:00:00"));
      EXPECT_TRUE(
          identical(joined(*pages), world.exchange->truth(Venue::alpha_vantage, "IBM", tf, *range)))
          << to_string(tf) << now;
    }
  }
}

TEST(AlphaVantageOverHttp, KeepsToTheFreeKeysLimits) {
  Loopback world(kNow, {.limits = {.alpha_vantage_per_minute = 5, .alpha_vantage_per_day = 25}});
  const auto provider = make_alpha_vantage(world.context());

  const auto pages = all_pages(
      *provider, of(stock("IBM"), Timeframe::m30, "2024-01-01 00:00:00", "2025-01-01 00:00:00"));

  ASSERT_TRUE(pages) << pages.error().line();
  EXPECT_EQ(provider->calls().rate_limited, 0U);
}

TEST(AlphaVantageOverHttp, DoesNotWaitForTheNextDay) {
  Loopback world(kNow, {.limits = {.alpha_vantage_per_day = 3}});
  const auto provider = make_alpha_vantage(world.context());

  const auto pages = all_pages(
      *provider, of(stock("IBM"), Timeframe::m30, "2024-01-01 00:00:00", "2025-01-01 00:00:00"));

  ASSERT_FALSE(pages);
  EXPECT_EQ(pages.error().kind, ErrorKind::rate_limited);
  EXPECT_EQ(pages.error().line().find("a-key-of-mine"), std::string::npos);
  EXPECT_LT(world.timer.now(), http::Moment{at("2025-03-04 18:40:00")});
}

TEST(AlphaVantageOverHttp, SaysWhatIsWrongWithAKey) {
  for (const char* key : {"demo", "a-wrong-key"}) {
    Loopback world(kNow, {.alpha_vantage_key = "a-key-of-mine"});
    world.environment["ALPHA_VANTAGE_API_KEY"] = key;
    const auto provider = make_alpha_vantage(world.context());

    const auto pages = all_pages(
        *provider, of(stock("IBM"), Timeframe::d1, "2024-01-01 00:00:00", "2025-01-01 00:00:00"));

    ASSERT_FALSE(pages);
    EXPECT_EQ(pages.error().kind, ErrorKind::auth);
    EXPECT_EQ(pages.error().line().find("a-wrong-key"), std::string::npos);
  }
}

TEST(AlphaVantageOverHttp, KeepsItsSenseUnderEveryFault) {
  Loopback calm(kNow);
  const TimeRange months = range_of("2024-03-01 00:00:00", "2024-05-01 00:00:00");

  expect_sense_under_every_fault(
      {.now = kNow,
       .request = of(stock("IBM"), Timeframe::m5, "2024-03-01 00:00:00", "2024-05-01 00:00:00"),
       .make = make_alpha_vantage,
       .truth = calm.exchange->truth(Venue::alpha_vantage, "IBM", Timeframe::m5, months),
       .settled = months,
       .hole = range_of("2024-03-07 15:00:00", "2024-03-09 15:00:00")});
}

TEST(AlphaVantageOverHttp, ListsAndSaysThatASymbolIsUnknown) {
  Loopback world(kNow);
  const auto provider = make_alpha_vantage(world.context());

  const auto listing = provider->listing({});
  const auto pages = all_pages(
      *provider, of(stock("NOSUCH"), Timeframe::m5, "2024-01-01 00:00:00", "2024-05-01 00:00:00"));

  ASSERT_TRUE(listing) << listing.error().line();
  EXPECT_GT(listing->size(), 3U);
  EXPECT_EQ(pages.error().kind, ErrorKind::not_found);
  EXPECT_TRUE(provider->probe({})->ok);
}

}  // namespace
}  // namespace chandler
