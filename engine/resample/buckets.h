// Which rows of a fine series make which coarse bar.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "chandler/calendar.h"
#include "chandler/time.h"
#include "chandler/timeframe.h"

namespace chandler::resample {

struct Link {
  Timeframe fine;
  Timeframe coarse;
  Calendar calendar;
};

struct Buckets {
  std::vector<Instant> label;
  std::vector<std::size_t>
      border;  // bucket i has the rows border[i] to border[i + 1]; one more than labels
  std::vector<Instant> incomplete;  // labels; sorted

  [[nodiscard]] std::size_t size() const { return label.size(); }
};

// Buckets that have rows, and end by `now`. Looks at two or three timestamps of a bucket that is
// full, at every one of another. Precondition: the rows are sorted, unique, on the grid; those
// outside the sessions of stocks are taken out.
[[nodiscard]] Buckets cut(std::span<const Instant> rows, std::span<const Instant> rows_incomplete,
                          const Link& link, Instant now);

}  // namespace chandler::resample
