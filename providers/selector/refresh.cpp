#include "selector/refresh.h"

#include "selector/default_rules.h"

namespace chandler {

std::vector<RefreshOutcome> refresh_listings(const Registry& registry, const ListingFiles& files,
                                             Instant now, const std::stop_token& stop) {
  std::vector<RefreshOutcome> outcomes;
  for (const Registry::Entry& entry : registry.entries()) {
    if (!entry.enabled || !entry.provider->capabilities().has_key) continue;
    if (entry.name() == kMadeUpProvider) continue;
    auto listed = entry.provider->listing(stop);
    if (!listed) {
      // To have no listing is no failure.
      if (listed.error().kind == ErrorKind::unsupported) continue;
      const bool stopped = listed.error().kind == ErrorKind::interrupted;
      outcomes.push_back({entry.name(), 0, std::move(listed).error()});
      if (stopped) break;
      continue;
    }
    const std::size_t count = listed->size();
    if (count == 0) {
      // Believed, it would say of every symbol that it is not there.
      outcomes.push_back({entry.name(), 0, Error{ErrorKind::data, "the listing is empty", "", ""}});
      continue;
    }
    const auto written = files.write({entry.name(), now, std::move(*listed)});
    outcomes.push_back(
        {entry.name(), count, written ? std::nullopt : std::optional<Error>(written.error())});
  }
  return outcomes;
}

}  // namespace chandler
