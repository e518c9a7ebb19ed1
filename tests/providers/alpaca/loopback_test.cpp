#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/providers/loopback.h"

namespace chandler {
namespace {

using namespace chandler::testing;

const char* const kNow = "2025-03-04 18:30:45";  // 13:30 in New York

const Calendar kSessions(CalendarKind::us_equities);

FetchRequest of(std::vector<Instrument> instruments, Timeframe tf, const char* from,
                const char* to) {
  return {.instruments = std::move(instruments), .timeframe = tf, .range = range_of(from, to)};
}

TEST(AlpacaOverHttp, BringsAYearOfMinutesOfTwoSymbolsBitForBit) {
  Loopback world(kNow);
  const auto alpaca = make_alpaca(world.context());
  const TimeRange year = range_of("2024-01-01 00:00:00", "2025-01-01 00:00:00");

  const auto pages = all_pages(*alpaca, of({stock("MSFT"), stock("BRK.B")}, Timeframe::m1,
                                           "2024-01-01 00:00:00", "2025-01-01 00:00:00"));

  ASSERT_TRUE(pages) << pages.error().line();
  const char* const names[] = {"MSFT", "BRK.B"};
  for (std::size_t i = 0; i < 2; ++i) {
    const BarSeries bars = expected_only(joined(*pages, i), kSessions, Timeframe::m1);
    EXPECT_TRUE(
        identical(bars, world.exchange->truth(Venue::alpaca, names[i], Timeframe::m1, year)));
    EXPECT_GT(bars.size(), 90'000U);
    EXPECT_GT(joined(*pages, i).size(), bars.size()) << "extended hours come as they are";
    EXPECT_EQ(settled(*pages, i), year);
  }
}

TEST(AlpacaOverHttp, BringsEveryTimeframeUpToNow) {
  for (const Timeframe tf : {Timeframe::m1, Timeframe::m3, Timeframe::m5, Timeframe::m15,
                             Timeframe::m30, Timeframe::d1}) {
    Loopback world(kNow, {.extended_hours = false});
    const auto alpaca = make_alpaca(world.context());

    const auto pages =
        all_pages(*alpaca, of({stock("AAPL")}, tf, "2025-02-20 00:00:00", "2025-04-01 00:00:00"));

    ASSERT_TRUE(pages) << to_string(tf) << pages.error().line();
    const auto range = settled(*pages);
    ASSERT_TRUE(range);
    EXPECT_GE(range->to, at("2025-03-04 00:00:00"));
    EXPECT_TRUE(identical(joined(*pages), world.exchange->truth(Venue::alpaca, "AAPL", tf, *range)))
        << to_string(tf);
  }
}

TEST(AlpacaOverHttp, CutsTheEndWhereTheSipFeedIsDelayed) {
  Loopback world(kNow);
  const auto alpaca = make_alpaca(world.context());

  const auto pages = all_pages(
      *alpaca, of({stock("AAPL")}, Timeframe::m1, "2025-03-04 00:00:00", "2025-03-05 00:00:00"));

  ASSERT_TRUE(pages) << pages.error().line();
  EXPECT_EQ(settled(*pages), range_of("2025-03-04 00:00:00", "2025-03-04 18:14:00"));
  EXPECT_THAT(pages->front().notes,
              ::testing::ElementsAre(::testing::HasSubstr("delay of 15 minutes")));
}

TEST(AlpacaOverHttp, BringsTheIexFeedWhenItIsConfigured) {
  Loopback world(kNow, {.extended_hours = false});
  world.environment["CHANDLER_ALPACA_FEED"] = "iex";
  const auto alpaca = make_alpaca(world.context());

  const auto pages = all_pages(
      *alpaca, of({stock("AAPL")}, Timeframe::m1, "2025-03-04 00:00:00", "2025-03-05 00:00:00"));

  ASSERT_TRUE(pages) << pages.error().line();
  EXPECT_EQ(pages->front().source, "alpaca:iex");
  EXPECT_EQ(settled(*pages), range_of("2025-03-04 00:00:00", "2025-03-04 18:30:00"));
}

TEST(AlpacaOverHttp, BringsCoinsWithoutAKey) {
  Loopback world(kNow);
  world.environment.clear();
  const auto alpaca = make_alpaca(world.context());
  const TimeRange days = range_of("2025-02-01 00:00:00", "2025-02-05 00:00:00");

  const auto pages = all_pages(*alpaca, of({coin("BTC", "USD"), coin("ETH", "USD")}, Timeframe::m5,
                                           "2025-02-01 00:00:00", "2025-02-05 00:00:00"));

  ASSERT_TRUE(pages) << pages.error().line();
  EXPECT_TRUE(identical(joined(*pages, 0),
                        world.exchange->truth(Venue::alpaca, "BTC/USD", Timeframe::m5, days)));
  EXPECT_TRUE(identical(joined(*pages, 1),
                        world.exchange->truth(Venue::alpaca, "ETH/USD", Timeframe::m5, days)));
}

TEST(AlpacaOverHttp, GoesOnWithoutTheSymbolsNobodyKnows) {
  Loopback world(kNow);
  const auto alpaca = make_alpaca(world.context());

  const auto pages = all_pages(*alpaca, of({stock("NOSUCHA"), stock("AAPL")}, Timeframe::d1,
                                           "2025-02-01 00:00:00", "2025-02-05 00:00:00"));
  const auto nobody = all_pages(
      *alpaca, of({stock("NOSUCHA")}, Timeframe::d1, "2025-02-01 00:00:00", "2025-02-05 00:00:00"));

  ASSERT_TRUE(pages) << pages.error().line();
  EXPECT_FALSE(joined(*pages, 1).empty());
  EXPECT_EQ(nobody.error().kind, ErrorKind::not_found);
}

TEST(AlpacaOverHttp, IsRefusedWithAWrongKeyThatNobodySees) {
  Loopback world(kNow);
  world.environment["APCA_API_SECRET_KEY"] = "a-wrong-secret";
  const auto alpaca = make_alpaca(world.context());

  const auto pages = all_pages(
      *alpaca, of({stock("AAPL")}, Timeframe::d1, "2025-02-01 00:00:00", "2025-02-05 00:00:00"));

  ASSERT_FALSE(pages);
  EXPECT_EQ(pages.error().kind, ErrorKind::auth);
  EXPECT_EQ(pages.error().line().find("a-wrong-secret"), std::string::npos);
  EXPECT_EQ(pages.error().line().find("test-key"), std::string::npos);
}

TEST(AlpacaOverHttp, KeepsItsSenseUnderEveryFault) {
  Loopback calm(kNow);
  const TimeRange days = range_of("2025-01-06 00:00:00", "2025-03-01 00:00:00");

  expect_sense_under_every_fault(
      {.now = kNow,
       .request = of({stock("AAPL")}, Timeframe::m1, "2025-01-06 00:00:00", "2025-03-01 00:00:00"),
       .make = make_alpaca,
       .truth = calm.exchange->truth(Venue::alpaca, "AAPL", Timeframe::m1, days),
       .settled = days,
       .calendar = kSessions,
       .hole = range_of("2025-01-07 15:00:00", "2025-01-09 15:00:00")});
}

TEST(AlpacaOverHttp, ListsAndTellsOfItsHealth) {
  Loopback world(kNow);
  const auto alpaca = make_alpaca(world.context());

  const auto listing = alpaca->listing({});

  ASSERT_TRUE(listing) << listing.error().line();
  EXPECT_GT(listing->size(), 3U);
  EXPECT_TRUE(alpaca->probe({})->ok);
}

}  // namespace
}  // namespace chandler
