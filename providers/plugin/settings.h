// What a plugin may see of the user's environment, and what must not be seen of it.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "plugin/description.h"
#include "provider_context.h"

namespace chandler::plugin {

// A plugin that wants to see another provider's key is refused. (`api_key_env` of the settings can
// still give it one.)
[[nodiscard]] Result<void> check_variables(const Description& description,
                                           const ProviderContext& context);

// Safe from several threads.
class PluginSettings {
 public:
  PluginSettings(const Description& description, const ProviderContext& context);

  // The value of a variable the description names (of a key, from where the settings say), or of
  // CHANDLER_<NAME>_BASE_URL; of others nothing.
  [[nodiscard]] std::optional<std::string> variable(std::string_view name) const;
  // "NAME=value" of all of them, and of those that every program needs.
  [[nodiscard]] const std::vector<std::string>& environment() const { return environment_; }
  // The keys' variables, as the user is to set them.
  [[nodiscard]] const std::vector<std::string>& key_variables() const { return key_variables_; }
  [[nodiscard]] bool has_key() const { return has_key_; }
  // Tells keys apart in the limits' file; never shown.
  [[nodiscard]] std::string account() const;
  // `text` without the values of the keys.
  [[nodiscard]] std::string without_keys(std::string text) const;

  // What every program gets: PATH, HOME, LANG, proxies and the like.
  [[nodiscard]] static std::vector<std::string> base_environment(const Environment& environment);

 private:
  std::vector<std::pair<std::string, std::string>> variables_;
  std::vector<std::string> environment_;
  std::vector<std::string> key_variables_;
  std::vector<std::string> keys_;
  bool has_key_ = true;
};

}  // namespace chandler::plugin
