// Rows as the text of the data files:
//
//   timestamp,open,high,low,close,volume[,adj_close][,vwap][,trade_count][,turnover]\n
//   2024-01-01 00:00:00,42283.58,42298.62,42261.02,42298.61,35.92724\n
//
// LF line ends, no quotes; an unknown optional value is empty.
#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "chandler/bar_series.h"
#include "chandler/result.h"

namespace chandler::store {

[[nodiscard]] std::string header_line(ColumnSet columns);  // with its line feed
// The columns a header line (without its line feed) names; in the order of the format, else
// nothing.
[[nodiscard]] std::optional<ColumnSet> parse_header(std::string_view line);

// Prints rows. Keeps a guess of each column's decimals, so one writer per series is faster than one
// per row.
class RowPrinter {
 public:
  explicit RowPrinter(ColumnSet columns) : columns_(columns) {}
  void append(const BarSeries& bars, std::size_t first, std::size_t last, std::string& text);

 private:
  ColumnSet columns_;
  std::array<int, kColumnCount> decimals_{2, 2, 2, 2, 2, 2, 2, 0, 2};
};

// Where parsed rows go: arrays of the caller, or nullptr for a column to skip.
struct RowTarget {
  Instant* timestamp = nullptr;
  std::array<double*, kColumnCount> values{};

  // Rows [at, ...) of the series.
  static RowTarget into(BarSeries& bars, std::size_t at);
};

// Lines of a text, and how many stand before and after them.
struct Lines {
  std::string_view text;
  std::size_t before = 0;
  std::size_t count = 0;
  std::size_t after = 0;
};
// Those of the range, found by their timestamps; the other values are not looked at.
[[nodiscard]] Lines lines_within(std::string_view text, TimeRange range);

struct RowMistake {
  std::size_t line = 0;  // counted from 0 within the text
  std::string what;
};

// Reads exactly `rows` lines that fill the text. Timestamps must increase strictly. Nothing on
// success; then `canonical`, where it is asked for, says whether RowPrinter would print the same.
[[nodiscard]] std::optional<RowMistake> parse_rows(std::string_view text, ColumnSet columns,
                                                   std::size_t rows, const RowTarget& target,
                                                   bool* canonical = nullptr);

}  // namespace chandler::store
