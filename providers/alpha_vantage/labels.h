// Whether an answer's labels are the starts or the ends of its bars.
//
// Answers since 2024 carry the start: an extended day of 5 minutes ends with 19:55. Those of 2020
// carry the end: it ends with 20:00, and begins with 04:05. So each answer has to tell by itself:
//   the session alone   09:30 is only a start, 16:00 only an end (of hours: 09:00)
//   with extended hours 04:00 is only a start, 20:00 only an end; where neither stands, the opening
//                       auction does: the volume of the session's first bar stands out
// An answer that tells both, or neither, is refused.
#pragma once

#include <optional>

#include "chandler/bar_series.h"
#include "chandler/timeframe.h"

namespace chandler::alpha_vantage {

enum class Labels { start, end };

// `rows` with the wall's times, in any order. Nothing: it cannot be told.
[[nodiscard]] std::optional<Labels> labels_of(const BarSeries& rows, Timeframe timeframe);

}  // namespace chandler::alpha_vantage
