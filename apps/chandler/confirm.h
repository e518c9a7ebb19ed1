// Asking before something is lost.
#pragma once

#include <string>

#include "output.h"

namespace chandler::cli {

// True when `yes`, or when the person at the terminal says so. An error (exit 2) when there is
// nobody to ask.
[[nodiscard]] Result<bool> confirmed(const Output& out, const std::string& question, bool yes);

}  // namespace chandler::cli
