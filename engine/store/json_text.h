// JSON documents from disk: one document, at most 64 deep, key order kept.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include <nlohmann/json.hpp>

#include "chandler/result.h"

namespace chandler::store {

using Json = nlohmann::ordered_json;

// `where` names the file in the error.
[[nodiscard]] Result<Json> parse_json(const std::string& text, const std::string& where);
// Two spaces of indentation and a line feed at the end; bytes that are no UTF-8 become U+FFFD.
[[nodiscard]] std::string print_json(const Json& document);

// How the entries of a list are known again from one version of a document to the next.
struct ListKey {
  std::string_view list;   // key of the list
  std::string_view entry;  // key within its entries; empty: by their place
};
struct OverlayRules {
  std::span<const ListKey> lists{};
  std::span<const std::string_view> optional{};  // known keys that may be left out of an entry
};
// Sets a key of `into`; keys of the objects there, and of the entries of listed lists, that the new
// value does not have stay where they were.
void overlay(Json& into, std::string_view key, Json value, const OverlayRules& rules = {});

}  // namespace chandler::store
