// A year, and a day behind it, durably into a cache: merged, packed, described, synced, renamed.
#include <benchmark/benchmark.h>
#include <oneapi/tbb/task_arena.h>

#include <memory>

#include "parts/year_on_disk.h"

namespace chandler::bench {
namespace {

void write_year(benchmark::State& state) {
  const YearOnDisk place(market_year(Width::six).slice(0, 1));
  const Delivery delivery =
      delivery_of(market_year(state.range(0) == 6 ? Width::six : Width::nine));
  Cache cache = place.cache();
  oneapi::tbb::task_arena arena(static_cast<int>(state.range(1)));
  for (auto _ : state) {
    state.PauseTiming();
    const RemoveOutcome removed = cache.remove(place.series());
    if (!removed.errors.empty()) give_up(removed.errors.front());
    state.ResumeTiming();
    must(arena.execute([&] { return cache.merge(place.series(), delivery); }));
  }
  state.counters["bytes"] = static_cast<double>(must(cache.status(place.series())).bytes);
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(kYearRows));
}
BENCHMARK(write_year)
    ->ArgNames({"columns", "threads"})
    ->ArgsProduct({{6, 9}, {1, 2}})
    ->Unit(benchmark::kMillisecond)
    ->MeasureProcessCPUTime()
    ->UseRealTime();

// The last day of the year onto the rest of it.
void append_day(benchmark::State& state) {
  const BarSeries year = market_year(state.range(0) == 6 ? Width::six : Width::nine);
  const std::size_t before = kYearRows - 1440;
  const Delivery day = delivery_of(year.slice(before, kYearRows));
  std::unique_ptr<YearOnDisk> place;
  for (auto _ : state) {
    state.PauseTiming();
    place = std::make_unique<YearOnDisk>(year.slice(0, before));
    Cache cache = place->cache();
    state.ResumeTiming();
    must(cache.merge(place->series(), day));
  }
}
BENCHMARK(append_day)
    ->ArgName("columns")
    ->Arg(6)
    ->Arg(9)
    ->Unit(benchmark::kMillisecond)
    ->MeasureProcessCPUTime()
    ->UseRealTime();

}  // namespace
}  // namespace chandler::bench
