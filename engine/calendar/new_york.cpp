#include "calendar/new_york.h"

#include <date/tz.h>

#include <algorithm>
#include <cstddef>

namespace chandler::calendar {
namespace {

constexpr seconds kStandard = -std::chrono::hours{5};
constexpr seconds kDaylight = -std::chrono::hours{4};

// In force since 2007: second Sunday of March to first Sunday of November, at 02:00 local time.
TimeRange summer_by_rule(int y) {
  const date::year year{y};
  const date::sys_days from = year / date::March / date::Sunday[2];
  const date::sys_days to = year / date::November / date::Sunday[1];
  return {Instant{from} + std::chrono::hours{7}, Instant{to} + std::chrono::hours{6}};
}

// The tz library reads the transitions that the compiled database lists and not the rule that
// follows them: it knows no summer after 2037 (or after 2007, where the database was compiled
// "slim"). There the rule is applied.
TimeRange summer_of(const date::time_zone& zone, int y) {
  const auto july = zone.get_info(date::sys_days{date::year{y} / date::July / 1});
  const TimeRange summer{july.begin, july.end};
  const bool listed =
      july.offset == kDaylight && utc_year(summer.from) == y && utc_year(summer.to) == y;
  return listed ? summer : summer_by_rule(y);
}

}  // namespace

NewYork::NewYork() {
  const date::time_zone* zone = date::locate_zone("America/New_York");
  int y = kFirstYear;
  for (TimeRange& summer : summer_) summer = summer_of(*zone, y++);
}

const NewYork& NewYork::clock() {
  static const NewYork clock;
  return clock;
}

seconds NewYork::offset(Instant t) const {
  // The mean length of a year will do: it errs near New Year only, and both sides of that are
  // winter.
  const std::int64_t days = date::floor<date::days>(t).time_since_epoch().count();
  const std::int64_t year = days * 400 / 146097;
  if (days < 0 || year >= static_cast<std::int64_t>(summer_.size())) return kStandard;
  return summer_[static_cast<std::size_t>(year)].contains(t) ? kDaylight : kStandard;
}

Instant NewYork::to_utc(LocalDay day, seconds time_of_day) const {
  // Taken for standard time the instant is right, or an hour late on the same side of the change.
  const Instant as_standard = label_of(day) + time_of_day - kStandard;
  return offset(as_standard) == kDaylight ? as_standard - (kDaylight - kStandard) : as_standard;
}

}  // namespace chandler::calendar
