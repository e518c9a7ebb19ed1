// Where a provider's requests go instead of its own hosts.
#pragma once

#include <string>
#include <string_view>

#include "chandler/result.h"

namespace chandler {

// "https://host:port/path" without a slash at its end. Refused: other schemes, plain http to
// another machine, a user or password (they would be logged), a query, blanks. The error, of kind
// usage, does not repeat a text that may hold a password.
[[nodiscard]] Result<std::string> parse_base_url(std::string_view text);

}  // namespace chandler
