// Yahoo's prices are free of splits as of the request: what comes after a split does not go together
// with what was kept before. Over real HTTP against the loopback exchange.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "run/run_graph.h"
#include "tests/engine/store/store_support.h"
#include "tests/pipelines/run_box.h"
#include "tests/providers/loopback.h"

namespace chandler {
namespace {

using namespace chandler::testing;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

const char* const kBefore = "2024-06-07 22:00:00";  // a Friday
const char* const kAfter = "2024-06-13 22:00:00";
const ShareSplit kSplit{at("2024-06-10 00:00:00"), 4, 1};

class SplitWorld {
 public:
  SplitWorld() : loop_(kBefore, {.yahoo_split = kSplit}) {
    Config config;
    config.selection.push_back({AssetClass::stock, {}, {"yahoo"}, ""});
    auto registry = Registry::make(
        {}, config, machinery_.get([](std::string_view) { return std::optional<std::string>{}; }));
    registry_.emplace(std::move(*registry));
    EXPECT_TRUE(registry_->add(make_yahoo(loop_.context())));
    selector_ = std::move(*Selector::make(*registry_, {}, box.clock));
    it_is(kBefore);
  }

  void it_is(const char* now) {
    loop_.timer.set(http::Moment{at(now)});
    box.clock.set(now);
  }

  WriteOutcome run(Timeframe tf, const char* from, const char* to, bool force = false) {
    RunObserver silent;
    const SeriesAsk ask = want("AAPL", tf, range_of(from, to));
    RunOptions options;
    options.plan.force = force;
    auto result = run_series({ask}, options, {box.cache(), *selector_, silent}, {});
    EXPECT_EQ(result.series.size(), 1U);
    return std::move(result.series.front().outcome);
  }

  BarSeries kept(Timeframe tf) { return *box.cache().read(id(tf)); }
  BarSeries truth(Timeframe tf, const char* from, const char* to) {
    return loop_.exchange->truth(Venue::yahoo, "AAPL", tf, range_of(from, to));
  }
  static SeriesId id(Timeframe tf) { return {*Symbol::parse("AAPL"), tf}; }

  test::Sandbox box;

