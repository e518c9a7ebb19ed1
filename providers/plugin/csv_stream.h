// The CSV a plugin prints, read strictly and as it comes:
//
//   timestamp,open,high,low,close,volume[,adj_close][,vwap][,trade_count][,turnover]
//   2024-01-01 00:00:00,42283.58,42298.62,42261.02,42298.61,35.92724
//
// Open times in UTC, oldest first, each once, within the range asked for. An unknown optional value
// is empty. Lines end with LF (CR LF is taken, too), the last one as well: text without it was cut
// off. An empty answer is the header alone.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "chandler/bar_series.h"
#include "chandler/result.h"

namespace chandler::plugin {

class CsvStream {
 public:
  // Takes out of a text what must not be shown.
  using Scrub = std::function<std::string(std::string)>;

  // `offered`: the columns the plugin said its bars may have.
  CsvStream(ColumnSet offered, TimeRange range, Scrub scrub = {})
      : offered_(offered), range_(range), scrub_(std::move(scrub)) {}

  // Text cut anywhere. The error is of kind data and names the line; after it nothing more is
  // taken.
  [[nodiscard]] Result<void> feed(std::string_view text);
  // No more text comes.
  [[nodiscard]] Result<void> finish() const;

  [[nodiscard]] std::size_t rows() const { return bars_.size(); }  // that take() would give
  [[nodiscard]] BarSeries take();

 private:
  [[nodiscard]] Result<void> line(std::string_view text);
  [[nodiscard]] Result<void> header(std::string_view text);
  [[nodiscard]] Result<void> row(std::string_view text);
  [[nodiscard]] Error mistake(const std::string& what, std::string_view text,
                              const std::string& hint = "") const;

  ColumnSet offered_;
  TimeRange range_;
  Scrub scrub_;
  std::vector<Column> columns_;  // after timestamp; empty: the header has not come yet
  std::uint64_t lines_ = 0;      // begun
  std::string rest_;             // the begin of a line
  std::optional<Instant> last_;
  BarSeries bars_;
};

}  // namespace chandler::plugin
