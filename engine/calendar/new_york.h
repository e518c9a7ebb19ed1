// New York's clock. The tz database is asked once; after that a look-up is a table look-up.
#pragma once

#include <date/date.h>

#include <array>

#include "chandler/time.h"

namespace chandler::calendar {

// The years the calendars speak of. Outside of them nothing is expected.
inline constexpr int kFirstYear = 1970;
inline constexpr int kLastYear = 2100;

// A date on New York's calendar, and the label of a bar of that date: the date at 00:00:00.
using LocalDay = date::local_days;
[[nodiscard]] inline Instant label_of(LocalDay day) {
  return date::sys_days{day.time_since_epoch()};
}
[[nodiscard]] inline LocalDay day_of_label(Instant label) {
  return LocalDay{date::floor<date::days>(label).time_since_epoch()};
}

// Immutable, so safe to share. Outside of the years above New York is taken to keep standard time.
class NewYork {
 public:
  // Throws what the tz library throws when the machine has no time zone database.
  static const NewYork& clock();

  [[nodiscard]] seconds offset(Instant t) const;  // local = UTC + offset
  [[nodiscard]] LocalDay day_of(Instant t) const {
    return LocalDay{date::floor<date::days>(t + offset(t)).time_since_epoch()};
  }
  // Not for the hour that a change of the clock skips or repeats (01:00 to 03:00 on Sundays).
  [[nodiscard]] Instant to_utc(LocalDay day, seconds time_of_day) const;
  [[nodiscard]] Instant midnight(LocalDay day) const { return to_utc(day, seconds{0}); }

 private:
  NewYork();
  std::array<TimeRange, kLastYear - kFirstYear + 1> summer_;  // when daylight saving time is kept
};

}  // namespace chandler::calendar
