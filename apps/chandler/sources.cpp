#include "sources.h"

#include "plugin/discover.h"
#include "registry/built_in.h"
#include "selector/listing_files.h"

namespace chandler::cli {

namespace {

std::vector<std::filesystem::path> all_places(const std::vector<std::string>& typed,
                                              const Config& config) {
  std::vector<std::filesystem::path> places(typed.begin(), typed.end());
  const std::string path = environment_variable("CHANDLER_PLUGIN_PATH").value_or("");
  for (auto& place : plugin::split_plugin_path(path)) places.push_back(std::move(place));
  places.insert(places.end(), config.plugins.begin(), config.plugins.end());
  return places;
}

}  // namespace

Result<std::unique_ptr<Sources>> Sources::open(const Context& context,
                                               const std::vector<std::string>& plugin_places) {
  std::unique_ptr<Sources> sources{new Sources(http::default_limits_folder(&environment_variable))};
  const ProviderMachinery machinery{sources->transport_, sources->limits_, http::Timer::system(),
                                    &environment_variable};
  CHANDLER_TRY(Registry registry, Registry::make(built_in_providers(), context.config, machinery));
  plugin::LoadOptions options;
  for (const Registry::Entry& entry : registry.entries()) options.taken.push_back(entry.name());
  const auto context_for = [&](const std::string& name) {
    return context_of(name, context.config, machinery);
  };
  plugin::LoadedPlugins plugins = plugin::load_plugins(all_places(plugin_places, context.config),
                                                       &environment_variable, context_for, options);
  for (const Error& error : plugins.errors) context.out.warning(error.line());
  for (auto& provider : plugins.providers) {
    const auto added = registry.add(std::move(provider));
    if (!added) context.out.warning(added.error().line());
  }
  CHANDLER_CHECK(registry.check_names());
  sources->registry_ = std::make_unique<Registry>(std::move(registry));
  return sources;
}

Result<std::unique_ptr<Selector>> Sources::selector(const Context& context) const {
  auto [kept, problems] = ListingFiles{context.cache_root}.read_all();
  for (const Error& problem : problems) context.out.warning(problem.line());
  Listings listings;
  for (Listing& listing : kept) listings.add(std::move(listing));
  return Selector::make(*registry_, std::move(listings));
}

void add_plugin_places(CLI::App& app, std::vector<std::string>& places) {
  app.add_option("--plugin-dir", places,
                 "A plugin, or a folder of plugins, before those of CHANDLER_PLUGIN_PATH")
      ->type_name("DIR")
      ->allow_extra_args(false);
}

}  // namespace chandler::cli
