#include "plugin/page_reader.h"

#include <array>
#include <string>

namespace chandler::plugin {
namespace {

std::array<const double*, kColumnCount> columns_of(const chandler_page& page) {
  return {page.open,      page.high, page.low,         page.close,   page.volume,
          page.adj_close, page.vwap, page.trade_count, page.turnover};
}

Error mistake(const std::string& what) {
  return Error{ErrorKind::data, what, "", "mend the plugin"};
}

}  // namespace

Result<void> PageReader::check_columns(const chandler_page& page) const {
  if (page.rows > CHANDLER_PAGE_ROWS)
    return mistake("its page of " + std::to_string(page.rows) + " rows is larger than " +
                   std::to_string(CHANDLER_PAGE_ROWS));
  if (page.rows == 0) return {};
  if (page.timestamp == nullptr) return mistake("its page has no timestamp");
  const auto columns = columns_of(page);
  for (std::size_t i = 0; i < kColumnCount; ++i) {
    const std::string name(to_string(kAllColumns[i]));
    if (i < kRequiredColumns && columns[i] == nullptr)
      return mistake("its page has no column " + name);
    if (columns[i] != nullptr && !offered_.has(kAllColumns[i]))
      return mistake("its page has the column " + name + ", which its description does not name");
  }
  return {};
}

Result<BarSeries> PageReader::read(const chandler_page& page) {
  CHANDLER_CHECK(check_columns(page));
  BarSeries bars;
  if (page.rows == 0) return bars;
  bars.timestamp.reserve(page.rows);
  for (std::size_t row = 0; row < page.rows; ++row) {
    const Instant time = from_epoch(page.timestamp[row]);
    const std::string where = "row " + std::to_string(row) + " of its page ";
    if (!range_.contains(time)) return mistake(where + "lies outside the range asked for");
    if (last_ && time <= *last_) return mistake(where + "is not after the row before");
    last_ = time;
    bars.timestamp.push_back(time);
  }
  const auto columns = columns_of(page);
  for (std::size_t i = 0; i < kColumnCount; ++i) {
    if (columns[i] == nullptr) continue;
    bars.columns.add(kAllColumns[i]);
    bars.column(kAllColumns[i]).assign(columns[i], columns[i] + page.rows);
  }
  return bars;
}

}  // namespace chandler::plugin
