// Names of environment variables.
#pragma once

#include <string_view>

namespace chandler {

// Letters, digits and _, no digit first.
[[nodiscard]] bool is_variable_name(std::string_view name);

}  // namespace chandler
