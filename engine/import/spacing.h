// The timeframe of bars, told by how far apart they are.
#pragma once

#include <optional>
#include <span>

#include "chandler/time.h"
#include "chandler/timeframe.h"

namespace chandler::foreign {

// Nothing unless it is clear: at least three steps, the smallest of them is the length of a
// timeframe, and more than half of them are that long. (Nights and weekends make the others
// longer.)
[[nodiscard]] std::optional<Timeframe> timeframe_of_spacing(std::span<const Instant> times);

}  // namespace chandler::foreign
