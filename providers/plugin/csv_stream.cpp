#include "plugin/csv_stream.h"

#include <algorithm>
#include <array>
#include <limits>
#include <utility>

#include "store/number_text.h"

namespace chandler::plugin {
namespace {

constexpr std::size_t kLongestLine = 1024;
constexpr std::string_view kHeader = "timestamp,open,high,low,close,volume";

// One more than there can be, to see that there are too many.
constexpr std::size_t kMostFields = kColumnCount + 2;

struct Fields {
  std::array<std::string_view, kMostFields> text;
  std::size_t count = 0;
};

Fields split(std::string_view line) {
  Fields fields;
  while (fields.count < kMostFields) {
    const std::size_t comma = line.find(',');
    fields.text[fields.count++] = line.substr(0, comma);
    if (comma == std::string_view::npos) break;
    line.remove_prefix(comma + 1);
  }
  return fields;
}

}  // namespace

Error CsvStream::mistake(const std::string& what, std::string_view text,
                         const std::string& hint) const {
  std::string shown(text);
  if (scrub_) shown = scrub_(std::move(shown));
  return Error{ErrorKind::data,
               "line " + std::to_string(lines_) + " of its output: " + what + ": \"" +
                   printable(shown, 100) + "\"",
               "", hint};
}

Result<void> CsvStream::feed(std::string_view text) {
  while (!text.empty()) {
    if (rest_.empty()) ++lines_;
    const std::size_t end = text.find('\n');
    const std::string_view piece = text.substr(0, end);
    if (rest_.size() + piece.size() > kLongestLine)
      return mistake("it is longer than " + std::to_string(kLongestLine) + " bytes",
                     rest_ + std::string(piece.substr(0, 100)));
    if (end == std::string_view::npos) {
      rest_ += piece;
      return {};
    }
    text.remove_prefix(end + 1);
    if (rest_.empty()) {
      CHANDLER_CHECK(line(piece));
    } else {
      rest_ += piece;
      CHANDLER_CHECK(line(std::exchange(rest_, {})));
    }
  }
  return {};
}

Result<void> CsvStream::finish() const {
  if (!rest_.empty())
    return mistake("the last line has no line end, so it may be cut off", rest_,
                   "end every line with a line feed");
  if (columns_.empty())
    return Error{ErrorKind::data, "it printed nothing", "",
                 "where there are no bars, print the header alone: " + std::string(kHeader)};
  return {};
}

BarSeries CsvStream::take() {
  BarSeries none;
  none.columns = bars_.columns;
  return std::exchange(bars_, std::move(none));
}

Result<void> CsvStream::line(std::string_view text) {
  if (text.ends_with('\r')) text.remove_suffix(1);
  return columns_.empty() ? header(text) : row(text);
}

Result<void> CsvStream::header(std::string_view text) {
  const std::string hint = "the first line must be " + std::string(kHeader) +
                           ", then those of adj_close, vwap, trade_count, turnover that it has";
  const Fields fields = split(text);
  if (fields.text[0] != "timestamp") return mistake("this is not the header", text, hint);
  std::vector<Column> columns;
  for (std::size_t i = 1; i < fields.count; ++i) {
    const auto column = parse_column(fields.text[i]);
    // Strictly in the format's order, the required ones first and all of them.
    const bool fits = column && (i <= kRequiredColumns ? *column == kAllColumns[i - 1]
                                                       : columns.back() < *column);
    if (!fits) return mistake("this is not the header", text, hint);
    if (!offered_.has(*column))
      return mistake("the column " + std::string(to_string(*column)) +
                         " is not among those that `describe` names",
                     text, "add it to \"columns\" there");
    columns.push_back(*column);
    bars_.columns.add(*column);
  }
  if (columns.size() < kRequiredColumns) return mistake("this is not the header", text, hint);
  columns_ = std::move(columns);
  return {};
}

Result<void> CsvStream::row(std::string_view text) {
  const Fields fields = split(text);
  if (fields.count != columns_.size() + 1)
    return mistake(
        (fields.count == kMostFields ? std::string("too many") : std::to_string(fields.count)) +
            " fields where the header has " + std::to_string(columns_.size() + 1),
        text);
  const auto time = parse_exact(fields.text[0]);
  if (!time)
    return mistake("the time cannot be read", text, "write it like 2024-01-31 23:59:00, in UTC");
  if (!range_.contains(*time))
    return mistake("the time lies outside the range asked for, " + format_instant(range_.from) +
                       " to " + format_instant(range_.to) + " (exclusive)",
                   text);
  if (last_ && *time <= *last_)
    return mistake("the time is not after that of the line before", text,
                   "print bars oldest first, each once");
  std::array<double, kColumnCount> values{};
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    const std::string_view field = fields.text[i + 1];
    const bool required = columns_[i] < kAllColumns[kRequiredColumns];
    // What is no number is the validator's to name: in either case a value that is not finite.
    const double bad = required ? kUnknown : std::numeric_limits<double>::infinity();
    values[i] = field.empty() && !required ? kUnknown : store::parse_number(field).value_or(bad);
  }
  last_ = *time;
  bars_.timestamp.push_back(*time);
  for (std::size_t i = 0; i < columns_.size(); ++i) bars_.column(columns_[i]).push_back(values[i]);
  return {};
}

}  // namespace chandler::plugin
