// A source and the frames rolled up from it belong together; the most interesting come first.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "report/run_report.h"

namespace chandler::html {

using SeriesGroup = std::span<const SeriesReport>;  // of the report; never empty

// What went wrong, then what has new bars, then what was noted, then the rest; otherwise in the
// order of the report.
[[nodiscard]] std::vector<SeriesGroup> groups_by_interest(std::span<const SeriesReport> series);

// What the page's heading says.
struct Totals {
  std::uint64_t series = 0, failed = 0, partial = 0, grown = 0;
  std::uint64_t new_bars = 0, rejected = 0, gaps = 0;
  StepTimes times{};
};
[[nodiscard]] Totals totals_of(std::span<const SeriesReport> series);

[[nodiscard]] std::chrono::microseconds time_of(const StepTimes& times);

}  // namespace chandler::html
