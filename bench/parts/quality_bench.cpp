// A year held against the rules, and its gaps looked for.
#include <benchmark/benchmark.h>

#include "chandler/quality.h"
#include "parts/market_year.h"

namespace chandler::bench {
namespace {

void validate_year(benchmark::State& state) {
  BarSeries bars = market_year(state.range(0) == 6 ? Width::six : Width::nine);
  const ValidationRequest request{.timeframe = Timeframe::m1,
                                  .calendar = Calendar(CalendarKind::always),
                                  .asked = year_range(kYear),
                                  .now = year_start(kYear + 1)};
  for (auto _ : state) {
    const ValidationReport report = validate(bars, request);
    if (!report.findings.empty()) state.SkipWithError("sound bars were found wanting");
  }
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(bars.size()));
}
BENCHMARK(validate_year)->ArgName("columns")->Arg(6)->Arg(9)->Unit(benchmark::kMillisecond);

// The argument: how many gaps there are, evenly spread.
void gaps_of_year(benchmark::State& state) {
  std::vector<Instant> times = market_year(Width::six).timestamp;
  const auto gaps = static_cast<std::size_t>(state.range(0));
  for (std::size_t i = gaps; i > 0; --i)
    times.erase(times.begin() + static_cast<std::ptrdiff_t>(i * times.size() / (gaps + 1)));
  const Calendar calendar(CalendarKind::always);
  for (auto _ : state) {
    const Coverage found = find_gaps(times, calendar, Timeframe::m1, year_range(kYear));
    if (found.gaps.size() != gaps) state.SkipWithError("gaps are missing");
  }
}
BENCHMARK(gaps_of_year)->ArgName("gaps")->Arg(0)->Arg(100)->Unit(benchmark::kMicrosecond);

void suspicious_of_year(benchmark::State& state) {
  const BarSeries bars = market_year(Width::six);
  for (auto _ : state) {
    for (std::size_t first = 0; first + 4096 <= bars.size(); first += 4096)
      benchmark::DoNotOptimize(find_suspicious(bars.slice(first, first + 4096)));
  }
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(bars.size()));
}
BENCHMARK(suspicious_of_year)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace chandler::bench
