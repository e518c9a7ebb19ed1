// The environment in the texts of a job: "${HOME}/bars". "$$" is a dollar.
#pragma once

#include <string>
#include <string_view>

#include "chandler/result.h"
#include "config/config_json.h"
#include "provider_context.h"

namespace chandler {

// A variable that is not set is an error, and so is a single dollar. What a variable holds is taken
// as it is.
[[nodiscard]] Result<std::string> fill_in(std::string_view text, const Environment& environment);

// All texts of a job but "$schema". Control characters are refused: they have no place in any.
[[nodiscard]] Result<void> fill_in_all(ConfigValue& root, const std::string& file,
                                       const Environment& environment);

}  // namespace chandler
