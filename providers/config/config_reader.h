// Turns a document of the right shape into a Config, and checks what its values mean.
#pragma once

#include <filesystem>

#include "config/config.h"
#include "config/config_json.h"

namespace chandler {

// Precondition: check_config_shape() found nothing.
[[nodiscard]] Result<Config> read_config(const ConfigValue& root,
                                         const std::filesystem::path& file);

}  // namespace chandler
