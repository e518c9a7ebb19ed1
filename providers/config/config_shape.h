// Which keys a configuration may have, and of which type their values are.
#pragma once

#include <string>

#include "chandler/result.h"
#include "config/config_json.h"

namespace chandler {

// An error, of kind usage, at a value: "dir/chandler.json:3: what; hint".
[[nodiscard]] Error config_error(const std::string& file, const ConfigValue& at, std::string what,
                                 std::string hint = {});

// Names file, line and key of the first unknown key or value of a wrong type.
[[nodiscard]] Result<void> check_config_shape(const ConfigValue& root, const std::string& file);

}  // namespace chandler
