// JSON that remembers its lines, so that a mistake in a configuration or a job can be
// pointed at.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "chandler/result.h"

namespace chandler {

struct ConfigMember;

struct ConfigValue {
  enum class Type { null, boolean, number, string, list, object };

  Type type = Type::null;
  std::size_t line = 0;               // of the key, or of the value in a list; from 1
  bool truth = false;                 // of a boolean
  double number = 0;                  // of a number
  std::string text;                   // of a string
  std::vector<ConfigValue> items;     // of a list
  std::vector<ConfigMember> members;  // of an object, as written
};

struct ConfigMember {
  std::string key;
  ConfigValue value;
};

// One document of valid UTF-8, nested at most 64 deep, with at most 2,000,000 values and 1,000 keys in
// an object. Errors (kind usage) say "name:line".
[[nodiscard]] Result<ConfigValue> parse_config_json(std::string_view text, const std::string& name);

[[nodiscard]] std::string_view to_string(ConfigValue::Type type);  // "a string", "a list", ...

}  // namespace chandler
