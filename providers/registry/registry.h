// The providers there are: the built-in ones, made from the configuration and the environment, and
// plugins that are added.
//
//   CHANDLER_TRY(Registry registry, Registry::make(built_in_providers(), config, machinery));
//   CHANDLER_CHECK(registry.add(std::move(plugin)));
//   CHANDLER_CHECK(registry.check_names());                // a typing mistake in `providers`
//   CHANDLER_TRY(Provider* const yahoo, registry.find("yahoo"));
#pragma once

#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "chandler/provider.h"
#include "chandler/result.h"
#include "config/config.h"
#include "provider_context.h"

namespace chandler {

struct BuiltInProvider {
  std::string_view name;
  std::function<std::unique_ptr<Provider>(const ProviderContext&)> make;
};

// What providers share. Everything referred to must outlive the registry.
struct ProviderMachinery {
  http::Transport& transport;
  http::SharedLimits& limits;
  http::Timer& timer;
  Environment environment;
  Environment keys{};                    // see ProviderContext
  http::RetryBudget* retries = nullptr;  // likewise
};

// The settings of one provider: the configuration's, and over them CHANDLER_<NAME>_BASE_URL.
[[nodiscard]] Result<ProviderSettings> settings_of(std::string_view name, const Config& config,
                                                   const Environment& environment);
// What a provider of that name is made in.
[[nodiscard]] Result<ProviderContext> context_of(std::string_view name, const Config& config,
                                                 const ProviderMachinery& machinery);
// "alpha_vantage" -> "CHANDLER_ALPHA_VANTAGE_BASE_URL"; - and . become _.
[[nodiscard]] std::string base_url_variable(std::string_view name);

// Looking up is safe from several threads; adding is not. Pointers to providers stay good.
class Registry {
 public:
  struct Entry {
    std::unique_ptr<Provider> provider;  // never null
    bool enabled = true;                 // false: switched off in the configuration
    [[nodiscard]] const std::string& name() const { return provider->capabilities().name; }
  };

  // Errors, of kind usage: a base URL of the environment that makes no sense.
  static Result<Registry> make(std::span<const BuiltInProvider> built_in, Config config,
                               const ProviderMachinery& machinery);

  // Its name must be free. What the configuration says of that name holds for it.
  [[nodiscard]] Result<void> add(std::unique_ptr<Provider> provider);

  // Once all plugins are added: does the configuration name providers that nobody has?
  [[nodiscard]] Result<void> check_names() const;

  [[nodiscard]] std::span<const Entry> entries() const { return entries_; }
  // nullptr when there is none of that name.
  [[nodiscard]] const Entry* entry(std::string_view name) const;
  // Errors, of kind usage: no such provider, with the nearest name; switched off.
  [[nodiscard]] Result<Provider*> find(std::string_view name) const;
  // The error of find() for a name that nobody has.
  [[nodiscard]] Error unknown(std::string_view name) const;

  [[nodiscard]] const Config& config() const { return config_; }

 private:
  explicit Registry(Config config) : config_(std::move(config)) {}
  [[nodiscard]] bool enabled(std::string_view name) const;

  Config config_;
  std::vector<Entry> entries_;
};

}  // namespace chandler
