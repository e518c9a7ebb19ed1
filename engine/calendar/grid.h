// The grids that bars are labelled by, and the runs of slots that a calendar expects on them.
#pragma once

#include <algorithm>

#include "calendar/new_york.h"
#include "calendar/us_sessions.h"
#include "chandler/calendar.h"

namespace chandler::calendar {

[[nodiscard]] inline TimeRange horizon() {
  return {year_start(kFirstYear), year_start(kLastYear + 1)};
}

[[nodiscard]] inline std::int64_t divide_up(seconds a, seconds b) {
  return a <= seconds{0} ? -(-a / b) : (a - seconds{1}) / b + 1;
}

// The slots of all whole steps from `first` that begin before `end`.
[[nodiscard]] inline SlotRun run_until(Instant first, Instant end, seconds step) {
  return {first, step, std::max<std::int64_t>(0, divide_up(end - first, step))};
}

// The part of a run whose slots lie in the range.
[[nodiscard]] inline SlotRun clipped(const SlotRun& run, TimeRange range) {
  const auto index = [&run](Instant t) {
    return std::clamp<std::int64_t>(divide_up(t - run.first, run.step), 0, run.count);
  };
  const std::int64_t skipped = index(range.from);
  return {run.first + skipped * run.step, run.step,
          std::max<std::int64_t>(0, index(range.to) - skipped)};
}

// True where the slots of stocks are multiples of their length in UTC, too: New York is whole hours
// off.
[[nodiscard]] inline bool us_grid_is_utc(Timeframe tf) {
  return tf <= Timeframe::h1 || !is_intraday(tf);
}

// Intraday slots of stocks: multiples of their length since New York midnight; the day's last one
// may be cut short or drawn out where the clock is changed.
[[nodiscard]] inline Instant us_floor(Timeframe tf, Instant t) {
  if (us_grid_is_utc(tf)) return utc_floor(tf, t);
  const NewYork& clock = NewYork::clock();
  const Instant midnight = clock.midnight(clock.day_of(t));
  const seconds length = nominal_length(tf);
  return midnight + (t - midnight) / length * length;
}
[[nodiscard]] inline Instant us_next(Timeframe tf, Instant slot) {
  if (us_grid_is_utc(tf)) return utc_next(tf, slot);
  const NewYork& clock = NewYork::clock();
  return std::min(slot + nominal_length(tf), clock.midnight(clock.day_of(slot) + date::days{1}));
}

// Spot forex is open once a week: Sunday 17:00 to Friday 17:00 New York.
[[nodiscard]] inline TimeRange forex_week(LocalDay sunday) {
  const NewYork& clock = NewYork::clock();
  constexpr seconds kTurn = std::chrono::hours{17};
  return {clock.to_utc(sunday, kTurn), clock.to_utc(sunday + date::days{5}, kTurn)};
}
[[nodiscard]] inline LocalDay sunday_before(LocalDay day) {  // or on it
  return day - (date::weekday{day} - date::Sunday);
}
// The week's only closed stretch is shorter than three days: longer bars are always expected.
[[nodiscard]] inline bool forex_closes_for(Timeframe tf) { return tf <= Timeframe::d1; }

}  // namespace chandler::calendar
