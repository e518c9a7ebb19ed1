// What kind of thing a symbol names, as far as its spelling tells.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "chandler/result.h"

namespace chandler {

enum class AssetClass : std::uint8_t { unknown, crypto, stock, etf, index, forex, future };

[[nodiscard]] std::string_view to_string(AssetClass c);
[[nodiscard]] Result<AssetClass> parse_asset_class(std::string_view text);

struct Classification {
  AssetClass asset_class = AssetClass::unknown;
  std::string base;        // of a pair; else empty
  std::string quote;       // of a pair; else empty
  bool ambiguous = false;  // the spelling has another reading as well (ABTC: the share, or A/BTC)
};

// Rules alone, no listing: cannot tell an ETF from a stock (says stock). Takes any spelling that
// Symbol takes.
[[nodiscard]] Classification classify_by_rules(std::string_view symbol);

// The reading of a name whose class is known: base and quote, where it is a pair (crypto ABTC is
// A/BTC).
[[nodiscard]] Classification classify_as(AssetClass asset_class, std::string_view symbol);

}  // namespace chandler
