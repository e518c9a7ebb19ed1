// Bars, column by column, in contiguous arrays.
//
//   chandler::BarSeries bars = *cache.read(symbol, tf, range);
//   double last = bars.close.back();
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "chandler/time.h"

namespace chandler {

// In the order of the file's header. The first five are always there.
enum class Column : std::uint8_t {
  open,
  high,
  low,
  close,
  volume,
  adj_close,
  vwap,
  trade_count,
  turnover
};
inline constexpr std::size_t kColumnCount = 9;
inline constexpr std::size_t kRequiredColumns = 5;
inline constexpr std::array<Column, kColumnCount> kAllColumns = {
    Column::open,      Column::high, Column::low,         Column::close,   Column::volume,
    Column::adj_close, Column::vwap, Column::trade_count, Column::turnover};

[[nodiscard]] std::string_view to_string(Column c);
[[nodiscard]] std::optional<Column> parse_column(std::string_view name);

// A set of columns; always holds the required five.
class ColumnSet {
 public:
  constexpr ColumnSet() = default;
  [[nodiscard]] constexpr bool has(Column c) const {
    return (bits_ >> static_cast<unsigned>(c)) & 1U;
  }
  constexpr ColumnSet& add(Column c) {
    bits_ = static_cast<std::uint16_t>(bits_ | (1U << static_cast<unsigned>(c)));
    return *this;
  }
  [[nodiscard]] constexpr ColumnSet united(ColumnSet o) const {
    ColumnSet r;
    r.bits_ = static_cast<std::uint16_t>(bits_ | o.bits_);
    return r;
  }
  [[nodiscard]] constexpr bool covers(ColumnSet o) const { return (o.bits_ & ~bits_) == 0; }
  friend constexpr bool operator==(ColumnSet, ColumnSet) = default;

 private:
  std::uint16_t bits_ = 0x1F;
};

inline constexpr double kUnknown =
    std::numeric_limits<double>::quiet_NaN();  // an unknown optional value

struct BarSeries {
  std::vector<Instant> timestamp;  // open time of each bar
  std::vector<double> open, high, low, close, volume;
  // Of timestamp.size() when `columns` has them, else empty. kUnknown where a value is not known.
  std::vector<double> adj_close, vwap, trade_count, turnover;
  ColumnSet columns;

  [[nodiscard]] std::size_t size() const { return timestamp.size(); }
  [[nodiscard]] bool empty() const { return timestamp.empty(); }

  [[nodiscard]] std::vector<double>& column(Column c);
  [[nodiscard]] const std::vector<double>& column(Column c) const;

  void reserve(std::size_t rows);
  void resize(std::size_t rows);  // new rows hold zeros and kUnknown
  void clear();                   // keeps the columns
  // Gives the series these optional columns too, unknown where they were not there.
  void widen(ColumnSet to);

  // Rows [first, last) of `from` to the end of this one; this one is widened when `from` has more
  // columns.
  void append(const BarSeries& from, std::size_t first, std::size_t last);
  void append(const BarSeries& from) { append(from, 0, from.size()); }
  [[nodiscard]] BarSeries slice(std::size_t first, std::size_t last) const;

  // Index of the first bar at or after t. Precondition: sorted.
  [[nodiscard]] std::size_t lower_bound(Instant t) const;

  // The same value in every column both have; bit for bit, unknown equal to unknown.
  [[nodiscard]] static bool same_row(const BarSeries& a, std::size_t i, const BarSeries& b,
                                     std::size_t j);
};

// Equal columns, rows and values, bit for bit.
[[nodiscard]] bool identical(const BarSeries& a, const BarSeries& b);

}  // namespace chandler
