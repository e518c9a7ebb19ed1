#include "plan/sources.h"

#include <map>
#include <utility>

#include "config/key_file.h"
#include "plugin/discover.h"
#include "registry/built_in.h"
#include "selector/listing_files.h"

namespace chandler {

Sources::Sources(SourcesRequest request)
    : request_(std::move(request)), limits_(http::default_limits_folder(request_.environment)) {}

std::vector<std::filesystem::path> Sources::all_places() const {
  std::vector<std::filesystem::path> places = request_.plugin_places;
  const std::string path = request_.environment("CHANDLER_PLUGIN_PATH").value_or("");
  for (auto& place : plugin::split_plugin_path(path)) places.push_back(std::move(place));
  const auto& configured = request_.config.plugins;
  places.insert(places.end(), configured.begin(), configured.end());
  return places;
}

Result<std::unique_ptr<Sources>> Sources::open(SourcesRequest request) {
  std::unique_ptr<Sources> sources{new Sources(std::move(request))};
  CHANDLER_CHECK(sources->load());
  return sources;
}

Result<void> Sources::load() {
  CHANDLER_TRY(KeyFile key_file, find_key_file(request_.config, request_.environment));
  const ProviderMachinery machinery{transport_,
                                    limits_,
                                    http::Timer::system(),
                                    request_.environment,
                                    keys_from(request_.environment, std::move(key_file)),
                                    retries_.get()};
  CHANDLER_TRY(Registry registry, Registry::make(built_in_providers(), request_.config, machinery));
  plugin::LoadOptions options;
  std::map<std::string, std::string> keys;
  for (const Registry::Entry& entry : registry.entries()) {
    options.taken.push_back(entry.name());
    for (const std::string& variable : entry.provider->capabilities().key_variables)
      keys.emplace(variable, entry.name());
  }
  const auto context_for = [&](const std::string& name) -> Result<ProviderContext> {
    CHANDLER_TRY(ProviderContext context, context_of(name, request_.config, machinery));
    context.others_keys = keys;
    return context;
  };
  plugin::LoadedPlugins plugins =
      plugin::load_plugins(all_places(), request_.environment, context_for, options);
  problems_ = std::move(plugins.errors);
  for (auto& provider : plugins.providers) {
    if (auto added = registry.add(std::move(provider)); !added)
      problems_.push_back(std::move(added).error());
  }
  CHANDLER_CHECK(registry.check_names());
  registry_ = std::make_unique<Registry>(std::move(registry));
  return {};
}

Result<Sources::SelectorMade> Sources::selector(const std::filesystem::path& cache_root) const {
  auto [kept, problems] = ListingFiles{cache_root}.read_all();
  Listings listings;
  for (Listing& listing : kept) listings.add(std::move(listing));
  CHANDLER_TRY(auto selector, Selector::make(*registry_, std::move(listings)));
  return SelectorMade{std::move(selector), std::move(problems)};
}

}  // namespace chandler
