// Rolling fine bars up to coarse ones, along one chain whatever is asked for:
//
//   1m -> 3m     1m -> 5m -> 15m -> {30m, 1h}     1h -> {2h, 4h, 6h, 8h, 12h, 1d}     1d -> {3d,
//   1w, 1M}
//
// Frames on the way are computed even when nobody asked for them, so the sums are the same, bit for
// bit, whichever frames were asked for.
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
// The frames from `source` (exclusive) down to `target` (inclusive); nothing when `target` is not
// downstream of it.
[[nodiscard]] std::optional<std::vector<Timeframe>> chain_path(Timeframe source, Timeframe target);

struct RolledUp {
  BarSeries bars;                   // the columns of the source
  std::vector<Instant> incomplete;  // labels of bars with expected fine bars missing, or incomplete
                                    // themselves; sorted
};

struct RollUpRequest {
  Timeframe source;
  Timeframe target;
  Calendar calendar;
  Instant now;  // bars that end later are not written
};

// One link or several of the chain, in memory. `source_incomplete` are the labels of source bars
// that are known to be incomplete themselves, sorted. Bars outside the exchange's sessions take no
// part: coarse bars of stocks speak of regular sessions. An unknown optional value is passed over;
// where none is known the coarse one is unknown, too.
//
// No bucket looks beyond its borders: rolling up the bars of some buckets (Calendar::bucket_range)
// gives the same bars, bit for bit, as rolling up all and taking those.
//
//   auto days = chandler::roll_up(minutes, {}, {chandler::Timeframe::m1, chandler::Timeframe::d1,
//   calendar, now});
//
// Precondition: target is downstream of source; bars valid, sorted, unique and on the calendar's
// grid.
[[nodiscard]] RolledUp roll_up(const BarSeries& bars, std::span<const Instant> source_incomplete,
                               const RollUpRequest& request);

struct RollUpAllRequest {
  Timeframe source;
  std::vector<Timeframe> targets;  // in any order
  Calendar calendar;
  Instant now;
};

// Several targets from one source, each link of the chain computed once; in the order of the
// targets.
[[nodiscard]] std::vector<RolledUp> roll_up_all(const BarSeries& bars,
                                                std::span<const Instant> source_incomplete,
                                                const RollUpAllRequest& request);

}  // namespace chandler
