#include "store/csv_rows.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <optional>

#include "store/common_rows.h"
#include "store/number_text.h"

namespace chandler::store {
namespace {

void two_digits(char* out, std::int64_t v) {
  out[0] = static_cast<char>('0' + v / 10);
  out[1] = static_cast<char>('0' + v % 10);
}

// Reads a value at p, up to a separator; nullptr when there is none. `canonical` is cleared when it
// is not written as it would be printed.
const char* read_value(const char* p, const char* end, double& value, bool* canonical) {
  const char* const behind = parse_number(p, end, value);
  if (behind != nullptr && canonical != nullptr && *canonical)
    *canonical = is_printed(value, {p, static_cast<std::size_t>(behind - p)});
  return behind;
}

// Any row, value by value.
std::optional<RowMistake> read_row(RowCursor& cursor, const char* end, TimestampReader& timestamps,
                                   const RowColumns& columns, bool* canonical) {
  const std::size_t row = cursor.row;
  const char* p = cursor.at;
  Instant t;
  if (end - p < static_cast<std::ptrdiff_t>(kTimestampText) || !timestamps.read(p, t))
    return RowMistake{row, "no timestamp of the form YYYY-MM-DD HH:MM:SS"};
  columns.timestamp[row] = t;
  if (t <= cursor.previous) return RowMistake{row, "the timestamp does not increase"};
  p += kTimestampText;
  for (std::size_t c = 0; c < columns.count; ++c) {
    if (p == end || *p != ',') return RowMistake{row, "too few columns"};
    ++p;
    double value = kUnknown;
    const bool empty = p == end || *p == ',' || *p == '\n';
    if (empty && columns.required[c]) return RowMistake{row, "a value is missing"};
    if (!empty) {
      p = read_value(p, end, value, canonical);
      if (p == nullptr) return RowMistake{row, "a value is not a number"};
    }
    if (columns.values[c] != nullptr) columns.values[c][row] = value;
  }
  if (p == end || *p != '\n') return RowMistake{row, "the line does not end where it should"};
  cursor.at = p + 1;
  cursor.previous = t;
  ++cursor.row;
  return {};
}

// std::count, of which compilers make many characters at once where the sum is as short as they are.
std::size_t count_feeds(std::string_view text) {
  constexpr std::size_t kMost = 255;  // that fit the sum
  std::size_t count = 0;
  while (!text.empty()) {
    const std::string_view part = text.substr(0, kMost);
    std::uint8_t feeds = 0;
    for (const char c : part) feeds = static_cast<std::uint8_t>(feeds + (c == '\n' ? 1 : 0));
    count += feeds;
    text.remove_prefix(part.size());
  }
  return count;
}

// Where the first line begins whose time is not before t.
std::size_t first_line_at(std::string_view text, Instant t) {
  const std::string time = format_instant(t);
  std::size_t low = 0;  // every line before is earlier
  std::size_t high = text.size();
  while (low < high) {
    const std::string_view left = text.substr(low, (high - low) / 2);
    const std::size_t feed = left.rfind('\n');
    const std::size_t begin = feed == std::string_view::npos ? low : low + feed + 1;
    if (text.substr(begin, kTimestampText) < time) {
      low = std::min(text.find('\n', begin), text.size() - 1) + 1;
    } else {
      high = begin;
    }
  }
  return low;
}

}  // namespace

std::string header_line(ColumnSet columns) {
  std::string line = "timestamp";
  for (const Column c : kAllColumns) {
    if (columns.has(c)) line.append(",").append(to_string(c));
  }
  return line + "\n";
}

std::optional<ColumnSet> parse_header(std::string_view line) {
  ColumnSet columns;
  std::size_t from = 0;
  while (from <= line.size()) {
    const std::size_t to = std::min(line.find(',', from), line.size());
    if (const auto c = parse_column(line.substr(from, to - from))) columns.add(*c);
    from = to + 1;
  }
  if (header_line(columns) != std::string(line) + "\n") return {};
  return columns;
}

void RowPrinter::append(const BarSeries& bars, std::size_t first, std::size_t last,
                        std::string& text) {
  constexpr std::size_t kMostOfRow = kTimestampText + kColumnCount * (kMaxNumberText + 1) + 1;
  std::array<char, 16 * kMostOfRow> rows;  // some rows at once
  char* p = rows.data();
  std::array<char, kTimestampText> midnight{};
  Instant day = Instant::min();
  for (std::size_t i = first; i < last; ++i) {
    const Instant t = bars.timestamp[i];
    if (t < day || t >= day + seconds{86400} || day == Instant::min()) {
      day = day_start(t);
      std::memcpy(midnight.data(), format_instant(day).data(), kTimestampText);
    }
    const std::int64_t s = (t - day).count();
    std::memcpy(p, midnight.data(), kTimestampText);
    two_digits(p + 11, s / 3600);
    two_digits(p + 14, s / 60 % 60);
    two_digits(p + 17, s % 60);
    p += kTimestampText;
    for (const Column c : kAllColumns) {
      if (!columns_.has(c)) continue;
      *p++ = ',';
      const double v = bars.columns.has(c) ? bars.column(c)[i] : kUnknown;
      if (!std::isnan(v)) p = print_number(p, v, decimals_[static_cast<std::size_t>(c)]);
    }
    *p++ = '\n';
    if (i + 1 == last || rows.end() - p < static_cast<std::ptrdiff_t>(kMostOfRow)) {
      text.append(rows.data(), static_cast<std::size_t>(p - rows.data()));
      p = rows.data();
    }
  }
}

RowTarget RowTarget::into(BarSeries& bars, std::size_t at) {
  RowTarget target;
  target.timestamp = bars.timestamp.data() + at;
  for (const Column c : kAllColumns) {
    if (bars.columns.has(c))
      target.values[static_cast<std::size_t>(c)] = bars.column(c).data() + at;
  }
  return target;
}

Lines lines_within(std::string_view text, TimeRange range) {
  const std::size_t from = first_line_at(text, range.from);
  const std::size_t to = std::max(from, first_line_at(text, range.to));
  const auto count = [&](std::size_t first, std::size_t last) {
    return count_feeds(text.substr(first, last - first));
  };
  return {text.substr(from, to - from), count(0, from), count(from, to), count(to, text.size())};
}

std::optional<RowMistake> parse_rows(std::string_view text, ColumnSet columns, std::size_t rows,
                                     const RowTarget& target, bool* canonical) {
  RowColumns into{.timestamp = target.timestamp};
  for (const Column c : kAllColumns) {
    if (!columns.has(c)) continue;
    into.values[into.count] = target.values[static_cast<std::size_t>(c)];
    into.required[into.count++] = static_cast<std::size_t>(c) < kRequiredColumns;
  }

  TimestampReader timestamps;
  RowCursor cursor{.at = text.data()};
  const char* const end = text.data() + text.size();
  if (canonical != nullptr) *canonical = true;
  while (cursor.row < rows) {
    if (auto mistake = read_row(cursor, end, timestamps, into, canonical)) return mistake;
    read_common_rows(cursor, end, rows, timestamps, into, canonical != nullptr);
  }
  if (cursor.at != end) return RowMistake{rows, "more lines than the block says"};
  if (canonical != nullptr) *canonical = *canonical && cursor.canonical;
  return {};
}

}  // namespace chandler::store
