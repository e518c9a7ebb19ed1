#include "manager/series_claims.h"

#include <gtest/gtest.h>

#include <atomic>
#include <latch>
#include <thread>

namespace chandler {
namespace {

SeriesId series(const char* symbol) { return {*Symbol::parse(symbol), Timeframe::m1}; }

TEST(Claims, OfDifferentSeriesDoNotWaitForEachOther) {
  SeriesClaims claims;
  const auto one = claims.take({series("BTCUSDT")}, {});
  const auto other = claims.take({series("ETHUSDT"), series("SOLUSDT")}, {});

  EXPECT_TRUE(one && other);
  EXPECT_EQ(claims.released(), 0U);
}

TEST(Claims, OfOneSeriesFollowEachOther) {
  SeriesClaims claims;
  std::atomic<bool> given_back{false};
  auto first = claims.take({series("BTCUSDT")}, {});
  std::latch begun{1};
  std::thread waiting([&] {
    begun.count_down();
    const auto second = claims.take({series("ETHUSDT"), series("BTCUSDT")}, {});
    EXPECT_TRUE(second && given_back);
  });
  begun.wait();
  for (int i = 0; i < 1000; ++i) std::this_thread::yield();  // time to take it wrongly
  given_back = true;
  first.reset();
  waiting.join();

  EXPECT_EQ(claims.released(), 2U);
}

TEST(Claims, WhoIsStoppedWaitsNoMore) {
  SeriesClaims claims;
  const auto first = claims.take({series("BTCUSDT")}, {});
  std::stop_source stop;
  std::thread waiting([&] { EXPECT_FALSE(claims.take({series("BTCUSDT")}, stop.get_token())); });
  stop.request_stop();
  waiting.join();

  EXPECT_EQ(claims.released(), 0U);
}

}  // namespace
}  // namespace chandler
