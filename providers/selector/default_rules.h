// Whom to ask when the configuration does not say.
#pragma once

#include <string_view>
#include <vector>

#include "config/config.h"

namespace chandler {

// A rule for every class and timeframe; their `where` is empty. Providers that no rule names come
// after those that one names, all but this one: made-up bars must never stand in for real ones.
[[nodiscard]] const std::vector<SelectionRule>& default_rules();
inline constexpr std::string_view kMadeUpProvider = "sandbox";

}  // namespace chandler
