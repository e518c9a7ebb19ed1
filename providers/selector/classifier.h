// What a symbol names: by hand, else by the listings, else by its spelling.
#pragma once

#include <optional>
#include <string>

#include "chandler/provider.h"
#include "selector/asked_symbol.h"
#include "selector/listings.h"

namespace chandler {

struct Classified {
  Instrument instrument;
  // The name has another meaning as well (ABTC: the share, or A in BTC), whatever settled it.
  bool ambiguous = false;
  std::optional<AssetClass> other{};  // that meaning's class, where it is ambiguous
  std::string settled_by{};           // "binance's listing", "its spelling", "hand"
};

// `listings` may be empty. Where several listings give a name different meanings, the one that its
// spelling suggests counts, which is the one more often traded; what is no longer traded yields.
[[nodiscard]] Classified classify(const AskedSymbol& asked, const Listings& listings);

}  // namespace chandler
