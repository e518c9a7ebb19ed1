// Taking the name of a pair apart: BTC/USDT by its separator, BTCUSDT by what it ends in. Not part
// of the public face.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace chandler {

// Views into the text that was given.
struct PairParts {
  std::string_view base;
  std::string_view quote;
};

[[nodiscard]] std::string ascii_upper(std::string_view text);

// Exactly one separator among / - _, something before it and a quote asset after it. Text in upper
// case.
[[nodiscard]] std::optional<PairParts> split_separated(std::string_view text);

// The likeliest quote asset at the end of a joined name (rules in pair.cpp). Text in upper case.
[[nodiscard]] std::optional<PairParts> split_joined(std::string_view text);

}  // namespace chandler
