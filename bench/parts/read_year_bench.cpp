// A year from its file into columns, opened anew each time: what Cache::read() costs.
#include <benchmark/benchmark.h>
#include <oneapi/tbb/task_arena.h>

#include <vector>

#include "parts/year_on_disk.h"

namespace chandler::bench {
namespace {

void read_year(benchmark::State& state) {
  const YearOnDisk year(market_year(state.range(0) == 6 ? Width::six : Width::nine));
  const Cache cache = year.cache();
  oneapi::tbb::task_arena arena(static_cast<int>(state.range(1)));
  for (auto _ : state) {
    const BarSeries bars = arena.execute([&] { return must(cache.read(year.series())); });
    if (bars.size() != kYearRows) state.SkipWithError("rows are missing");
    benchmark::DoNotOptimize(bars.close.back());
  }
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(kYearRows));
}
BENCHMARK(read_year)
    ->ArgNames({"columns", "threads"})
    ->ArgsProduct({{6, 9}, {1, 2}})
    ->Unit(benchmark::kMillisecond)
    ->MeasureProcessCPUTime()
    ->UseRealTime();

// Several series in one call; here all of them are the same year.
void read_many(benchmark::State& state) {
  const YearOnDisk year(market_year(Width::six));
  const Cache cache = year.cache();
  const std::vector<SeriesId> ids(static_cast<std::size_t>(state.range(0)), year.series());
  oneapi::tbb::task_arena arena(static_cast<int>(state.range(1)));
  for (auto _ : state) {
    const auto all = arena.execute([&] { return cache.read_many(ids); });
    for (const auto& bars : all) {
      if (!bars || bars->size() != kYearRows) state.SkipWithError("rows are missing");
    }
  }
  state.SetItemsProcessed(state.iterations() * state.range(0) *
                          static_cast<std::int64_t>(kYearRows));
}
BENCHMARK(read_many)
    ->ArgNames({"series", "threads"})
    ->ArgsProduct({{8}, {1, 2}})
    ->Unit(benchmark::kMillisecond)
    ->MeasureProcessCPUTime()
    ->UseRealTime();

}  // namespace
}  // namespace chandler::bench
