// The names of money and of coins that spelling rules need. Not part of the public face.
//
// These are general tables (ISO 4217, what brokers quote, what exchanges price in), not a listing:
// a listing knows every pair, these only say how an unknown name is most likely to be read.
#pragma once

#include <span>
#include <string_view>

namespace chandler::assets {

// ISO 4217 codes in use or lately withdrawn, and the metals that are quoted like currencies (XAU
// XAG XPT XPD).
[[nodiscard]] bool is_currency(std::string_view code);

// Currencies that foreign exchange brokers quote; where a pair is written without a mark, its base
// is one of these.
[[nodiscard]] bool is_traded_currency(std::string_view code);

// Coins that anyone would recognise. Decides between two ways to take a joined name apart.
[[nodiscard]] bool is_well_known_coin(std::string_view code);

// How much of a base a quote asset needs before a joined name is believed to end in it.
enum class QuoteReach {
  wide,    // prices everything on its exchange (USDT): any base
  coin,    // a coin or small stablecoin that also prices others (SOL): a base of three letters or
           // more
  letter,  // a letter in front of a currency (TUSD): a well-known base, or one of just three
           // letters
  narrow,  // few pairs, or one letter (AEUR, U): well-known bases only
};

struct Quote {
  std::string_view name;
  QuoteReach reach;
};

// Longest names first, so that the first that fits is the longest.
[[nodiscard]] std::span<const Quote> quotes();

// Could it stand after a separator? Quote assets and currencies; single letters are share classes
// (BRK-B).
[[nodiscard]] bool is_quote_asset(std::string_view code);

}  // namespace chandler::assets
