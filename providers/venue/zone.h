// The date on an exchange's calendar, and an exchange's wall time in UTC.
#pragma once

#include <date/tz.h>

#include <optional>
#include <string>

#include "chandler/result.h"
#include "chandler/time.h"

namespace chandler::venue {

// Used by one thread at a time: it remembers the stretch of equal offset last met.
class Zone {
 public:
  // An IANA name. "UTC" needs no zone files. An unknown one is an error of kind data.
  [[nodiscard]] static Result<Zone> find(std::string_view name);

  // The wall's date and time there, written as if it were UTC.
  [[nodiscard]] Instant wall(Instant t);
  // The label of the day there: its date at 00:00:00.
  [[nodiscard]] Instant day_label(Instant t) { return day_start(wall(t)); }
  // The first of two when the hour comes twice; nothing when it is skipped.
  [[nodiscard]] std::optional<Instant> to_utc(Instant wall);

 private:
  [[nodiscard]] seconds offset(Instant t);

  const date::time_zone* zone_ = nullptr;  // owned by the zone database
  date::sys_info known_{};
};

}  // namespace chandler::venue