 private:
  Loopback loop_;
  NoMachinery machinery_;
  std::optional<Registry> registry_;
  std::unique_ptr<Selector> selector_;
};

TEST(Split, AfterTheLastRunStopsTheSeriesAndSaysWhatToDo) {
  SplitWorld world;
  ASSERT_FALSE(world.run(Timeframe::d1, "2024-01-02 00:00:00", kBefore).error);
  const BarSeries old = world.kept(Timeframe::d1);
  world.it_is(kAfter);

  const WriteOutcome refused = world.run(Timeframe::d1, "2024-01-02 00:00:00", kAfter);

  ASSERT_TRUE(refused.error);
  EXPECT_EQ(refused.status, WriteStatus::failed);
  EXPECT_EQ(refused.error->line(),
            "AAPL 1d: the prices of yahoo are now 0.25 times those kept (a split 4:1 on "
            "2024-06-10): no new bar was written, as they do not go together; fetch all of them "
            "anew: chandler rm AAPL 1d --yes && chandler fetch AAPL -t 1d --from 2024-01-02 "
            "--provider yahoo");
  EXPECT_TRUE(identical(world.kept(Timeframe::d1), old));
}

TEST(Split, IsMendedByRemovingTheSeriesAndFetchingItAnew) {
  SplitWorld world;
  world.run(Timeframe::d1, "2024-01-02 00:00:00", kBefore);
  world.it_is(kAfter);
  ASSERT_TRUE(world.run(Timeframe::d1, "2024-01-02 00:00:00", kAfter).error);

  ASSERT_TRUE(world.box.cache().remove(SplitWorld::id(Timeframe::d1)).errors.empty());
  const WriteOutcome anew = world.run(Timeframe::d1, "2024-01-02 00:00:00", kAfter);

  EXPECT_FALSE(anew.error);
  EXPECT_THAT(anew.notes, IsEmpty());
  EXPECT_TRUE(identical(world.kept(Timeframe::d1),
                        world.truth(Timeframe::d1, "2024-01-02 00:00:00", kAfter)));
}

TEST(Split, IsSeenInEveryTimeframeAndInWhatIsOlder) {
  struct Case {
    Timeframe timeframe;
    const char* first_from;
    const char* from;
    const char* to;
  };
  for (const Case& c :
       {Case{Timeframe::w1, "2023-01-02 00:00:00", "2023-01-02 00:00:00", "2024-08-01 00:00:00"},
        Case{Timeframe::mo1, "2023-01-01 00:00:00", "2023-01-01 00:00:00", "2024-08-01 00:00:00"},
        Case{Timeframe::m5, "2024-06-03 00:00:00", "2024-06-03 00:00:00", kAfter},
        Case{Timeframe::m1, "2024-06-03 00:00:00", "2024-06-03 00:00:00", kAfter},
        Case{Timeframe::d1, "2024-01-02 00:00:00", "2023-01-02 00:00:00", "2024-01-02 00:00:00"}}) {
    SCOPED_TRACE(to_string(c.timeframe));
    SplitWorld world;
    ASSERT_FALSE(world.run(c.timeframe, c.first_from, kBefore).error);
    const std::size_t before = world.kept(c.timeframe).size();
    world.it_is(c.timeframe == Timeframe::mo1 ? "2024-07-03 22:00:00" : "2024-06-18 22:00:00");

    const WriteOutcome refused = world.run(c.timeframe, c.from, c.to);

    ASSERT_TRUE(refused.error);
    EXPECT_THAT(refused.error->line(), HasSubstr("0.25 times those kept"));
    EXPECT_EQ(world.kept(c.timeframe).size(), before);
  }
}

TEST(Split, IsNoTroubleWhereWhatIsKeptCameAfterIt) {
  SplitWorld world;
  world.it_is(kAfter);
  ASSERT_FALSE(world.run(Timeframe::d1, "2024-01-02 00:00:00", "2024-05-01 00:00:00").error);

  const WriteOutcome more = world.run(Timeframe::d1, "2024-01-02 00:00:00", kAfter);

  EXPECT_FALSE(more.error) << more.error->line();
  EXPECT_THAT(more.notes, IsEmpty());
  EXPECT_TRUE(identical(world.kept(Timeframe::d1),
                        world.truth(Timeframe::d1, "2024-01-02 00:00:00", kAfter)));
}

TEST(Split, IsNotGotRoundByForceUnlessAllIsFetchedAnew) {
  SplitWorld world;
  world.run(Timeframe::d1, "2024-01-02 00:00:00", kBefore);
  world.it_is(kAfter);

  const WriteOutcome part = world.run(Timeframe::d1, "2024-05-01 00:00:00", kAfter, true);
  const WriteOutcome all = world.run(Timeframe::d1, "2024-01-02 00:00:00", kAfter, true);

  EXPECT_TRUE(part.error);
  EXPECT_FALSE(all.error);
  EXPECT_THAT(all.notes, IsEmpty());
  EXPECT_TRUE(identical(world.kept(Timeframe::d1),
                        world.truth(Timeframe::d1, "2024-01-02 00:00:00", kAfter)));
}

TEST(Split, CannotBeRuledOutWhereNothingKeptStandsBesideWhatComes) {
  SplitWorld world;
  world.run(Timeframe::d1, "2023-01-02 00:00:00", "2023-02-01 00:00:00");

  const WriteOutcome far = world.run(Timeframe::d1, "2024-01-02 00:00:00", kBefore);

  EXPECT_FALSE(far.error);
  EXPECT_THAT(far.notes, ElementsAre(HasSubstr("if there was a split between")));
}

// What others gave, or what is too old, would be lost.
TEST(Split, IsNotSaidToBeMendedByRemovingWhatCannotBeHadAgain) {
  SplitWorld world;
  world.run(Timeframe::m5, "2024-06-03 00:00:00", kBefore);
  BarSeries dear = world.truth(Timeframe::d1, "2024-01-02 00:00:00", kBefore);
  for (auto* column : {&dear.open, &dear.high, &dear.low, &dear.close}) {
    for (double& price : *column) price *= 4;
  }
  world.box.merge("AAPL", Timeframe::d1, dear, "import");
  world.it_is("2024-06-14 22:00:00");

  const WriteOutcome of_others = world.run(Timeframe::d1, "2024-01-02 00:00:00", kAfter);
  world.it_is("2024-08-04 22:00:00");  // sixty days reach into what is kept
  const WriteOutcome too_old = world.run(Timeframe::m5, "2024-06-03 00:00:00", kAfter);

  for (const WriteOutcome* refused : {&of_others, &too_old}) {
    ASSERT_TRUE(refused->error);
    EXPECT_THAT(refused->error->hint, HasSubstr("fetch them into another cache"));
  }
}

}  // namespace
}  // namespace chandler
