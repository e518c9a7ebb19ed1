#include "selector/asked_symbol.h"

namespace chandler {

Result<AskedSymbol> parse_asked_symbol(std::string_view text) {
  const std::size_t colon = text.find(':');
  if (colon != std::string_view::npos) {
    // Only a class is a prefix; other colons belong to the symbol.
    if (const auto asset_class = parse_asset_class(text.substr(0, colon))) {
      const std::string_view rest = text.substr(colon + 1);
      CHANDLER_TRY(Symbol symbol, Symbol::parse(rest));
      Classification c = classify_as(*asset_class, rest);
      return AskedSymbol{std::move(symbol), *asset_class, std::move(c.base), std::move(c.quote)};
    }
  }
  CHANDLER_TRY(Symbol symbol, Symbol::parse(text));
  Classification typed = classify_by_rules(text);
  const Classification joined = classify_by_rules(symbol.name());
  if (typed.asset_class == joined.asset_class && typed.base == joined.base) {
    return AskedSymbol{std::move(symbol)};
  }
  return AskedSymbol{std::move(symbol), typed.asset_class, std::move(typed.base),
                     std::move(typed.quote)};
}

}  // namespace chandler
