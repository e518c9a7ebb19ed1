// A year of 1m rolled up to 5m, 15m, 1h, 4h and 1d together.
#include <benchmark/benchmark.h>

#include "chandler/resample.h"
#include "parts/market_year.h"

namespace chandler::bench {
namespace {

void resample_five_frames(benchmark::State& state) {
  const BarSeries bars = market_year(state.range(0) == 6 ? Width::six : Width::nine);
  const RollUpAllRequest request{
      Timeframe::m1,
      {Timeframe::m5, Timeframe::m15, Timeframe::h1, Timeframe::h4, Timeframe::d1},
      Calendar(CalendarKind::always),
      year_start(kYear + 1)};
  for (auto _ : state) {
    const auto frames = roll_up_all(bars, {}, request);
    if (frames.back().bars.size() != 365) state.SkipWithError("days are missing");
    benchmark::DoNotOptimize(frames.data());
  }
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(bars.size()));
}
BENCHMARK(resample_five_frames)->ArgName("columns")->Arg(6)->Arg(9)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace chandler::bench
