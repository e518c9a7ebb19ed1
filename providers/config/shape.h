// What a JSON document must look like: which keys it may have, and of which types their values are.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "config/config_json.h"

namespace chandler {

// Plain data, so that tables of it read like documentation.
struct Shape {
  const char* key;  // "*": any name
  ConfigValue::Type type;
  std::span<const Shape> members = {};  // of an object; empty: not looked into
  const Shape* items = nullptr;         // of a list
  bool or_one = false;                  // one item may stand there without its list
};

struct ShapeMistake {
  std::size_t line = 0;
  std::string path;  // "series[0].timeframe"; empty: the document itself
  bool unknown = false;
  std::string what;  // "must be a string, not a number", "unknown key"
  std::string hint;  // "did you mean ...?"
};

// The first unknown key or value of a wrong type.
[[nodiscard]] std::optional<ShapeMistake> find_mistake(const ConfigValue& root, const Shape& shape);

// nullptr when the object has no such key.
[[nodiscard]] const ConfigValue* member(const ConfigValue& object, std::string_view key);

// "series[3]", "series[3].symbols".
[[nodiscard]] std::string item_path(std::string_view list, std::size_t i);
[[nodiscard]] std::string key_path(std::string_view object, std::string_view key);

}  // namespace chandler
