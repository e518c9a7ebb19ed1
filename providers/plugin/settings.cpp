#include "plugin/settings.h"

#include <array>
#include <utility>

#include "http/transport.h"

namespace chandler::plugin {
namespace {

constexpr std::array<std::string_view, 22> kForEveryone = {"PATH",
                                                           "HOME",
                                                           "USER",
                                                           "LOGNAME",
                                                           "LANG",
                                                           "LC_ALL",
                                                           "LC_CTYPE",
                                                           "TZ",
                                                           "TMPDIR",
                                                           "SSL_CERT_FILE",
                                                           "SSL_CERT_DIR",
                                                           "REQUESTS_CA_BUNDLE",
                                                           "NODE_EXTRA_CA_CERTS",
                                                           "http_proxy",
                                                           "https_proxy",
                                                           "all_proxy",
                                                           "no_proxy",
                                                           "HTTP_PROXY",
                                                           "HTTPS_PROXY",
                                                           "ALL_PROXY",
                                                           "NO_PROXY",
                                                           "PYTHONUTF8"};

std::string base_url_variable(const std::string& name) {
  std::string variable = "CHANDLER_";
  for (const char c : name) {
    if (c >= 'a' && c <= 'z') {
      variable += static_cast<char>(c - 'a' + 'A');
    } else {
      variable += c == '-' || c == '.' ? '_' : c;
    }
  }
  return variable + "_BASE_URL";
}

}  // namespace

Result<void> check_variables(const Description& description, const ProviderContext& context) {
  for (const auto* names : {&description.capabilities.key_variables, &description.variables}) {
    for (const std::string& name : *names) {
      const auto other = context.others_keys.find(name);
      if (other == context.others_keys.end()) continue;
      return Error{ErrorKind::usage,
                   "wants to see " + name + ", which is the key of " + other->second, "",
                   "let its \"key_env\" name a variable of its own"};
    }
  }
  return {};
}

std::vector<std::string> PluginSettings::base_environment(const Environment& environment) {
  std::vector<std::string> all;
  for (const std::string_view name : kForEveryone) {
    if (const auto value = environment(name)) all.push_back(std::string(name) + "=" + *value);
  }
  return all;
}

PluginSettings::PluginSettings(const Description& description, const ProviderContext& context)
    : environment_(base_environment(context.environment)) {
  const Capabilities& can = description.capabilities;
  const ProviderSettings& settings = context.settings;
  const auto add = [&](const std::string& name, const std::optional<std::string>& value) {
    if (value && value->find('\0') == std::string::npos) variables_.emplace_back(name, *value);
  };
  for (const std::string& name : can.key_variables) {
    // One key may be kept under another name; several cannot be told apart by one name.
    const bool moved = !settings.api_key_env.empty() && can.key_variables.size() == 1;
    key_variables_.push_back(moved ? settings.api_key_env : name);
    const auto value = context.key(key_variables_.back());
    has_key_ = has_key_ && value && !value->empty();
    add(name, value);
    if (value && !value->empty()) keys_.push_back(*value);
  }
  for (const std::string& name : description.variables) add(name, context.environment(name));
  const std::string moved = base_url_variable(can.name);
  add(moved,
      settings.base_url.empty() ? context.environment(moved) : std::optional(settings.base_url));
  for (const auto& [name, value] : variables_)
    environment_.push_back(std::string(name).append("=").append(value));
}

std::optional<std::string> PluginSettings::variable(std::string_view name) const {
  for (const auto& [known, value] : variables_) {
    if (known == name) return value;
  }
  return {};
}

std::string PluginSettings::account() const {
  std::string all;
  for (const std::string& key : keys_) all += key + '\n';
  return all;
}

std::string PluginSettings::without_keys(std::string text) const {
  http::Request request;
  for (const std::string& key : keys_)
    request.headers.push_back({.name = "key", .value = key, .secret = true});
  return http::without_secrets(std::move(text), request);
}

}  // namespace chandler::plugin
