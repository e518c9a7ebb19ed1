// From a clock on a wall to UTC.
#pragma once

#include <date/tz.h>

#include <optional>
#include <string>

#include "chandler/result.h"
#include "chandler/time.h"

namespace chandler::foreign {

class Zone {
 public:
  Zone() = default;  // UTC
  // An IANA name; "" and "UTC" need no zone files.
  [[nodiscard]] static Result<Zone> find(const std::string& name);

  // The first of two instants when the hour comes twice; nothing when it is skipped. Fast for times
  // near each other.
  [[nodiscard]] std::optional<Instant> to_utc(date::local_seconds wall);

 private:
  const date::time_zone* zone_ = nullptr;  // owned by the zone database
  date::sys_info known_{};                 // the stretch of equal offset last met
};

}  // namespace chandler::foreign
