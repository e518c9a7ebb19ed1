#include "sources.h"

#include "registry/built_in.h"
#include "selector/listing_files.h"

namespace chandler::cli {

Result<std::unique_ptr<Sources>> Sources::open(const Context& context) {
  std::unique_ptr<Sources> sources{new Sources(http::default_limits_folder(&environment_variable))};
  const ProviderMachinery machinery{sources->transport_, sources->limits_, http::Timer::system(),
                                    &environment_variable};
  CHANDLER_TRY(Registry registry, Registry::make(built_in_providers(), context.config, machinery));
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

}  // namespace chandler::cli
