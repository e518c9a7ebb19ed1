// Rows from text and to text, a block at a time as the store does it: parse and format.
#include <benchmark/benchmark.h>

#include <algorithm>
#include <string>
#include <vector>

#include "parts/market_year.h"
#include "store/csv_rows.h"

namespace chandler::bench {
namespace {

constexpr std::size_t kRowsOfBlock = 4096;

struct Block {
  std::size_t first;
  std::size_t last;
  std::string text;
};

std::vector<Block> blocks_of(const BarSeries& bars) {
  std::vector<Block> blocks;
  store::RowPrinter printer(bars.columns);
  for (std::size_t first = 0; first < bars.size(); first += kRowsOfBlock) {
    blocks.push_back({first, std::min(first + kRowsOfBlock, bars.size()), ""});
    printer.append(bars, blocks.back().first, blocks.back().last, blocks.back().text);
  }
  return blocks;
}

Width width_of(const benchmark::State& state) {
  return state.range(0) == 6 ? Width::six : Width::nine;
}

// Into arrays that are there already; the second argument: is every value held against how it would
// be printed, as verify does?
void parse(benchmark::State& state) {
  const BarSeries bars = market_year(width_of(state));
  const std::vector<Block> blocks = blocks_of(bars);
  BarSeries back;
  back.columns = bars.columns;
  back.resize(bars.size());
  for (auto _ : state) {
    for (const Block& block : blocks) {
      bool canonical = true;
      const auto mistake = store::parse_rows(block.text, bars.columns, block.last - block.first,
                                             store::RowTarget::into(back, block.first),
                                             state.range(1) != 0 ? &canonical : nullptr);
      if (mistake || !canonical) state.SkipWithError("the rows are not read");
    }
  }
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(bars.size()));
}
BENCHMARK(parse)
    ->ArgNames({"columns", "canonical"})
    ->ArgsProduct({{6, 9}, {0, 1}})
    ->Unit(benchmark::kMillisecond);

void format(benchmark::State& state) {
  const BarSeries bars = market_year(width_of(state));
  std::string text;
  for (auto _ : state) {
    store::RowPrinter printer(bars.columns);
    for (std::size_t first = 0; first < bars.size(); first += kRowsOfBlock) {
      text.clear();
      printer.append(bars, first, std::min(first + kRowsOfBlock, bars.size()), text);
    }
    benchmark::DoNotOptimize(text.data());
  }
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(bars.size()));
}
BENCHMARK(format)->ArgName("columns")->Arg(6)->Arg(9)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace chandler::bench
