#include "store/row_rules.h"

#include <algorithm>

namespace chandler::store {

std::optional<RowMistake> first_bad_row(const BarSeries& bars) {
  for (std::size_t i = 0; i < bars.size(); ++i) {
    const double high = bars.high[i];
    const double low = bars.low[i];
    const char* what = nullptr;
    if (!(bars.open[i] > 0 && high > 0 && low > 0 && bars.close[i] > 0)) {
      what = "a price is not positive";
    } else if (!(bars.volume[i] >= 0)) {
      what = "the volume is negative";
    } else if (high < std::max(bars.open[i], bars.close[i])) {
      what = "high is below open or close";
    } else if (low > std::min(bars.open[i], bars.close[i])) {
      what = "low is above open or close";
    }
    if (what != nullptr) return RowMistake{i, what};
  }
  return {};
}

}  // namespace chandler::store
