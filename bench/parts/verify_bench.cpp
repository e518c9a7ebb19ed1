// `verify` over one series of one year: every byte, every row, every figure of the metadata.
#include <benchmark/benchmark.h>
#include <oneapi/tbb/task_arena.h>

#include <array>

#include "parts/year_on_disk.h"
#include "store/year_file.h"

namespace chandler::bench {
namespace {

void verify_year(benchmark::State& state) {
  const YearOnDisk year(market_year(state.range(0) == 6 ? Width::six : Width::nine));
  Cache cache = year.cache();
  const std::array<SeriesId, 1> ids = {year.series()};
  const std::uint64_t text =
      must(must(store::YearFile::open(year.folder(), year.series(), kYear)).text_size());
  oneapi::tbb::task_arena arena(static_cast<int>(state.range(1)));
  for (auto _ : state) {
    const VerifyReport report = arena.execute([&] { return cache.verify(ids); });
    if (!report.problems.empty() || !report.errors.empty()) state.SkipWithError("problems found");
  }
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(text));
}
BENCHMARK(verify_year)
    ->ArgNames({"columns", "threads"})
    ->ArgsProduct({{6, 9}, {1, 2}})
    ->Unit(benchmark::kMillisecond)
    ->MeasureProcessCPUTime()
    ->UseRealTime();

}  // namespace
}  // namespace chandler::bench
