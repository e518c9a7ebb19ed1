// JSON documents from disk: one document, at most 64 deep, key order kept.
#pragma once

#include <string>

#include <nlohmann/json.hpp>

#include "chandler/result.h"

namespace chandler::store {

using Json = nlohmann::ordered_json;

// `where` names the file in the error.
[[nodiscard]] Result<Json> parse_json(const std::string& text, const std::string& where);
// Two spaces of indentation and a line feed at the end; bytes that are no UTF-8 become U+FFFD.
[[nodiscard]] std::string print_json(const Json& document);

}  // namespace chandler::store
