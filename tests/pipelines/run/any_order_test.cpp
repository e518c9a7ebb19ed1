// Whatever happens on the way, the end is what one undisturbed run gives: source and derived frames,
// bit for bit.
#include <gtest/gtest.h>

#include <atomic>
#include <random>

#include "tests/pipelines/run_box.h"
#include "tests/support/effort.h"

namespace chandler {
namespace {

using testing::day;
using testing::days;
using testing::RunBox;
using testing::want;

const TimeRange kAll = days("2023-12-20", "2024-01-12");
const std::vector<Timeframe> kFrames = {Timeframe::m5, Timeframe::h1, Timeframe::h4, Timeframe::d1,
                                        Timeframe::w1};

class Disturbed {
 public:
  Disturbed(std::uint32_t seed, bool two_providers)
      : random_(seed), two_providers_(two_providers) {}

  void step() {
    distort(*box.first);
    if (two_providers_) {
      distort(*box.second);
    } else {
      box.second->faults = {.fails_at = Instant::min()};
    }
    std::stop_source stop;
    std::atomic<std::uint64_t> pages_left{chance(3) ? below(40) : 1'000'000U};
    box.first->on_page = [&](Instant) {
      if (pages_left-- == 0) stop.request_stop();
    };
    RunOptions options;
    options.commit_bars = 1 + below(5000);
    options.plan.holes_only = chance(4);
    options.lane.everybody = options.plan.holes_only;
    box.run(some_asks(), options, stop.get_token());
    box.first->on_page = {};
    if (chance(4)) lose_something();
  }

  void finish() {
    box.first->faults = {};
    box.second->faults = {};
    if (!two_providers_) box.second->faults.fails_at = Instant::min();
    RunOptions options;
    options.plan.confirmed = true;
    const auto result = box.run(asks(kAll, kFrames), options);
    for (const SeriesReport& s : result.series)
      EXPECT_FALSE(s.outcome.error) << s.outcome.error->line();
  }

  static std::vector<SeriesAsk> asks(TimeRange range, const std::vector<Timeframe>& frames) {
    return {want("BTCUSDT", Timeframe::m1, range, frames),
            want("AAPL", Timeframe::m1, range, frames)};
  }

  RunBox box;

 private:
  std::uint32_t below(std::uint32_t n) { return static_cast<std::uint32_t>(random_() % n); }
  bool chance(std::uint32_t one_in) { return below(one_in) == 0; }
  Instant some_time() {
    const auto minutes = static_cast<std::uint32_t>((kAll.to - kAll.from) / seconds{60});
    return kAll.from + seconds{60} * below(minutes);
  }
  TimeRange some_range() {
    const Instant a = some_time();
    const Instant b = some_time();
    return {std::min(a, b), std::max(a, b) + seconds{60}};
  }

  void distort(testing::MarketProvider& provider) {
    provider.faults = {};
    for (std::uint32_t i = below(4); i > 0; --i) provider.faults.silent.push_back(some_range());
    if (chance(3)) provider.faults.fails_at = some_time();
    if (chance(5)) provider.faults.rubbish_at = some_time();
  }

  std::vector<SeriesAsk> some_asks() {
    std::vector<Timeframe> frames;
    for (const Timeframe frame : kFrames) {
      if (chance(2)) frames.push_back(frame);
    }
    return asks(chance(3) ? kAll : some_range(), frames);
  }

  // As accidents do.
  void lose_something() {
    const auto ids = box.box.cache().list();
    if (!ids || ids->empty()) return;
    const SeriesId& id = (*ids)[below(static_cast<std::uint32_t>(ids->size()))];
    if (chance(2)) {
      std::filesystem::remove(box.box.root() / id.folder() / "2024.metadata.json");
    } else {
      static_cast<void>(box.box.cache().remove(id));
    }
  }

  std::mt19937 random_;
  bool two_providers_;
};

class AnyOrder : public ::testing::TestWithParam<std::uint32_t> {};

TEST_P(AnyOrder, EndsAsOneUndisturbedRun) {
  const bool two_providers = GetParam() % 2 == 1;
  Disturbed disturbed{GetParam(), two_providers};
  for (int i = 0; i < 8; ++i) disturbed.step();
  disturbed.finish();

  RunBox once;
  once.run(Disturbed::asks(kAll, kFrames));
  // Where two gave the bars, the heads of the blocks say so; the bars are the same.
  if (!two_providers) {
    EXPECT_EQ(disturbed.box.data(), once.data());
  }
  const auto ids = once.box.cache().list();
  ASSERT_EQ(ids->size(), 12U);
  for (const SeriesId& id : *ids) {
    const auto is = disturbed.box.box.cache().read(id);
    ASSERT_TRUE(is) << is.error().line();
    EXPECT_TRUE(identical(*is, *once.box.cache().read(id))) << id.text();
    EXPECT_TRUE(disturbed.box.box.cache().gaps(id)->empty()) << id.text();
  }
  const auto report = disturbed.box.box.cache().verify(*ids, {.deep = true});
  for (const Problem& p : report.problems) ADD_FAILURE() << p.file << ": " << p.detail;
}

INSTANTIATE_TEST_SUITE_P(Seeds, AnyOrder,
                         ::testing::Range(std::uint32_t{1}, test::long_tests() ? 81U : 5U));

}  // namespace
}  // namespace chandler
