#include "bar_text.h"

#include <array>

#include "store/number_text.h"

namespace chandler::cli {

BarText::BarText(std::vector<Column> columns)
    : columns_(std::move(columns)), decimals_(columns_.size(), 2) {}

std::string BarText::csv_header() const {
  std::string line = "timestamp";
  for (const Column column : columns_) {
    line += ',';
    line += to_string(column);
  }
  return line + "\n";
}

void BarText::append_value(double value, std::size_t column, const char* unknown,
                           std::string& text) {
  if (value != value) {  // NaN
    text += unknown;
    return;
  }
  std::array<char, store::kMaxNumberText> digits{};
  const char* end = store::print_number(digits.data(), value, decimals_[column]);
  text.append(digits.data(), static_cast<std::size_t>(end - digits.data()));
}

void BarText::append_csv(const BarSeries& bars, std::size_t first, std::size_t last,
                         std::string& text) {
  for (std::size_t row = first; row < last; ++row) {
    text += format_instant(bars.timestamp[row]);
    for (std::size_t i = 0; i < columns_.size(); ++i) {
      text += ',';
      append_value(bars.column(columns_[i])[row], i, "", text);
    }
    text += '\n';
  }
}

void BarText::append_json(const BarSeries& bars, std::size_t first, std::size_t last,
                          std::string& text) {
  for (std::size_t row = first; row < last; ++row) {
    text += row == 0 ? "{\"timestamp\":\"" : ",{\"timestamp\":\"";
    text += format_iso(bars.timestamp[row]);
    text += '"';
    for (std::size_t i = 0; i < columns_.size(); ++i) {
      text += ",\"";
      text += to_string(columns_[i]);
      text += "\":";
      append_value(bars.column(columns_[i])[row], i, "null", text);
    }
    text += '}';
  }
}

std::vector<Column> columns_of(const BarSeries& bars) {
  std::vector<Column> columns;
  for (const Column column : kAllColumns) {
    if (bars.columns.has(column)) columns.push_back(column);
  }
  return columns;
}

}  // namespace chandler::cli
