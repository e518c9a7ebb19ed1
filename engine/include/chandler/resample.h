// Rolling fine bars up to coarse ones, along one chain whatever is asked for:
//
//   1m -> 3m     1m -> 5m -> 15m -> {30m, 1h}     1h -> {2h, 4h, 6h, 8h, 12h, 1d}     1d -> {3d, 1w, 1M}
//
// Frames on the way are computed even when nobody asked for them, so the sums are the same, bit for bit,
// whichever frames were asked for.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "chandler/bar_series.h"
#include "chandler/calendar.h"
#include "chandler/timeframe.h"

namespace chandler {

// The frame that `tf` is rolled up from; nothing for 1m.
[[nodiscard]] std::optional<Timeframe> chain_parent(Timeframe tf);
// The frames from `source` (exclusive) down to `target` (inclusive); nothing when `target` is not downstream of it.
[[nodiscard]] std::optional<std::vector<Timeframe>> chain_path(Timeframe source, Timeframe target);

// Bars that were rolled up from an incomplete bucket: expected fine bars were missing, or incomplete themselves.
struct RolledUp {
  BarSeries bars;
  std::vector<Instant> incomplete;  // labels, sorted
};

struct RollUpRequest {
  Timeframe source;
  Timeframe target;
  Calendar calendar;
  Instant now;          // buckets that end later are not written
};

// One link or several of the chain, in memory. `source_incomplete` are the labels of source bars that are known to be
// incomplete themselves. Bars outside the exchange's sessions take no part: coarse bars of stocks speak of regular sessions.
// Precondition: target is downstream of source; bars sorted and unique.
[[nodiscard]] RolledUp roll_up(const BarSeries& bars, std::span<const Instant> source_incomplete,
                               const RollUpRequest& request);

}  // namespace chandler
