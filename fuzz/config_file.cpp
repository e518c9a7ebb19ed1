// chandler.json.
#include "config/config.h"

#include "config/base_url.h"
#include "fuzz/require.h"

namespace {

using namespace chandler;
using fuzz::require;

void require_sound(const Config& config) {
  for (const ConfiguredProvider& provider : config.providers) {
    const ProviderSettings& settings = provider.settings;
    require(is_provider_name(provider.name) && config.provider(provider.name) == &provider);
    require(settings.base_url.empty() || parse_base_url(settings.base_url).ok());
    require(settings.api_key_env.find_first_of("= \n/") == std::string::npos);
    require(!settings.reliability || (*settings.reliability >= 0 && *settings.reliability <= 1));
    require(!settings.timeout || settings.timeout->count() > 0);
    require(!settings.rate_limit || settings.rate_limit->units > 0);
  }
  for (const SelectionRule& rule : config.selection) {
    require(!rule.providers.empty() && !rule.where.empty());
    for (const std::string& name : rule.providers) require(is_provider_name(name));
  }
  require(!config.defaults.workers ||
          (*config.defaults.workers >= 1 && *config.defaults.workers <= 1024));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  const auto config = parse_config(fuzz::text_of(data, size), "etc/chandler.json");
  if (config) {
    require_sound(*config);
    return 0;
  }
  require(config.error().kind == ErrorKind::usage);
  require(config.error().where.starts_with("etc/chandler.json"));
  fuzz::require_shown(config.error().line());
  return 0;
}
