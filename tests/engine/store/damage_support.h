// What the tests that distrust the cache share: bars of any calendar, files changed behind its
// back, and short ways to say what verify found.
#pragma once

#include <zlib.h>

#include <algorithm>
#include <map>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "store/csv_rows.h"
#include "store_support.h"

namespace chandler::test {

// The same numbers on every machine: distributions of the standard library are not.
class Dice {
 public:
  explicit Dice(std::uint32_t seed) : engine_(seed) {}
  std::size_t below(std::size_t n) { return engine_() % n; }
  bool one_in(std::size_t n) { return below(n) == 0; }
  template <class T>
  void shuffle(std::vector<T>& items) {
    for (std::size_t i = items.size(); i > 1; --i) std::swap(items[i - 1], items[below(i)]);
  }

 private:
  std::mt19937 engine_;
};

inline TimeRange range_of(const char* from, const char* to) {
  return {*parse_exact(std::string(from) + " 00:00:00"),
          *parse_exact(std::string(to) + " 00:00:00")};
}

inline ColumnSet columns_of(std::initializer_list<Column> optional) {
  ColumnSet columns;
  for (const Column c : optional) columns.add(c);
  return columns;
}

// A value between 0 and 1 that depends on the bar alone, so that every cut of a series agrees.
inline double noise(Instant t, unsigned which) {
  std::uint64_t x = static_cast<std::uint64_t>(epoch_seconds(t)) * 31 + which;
  x ^= x >> 31U;
  x *= 0x9E3779B97F4A7C15ULL;
  x ^= x >> 29U;
  x *= 0xBF58476D1CE4E5B9ULL;
  x ^= x >> 32U;
  return static_cast<double>(x >> 11U) / 9007199254740992.0;
}

inline double cents(double v) { return std::round(v * 100) / 100; }

// A bar of its slot. Another `version` has another close.
inline void add_bar(BarSeries& bars, Instant t, unsigned version = 0) {
  const double open = cents(100 + 50 * noise(t, 1));
  const double close = cents(open + noise(t, 2 + 16 * version) - 0.5);
  const std::map<Column, double> values = {
      {Column::open, open},
      {Column::high, cents(std::max(open, close) + noise(t, 3))},
      {Column::low, cents(std::min(open, close) - noise(t, 4))},
      {Column::close, close},
      {Column::volume, std::round(noise(t, 5) * 1e8) / 1e4},
      {Column::adj_close, cents(close / 2)},
      {Column::vwap, cents((open + close) / 2)},
      {Column::trade_count, std::round(noise(t, 6) * 1000)},
      {Column::turnover, cents(noise(t, 7) * 1e6)}};
  bars.timestamp.push_back(t);
  for (const Column c : kAllColumns) {
    if (bars.columns.has(c)) bars.column(c).push_back(values.at(c));
  }
}

// Every bar that the calendar expects; where it expects none, every slot of the UTC grid.
inline BarSeries all_bars(CalendarKind kind, Timeframe tf, TimeRange range,
                          ColumnSet columns = {}) {
  BarSeries bars;
  bars.columns = columns;
  if (kind == CalendarKind::none) kind = CalendarKind::always;
  for (const SlotRun& run : Calendar(kind).expected(tf, range)) {
    for (std::int64_t i = 0; i < run.count; ++i) add_bar(bars, run.first + i * run.step);
  }
  return bars;
}

// The rows that `wanted` says yes to (by index).
template <class Wanted>
BarSeries pick(const BarSeries& bars, const Wanted& wanted) {
  BarSeries picked;
  picked.columns = bars.columns;
  for (std::size_t i = 0; i < bars.size(); ++i) {
    if (wanted(i)) picked.append(bars, i, i + 1);
  }
  return picked;
}

inline BarSeries without(const BarSeries& bars, std::size_t first, std::size_t last) {
  return pick(bars, [&](std::size_t i) { return i < first || i >= last; });
}

inline BarSeries between(const BarSeries& bars, TimeRange range) {
  return bars.slice(bars.lower_bound(range.from), bars.lower_bound(range.to));
}

// Only these columns.
inline BarSeries narrowed(const BarSeries& bars, ColumnSet columns) {
  BarSeries narrow;
  narrow.columns = columns;
  narrow.timestamp = bars.timestamp;
  for (const Column c : kAllColumns) {
    if (columns.has(c)) narrow.column(c) = bars.column(c);
  }
  return narrow;
}

inline std::string csv_of(const BarSeries& bars) {
  std::string text = store::header_line(bars.columns);
  store::RowPrinter(bars.columns).append(bars, 0, bars.size(), text);
  return text;
}

// One gzip member as other programs write it.
inline std::string gzipped(const std::string& text) {
  z_stream z{};
  EXPECT_EQ(deflateInit2(&z, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY), Z_OK);
  std::string out(deflateBound(&z, text.size()) + 64, '\0');
  z.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
  z.avail_in = static_cast<uInt>(text.size());
  z.next_out = reinterpret_cast<Bytef*>(out.data());
  z.avail_out = static_cast<uInt>(out.size());
  EXPECT_EQ(deflate(&z, Z_FINISH), Z_STREAM_END);
  out.resize(out.size() - z.avail_out);
  deflateEnd(&z);
  return out;
}

inline SeriesId series(const char* symbol, Timeframe tf) { return {*Symbol::parse(symbol), tf}; }

inline std::vector<SeriesId> ids_of(Sandbox& box) { return *box.cache().list(); }

inline VerifyReport verify(Sandbox& box, VerifyOptions options = {}) {
  return box.cache().verify(ids_of(box), options);
}

// Kinds of the problems found, one of each. Errors count as a kind of their own.
inline std::set<std::string> kinds(const VerifyReport& report) {
  std::set<std::string> found;
  for (const Problem& p : report.problems) found.insert(p.kind);
  for (const Error& e : report.errors) found.insert("error: " + e.line());
  return found;
}
inline std::set<std::string> kinds(Sandbox& box, VerifyOptions options = {}) {
  return kinds(verify(box, options));
}
// What is left when everything that repair says it has repaired is taken out.
inline std::set<std::string> unrepaired(const VerifyReport& report) {
  VerifyReport left = report;
  std::erase_if(left.problems, [](const Problem& p) { return p.repaired; });
  return kinds(left);
}

using Kinds = std::set<std::string>;

// Bytes of every file, without the clock's part of metadata.
inline std::map<std::string, std::string> data_bytes(const Sandbox& box) {
  return box.snapshot(".csv.gz");
}

inline std::vector<std::string> files_named(const Sandbox& box, const std::string& part) {
  std::vector<std::string> found;
  for (const auto& [name, bytes] : box.snapshot()) {
    if (name.find(part) != std::string::npos) found.push_back(name);
  }
  return found;
}

}  // namespace chandler::test
