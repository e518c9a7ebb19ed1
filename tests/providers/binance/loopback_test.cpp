#include <gtest/gtest.h>

#include "tests/providers/loopback.h"

namespace chandler {
namespace {

using namespace chandler::testing;

const char* const kNow = "2025-03-01 12:00:30";

FetchRequest btc(Timeframe tf, const char* from, const char* to) {
  return {.instruments = {coin("BTC", "USDT")}, .timeframe = tf, .range = range_of(from, to)};
}

TEST(BinanceOverHttp, BringsAYearOfMinutesBitForBit) {
  Loopback world(kNow);
  const auto binance = make_binance(world.context());
  const TimeRange year = range_of("2024-01-01 00:00:00", "2025-01-01 00:00:00");

  const auto pages =
      all_pages(*binance, btc(Timeframe::m1, "2024-01-01 00:00:00", "2025-01-01 00:00:00"));

  ASSERT_TRUE(pages) << pages.error().line();
  const BarSeries bars = joined(*pages);
  EXPECT_EQ(bars.size(), 527'040U);
  EXPECT_TRUE(
      identical(bars, world.exchange->truth(Venue::binance, "BTCUSDT", Timeframe::m1, year)));
  EXPECT_EQ(settled(*pages), year);
  EXPECT_EQ(world.exchange->log().size(), 528U);
}

TEST(BinanceOverHttp, BringsEveryTimeframeUpToNow) {
  Loopback world(kNow);
  const auto binance = make_binance(world.context());
  for (const Timeframe tf : binance->capabilities().timeframes) {
    const auto pages = all_pages(*binance, btc(tf, "2025-01-20 00:00:00", "2025-04-01 00:00:00"));

    ASSERT_TRUE(pages) << to_string(tf) << pages.error().line();
    const BarSeries truth = world.exchange->truth(
        Venue::binance, "BTCUSDT", tf, range_of("2025-01-20 00:00:00", "2025-04-01 00:00:00"));
    EXPECT_TRUE(identical(joined(*pages), truth)) << to_string(tf);
    EXPECT_FALSE(truth.empty());
  }
}

TEST(BinanceOverHttp, KeepsItsSenseUnderEveryFault) {
  Loopback calm(kNow);
  const TimeRange days = range_of("2024-05-01 00:00:00", "2024-05-03 00:00:00");

  expect_sense_under_every_fault(
      {.now = kNow,
       .request = btc(Timeframe::m1, "2024-05-01 00:00:00", "2024-05-03 00:00:00"),
       .make = make_binance,
       .truth = calm.exchange->truth(Venue::binance, "BTCUSDT", Timeframe::m1, days),
       .settled = days,
       .hole = range_of("2024-05-01 10:00:00", "2024-05-02 03:00:00")});
}

TEST(BinanceOverHttp, NoticesPagesThatDoNotAdvance) {
  Loopback world(kNow);
  world.exchange->misbehave({.kind = FaultKind::never_advancing});
  const auto binance = make_binance(world.context());

  const auto pages =
      all_pages(*binance, btc(Timeframe::m1, "2024-05-01 00:00:00", "2024-05-03 00:00:00"));

  ASSERT_FALSE(pages);
  EXPECT_EQ(pages.error().kind, ErrorKind::data);
  EXPECT_EQ(world.exchange->log().size(), 2U);
}

TEST(BinanceOverHttp, IsNeverBlamedForAskingTooOften) {
  Loopback world(kNow, {.limits = {.binance_weight_per_minute = 100}});
  ProviderContext context = world.context();
  context.settings.rate_limit = RateLimit{50, std::chrono::seconds{60}};
  const auto binance = make_binance(context);

  const auto pages =
      all_pages(*binance, btc(Timeframe::m1, "2024-05-01 00:00:00", "2024-06-15 00:00:00"));

  ASSERT_TRUE(pages) << pages.error().line();
  EXPECT_EQ(binance->calls().rate_limited, 0U);
  EXPECT_EQ(joined(*pages).size(), 45U * 1440U);
}

TEST(BinanceOverHttp, ListsAndTellsOfItsHealth) {
  Loopback world(kNow);
  const auto binance = make_binance(world.context());

  const auto listing = binance->listing({});
  const auto health = binance->probe({});
  const auto unknown =
      all_pages(*binance, {.instruments = {coin("NOSUCH", "USDT")},
                           .timeframe = Timeframe::d1,
                           .range = range_of("2024-05-01 00:00:00", "2024-05-03 00:00:00")});

  ASSERT_TRUE(listing);
  EXPECT_GT(listing->size(), 3U);
  EXPECT_TRUE(health->ok);
  EXPECT_TRUE(health->clock_ahead);
  EXPECT_EQ(unknown.error().kind, ErrorKind::not_found);
}

}  // namespace
}  // namespace chandler
