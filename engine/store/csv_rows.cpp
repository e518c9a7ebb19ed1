#include "store/csv_rows.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <optional>

#include "store/number_text.h"

namespace chandler::store {
namespace {

constexpr std::size_t kTimestampText = 19;  // YYYY-MM-DD HH:MM:SS

void two_digits(char* out, std::int64_t v) {
  out[0] = static_cast<char>('0' + v / 10);
  out[1] = static_cast<char>('0' + v % 10);
}

int two_digits(const char* p) {
  const unsigned a = static_cast<unsigned>(p[0] - '0');
  const unsigned b = static_cast<unsigned>(p[1] - '0');
  return a < 10 && b < 10 ? static_cast<int>(a * 10 + b) : -1;
}

// Timestamps of one day share their first eleven bytes: only the time of day is read anew.
class TimestampReader {
 public:
  // False when the 19 bytes are no timestamp.
  bool read(const char* p, Instant& t) {
    if (std::memcmp(p, date_.data(), date_.size()) != 0) {
      const auto whole = parse_exact(std::string_view(p, kTimestampText));
      if (!whole || p[10] != ' ') return false;
      std::memcpy(date_.data(), p, date_.size());
      day_ = day_start(*whole);
      t = *whole;
      return true;
    }
    const int h = two_digits(p + 11);
    const int m = two_digits(p + 14);
    const int s = two_digits(p + 17);
    if (h < 0 || h > 23 || m < 0 || m > 59 || s < 0 || s > 59 || p[13] != ':' || p[16] != ':')
      return false;
    t = day_ + seconds{h * 3600 + m * 60 + s};
    return true;
  }

 private:
  std::array<char, 11> date_{};  // "YYYY-MM-DD "
  Instant day_{};
};

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
  std::array<char, kTimestampText + kColumnCount*(kMaxNumberText + 1) + 1> row{};
  Instant day = Instant::min();
  for (std::size_t i = first; i < last; ++i) {
    const Instant t = bars.timestamp[i];
    if (t < day || t >= day + seconds{86400} || day == Instant::min()) {
      day = day_start(t);
      std::memcpy(row.data(), format_instant(day).data(), kTimestampText);
    }
    const std::int64_t s = (t - day).count();
    two_digits(row.data() + 11, s / 3600);
    two_digits(row.data() + 14, s / 60 % 60);
    two_digits(row.data() + 17, s % 60);
    char* p = row.data() + kTimestampText;
    for (const Column c : kAllColumns) {
      if (!columns_.has(c)) continue;
      *p++ = ',';
      const double v = bars.columns.has(c) ? bars.column(c)[i] : kUnknown;
      if (!std::isnan(v)) p = print_number(p, v, decimals_[static_cast<std::size_t>(c)]);
    }
    *p++ = '\n';
    text.append(row.data(), static_cast<std::size_t>(p - row.data()));
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

std::optional<RowMistake> parse_rows(std::string_view text, ColumnSet columns, std::size_t rows,
                                     const RowTarget& target) {
  std::array<double*, kColumnCount> values{};
  std::array<bool, kColumnCount> required{};
  std::size_t count = 0;
  for (const Column c : kAllColumns) {
    if (!columns.has(c)) continue;
    values[count] = target.values[static_cast<std::size_t>(c)];
    required[count++] = static_cast<std::size_t>(c) < kRequiredColumns;
  }

  TimestampReader timestamps;
  const char* p = text.data();
  const char* const end = p + text.size();
  Instant previous = Instant::min();
  for (std::size_t row = 0; row < rows; ++row) {
    if (end - p < static_cast<std::ptrdiff_t>(kTimestampText) ||
        !timestamps.read(p, target.timestamp[row])) {
      return RowMistake{row, "no timestamp of the form YYYY-MM-DD HH:MM:SS"};
    }
    if (target.timestamp[row] <= previous)
      return RowMistake{row, "the timestamp does not increase"};
    previous = target.timestamp[row];
    p += kTimestampText;
    for (std::size_t c = 0; c < count; ++c) {
      if (p == end || *p != ',') return RowMistake{row, "too few columns"};
      ++p;
      double value = kUnknown;
      const bool empty = p == end || *p == ',' || *p == '\n';
      if (empty && required[c]) return RowMistake{row, "a value is missing"};
      if (!empty) {
        p = parse_number(p, end, value);
        if (p == nullptr) return RowMistake{row, "a value is not a number"};
      }
      if (values[c] != nullptr) values[c][row] = value;
    }
    if (p == end || *p != '\n') return RowMistake{row, "the line does not end where it should"};
    ++p;
  }
  if (p != end) return RowMistake{rows, "more lines than the block says"};
  return {};
}

}  // namespace chandler::store
