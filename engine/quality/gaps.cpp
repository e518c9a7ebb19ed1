// Timestamps within a run of expected slots, sorted and on the grid, can only be its slots. So a
// stretch without a hole is known by its ends alone (the k-th bar lies k steps after the first),
// and holes are found by doubling and halving.
#include <algorithm>

#include "chandler/quality.h"

namespace chandler {
namespace {

using Times = std::span<const Instant>;

Times between(Times times, Instant from, Instant to) {
  const auto first = std::lower_bound(times.begin(), times.end(), from);
  const auto last = std::lower_bound(first, times.end(), to);
  return {first, last};
}

// How many of these follow each other at `step`, from the first on. Precondition: not empty,
// sorted, on one grid.
std::size_t unbroken(Times times, seconds step) {
  const auto whole = [&](std::size_t i) {
    return times[i] == times[0] + static_cast<std::int64_t>(i) * step;
  };
  std::size_t low = 0;  // the stretch holds this one
  std::size_t high = 1;
  while (high < times.size() && whole(high)) {
    low = high;
    high *= 2;
  }
  high = std::min(high, times.size());
  while (high - low > 1) {
    const std::size_t middle = low + (high - low) / 2;
    (whole(middle) ? low : high) = middle;
  }
  return low + 1;
}

// Joins what is missing at the end of one run and at the beginning of the next.
class Collector {
 public:
  explicit Collector(Coverage& coverage) : coverage_(coverage) {}

  void hit(std::int64_t bars) {
    coverage_.present += bars;
    within_gap_ = false;
  }
  void miss(Instant first, std::int64_t bars, seconds step) {
    if (bars == 0) return;
    const Instant last = first + (bars - 1) * step;
    coverage_.missing += bars;
    if (within_gap_) {
      coverage_.gaps.back().to = last;
      coverage_.gaps.back().bars += bars;
    } else {
      coverage_.gaps.push_back({first, last, bars});
    }
    within_gap_ = true;
  }

 private:
  Coverage& coverage_;
  bool within_gap_ = false;
};

void look_through(const SlotRun& run, Times times, Collector& collector) {
  Instant slot = run.first;
  const Instant end = run.first + run.count * run.step;
  while (!times.empty()) {
    const std::size_t bars = unbroken(times, run.step);
    collector.miss(slot, (times[0] - slot) / run.step, run.step);
    collector.hit(static_cast<std::int64_t>(bars));
    slot = times[bars - 1] + run.step;
    times = times.subspan(bars);
  }
  collector.miss(slot, (end - slot) / run.step, run.step);
}

Coverage gaps_within_days(Times times, Timeframe tf) {
  Coverage coverage;
  if (!is_intraday(tf)) return coverage;
  const seconds step = nominal_length(tf);
  while (!times.empty()) {
    const std::size_t bars = unbroken(times, step);
    const Instant last = times[bars - 1];
    times = times.subspan(bars);
    if (times.empty() || day_start(times[0]) != day_start(last)) continue;
    const std::int64_t missing = (times[0] - last) / step - 1;
    coverage.gaps.push_back({last + step, times[0] - step, missing});
    coverage.missing += missing;
  }
  return coverage;
}

}  // namespace

Coverage find_gaps(Times timestamps, const Calendar& calendar, Timeframe tf, TimeRange span) {
  Times times = between(timestamps, span.from, span.to);
  if (calendar.kind() == CalendarKind::none) return gaps_within_days(times, tf);
  Coverage coverage;
  Collector collector(coverage);
  for (const SlotRun& run : calendar.expected(tf, span)) {
    coverage.expected += run.count;
    // Up to the last slot, not the end of its bar: a month is shorter than the longest one.
    const Times within =
        between(times, run.first, run.first + (run.count - 1) * run.step + seconds{1});
    look_through(run, within, collector);
    times = {within.end(), times.end()};
  }
  return coverage;
}

}  // namespace chandler
