// Addresses as requests put them together.
#pragma once

#include <string>
#include <string_view>

#include "http/transport.h"

namespace chandler::http {

// RFC 3986: all but letters, digits, - . _ ~ become %XX. ',' and ':' may stand in a query as they
// are and are left, for the sake of who reads the address.
[[nodiscard]] std::string percent_encoded(std::string_view text);

enum class Secrets { sent, hidden };
// The request's address with its query, without a fragment; hidden secrets read "***".
[[nodiscard]] std::string address(const Request& request, Secrets secrets);

}  // namespace chandler::http
