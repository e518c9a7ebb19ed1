// What a DataManager says when a part, or all, cannot be had.
#include <array>

#include "manager_support.h"

namespace chandler {
namespace {

using enum AssetClass;
using enum Timeframe;

class CannotFetch : public test::ManagerTest {
 protected:
  [[nodiscard]] DataManager offline(bool partial = false) const {
    DataManagerOptions how = options();
    how.offline = true;
    how.partial = partial;
    return open(std::move(how));
  }
  [[nodiscard]] DataManager failing(const std::string& faults, bool partial = false) const {
    DataManagerOptions how = options(faults);
    how.partial = partial;
    return open(std::move(how));
  }
};

// 20 days of minutes are three pages, of which the second fails.
constexpr const char* kSecondFails = "fail_every=2";
constexpr WhenRange kThreePages{"2024-03-01", "2024-03-21"};
constexpr std::size_t kOnePage = 10'000;

TEST_F(CannotFetch, APartThatIsMissingIsAnError) {
  const auto bars = failing(kSecondFails).get_ohlcv("BTCUSDT", "1m", kThreePages);

  ASSERT_FALSE(bars);
  EXPECT_EQ(bars.error().kind, ErrorKind::unavailable);
  EXPECT_EQ(bars.error().where, "BTCUSDT 1m");
  EXPECT_EQ(offline().cache().read("BTCUSDT", "1m")->size(), kOnePage) << "what came is kept";
}

TEST_F(CannotFetch, WhatIsThereIsGivenWhenAPartWillDo) {
  DataManager data = failing(kSecondFails, true);
  const BarsRequest request{"BTCUSDT", "1m", "2024-03-01", "2024-03-21"};

  const auto answers = data.get_many({&request, 1});

  ASSERT_TRUE(answers[0].error);
  EXPECT_EQ(answers[0].error->kind, ErrorKind::unavailable);
  EXPECT_EQ(answers[0].bars.size(), kOnePage);
}

TEST_F(CannotFetch, NothingAtAllIsAnErrorEvenWhenAPartWouldDo) {
  const auto bars = failing("fail_every=1", true).get_ohlcv("BTCUSDT", "1m", kThreePages);

  ASSERT_FALSE(bars);
  EXPECT_EQ(bars.error().kind, ErrorKind::unavailable);
}

TEST_F(CannotFetch, WhoMissesNothingHasNoErrorButANote) {
  DataManager data = failing(kSecondFails);
  const std::vector<BarsRequest> requests = {{"BTCUSDT", "1m", "2024-03-01", "2024-03-05"},
                                             {"BTCUSDT", "1m", "2024-03-05", "2024-03-21"}};

  const auto answers = data.get_many(requests);

  EXPECT_FALSE(answers[0].error);
  EXPECT_EQ(answers[0].bars.size(), 4U * 24 * 60);
  ASSERT_FALSE(answers[0].notes.empty());
  EXPECT_NE(answers[0].notes.front().find("failed on purpose"), std::string::npos);
  EXPECT_TRUE(answers[1].error);
  EXPECT_TRUE(answers[1].bars.empty());
}

TEST_F(CannotFetch, WhatIsThereNeedsNobody) {
  ASSERT_TRUE(open().get_ohlcv("BTCUSDT", "1m", kThreePages));

  const auto bars = failing("fail_every=1").get_ohlcv("BTCUSDT", "1m", kThreePages);

  ASSERT_TRUE(bars) << bars.error().line();
  EXPECT_EQ(bars->size(), 20U * 24 * 60);
}

TEST_F(CannotFetch, OfflineNobodyIsAskedAndWhatIsMissingIsSaid) {
  ASSERT_TRUE(open().get_ohlcv("AAPL", "1d", {"2024-01-01", "2024-02-01"}));
  const std::size_t before = runs().size();

  const auto held = offline().get_ohlcv("AAPL", "1d", {"2024-01-01", "2024-02-01"});
  const auto more = offline().get_ohlcv("AAPL", "1d", {"2024-01-01", "2024-02-03"});
  const auto part = offline(true).get_ohlcv("AAPL", "1d", {"2024-01-01", "2024-02-03"});
  const auto nothing = offline(true).get_ohlcv("MSFT", "1d", {"2024-01-01", "2024-02-01"});

  ASSERT_TRUE(held && part);
  EXPECT_TRUE(identical(*held, truth("AAPL", stock, d1, "2024-01-01", "2024-02-01")));
  EXPECT_TRUE(identical(*held, *part));
  ASSERT_FALSE(more);
  EXPECT_EQ(more.error().line(),
            "AAPL 1d: 2 bars are not in the cache, from 2024-02-01 00:00:00 on, and nobody is "
            "asked offline");
  ASSERT_FALSE(nothing);
  EXPECT_EQ(nothing.error().kind, ErrorKind::not_found);
  EXPECT_EQ(runs().size(), before);
}

TEST_F(CannotFetch, OfflineTheLastBarsAreThoseOfTheCache) {
  ASSERT_TRUE(open().get_ohlcv("AAPL", "1d", {"2024-01-01", "2024-02-01"}));

  const auto held = offline().last_bars("AAPL", "1d", 5, "2024-02-01");
  const auto part = offline(true).last_bars("AAPL", "1d", 5, "2024-02-10");

  ASSERT_TRUE(held && part);
  EXPECT_EQ(held->size(), 5U);
  EXPECT_TRUE(identical(*held, *part));
}

TEST_F(CannotFetch, AGapThatIsConfirmedIsNotOwed) {
  DataManager data = open("outage=2024-03-05/2024-03-06");
  for (int i = 0; i < 2; ++i)
    ASSERT_TRUE(data.get_ohlcv("BTCUSDT", "1h", {"2024-03-01", "2024-03-10"}));
  const std::size_t asked = runs().size();

  const auto third = data.get_ohlcv("BTCUSDT", "1h", {"2024-03-01", "2024-03-10"});
  const auto unasked = offline().get_ohlcv("BTCUSDT", "1h", {"2024-03-01", "2024-03-10"});

  ASSERT_TRUE(third && unasked) << unasked.error().line();
  EXPECT_EQ(third->size(), 8U * 24);
  EXPECT_EQ(runs().size(), asked);
}

TEST_F(CannotFetch, WhatCannotBeRolledUpIsNotOwedEither) {
  DataManager data = open("outage=2024-03-05/2024-03-06");
  const auto get = [](DataManager& from, const char* timeframe) {
    return from.get_ohlcv("BTCUSDT", timeframe, {"2024-03-01", "2024-03-10"});
  };
  ASSERT_TRUE(get(data, "1m"));
  auto cache = Cache::open(root(), {.clock = &clock});
  const std::array hours{h1};
  ASSERT_FALSE(cache->resample(*Symbol::parse("BTCUSDT"), m1, hours).front().error);
  ASSERT_TRUE(get(data, "1h")) << "the second time: the gap of the minutes is confirmed";
  const std::size_t asked = runs().size();

  const auto again = get(data, "1h");
  DataManager alone = offline();
  const auto unasked = get(alone, "1h");

  ASSERT_TRUE(again && unasked) << unasked.error().line();
  EXPECT_EQ(unasked->size(), 8U * 24);
  EXPECT_EQ(runs().size(), asked);
}

TEST_F(CannotFetch, MadeUpBarsAreNotMixedWithRealOnes) {
  auto cache = Cache::open(root(), {.clock = &clock});
  Delivery delivery;
  delivery.provider.name = "binance";
  delivery.bars = test::minutes("2024-03-01", 60);
  ASSERT_FALSE(cache->merge({*Symbol::parse("BTCUSDT"), m1}, delivery).error);

  const auto bars = failing("", true).get_ohlcv("BTCUSDT", "1m", {"2024-03-01", "2024-03-02"});

  ASSERT_FALSE(bars);
  EXPECT_EQ(bars.error().kind, ErrorKind::usage);
}

}  // namespace
}  // namespace chandler
