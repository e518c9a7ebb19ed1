// The fifteen timeframes: 1m 3m 5m 15m 30m 1h 2h 4h 6h 8h 12h 1d 3d 1w 1M.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "chandler/result.h"
#include "chandler/time.h"

namespace chandler {

enum class Timeframe : std::uint8_t {
  m1,
  m3,
  m5,
  m15,
  m30,
  h1,
  h2,
  h4,
  h6,
  h8,
  h12,
  d1,
  d3,
  w1,
  mo1
};

inline constexpr std::array<Timeframe, 15> kAllTimeframes = {
    Timeframe::m1,  Timeframe::m3, Timeframe::m5, Timeframe::m15, Timeframe::m30,
    Timeframe::h1,  Timeframe::h2, Timeframe::h4, Timeframe::h6,  Timeframe::h8,
    Timeframe::h12, Timeframe::d1, Timeframe::d3, Timeframe::w1,  Timeframe::mo1};

[[nodiscard]] std::string_view to_string(Timeframe tf);

// "5m" -> m5. The error of "5min" says: "5min" is not a timeframe; did you mean "5m"?
[[nodiscard]] Result<Timeframe> parse_timeframe(std::string_view text);

// The length of a bar; of a month, 31 days (its longest).
[[nodiscard]] seconds nominal_length(Timeframe tf);
[[nodiscard]] inline bool is_intraday(Timeframe tf) { return tf < Timeframe::d1; }

// The grid that is fixed in UTC: multiples of the length since 1970-01-01, Mondays, firsts of
// months. Calendars move it for exchanges with local sessions.
[[nodiscard]] Instant utc_floor(Timeframe tf, Instant t);
[[nodiscard]] Instant utc_next(Timeframe tf, Instant slot);  // the slot after this one

// Number of the slot a bar lies in, counted from 1 January 00:00 UTC of its year: what blocks are
// cut by.
[[nodiscard]] std::int64_t slot_of_year(Timeframe tf, Instant t);

}  // namespace chandler
