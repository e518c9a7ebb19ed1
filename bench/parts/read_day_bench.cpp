// One day out of a year, the file opened anew each time; every day of the year in turn.
#include <benchmark/benchmark.h>

#include "parts/year_on_disk.h"

namespace chandler::bench {
namespace {

constexpr seconds kDay{86400};

void read_day(benchmark::State& state) {
  const YearOnDisk year(market_year(state.range(0) == 6 ? Width::six : Width::nine));
  const Cache cache = year.cache();
  int day = 0;
  for (auto _ : state) {
    const Instant from = year_start(kYear) + day * kDay;
    const BarSeries bars = must(cache.read(year.series(), {from, from + kDay}));
    if (bars.size() != 1440) state.SkipWithError("rows are missing");
    benchmark::DoNotOptimize(bars.close.back());
    day = (day + 1) % 365;
  }
}
BENCHMARK(read_day)
    ->ArgName("columns")
    ->Arg(6)
    ->Arg(9)
    ->Unit(benchmark::kMicrosecond)
    ->MeasureProcessCPUTime()
    ->UseRealTime();

}  // namespace
}  // namespace chandler::bench
