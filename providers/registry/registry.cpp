#include "registry/registry.h"

#include <algorithm>

#include "config/base_url.h"
#include "config/suggest.h"

namespace chandler {

std::string base_url_variable(std::string_view name) {
  std::string variable = "CHANDLER_";
  for (const char c : name) {
    const bool lower = c >= 'a' && c <= 'z';
    variable += lower ? static_cast<char>(c - 'a' + 'A') : (c == '-' || c == '.' ? '_' : c);
  }
  return variable + "_BASE_URL";
}

Result<ProviderSettings> settings_of(std::string_view name, const Config& config,
                                     const Environment& environment) {
  ProviderSettings settings;
  if (const ConfiguredProvider* configured = config.provider(name)) settings = configured->settings;
  const std::string variable = base_url_variable(name);
  if (const auto url = environment(variable); url && !url->empty()) {
    auto parsed = parse_base_url(*url);
    if (!parsed) return parsed.error().within(variable);
    settings.base_url = std::move(*parsed);
  }
  return settings;
}

Result<ProviderContext> context_of(std::string_view name, const Config& config,
                                   const ProviderMachinery& machinery) {
  CHANDLER_TRY(ProviderSettings settings, settings_of(name, config, machinery.environment));
  return ProviderContext{.transport = machinery.transport,
                         .limits = machinery.limits,
                         .timer = machinery.timer,
                         .environment = machinery.environment,
                         .settings = std::move(settings),
                         .keys = machinery.keys,
                         .retries = machinery.retries};
}

Result<Registry> Registry::make(std::span<const BuiltInProvider> built_in, Config config,
                                const ProviderMachinery& machinery) {
  Registry registry{std::move(config)};
  for (const BuiltInProvider& one : built_in) {
    CHANDLER_TRY(const ProviderContext context, context_of(one.name, registry.config_, machinery));
    CHANDLER_CHECK(registry.add(one.make(context)));
  }
  return registry;
}

Result<void> Registry::add(std::unique_ptr<Provider> provider) {
  const std::string& name = provider->capabilities().name;
  if (!is_provider_name(name)) {
    return Error{ErrorKind::usage, '"' + printable(name, 40) + "\" is not a provider's name", "",
                 "a name is 1 to 32 of a-z 0-9 _ - . and not first: - ."};
  }
  if (entry(name) != nullptr) {
    return Error{ErrorKind::usage, "there is a provider \"" + name + "\" already", "",
                 "give the plugin another name"};
  }
  const bool on = enabled(name);
  entries_.push_back({std::move(provider), on});
  return {};
}

bool Registry::enabled(std::string_view name) const {
  const ConfiguredProvider* configured = config_.provider(name);
  return configured == nullptr || configured->settings.enabled;
}

Result<void> Registry::check_names() const {
  for (const ConfiguredProvider& configured : config_.providers) {
    if (entry(configured.name) == nullptr) return unknown(configured.name).within(configured.where);
  }
  for (const SelectionRule& rule : config_.selection) {
    for (const std::string& name : rule.providers) {
      if (entry(name) == nullptr) return unknown(name).within(rule.where);
    }
  }
  return {};
}

const Registry::Entry* Registry::entry(std::string_view name) const {
  const auto found = std::find_if(entries_.begin(), entries_.end(),
                                  [&](const Entry& e) { return e.name() == name; });
  return found == entries_.end() ? nullptr : &*found;
}

Result<Provider*> Registry::find(std::string_view name) const {
  const Entry* found = entry(name);
  if (found == nullptr) return unknown(name);
  if (!found->enabled) {
    const ConfiguredProvider* configured = config_.provider(name);
    return Error{ErrorKind::usage, "the provider \"" + found->name() + "\" is switched off",
                 configured == nullptr ? std::string{} : configured->where,
                 "set its \"enabled\" to true there"};
  }
  return found->provider.get();
}

Error Registry::unknown(std::string_view name) const {
  std::vector<std::string> names;
  for (const Entry& e : entries_) names.push_back(e.name());
  const auto near = nearest(name, names);
  return Error{ErrorKind::usage, "there is no provider \"" + printable(std::string(name), 40) + '"',
               "", near ? "did you mean \"" + *near + "\"?" : "`chandler providers` lists them"};
}

}  // namespace chandler
