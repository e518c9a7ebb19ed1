// Bringing the bars of a batch into order, one for each timestamp. Not part of the public face.
#pragma once

#include <cstddef>
#include <vector>

#include "chandler/quality.h"

namespace chandler::quality {

// Leaves in `batch` the rows of `kept` (ascending indices) sorted by time, the last delivered of
// those that share a timestamp. Adds what it mended to the report: findings unsorted, conflicts in
// time order.
void mend_order(BarSeries& batch, std::vector<std::size_t> kept, ValidationReport& report);

}  // namespace chandler::quality
