#include "config/config_shape.h"

#include <span>
#include <vector>

#include "config/suggest.h"

namespace chandler {
namespace {

using Type = ConfigValue::Type;

// What a value must look like. Plain data, so that the tables below read like the documentation.
struct Shape {
  const char* key;  // "*": any name
  Type type;
  std::span<const Shape> members = {};  // of an object; empty: not looked into
  const Shape* items = nullptr;         // of a list
};

constexpr Shape kText{"", Type::string};
constexpr Shape kProvider[] = {
    {"enabled", Type::boolean},   {"base_url", Type::string},    {"api_key_env", Type::string},
    {"rate_limit", Type::string}, {"reliability", Type::number}, {"timeout_seconds", Type::number},
};
constexpr Shape kProviders[] = {{"*", Type::object, kProvider}};
constexpr Shape kRuleKeys[] = {
    {"class", Type::string},
    {"timeframes", Type::list, {}, &kText},
    {"providers", Type::list, {}, &kText},
};
constexpr Shape kRule{"", Type::object, kRuleKeys};
constexpr Shape kDefaults[] = {
    {"from", Type::string},
    {"derive", Type::list, {}, &kText},
    {"workers", Type::number},
};
constexpr Shape kTop[] = {
    {"cache", Type::string},
    {"locking", Type::string},
    {"plugins", Type::list, {}, &kText},
    {"providers", Type::object, kProviders},
    {"selection", Type::list, {}, &kRule},
    {"defaults", Type::object, kDefaults},
};
constexpr Shape kRoot{"", Type::object, kTop};

class Checker {
 public:
  explicit Checker(std::string file) : file_(std::move(file)) {}

  [[nodiscard]] Result<void> check(const ConfigValue& value, const Shape& shape,
                                   const std::string& path) const {
    if (value.type != shape.type) {
      const std::string name = path.empty() ? "the configuration" : "\"" + path + "\"";
      return config_error(file_, value,
                          name + " must be " + std::string(to_string(shape.type)) + ", not " +
                              std::string(to_string(value.type)));
    }
    for (std::size_t i = 0; shape.items != nullptr && i < value.items.size(); ++i) {
      CHANDLER_CHECK(check(value.items[i], *shape.items, path + "[" + std::to_string(i) + "]"));
    }
    if (shape.members.empty()) return {};
    for (const auto& [key, member] : value.members) {
      const std::string inner = (path.empty() ? "" : path + ".") + printable(key, 40);
      const Shape* known = find(shape.members, key);
      if (known == nullptr) return unknown_key(member, key, inner, shape.members);
      CHANDLER_CHECK(check(member, *known, inner));
    }
    return {};
  }

 private:
  static const Shape* find(std::span<const Shape> shapes, const std::string& key) {
    for (const Shape& shape : shapes) {
      if (shape.key == key || std::string_view{shape.key} == "*") return &shape;
    }
    return nullptr;
  }

  [[nodiscard]] Error unknown_key(const ConfigValue& at, const std::string& key,
                                  const std::string& path, std::span<const Shape> known) const {
    std::vector<std::string> names;
    std::string list;
    for (const Shape& shape : known) {
      names.emplace_back(shape.key);
      list += (list.empty() ? "" : ", ") + names.back();
    }
    const auto near = nearest(key, names);
    return config_error(file_, at, "unknown key \"" + path + "\"",
                        near ? "did you mean \"" + *near + "\"?" : "known keys are " + list);
  }

  std::string file_;
};

}  // namespace

Error config_error(const std::string& file, const ConfigValue& at, std::string what,
                   std::string hint) {
  return Error{ErrorKind::usage, std::move(what), file + ":" + std::to_string(at.line),
               std::move(hint)};
}

Result<void> check_config_shape(const ConfigValue& root, const std::string& file) {
  return Checker{file}.check(root, kRoot, "");
}

const ConfigValue* member(const ConfigValue& object, std::string_view key) {
  for (const auto& [name, value] : object.members) {
    if (name == key) return &value;
  }
  return nullptr;
}

}  // namespace chandler
