#include "config/config.h"

#include <fstream>
#include <iterator>
#include <span>
#include <system_error>
#include <vector>

#include "config/config_json.h"
#include "config/suggest.h"

namespace chandler {
namespace {

using Type = ConfigValue::Type;

constexpr std::size_t kMaxFileSize = std::size_t{1} << 20U;

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

  [[nodiscard]] Error error(const ConfigValue& at, const std::string& what,
                            std::string hint = {}) const {
    return Error{ErrorKind::usage, what, file_ + ":" + std::to_string(at.line), std::move(hint)};
  }

  [[nodiscard]] Result<void> check(const ConfigValue& value, const Shape& shape,
                                   const std::string& path) const {
    if (value.type != shape.type) {
      const std::string name = path.empty() ? "the configuration" : "\"" + path + "\"";
      return error(value, name + " must be " + std::string(to_string(shape.type)) + ", not " +
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
    return error(at, "unknown key \"" + path + "\"",
                 near ? "did you mean \"" + *near + "\"?" : "known keys are " + list);
  }

  std::string file_;
};

const ConfigValue* member(const ConfigValue& object, std::string_view key) {
  for (const auto& [name, value] : object.members) {
    if (name == key) return &value;
  }
  return nullptr;
}

Error unreadable(const std::filesystem::path& file, const std::string& why) {
  return Error{ErrorKind::usage, why, file.string(), "see `chandler --help` for --config"};
}

Result<std::string> read_text(const std::filesystem::path& file) {
  std::error_code failed;
  if (std::filesystem::is_directory(file, failed))
    return unreadable(file, "is a folder, not a file");
  std::ifstream in{file, std::ios::binary};
  if (!in) return unreadable(file, "the configuration cannot be read");
  std::string text(kMaxFileSize + 1, '\0');
  in.read(text.data(), static_cast<std::streamsize>(text.size()));
  if (in.bad()) return unreadable(file, "the configuration cannot be read");
  text.resize(static_cast<std::size_t>(in.gcount()));
  if (text.size() > kMaxFileSize) return unreadable(file, "the configuration is over 1 MiB");
  return text;
}

}  // namespace

Result<Config> parse_config(std::string_view text, const std::filesystem::path& file) {
  CHANDLER_TRY(const ConfigValue root, parse_config_json(text, file.string()));
  const Checker checker{file.string()};
  CHANDLER_CHECK(checker.check(root, kRoot, ""));

  Config config;
  config.file = file;
  if (const ConfigValue* cache = member(root, "cache")) {
    if (cache->text.empty()) return checker.error(*cache, "\"cache\" is empty");
    config.cache = file.parent_path() / cache->text;
  }
  if (const ConfigValue* locking = member(root, "locking")) {
    if (locking->text != "locks" && locking->text != "optimistic") {
      return checker.error(*locking, "\"locking\" must be \"locks\" or \"optimistic\", not \"" +
                                         printable(locking->text, 40) + "\"");
    }
    config.optimistic_locking = locking->text == "optimistic";
  }
  return config;
}

Result<Config> load_config(const std::filesystem::path& asked, const std::filesystem::path& home) {
  if (!asked.empty()) {
    CHANDLER_TRY(const std::string text, read_text(asked));
    return parse_config(text, asked);
  }
  std::vector<std::filesystem::path> places{"chandler.json"};
  if (!home.empty()) places.push_back(home / ".config" / "chandler" / "chandler.json");
  for (const auto& place : places) {
    std::error_code failed;
    const auto status = std::filesystem::status(place, failed);
    // What may not even be looked at is not passed over in silence.
    const bool absent = status.type() == std::filesystem::file_type::not_found ||
                        failed == std::errc::not_a_directory;
    if (absent) continue;
    CHANDLER_TRY(const std::string text, read_text(place));
    return parse_config(text, place);
  }
  return Config{};
}

}  // namespace chandler
