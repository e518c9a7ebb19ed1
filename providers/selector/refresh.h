// Fetching the listings anew: the one part of selecting that asks the providers something.
#pragma once

#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <vector>

#include "registry/registry.h"
#include "selector/listing_files.h"

namespace chandler {

struct RefreshOutcome {
  std::string provider{};
  std::size_t listed = 0;
  std::optional<Error> failed{};  // the listing of before stays
};

// Of every provider that is switched on, has its key and has a listing of real things. Stops early,
// with an outcome of kind interrupted, when asked to.
[[nodiscard]] std::vector<RefreshOutcome> refresh_listings(const Registry& registry,
                                                           const ListingFiles& files, Instant now,
                                                           const std::stop_token& stop);

}  // namespace chandler
