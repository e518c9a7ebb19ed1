// Files of symbols, "@FILE" in a job:
//
//   # majors
//   BTCUSDT, ETHUSDT    # one a line, or several with commas between them
//   crypto:ABTC
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "chandler/result.h"
#include "selector/asked_symbol.h"

namespace chandler {

struct ListedSymbol {
  AskedSymbol symbol;
  std::size_t line = 0;  // of the file, from 1
};

// In the order they are written, at most kMaxSeries; repeated where the file repeats them. Errors,
// of kind usage, name file and line.
[[nodiscard]] Result<std::vector<ListedSymbol>> parse_symbol_list(std::string_view text,
                                                                  const std::string& file);

// One symbol as a job writes it. Blanks, commas and control characters, of which a symbol could be
// made, are refused: somebody meant several.
[[nodiscard]] Result<AskedSymbol> parse_written_symbol(std::string_view text);

}  // namespace chandler
