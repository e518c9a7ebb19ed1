// Whole runs over real HTTP against the loopback exchange, under its faults one by one and mixed: the
// right bars or one error with everything else committed; and the next run makes good what can be.
#include <gtest/gtest.h>

#include <random>

#include "run/run_graph.h"
#include "tests/engine/store/store_support.h"
#include "tests/pipelines/run_box.h"
#include "tests/providers/loopback.h"
#include "tests/support/effort.h"

namespace chandler {
namespace {

using namespace chandler::testing;

struct Market {
  Venue venue;
  const char* name;
  const char* symbol;
  Timeframe timeframe;
  TimeRange range;
  TimeRange hole;
  std::unique_ptr<Provider> (*make)(const ProviderContext&);
};

const char* const kNow = "2025-03-01 12:00:30";

const std::vector<Market>& markets() {
  static const std::vector<Market> all = {
      {Venue::binance, "binance", "BTCUSDT", Timeframe::m1,
       range_of("2024-05-01 00:00:00", "2024-05-04 00:00:00"),
       range_of("2024-05-01 10:00:00", "2024-05-02 03:00:00"), &make_binance},
      {Venue::yahoo, "yahoo", "AAPL", Timeframe::d1,
       range_of("2024-01-01 00:00:00", "2025-01-01 00:00:00"),
       range_of("2024-06-03 00:00:00", "2024-07-01 00:00:00"), &make_yahoo},
      {Venue::alpha_vantage, "alpha_vantage", "AAPL", Timeframe::m5,
       range_of("2024-05-01 00:00:00", "2024-07-01 00:00:00"),
       range_of("2024-05-13 00:00:00", "2024-05-15 00:00:00"), &make_alpha_vantage},
      {Venue::alpaca, "alpaca", "AAPL", Timeframe::m5,
       range_of("2024-05-01 00:00:00", "2024-07-01 00:00:00"),
       range_of("2024-05-13 00:00:00", "2024-05-15 00:00:00"), &make_alpaca},
  };
  return all;
}

class World {
 public:
  explicit World(const Market& market) : market_(market), loop_(kNow) {
    Config config;
    for (const AssetClass c : {AssetClass::crypto, AssetClass::stock})
      config.selection.push_back({c, {}, {market.name}, ""});
    auto registry = Registry::make(
        {}, config, machinery_.get([](std::string_view) { return std::optional<std::string>{}; }));
    registry_.emplace(std::move(*registry));
    EXPECT_TRUE(registry_->add(market.make(loop_.context())));
    selector_ = std::move(*Selector::make(*registry_, {}));
    box_.clock.set(kNow);
  }

  Exchange& exchange() { return *loop_.exchange; }
  Cache& cache() { return box_.cache(); }

  SeriesReport run() {
    RunObserver silent;
    SeriesAsk ask = want(market_.symbol, market_.timeframe, market_.range);
    ask.symbol.asset_class =
        market_.venue == Venue::binance ? AssetClass::crypto : AssetClass::stock;
    RunOptions options;
    options.commit_bars = 1000;
    auto result = run_series({ask}, options, {box_.cache(), *selector_, silent}, {});
    EXPECT_EQ(result.series.size(), 1U);
    return std::move(result.series.front());
  }
  // A tripped breaker, a day's allowance: over.
  void let_time_pass() { loop_.timer.set(loop_.timer.now() + std::chrono::hours{25}); }

  BarSeries kept() {
    const auto bars = cache().read({*Symbol::parse(market_.symbol), market_.timeframe});
    return bars ? *bars : BarSeries{};
  }
  BarSeries truth() {
    return loop_.exchange->truth(market_.venue, market_.symbol, market_.timeframe, market_.range);
  }
  std::vector<Gap> gaps() {
    const auto gaps = cache().gaps({*Symbol::parse(market_.symbol), market_.timeframe});
    return gaps ? *gaps : std::vector<Gap>{};
  }

