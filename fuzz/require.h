// What must hold of whatever a parser makes of whatever bytes.
#pragma once

#include <cmath>
#include <cstddef>
#include <cstdlib>
#include <string_view>

#include "chandler/bar_series.h"
#include "chandler/result.h"
#include "time/utf8.h"

namespace chandler::fuzz {

inline void require(bool holds) {
  if (!holds) std::abort();
}

inline std::string_view text_of(const unsigned char* data, std::size_t size) {
  return {reinterpret_cast<const char*>(data), size};
}

// All columns have as many rows as there are times.
inline void require_even(const BarSeries& bars) {
  for (const Column c : kAllColumns) {
    require(bars.column(c).size() == (bars.columns.has(c) ? bars.size() : 0));
  }
}

// All numbers that a bar must have are there, too: those of a source may be NaN until they are
// validated.
inline void require_whole(const BarSeries& bars) {
  require_even(bars);
  for (std::size_t i = 0; i < kRequiredColumns; ++i) {
    for (const double value : bars.column(kAllColumns[i])) require(std::isfinite(value));
  }
}

// Fit to be shown on a terminal: UTF-8 in which nothing moves the cursor or ends the line.
inline void require_shown(std::string_view text) {
  while (!text.empty()) {
    const CodePoint point = first_code_point(text);
    require(point.bytes != 0 && !is_control(point.value));
    text.remove_prefix(point.bytes);
  }
}

}  // namespace chandler::fuzz
