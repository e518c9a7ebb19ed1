// Bars as CSV and as JSON text, piece by piece.
#pragma once

#include <string>
#include <vector>

#include "chandler/bar_series.h"

namespace chandler::cli {

// How many rows to print into one piece: some 300 kB.
inline constexpr std::size_t kRowsPerPiece = 4096;

// The columns in the order given; all of them in the cache's own text. Values are the shortest text
// that reads back to the same double.
class BarText {
 public:
  explicit BarText(std::vector<Column> columns);

  [[nodiscard]] std::string csv_header() const;  // with its line feed
  void append_csv(const BarSeries& bars, std::size_t first, std::size_t last, std::string& text);
  // {"timestamp": ..., ...} separated by commas; an unknown value is null.
  void append_json(const BarSeries& bars, std::size_t first, std::size_t last, std::string& text);

 private:
  void append_value(double value, std::size_t column, const char* unknown, std::string& text);

  std::vector<Column> columns_;
  std::vector<int> decimals_;  // a guess for each column, carried from row to row
};

// Those of the series, in the order of the cache's files.
[[nodiscard]] std::vector<Column> columns_of(const BarSeries& bars);

}  // namespace chandler::cli
