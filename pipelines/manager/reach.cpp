#include "manager/reach.h"

#include <algorithm>
#include <chrono>

#include "store/history.h"

namespace chandler {
namespace {

constexpr Instant kDawn{};                         // nothing is expected before 1970
constexpr std::int64_t kMostBars = 1'000'000'000;  // no market is that old
constexpr seconds kAtLeastBack = std::chrono::hours{24 * 30};

}  // namespace

TimeRange whole_bars(const Calendar& calendar, Timeframe tf, TimeRange range) {
  if (range.empty()) return {range.from, range.from};
  if (calendar.kind() == CalendarKind::none) {
    const Instant floor = utc_floor(tf, range.from);
    if (floor < range.from) range.from = utc_next(tf, floor);
    const Instant last = utc_floor(tf, range.to - seconds{1});
    return {range.from, last < range.from ? range.from : utc_next(tf, last)};
  }
  const auto runs = calendar.expected(tf, range);
  if (runs.empty()) return {range.from, range.from};
  const SlotRun& last = runs.back();
  return {runs.front().first, calendar.bar_end(tf, last.first + (last.count - 1) * last.step)};
}

Instant over_by(const Calendar& calendar, Timeframe tf, Instant t) {
  const Instant end = store::closed_by(calendar, tf, t, t);
  // A stock's day is labelled hours before its session opens.
  for (const SlotRun& run : calendar.expected(tf, {t - 2 * nominal_length(tf), t})) {
    for (std::int64_t i = 0; i < run.count; ++i) {
      const Instant slot = run.first + i * run.step;
      if (calendar.bar_end(tf, slot) > t) return std::min(slot, end);
    }
  }
  return end;
}

Instant slots_back(const Calendar& calendar, Timeframe tf, Instant end, std::int64_t n) {
  n = std::clamp<std::int64_t>(n, 0, kMostBars);
  const auto back = [end](seconds span) { return std::max(kDawn, end - span); };
  seconds span = n * nominal_length(tf);
  if (calendar.kind() == CalendarKind::none) return back(span);
  while (back(span) > kDawn && calendar.count_expected(tf, {back(span), end}) < n) span *= 2;
  const auto runs = calendar.expected(tf, {back(span), end});
  std::int64_t surplus = -n;
  for (const SlotRun& run : runs) surplus += run.count;
  if (surplus < 0) return back(span);
  for (const SlotRun& run : runs) {
    if (surplus < run.count) return run.first + surplus * run.step;
    surplus -= run.count;
  }
  return end;
}

Reach::Reach(const Calendar& calendar, Timeframe tf, std::size_t bars, Instant end)
    : calendar_(calendar),
      timeframe_(tf),
      bars_(static_cast<std::int64_t>(std::min<std::size_t>(bars, kMostBars))),
      slots_(bars_),
      range_{slots_back(calendar, tf, end, bars_), end} {
  const seconds distance = range_.to - range_.from;
  floor_ = std::max(kDawn, range_.from - std::max(2 * distance, kAtLeastBack));
}

bool Reach::extend(std::size_t have) {
  const std::int64_t lacking = bars_ - static_cast<std::int64_t>(have);
  if (lacking <= 0 || range_.from <= floor_) return false;
  added_ = std::max(2 * lacking, 4 * added_);
  slots_ += added_;
  const Instant further = slots_back(calendar_, timeframe_, range_.to, slots_);
  range_.from = std::max(floor_, std::min(further, range_.from - nominal_length(timeframe_)));
  return true;
}

}  // namespace chandler
