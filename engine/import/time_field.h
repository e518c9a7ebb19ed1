// Timestamps as people write them.
//
//   since 1970        1704067200, 1704067200000 (ms), ... 000000 (us), ... (ns), told apart by
//   size; "1704067200.0" year first        2024-01-31, 2024/01/31, 2024.01.31, 20240131 day first
//   31.01.2024 month first       01/31/2024, 1/31/2024 with a time       after ' ' or 'T': 09:30,
//   9:30:00, 09:30:00.000, 093000; 20240131093000 with an offset    Z, UTC, GMT, +02:00, -0400, +02
//
// Seconds are whole: a fraction that is not zero cannot be read.
#pragma once

#include <date/date.h>

#include <optional>
#include <string>
#include <string_view>

#include "chandler/result.h"
#include "chandler/time.h"
#include "import/zone.h"

namespace chandler::foreign {

struct WallTime {
  date::sys_days day{};
  seconds in_day{0};
  bool has_clock = false;
  std::optional<seconds> offset;  // east of Greenwich
};

// Everything above but the times since 1970.
[[nodiscard]] std::optional<WallTime> parse_wall_time(std::string_view text);
// A time of day alone: 09:30, 09:30:00.000, 093000, 0930.
[[nodiscard]] std::optional<WallTime> parse_clock_field(std::string_view text);
// By a format of %Y %m %d %b %H %M %S %z %% and plain characters.
[[nodiscard]] std::optional<WallTime> parse_by_format(std::string_view text,
                                                      std::string_view format);

class TimeReader {
 public:
  // `format` and `session_dates` as in ForeignFormat.
  [[nodiscard]] static Result<TimeReader> make(const std::string& format, Zone zone,
                                               bool session_dates);

  [[nodiscard]] std::optional<Instant> read(std::string_view text);
  // The date in one field, the time of day in another.
  [[nodiscard]] std::optional<Instant> read(std::string_view date, std::string_view clock);

 private:
  [[nodiscard]] std::optional<Instant> to_instant(const WallTime& time);

  enum class Kind : std::uint8_t {
    automatic,
    seconds,
    milliseconds,
    microseconds,
    nanoseconds,
    format
  };
  Kind kind_ = Kind::automatic;
  std::string format_;
  Zone zone_;
  bool session_dates_ = false;
};

}  // namespace chandler::foreign
