// Merely unpacking the blocks of a year, with each library: the floor under every reader. Each
// checks the CRC-32 of the text, as every gzip reader does; the bytes lie in memory.
#include <benchmark/benchmark.h>
#include <isa-l/igzip_lib.h>
#include <libdeflate.h>
#include <oneapi/tbb/enumerable_thread_specific.h>
#include <oneapi/tbb/task_arena.h>
#include <zlib.h>

#include <cstdlib>
#include <memory>
#include <vector>

#include "parallel.h"
#include "parts/year_on_disk.h"
#include "store/year_file.h"

namespace chandler::bench {
namespace {

struct Packed {
  std::vector<store::Bytes> members;
  std::size_t text = 0;
};

Packed packed_year(Width width) {
  const YearOnDisk year(market_year(width));
  const store::YearFile file = must(store::YearFile::open(year.folder(), year.series(), kYear));
  Packed packed;
  for (std::size_t b = 0; b < file.mark().blocks.size(); ++b)
    packed.members.push_back(must(file.member(b)));
  packed.text = must(file.text_size());
  return packed;
}

const Packed& the_year(std::int64_t columns) {
  static const Packed six = packed_year(Width::six);
  static const Packed nine = packed_year(Width::nine);
  return columns == 6 ? six : nine;
}

class WithIsal {
 public:
  void unpack(const store::Bytes& member, std::vector<std::uint8_t>& text) {
    isal_inflate_init(state_.get());
    state_->crc_flag = ISAL_GZIP;
    state_->next_in =
        const_cast<std::uint8_t*>(reinterpret_cast<const std::uint8_t*>(member.data()));
    state_->avail_in = static_cast<std::uint32_t>(member.size());
    state_->next_out = text.data();
    state_->avail_out = static_cast<std::uint32_t>(text.size());
    if (isal_inflate_stateless(state_.get()) != ISAL_DECOMP_OK) std::abort();
  }

 private:
  std::unique_ptr<inflate_state> state_ = std::make_unique<inflate_state>();
};

class WithLibdeflate {
 public:
  void unpack(const store::Bytes& member, std::vector<std::uint8_t>& text) {
    std::size_t size = 0;
    if (libdeflate_gzip_decompress(state_.get(), member.data(), member.size(), text.data(),
                                   text.size(), &size) != LIBDEFLATE_SUCCESS)
      std::abort();
  }

 private:
  struct Free {
    void operator()(libdeflate_decompressor* d) const { libdeflate_free_decompressor(d); }
  };
  std::unique_ptr<libdeflate_decompressor, Free> state_{libdeflate_alloc_decompressor()};
};

class WithZlib {
 public:
  WithZlib() {
    if (inflateInit2(&stream_, 15 + 16) != Z_OK) std::abort();
  }
  ~WithZlib() { inflateEnd(&stream_); }
  WithZlib(const WithZlib&) = delete;
  WithZlib& operator=(const WithZlib&) = delete;

  void unpack(const store::Bytes& member, std::vector<std::uint8_t>& text) {
    inflateReset(&stream_);
    stream_.next_in = const_cast<Bytef*>(reinterpret_cast<const Bytef*>(member.data()));
    stream_.avail_in = static_cast<uInt>(member.size());
    stream_.next_out = text.data();
    stream_.avail_out = static_cast<uInt>(text.size());
    if (::inflate(&stream_, Z_FINISH) != Z_STREAM_END) std::abort();
  }

 private:
  z_stream stream_{};
};

// The first argument is the number of columns, the second of threads.
template <class Library>
void inflate(benchmark::State& state) {
  struct Scratch {
    Library library;
    std::vector<std::uint8_t> text = std::vector<std::uint8_t>(4U << 20U);
  };
  const Packed& year = the_year(state.range(0));
  oneapi::tbb::task_arena arena(static_cast<int>(state.range(1)));
  oneapi::tbb::enumerable_thread_specific<Scratch> scratches;
  for (auto _ : state) {
    arena.execute([&] {
      parallel_for(0, year.members.size(), [&](std::size_t i) {
        Scratch& s = scratches.local();
        s.library.unpack(year.members[i], s.text);
      });
    });
  }
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(year.text));
}

void sizes(benchmark::internal::Benchmark* b) {
  b->ArgNames({"columns", "threads"})->ArgsProduct({{6, 9}, {1, 2}});
  b->Unit(benchmark::kMillisecond)->MeasureProcessCPUTime()->UseRealTime();
}
BENCHMARK_TEMPLATE(inflate, WithIsal)->Apply(sizes);
BENCHMARK_TEMPLATE(inflate, WithLibdeflate)->Apply(sizes);
BENCHMARK_TEMPLATE(inflate, WithZlib)->Apply(sizes);

}  // namespace
}  // namespace chandler::bench
