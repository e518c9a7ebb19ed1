// The values of coarse bars from the rows of their buckets.
#pragma once

#include "chandler/bar_series.h"
#include "resample/buckets.h"

namespace chandler::resample {

// One bar a bucket, in all columns the rows have. Sums run in time order. Takes the labels out of
// `buckets`.
[[nodiscard]] BarSeries aggregate(const BarSeries& rows, Buckets& buckets);

}  // namespace chandler::resample
