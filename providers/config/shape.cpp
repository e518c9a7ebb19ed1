#include "config/shape.h"

#include <vector>

#include "config/suggest.h"

namespace chandler {
namespace {

using Found = std::optional<ShapeMistake>;

const Shape* known_key(std::span<const Shape> shapes, const std::string& key) {
  for (const Shape& shape : shapes) {
    if (shape.key == key || std::string_view{shape.key} == "*") return &shape;
  }
  return nullptr;
}

ShapeMistake unknown_key(const ConfigMember& found, std::string path,
                         std::span<const Shape> known) {
  std::vector<std::string> names;
  std::string list;
  for (const Shape& shape : known) {
    names.emplace_back(shape.key);
    list += (list.empty() ? "" : ", ") + names.back();
  }
  const auto near = nearest(found.key, names);
  return {found.value.line, std::move(path), true, "unknown key",
          near ? "did you mean \"" + *near + "\"?" : "known keys are " + list};
}

ShapeMistake type_mistake(const ConfigValue& value, const Shape& shape, std::string path) {
  std::string wanted(to_string(shape.type));
  if (shape.or_one) wanted += " or " + std::string(to_string(shape.items->type));
  return {value.line, std::move(path), false,
          "must be " + wanted + ", not " + std::string(to_string(value.type)), ""};
}

Found first_mistake(const ConfigValue& value, const Shape& shape, const std::string& path) {
  if (shape.or_one && value.type == shape.items->type)
    return first_mistake(value, *shape.items, path);
  if (value.type != shape.type) return type_mistake(value, shape, path);
  for (std::size_t i = 0; shape.items != nullptr && i < value.items.size(); ++i) {
    if (auto found = first_mistake(value.items[i], *shape.items, item_path(path, i))) return found;
  }
  if (shape.members.empty()) return {};
  for (const ConfigMember& member : value.members) {
    std::string inner = key_path(path, printable(member.key, 40));
    const Shape* known = known_key(shape.members, member.key);
    if (known == nullptr) return unknown_key(member, std::move(inner), shape.members);
    if (auto found = first_mistake(member.value, *known, inner)) return found;
  }
  return {};
}

}  // namespace

Found find_mistake(const ConfigValue& root, const Shape& shape) {
  return first_mistake(root, shape, "");
}

const ConfigValue* member(const ConfigValue& object, std::string_view key) {
  for (const auto& [name, value] : object.members) {
    if (name == key) return &value;
  }
  return nullptr;
}

std::string item_path(std::string_view list, std::size_t i) {
  return std::string(list) + "[" + std::to_string(i) + "]";
}

std::string key_path(std::string_view object, std::string_view key) {
  return object.empty() ? std::string(key) : std::string(object) + "." + std::string(key);
}

}  // namespace chandler