 private:
  const Market& market_;
  Loopback loop_;
  test::Sandbox box_;
  NoMachinery machinery_;
  std::optional<Registry> registry_;
  std::unique_ptr<Selector> selector_;
};

// Every bar of `some` is one of `all`, value for value.
bool part_of(const BarSeries& some, const BarSeries& all) {
  for (std::size_t i = 0; i < some.size(); ++i) {
    const std::size_t at = all.lower_bound(some.timestamp[i]);
    if (at == all.size() || all.timestamp[at] != some.timestamp[i] ||
        !BarSeries::same_row(some, i, all, at))
      return false;
  }
  return true;
}

void expect_sense(const Market& market, const std::vector<Fault>& faults) {
  World world{market};
  for (const Fault& fault : faults) world.exchange().misbehave(fault);
  const SeriesReport first = world.run();
  const BarSeries truth = world.truth();
  const BarSeries kept = world.kept();
  EXPECT_TRUE(part_of(kept, truth));
  EXPECT_EQ(kept.size(), first.outcome.rows_written);
  if (!first.outcome.error) {
    std::int64_t missing = 0;
    for (const Gap& gap : world.gaps()) missing += gap.bars;
    EXPECT_EQ(static_cast<std::int64_t>(kept.size()) + missing,
              static_cast<std::int64_t>(truth.size()));
  } else {
    EXPECT_FALSE(first.outcome.error->line().empty());
  }

  world.exchange().behave();
  world.let_time_pass();
  const SeriesReport second = world.run();
  EXPECT_FALSE(second.outcome.error) << second.outcome.error->line();
  EXPECT_TRUE(identical(world.kept(), truth));
  EXPECT_TRUE(world.gaps().empty());
}

class RunOverHttp : public ::testing::TestWithParam<std::size_t> {
 protected:
  const Market& market() const { return markets()[GetParam()]; }
  std::vector<Fault> faults() const {
    std::vector<Fault> all;
    for (const FaultCase& c : all_faults(market().hole)) {
      // They take a while, and the providers' own tests have them.
      if (c.fault.kind != FaultKind::stall && c.fault.kind != FaultKind::huge)
        all.push_back(c.fault);
    }
    return all;
  }
};

TEST_P(RunOverHttp, KeepsItsSenseUnderEveryFaultAndMakesGoodTheNextTime) {
  for (const Fault& fault : faults()) {
    SCOPED_TRACE(std::string(to_string(fault.kind)) + " " + std::to_string(fault.status) +
                 (fault.times < 0 ? " for good" : ""));
    expect_sense(market(), {fault});
  }
}

TEST_P(RunOverHttp, KeepsItsSenseUnderFaultsInAnyMix) {
  const std::vector<Fault> all = faults();
  std::mt19937 random(static_cast<std::uint32_t>(GetParam()));
  for (int i = 0; i < (test::long_tests() ? 200 : 5); ++i) {
    std::vector<Fault> mix;
    std::string names;
    for (std::size_t n = 2 + random() % 3; n > 0; --n) {
      Fault fault = all[random() % all.size()];
      fault.times = 1 + static_cast<int>(random() % 3);
      fault.after = static_cast<int>(random() % 4);
      names += std::string(to_string(fault.kind)) + " ";
      mix.push_back(fault);
    }
    SCOPED_TRACE(names);
    expect_sense(market(), mix);
  }
}

TEST_P(RunOverHttp, APermanentHoleEndsUpConfirmed) {
  World world{market()};
  world.exchange().misbehave({.kind = FaultKind::holes, .range = market().hole});
  EXPECT_FALSE(world.run().outcome.error);
  ASSERT_EQ(world.gaps().size(), 1U);
  EXPECT_EQ(world.gaps()[0].state, GapState::open);
  EXPECT_FALSE(world.run().outcome.error);
  ASSERT_EQ(world.gaps().size(), 1U);
  EXPECT_EQ(world.gaps()[0].state, GapState::confirmed);
  world.exchange().clear_log();
  world.run();
  EXPECT_TRUE(world.exchange().log().empty());
}

INSTANTIATE_TEST_SUITE_P(Markets, RunOverHttp, ::testing::Range(std::size_t{0}, markets().size()),
                         [](const auto& each) { return markets()[each.param].name; });

}  // namespace
}  // namespace chandler
