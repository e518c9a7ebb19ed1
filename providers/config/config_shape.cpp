#include "config/config_shape.h"

#include "config/shape.h"

namespace chandler {
namespace {

using Type = ConfigValue::Type;

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
    {"hot", Type::boolean},
    {"key_file", Type::string},
    {"plugins", Type::list, {}, &kText},
    {"providers", Type::object, kProviders},
    {"selection", Type::list, {}, &kRule},
    {"defaults", Type::object, kDefaults},
};
constexpr Shape kRoot{"", Type::object, kTop};

std::string in_quotes(const std::string& path) { return '"' + path + '"'; }

}  // namespace

Error config_error(const std::string& file, const ConfigValue& at, std::string what,
                   std::string hint) {
  return Error{ErrorKind::usage, std::move(what), file + ":" + std::to_string(at.line),
               std::move(hint)};
}

Result<void> check_config_shape(const ConfigValue& root, const std::string& file) {
  const auto mistake = find_mistake(root, kRoot);
  if (!mistake) return {};
  const std::string name = mistake->path.empty() ? "the configuration" : in_quotes(mistake->path);
  const std::string what =
      mistake->unknown ? mistake->what + " " + name : name + " " + mistake->what;
  return Error{ErrorKind::usage, what, file + ":" + std::to_string(mistake->line), mistake->hint};
}

}  // namespace chandler
