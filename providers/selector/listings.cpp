#include "selector/listings.h"

#include <algorithm>

namespace chandler {
namespace {

bool is_letter(char c) { return c >= 'A' && c <= 'Z'; }

// Share classes are written BRK.B, BRK-B and BRK/B; everything else as it is.
std::string key_of(const Symbol& symbol) {
  std::string key = symbol.name();
  const std::size_t at = key.find_first_of(".-/");
  if (at == std::string::npos || at == 0) return key;
  const std::size_t suffix = key.size() - at - 1;
  if ((suffix == 1 || suffix == 2) &&
      std::all_of(key.begin() + static_cast<std::ptrdiff_t>(at) + 1, key.end(), is_letter)) {
    key[at] = '.';
  }
  return key;
}

}  // namespace

bool same_kind(AssetClass a, AssetClass b) {
  const auto share = [](AssetClass c) { return c == AssetClass::stock || c == AssetClass::etf; };
  return a == b || (share(a) && share(b));
}

void Listings::add(Listing listing) {
  const auto source = static_cast<std::uint16_t>(sources_.size());
  sources_.push_back({std::move(listing.provider), listing.fetched_at});
  entries_.reserve(entries_.size() + listing.listed.size());
  for (Listed& one : listing.listed) {
    Instrument& i = one.instrument;
    entries_[key_of(i.symbol)].push_back({source, i.asset_class, one.trading, std::move(i.base),
                                          std::move(i.quote), std::move(i.exchange)});
  }
}

std::span<const Listings::Entry> Listings::find(const Symbol& symbol) const {
  const auto found = entries_.find(key_of(symbol));
  if (found == entries_.end()) return {};
  return found->second;
}

const Listings::Source* Listings::source(std::string_view provider) const {
  const auto found = std::find_if(sources_.begin(), sources_.end(),
                                  [&](const Source& s) { return s.provider == provider; });
  return found == sources_.end() ? nullptr : &*found;
}

}  // namespace chandler
