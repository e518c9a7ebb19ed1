// How much of what is expected is there, day by day or month by month, without reading the bars:
// what the calendar expects, less what the metadata lists as gaps.
#pragma once

#include <cstdint>
#include <vector>

#include "chandler/cache.h"
#include "chandler/calendar.h"

namespace chandler::html {

struct CoverageCell {
  TimeRange range{};
  std::int64_t expected = 0;   // 0: closed, or outside the series
  std::int64_t open = 0;       // missing, and asked for again by the next run
  std::int64_t confirmed = 0;  // missing, and found to be so at the source
  bool inside = false;         // overlaps the series
  [[nodiscard]] std::int64_t present() const { return expected - open - confirmed; }
};

// Whole years, from the first to the last that the series touches.
struct CoverageMap {
  bool by_day = true;        // else by month
  bool expectations = true;  // the calendar knows what to expect; else cells count what is there
  int first_year = 1970;
  TimeRange span{};                   // the series, and gaps at its ends
  std::vector<CoverageCell> cells{};  // in the order of time; empty when there are no bars
};

struct CoverageRequest {
  const SeriesStatus& status;
  const std::vector<Gap>& gaps;
  Calendar calendar;
  // The bars that are there, or the most recent of them; looked at only where the calendar expects
  // nothing.
  const std::vector<Instant>& held;
};

[[nodiscard]] CoverageMap map_coverage(const CoverageRequest& request);

}  // namespace chandler::html
