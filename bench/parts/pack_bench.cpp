// Packing the text of a year, block by block: ours, and each library at the levels that come into
// question. `bytes` is the size of all deflate streams together.
#include <benchmark/benchmark.h>
#include <isa-l/igzip_lib.h>
#include <libdeflate.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <memory>
#include <string>
#include <vector>

#include "parts/market_year.h"
#include "store/csv_rows.h"
#include "store/gzip_member.h"
#include "store/sha256.h"

namespace chandler::bench {
namespace {

std::vector<std::string> texts(std::int64_t columns, std::size_t rows_of_block) {
  const BarSeries bars = market_year(columns == 6 ? Width::six : Width::nine);
  std::vector<std::string> texts;
  store::RowPrinter printer(bars.columns);
  for (std::size_t first = 0; first < bars.size(); first += rows_of_block) {
    printer.append(bars, first, std::min(first + rows_of_block, bars.size()), texts.emplace_back());
  }
  return texts;
}

// `pack` gives the size of the stream.
template <class Pack>
void pack_year(benchmark::State& state, std::size_t rows_of_block, const Pack& pack) {
  const std::vector<std::string> blocks = texts(state.range(0), rows_of_block);
  std::size_t bytes = 0;
  std::size_t text = 0;
  for (auto _ : state) {
    bytes = 0;
    for (const std::string& block : blocks) bytes += pack(block);
  }
  for (const std::string& block : blocks) text += block.size();
  state.counters["bytes"] = static_cast<double>(bytes);
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(text));
}

void pack(benchmark::State& state) {
  store::Deflater deflater;
  store::Bytes out;
  pack_year(state, static_cast<std::size_t>(state.range(1)), [&](const std::string& text) {
    out.clear();
    deflater.deflate(text, out);
    return out.size();
  });
}
BENCHMARK(pack)
    ->ArgNames({"columns", "slots"})
    ->ArgsProduct({{6, 9}, {2048, 4096, 8192, 16384}})
    ->Unit(benchmark::kMillisecond);

void pack_with_libdeflate(benchmark::State& state) {
  struct Free {
    void operator()(libdeflate_compressor* c) const { libdeflate_free_compressor(c); }
  };
  const std::unique_ptr<libdeflate_compressor, Free> compressor(
      libdeflate_alloc_compressor(static_cast<int>(state.range(1))));
  std::vector<std::uint8_t> out(4U << 20U);
  pack_year(state, 4096, [&](const std::string& text) {
    return libdeflate_deflate_compress(compressor.get(), text.data(), text.size(), out.data(),
                                       out.size());
  });
}
BENCHMARK(pack_with_libdeflate)
    ->ArgNames({"columns", "level"})
    ->ArgsProduct({{6}, {1, 2, 3, 4, 5, 6}})
    ->Unit(benchmark::kMillisecond);

void pack_with_isal(benchmark::State& state) {
  constexpr std::array<std::uint32_t, 4> kWork = {0, ISAL_DEF_LVL1_DEFAULT, ISAL_DEF_LVL2_DEFAULT,
                                                  ISAL_DEF_LVL3_DEFAULT};
  std::vector<std::uint8_t> work(ISAL_DEF_LVL3_DEFAULT);
  std::vector<std::uint8_t> out(4U << 20U);
  pack_year(state, 4096, [&](const std::string& text) -> std::size_t {
    isal_zstream stream;
    isal_deflate_stateless_init(&stream);
    stream.level = static_cast<std::uint32_t>(state.range(1));
    stream.level_buf = work.data();
    stream.level_buf_size = kWork[stream.level];
    stream.end_of_stream = 1;
    stream.next_in = const_cast<std::uint8_t*>(reinterpret_cast<const std::uint8_t*>(text.data()));
    stream.avail_in = static_cast<std::uint32_t>(text.size());
    stream.next_out = out.data();
    stream.avail_out = static_cast<std::uint32_t>(out.size());
    if (isal_deflate_stateless(&stream) != COMP_OK) std::abort();
    return stream.total_out;
  });
}
BENCHMARK(pack_with_isal)
    ->ArgNames({"columns", "level"})
    ->ArgsProduct({{6}, {0, 1, 2, 3}})
    ->Unit(benchmark::kMillisecond);

void sha256_of_text(benchmark::State& state) {
  pack_year(state, 4096, [](const std::string& text) {
    benchmark::DoNotOptimize(store::sha256(std::as_bytes(std::span(text))));
    return std::size_t{0};
  });
}
BENCHMARK(sha256_of_text)->ArgName("columns")->Arg(6)->Unit(benchmark::kMillisecond);

void crc32_of_text(benchmark::State& state) {
  pack_year(state, 4096, [](const std::string& text) {
    benchmark::DoNotOptimize(store::crc32(std::as_bytes(std::span(text))));
    return std::size_t{0};
  });
}
BENCHMARK(crc32_of_text)->ArgName("columns")->Arg(6)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace chandler::bench
