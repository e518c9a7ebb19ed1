// Rows of the data files: the first line is the header, the rest are rows. Held against a reader
// that is as plain as can be.
#include "store/csv_rows.h"

#include <algorithm>
#include <charconv>
#include <cstring>
#include <optional>
#include <vector>

#include "fuzz/pieces.h"

namespace {

using namespace chandler;
using fuzz::require;

std::vector<std::string_view> split(std::string_view text, char at) {
  std::vector<std::string_view> parts;
  for (;;) {
    const std::size_t end = text.find(at);
    parts.push_back(text.substr(0, end));
    if (end == std::string_view::npos) return parts;
    text.remove_prefix(end + 1);
  }
}

std::optional<double> plain_number(std::string_view text) {
  double value = 0;
  const char* const end = text.data() + text.size();
  const std::string_view digits = text.substr(text.starts_with('-') ? 1 : 0);
  if (digits.empty() || (digits[0] != '.' && (digits[0] < '0' || digits[0] > '9'))) return {};
  const auto [rest, failed] = std::from_chars(text.data(), end, value);
  if (failed != std::errc{} || rest != end) return {};
  return value;
}

// Nothing when a row breaks the rules.
std::optional<BarSeries> plain_rows(std::string_view text, ColumnSet columns) {
  BarSeries bars;
  bars.columns = columns;
  auto lines = split(text, '\n');
  if (!lines.back().empty()) return {};  // the last line has its line feed
  lines.pop_back();
  for (const std::string_view line : lines) {
    const auto fields = split(line, ',');
    const auto t = parse_exact(fields[0]);
    if (!t || fields[0][10] != ' ') return {};
    if (!bars.empty() && *t <= bars.timestamp.back()) return {};
    bars.timestamp.push_back(*t);
    std::size_t next = 1;
    for (const Column c : kAllColumns) {
      if (!columns.has(c)) continue;
      if (next == fields.size()) return {};
      const std::string_view field = fields[next++];
      const bool required = static_cast<std::size_t>(c) < kRequiredColumns;
      const auto value = field.empty() && !required ? std::optional(kUnknown) : plain_number(field);
      if (!value) return {};
      bars.column(c).push_back(*value);
    }
    if (next != fields.size()) return {};
  }
  return bars;
}

// Far beyond the numbers of markets the standard library reports ranges in ways of its own.
bool has_extreme_number(std::string_view text) {
  if (text.find_first_of("eE") != std::string_view::npos) return true;
  std::size_t digits = 0;
  for (const char c : text) {
    digits = c == ',' || c == '\n' ? 0 : digits + 1;
    if (digits > 300) return true;
  }
  return false;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  fuzz::Pieces pieces(data, size);
  const auto columns = store::parse_header(pieces.line());
  if (!columns) return 0;
  const std::string_view text = pieces.rest();
  const auto rows = static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n'));
  BarSeries bars;
  bars.columns = *columns;
  bars.resize(rows);

  const auto mistake = store::parse_rows(text, *columns, rows, store::RowTarget::into(bars, 0));

  if (mistake) require(mistake->line <= rows && !mistake->what.empty());
  if (!has_extreme_number(text)) {
    const auto expected = plain_rows(text, *columns);
    require(expected.has_value() == !mistake.has_value());
    if (expected) require(identical(*expected, bars));
  }
  if (mistake || bars.empty()) return 0;

  std::string printed;
  store::RowPrinter(*columns).append(bars, 0, rows, printed);
  BarSeries again;
  again.columns = *columns;
  again.resize(rows);
  require(!store::parse_rows(printed, *columns, rows, store::RowTarget::into(again, 0)));
  std::string twice;
  store::RowPrinter(*columns).append(again, 0, rows, twice);
  require(twice == printed);
  return 0;
}
