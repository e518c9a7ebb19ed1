// On which days the New York Stock Exchange is open, and until when: the rules, the exceptions,
// nothing else.
#pragma once

#include <date/date.h>

#include <cstdint>

namespace chandler::calendar {

enum class UsDay : std::uint8_t { closed, full, until_13, until_14 };

// Holds for 1990 to 2030. Before 1990 it is the best that can be said from the rules: bars of 1970
// to 1989 fall on the right days as far as is known, but early closes and the hours of that time
// (10:00 to 16:00 until September 1985, to 15:30 until 1974) are not told. After 2026 early closes
// follow the rule of today.
[[nodiscard]] UsDay us_day(date::year_month_day day);

}  // namespace chandler::calendar
