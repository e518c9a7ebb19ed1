// Pages of a shared object, checked: nothing of them is believed but that the pointers are good for
// as many rows as the page says.
#pragma once

#include <optional>

#include "chandler/bar_series.h"
#include "chandler/provider_plugin.h"
#include "chandler/result.h"

namespace chandler::plugin {

class PageReader {
 public:
  // `offered`: the columns the plugin said its bars may have.
  PageReader(ColumnSet offered, TimeRange range) : offered_(offered), range_(range) {}

  // The error is of kind data and names the row.
  [[nodiscard]] Result<BarSeries> read(const chandler_page& page);

 private:
  [[nodiscard]] Result<void> check_columns(const chandler_page& page) const;

  ColumnSet offered_;
  TimeRange range_;
  std::optional<Instant> last_;
};

}  // namespace chandler::plugin
