// A symbol as people type it, and what they settled by the way they typed it.
//
//   crypto:ABTC   the pair, not the share          any class may stand before the colon
//   A/BTC         the same, by its separator
//   ABTC          open: the classifier decides
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "chandler/asset_class.h"
#include "chandler/result.h"
#include "chandler/symbol.h"

namespace chandler {

struct AskedSymbol {
  Symbol symbol;
  std::optional<AssetClass> asset_class{};  // settled by hand
  std::string base{};                       // of a pair whose parts were told apart by hand
  std::string quote{};
};

[[nodiscard]] Result<AskedSymbol> parse_asked_symbol(std::string_view text);

}  // namespace chandler
