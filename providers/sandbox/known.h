// The names the sandbox lists, and about what they cost. Everything else gets a price by its name.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "chandler/asset_class.h"

namespace chandler::sandbox {

struct Known {
  std::string_view symbol;
  AssetClass asset_class;
  std::string_view base;  // of a pair
  std::string_view quote;
  std::string_view exchange;
  std::string_view name;
  std::int64_t level;  // the price it moves around, in units of 10^-decimals
  int decimals;
};

[[nodiscard]] std::span<const Known> known_instruments();
[[nodiscard]] const Known* find_known(std::string_view symbol);  // nullptr: not among them

}  // namespace chandler::sandbox
