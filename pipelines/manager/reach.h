// How far back a number of bars lies.
#pragma once

#include <cstddef>
#include <cstdint>

#include "chandler/calendar.h"
#include "chandler/time.h"
#include "chandler/timeframe.h"

namespace chandler {

// The same expected bars, but from the border of the first to the end of the last: a finer frame
// asked for instead then brings whole bars. Empty when none is expected.
[[nodiscard]] TimeRange whole_bars(const Calendar& calendar, Timeframe tf, TimeRange range);

// `t`, or the open time of a bar before it that is not over by then.
[[nodiscard]] Instant over_by(const Calendar& calendar, Timeframe tf, Instant t);

// The open time of the n-th last bar expected before `end`; 1970 when there are fewer. Where nobody
// expects anything, n bars without a break.
[[nodiscard]] Instant slots_back(const Calendar& calendar, Timeframe tf, Instant end,
                                 std::int64_t n);

// The range in which to look for the last `bars` before an end.
//
//   Reach reach{calendar, tf, 200, end};
//   while (reach.extend(bars_in(reach.range()))) {}
class Reach {
 public:
  // `end`: as over_by() gives it.
  Reach(const Calendar& calendar, Timeframe tf, std::size_t bars, Instant end);

  [[nodiscard]] TimeRange range() const { return range_; }
  // There are `have` bars in the range: looks further back when that is too few. False: enough, or
  // far enough.
  [[nodiscard]] bool extend(std::size_t have);

 private:
  Calendar calendar_;
  Timeframe timeframe_;
  std::int64_t bars_;
  std::int64_t slots_;      // expected bars in the range
  std::int64_t added_ = 0;  // the last time
  Instant floor_;           // no further back than that
  TimeRange range_;
};

}  // namespace chandler
