// What a C++ programmer would write in an afternoon, and how fast the bytes can be unpacked at all:
//
//   read_year    zlib's gzread of the whole file, std::from_chars for every field
//   read_many, read_day, likewise: there is nothing that says where a day lies
//   inflate_libdeflate, inflate_isal, inflate_zlib    the file's text into memory that is there
//                already, a member at a time; with several threads each takes a share of the members
//
//   plain_side DATA WORK THREADS [--short]
#include <isa-l/igzip_lib.h>
#include <libdeflate.h>
#include <zlib.h>

#include <atomic>
#include <charconv>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <iostream>
#include <memory>
#include <thread>

#include "data_sets.h"
#include "side.h"

namespace chandler::bench {
namespace {

struct Places {
  std::string data;
  Sizes sizes;
};

std::string file_of(const std::string& root, const SeriesId& id, int year) {
  return root + "/" + id.folder() + "/" + std::to_string(year) + ".csv.gz";
}

Error broken(const std::string& file) {
  return {ErrorKind::data, "is not as it was made", file, "make the data anew"};
}

// --- zlib and from_chars

Result<std::string> gunzip(const std::string& path) {
  const std::unique_ptr<gzFile_s, decltype(&gzclose)> file(gzopen(path.c_str(), "rb"), &gzclose);
  if (!file) return Error{ErrorKind::not_found, "cannot be opened", path, ""};
  gzbuffer(file.get(), 1U << 17U);
  std::string text{};
  std::size_t size = 0;
  text.resize(1U << 22U);
  for (;;) {
    if (size == text.size()) text.resize(text.size() * 2);
    const int n =
        gzread(file.get(), text.data() + size,
               static_cast<unsigned>(std::min<std::size_t>(text.size() - size, 1U << 30U)));
    if (n < 0) return broken(path);
    if (n == 0) break;
    size += static_cast<std::size_t>(n);
  }
  text.resize(size);
  return text;
}

int digits(const char* at, int count) {
  int value = 0;
  for (int i = 0; i < count; ++i) value = value * 10 + (at[i] - '0');
  return value;
}

// "2023-01-31 23:59:00"
Instant instant_at(const char* at) {
  using namespace std::chrono;
  const year_month_day date{year{digits(at, 4)}, month{static_cast<unsigned>(digits(at + 5, 2))},
                            day{static_cast<unsigned>(digits(at + 8, 2))}};
  return sys_days{date} + hours{digits(at + 11, 2)} + minutes{digits(at + 14, 2)} +
         seconds{digits(at + 17, 2)};
}

Result<BarSeries> read_csv(const std::string& path) {
  CHANDLER_TRY(const std::string text, gunzip(path));
  BarSeries bars;
  const char* at = static_cast<const char*>(std::memchr(text.data(), '\n', text.size()));
  if (at == nullptr) return broken(path);
  const char* const end = text.data() + text.size();
  for (++at; at < end; ++at) {
    if (end - at < 20) return broken(path);
    bars.timestamp.push_back(instant_at(at));
    at += 19;
    for (std::vector<double>* column :
         {&bars.open, &bars.high, &bars.low, &bars.close, &bars.volume}) {
      double value = 0;
      const auto [stop, failed] = std::from_chars(at + 1, end, value);
      if (failed != std::errc{}) return broken(path);
      column->push_back(value);
      at = stop;
    }
  }
  return bars;
}

Result<Found> read_range(const Places& at, bool whole, std::optional<Stopwatch>& watch) {
  const Instant from =
      year_start(kYear) + std::chrono::days(static_cast<int>(at.sizes.days_a_year) / 2);
  watch.emplace();
  CHANDLER_TRY(BarSeries bars, read_csv(file_of(at.data + "/year", year_series(), kYear)));
  if (!whole)
    bars = bars.slice(bars.lower_bound(from), bars.lower_bound(from + std::chrono::days(1)));
  watch->stop();
  return Found{.rows = static_cast<double>(bars.size()), .sum = sum_of(bars.close)};
}

Result<Found> read_many(const Places& at, std::optional<Stopwatch>& watch) {
  std::vector<BarSeries> all;
  watch.emplace();
  for (const SeriesId& id : many_series()) {
    BarSeries bars;
    for (const int year : kManyYears) {
      CHANDLER_TRY(const BarSeries part, read_csv(file_of(at.data + "/many", id, year)));
      bars.append(part);
    }
    all.push_back(std::move(bars));
  }
  watch->stop();
  Found sum;
  for (const BarSeries& bars : all) {
    sum.rows += static_cast<double>(bars.size());
    sum.sum += sum_of(bars.close);
  }
  return sum;
}

// --- unpacking alone

// Where the members lie: the size of each is told by its extra field (data-cache/README.md).
struct Members {
  std::string bytes;
  std::vector<std::pair<std::size_t, std::size_t>> packed{};  // offset and size
  std::vector<std::size_t> text_at{};
  std::string text{};
};

std::uint32_t u32_at(const std::string& bytes, std::size_t at) {
  std::uint32_t v = 0;
  std::memcpy(&v, bytes.data() + at, sizeof v);
  return v;
}

Result<Members> load_members(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  Members m{.bytes = {std::istreambuf_iterator<char>(in), {}}};
  std::size_t text = 0;
  for (std::size_t at = 0; at + 30 < m.bytes.size() && m.bytes[at + 16] == 'B';) {
    const std::size_t size = u32_at(m.bytes, at + 22);
    if (size < 30 || at + size > m.bytes.size()) return broken(path);
    m.packed.emplace_back(at, size);
    m.text_at.push_back(text);
    text += u32_at(m.bytes, at + size - 4);
    at += size;
  }
  if (m.packed.empty()) return broken(path);
  m.text_at.push_back(text);
  m.text.resize(text);
  return m;
}

using Inflate = bool (*)(Members&, std::size_t);

bool by_libdeflate(Members& m, std::size_t i) {
  struct Free {
    void operator()(libdeflate_decompressor* d) const { libdeflate_free_decompressor(d); }
  };
  static thread_local const std::unique_ptr<libdeflate_decompressor, Free> inflater(
      libdeflate_alloc_decompressor());
  const std::size_t size = m.text_at[i + 1] - m.text_at[i];
  return libdeflate_gzip_decompress(inflater.get(), m.bytes.data() + m.packed[i].first,
                                    m.packed[i].second, m.text.data() + m.text_at[i], size,
                                    nullptr) == LIBDEFLATE_SUCCESS;
}

bool by_isal(Members& m, std::size_t i) {
  static thread_local inflate_state state;
  isal_inflate_init(&state);
  state.crc_flag = IGZIP_GZIP;
  state.next_in = reinterpret_cast<std::uint8_t*>(m.bytes.data() + m.packed[i].first);
  state.avail_in = static_cast<std::uint32_t>(m.packed[i].second);
  state.next_out = reinterpret_cast<std::uint8_t*>(m.text.data() + m.text_at[i]);
  state.avail_out = static_cast<std::uint32_t>(m.text_at[i + 1] - m.text_at[i]);
  return isal_inflate(&state) == ISAL_DECOMP_OK && state.avail_out == 0;
}

bool by_zlib(Members& m, std::size_t i) {
  z_stream state{};
  if (inflateInit2(&state, 15 + 16) != Z_OK) return false;
  state.next_in = reinterpret_cast<Bytef*>(m.bytes.data() + m.packed[i].first);
  state.avail_in = static_cast<uInt>(m.packed[i].second);
  state.next_out = reinterpret_cast<Bytef*>(m.text.data() + m.text_at[i]);
  state.avail_out = static_cast<uInt>(m.text_at[i + 1] - m.text_at[i]);
  const int end = inflate(&state, Z_FINISH);
  inflateEnd(&state);
  return end == Z_STREAM_END && state.avail_out == 0;
}

Result<Found> inflate_year(const Places& at, int threads, Inflate one,
                           std::optional<Stopwatch>& watch) {
  const std::string path = file_of(at.data + "/year", year_series(), kYear);
  CHANDLER_TRY(Members m, load_members(path));
  std::atomic<std::size_t> next{0};
  std::atomic<bool> good{true};
  const auto work = [&] {
    for (std::size_t i = next++; i < m.packed.size(); i = next++) {
      if (!one(m, i)) good = false;
    }
  };
  work();  // once without the clock: the pages of the text are there, and the tables of the library
  next = 0;
  watch.emplace();
  std::vector<std::jthread> others;
  for (int i = 1; i < threads; ++i) others.emplace_back(work);
  work();
  others.clear();
  watch->stop();
  if (!good) return broken(path);
  Found result{.rows = static_cast<double>(std::count(m.text.begin(), m.text.end(), '\n') - 1)};
  result.more["text_bytes"] = static_cast<double>(m.text.size());
  return result;
}

Side make_side(const Places& at, int threads) {
  Side side{.name = "plain", .version = std::string("zlib ") + zlibVersion(), .threads = threads};
  const auto add = [&side](const char* name, Task task) {
    side.tasks.emplace_back(name, std::move(task));
  };
  if (threads == 1) {  // it has no more than one
    add("read_year", [at](auto& w) { return read_range(at, true, w); });
    add("read_many", [at](auto& w) { return read_many(at, w); });
    add("read_day", [at](auto& w) { return read_range(at, false, w); });
  }
  const auto add_inflate = [&](const char* name, Inflate one) {
    add(name, [=](auto& w) { return inflate_year(at, threads, one, w); });
  };
  add_inflate("inflate_libdeflate", &by_libdeflate);
  add_inflate("inflate_isal", &by_isal);
  add_inflate("inflate_zlib", &by_zlib);
  return side;
}

}  // namespace
}  // namespace chandler::bench

int main(int argc, char** argv) {
  if (argc < 4) {
    std::cerr << "usage: plain_side DATA WORK THREADS [--short]\n";
    return 2;
  }
  const bool is_short = argc > 4 && std::string(argv[4]) == "--short";
  using chandler::bench::kFull;
  using chandler::bench::kShort;
  const int threads = std::max(1, std::atoi(argv[3]));
  return chandler::bench::serve(
      chandler::bench::make_side({argv[1], is_short ? kShort : kFull}, threads));
}
