#include "venue/zone.h"

#include <stdexcept>

namespace chandler::venue {
namespace {

// The calendars speak of these years only; beyond them the tz library's arithmetic overflows.
const Instant kFirst = date::sys_days{date::year{1900} / 1 / 1};
const Instant kLast = date::sys_days{date::year{2200} / 1 / 1};

}  // namespace

Result<Zone> Zone::find(std::string_view name) {
  Zone zone;
  if (name == "UTC") return zone;
  try {
    zone.zone_ = date::locate_zone(name);
  } catch (const std::runtime_error&) {  // unknown, or no zone files on this machine
    return Error{ErrorKind::data, '"' + printable(std::string(name), 40) + "\" is not a time zone",
                 "", "install the time zone database (tzdata)"};
  }
  return zone;
}

seconds Zone::offset(Instant t) {
  if (zone_ == nullptr || t < kFirst || t >= kLast) return seconds{0};
  if (t < known_.begin || t >= known_.end) known_ = zone_->get_info(t);
  return known_.offset;
}

Instant Zone::wall(Instant t) { return t + offset(t); }

std::optional<Instant> Zone::to_utc(Instant wall) {
  if (zone_ == nullptr) return wall;
  if (wall < kFirst || wall >= kLast) return {};
  // A day away from both ends of the stretch nothing can come twice or be skipped.
  constexpr std::chrono::hours kMargin{24};
  const Instant guess = wall - known_.offset;
  if (known_.begin < guess - kMargin && guess + kMargin < known_.end) return guess;

  const auto info = zone_->get_info(date::local_seconds{wall.time_since_epoch()});
  if (info.result == date::local_info::nonexistent) return {};
  known_ = info.first;
  return wall - info.first.offset;
}

}  // namespace chandler::venue
