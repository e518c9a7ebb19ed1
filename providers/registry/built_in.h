// The providers that come with Chandler.
#pragma once

#include <vector>

#include "registry/registry.h"

namespace chandler {

[[nodiscard]] std::vector<BuiltInProvider> built_in_providers();

}  // namespace chandler
