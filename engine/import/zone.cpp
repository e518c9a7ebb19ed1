#include "import/zone.h"

#include <stdexcept>

namespace chandler::foreign {

Result<Zone> Zone::find(const std::string& name) {
  Zone zone;
  if (name.empty() || name == "UTC") return zone;
  try {
    zone.zone_ = date::locate_zone(name);
  } catch (const std::runtime_error&) {  // unknown, or no zone files on this machine
    return Error{ErrorKind::usage, '"' + printable(name) + "\" is not a time zone", "",
                 "write UTC or a name of the tz database such as America/New_York"};
  }
  return zone;
}

std::optional<Instant> Zone::to_utc(date::local_seconds wall) {
  const Instant as_if_utc{wall.time_since_epoch()};
  if (zone_ == nullptr) return as_if_utc;
  // A day away from both ends of the stretch nothing can come twice or be skipped.
  constexpr std::chrono::hours kMargin{24};
  const Instant guess = as_if_utc - known_.offset;
  if (known_.begin < guess - kMargin && guess + kMargin < known_.end) return guess;

  const date::local_info info = zone_->get_info(wall);
  if (info.result == date::local_info::nonexistent) return {};
  known_ = info.first;
  return as_if_utc - info.first.offset;
}

}  // namespace chandler::foreign
