// Whether what a source says now is on the scale of what is kept. A source that takes splits out of
// its prices changes all of its past with each split: what it brings afterwards does not go together
// with what it brought before.
#pragma once

#include <optional>
#include <vector>

#include "chandler/bar_series.h"
#include "chandler/provider.h"

namespace chandler {

// What the prices of `kept` are to be multiplied by to become those of `now`, by the bars of the same
// times: the factor of three quarters of them, else 1 (a price that was mended, a row that is wrong).
// Nothing: no time is in both. Precondition: `kept` in order.
[[nodiscard]] std::optional<double> scale_between(const BarSeries& kept, const BarSeries& now);

// The two factors come to the same.
[[nodiscard]] bool same_scale(double a, double b);

// The split that changes prices by this factor; nothing: none of these.
[[nodiscard]] std::optional<Split> split_behind(double scale, const std::vector<Split>& splits);

}  // namespace chandler
