#include "selector/classifier.h"

#include <algorithm>
#include <array>

namespace chandler {
namespace {

using Entry = Listings::Entry;

constexpr std::array kByLiquidity = {AssetClass::stock, AssetClass::crypto, AssetClass::forex,
                                     AssetClass::index, AssetClass::future};

// How much an entry tells: alive before dead, an ETF before a mere share, a pair with its parts,
// the exchange itself before somebody who trades there.
int worth(const Entry& e, const Listings& listings) {
  const bool own = e.exchange == listings.sources()[e.source].provider;
  return (e.trading ? 8 : 0) + (e.asset_class == AssetClass::etf ? 4 : 0) +
         (e.base.empty() ? 0 : 2) + (own ? 1 : 0);
}

// The best entry of this kind; nullptr when there is none.
const Entry* best_of(std::span<const Entry> entries, AssetClass kind, const Listings& listings) {
  const Entry* best = nullptr;
  for (const Entry& e : entries) {
    if (!same_kind(e.asset_class, kind)) continue;
    if (best == nullptr || worth(e, listings) > worth(*best, listings)) best = &e;
  }
  return best;
}

Classified of_entry(const Symbol& symbol, const Entry& e, const Listings& listings) {
  Classified c{{symbol, e.asset_class, e.base, e.quote, e.exchange}};
  if (c.instrument.base.empty()) {
    Classification parts = classify_as(e.asset_class, symbol.name());
    c.instrument.base = std::move(parts.base);
    c.instrument.quote = std::move(parts.quote);
  }
  c.settled_by = listings.sources()[e.source].provider + "'s listing";
  return c;
}

// What an ambiguous spelling could mean besides `taken`.
AssetClass other_reading(const Symbol& symbol, AssetClass taken) {
  if (taken != AssetClass::crypto) return AssetClass::crypto;
  // Two currency codes, or letters that could be a ticker.
  return symbol.name().size() == 6 ? AssetClass::forex : AssetClass::stock;
}

Classified by_hand(const AskedSymbol& asked, std::span<const Entry> entries,
                   const Listings& listings) {
  const AssetClass asset_class = *asked.asset_class;
  Classified c{{asked.symbol, asset_class, asked.base, asked.quote}};
  if (const Entry* e = best_of(entries, asset_class, listings)) {
    c = of_entry(asked.symbol, *e, listings);
    c.instrument.asset_class = asset_class;
    if (!asked.base.empty() && e->base.empty()) {
      c.instrument.base = asked.base;
      c.instrument.quote = asked.quote;
    }
  }
  c.settled_by = "hand";
  return c;
}

// Precondition: entries is not empty and has a class other than unknown.
Classified by_listings(const AskedSymbol& asked, std::span<const Entry> entries,
                       const Listings& listings, const Classification& rules) {
  std::vector<const Entry*> meanings;  // the best entry of each kind, the more liquid first
  for (const AssetClass kind : kByLiquidity) {
    if (const Entry* e = best_of(entries, kind, listings)) meanings.push_back(e);
  }
  std::stable_sort(meanings.begin(), meanings.end(), [&](const Entry* a, const Entry* b) {
    const auto rank = [&](const Entry* e) {
      return (e->trading ? 2 : 0) + (same_kind(e->asset_class, rules.asset_class) ? 1 : 0);
    };
    return rank(a) > rank(b);
  });
  Classified c = of_entry(asked.symbol, *meanings.front(), listings);
  if (meanings.size() > 1) {
    c.ambiguous = true;
    c.other = meanings[1]->asset_class;
    c.settled_by += ", the more liquid reading of several";
  } else if (rules.ambiguous) {
    c.ambiguous = true;
    c.other = other_reading(asked.symbol, c.instrument.asset_class);
  }
  return c;
}

}  // namespace

Classified classify(const AskedSymbol& asked, const Listings& listings) {
  const std::span<const Entry> entries = listings.find(asked.symbol);
  if (asked.asset_class) return by_hand(asked, entries, listings);
  Classification rules = classify_by_rules(asked.symbol.name());
  const bool listed = std::any_of(entries.begin(), entries.end(), [](const Entry& e) {
    return e.asset_class != AssetClass::unknown;
  });
  if (listed) return by_listings(asked, entries, listings, rules);
  Classified c{{asked.symbol, rules.asset_class, std::move(rules.base), std::move(rules.quote)}};
  c.settled_by = "its spelling";
  if (rules.ambiguous) {
    c.ambiguous = true;
    c.other = other_reading(asked.symbol, rules.asset_class);
  }
  return c;
}

}  // namespace chandler
