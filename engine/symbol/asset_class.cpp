// Classes by spelling. The marks of Yahoo's names decide first (^GSPC, ES=F, EURUSD=X), then
// separators, then what the name ends in, then the shape of a ticker:
//   two currencies        forex when the base is one that brokers quote; a coin may wear a small
//   currency's code
//                         (MNT is Mantle as well as the togrog), so MNTUSD is a coin
//   up to four letters    a share, though it may end in a quote asset (ABTC): ambiguous
//   five letters          a pair when they end in a quote asset, else a share
//   six and more          a pair, or unknown
#include "chandler/asset_class.h"

#include <algorithm>
#include <array>

#include "symbol/assets.h"
#include "symbol/pair.h"

namespace chandler {
namespace {

using std::string_view;

constexpr std::array<string_view, 7> kNames = {"unknown", "crypto", "stock", "etf",
                                               "index",   "forex",  "future"};

bool is_letter(char c) { return c >= 'A' && c <= 'Z'; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool all_letters(string_view text) { return std::all_of(text.begin(), text.end(), is_letter); }

bool is_plain_ticker(string_view text) {
  return !text.empty() && text.size() <= 5 && all_letters(text);
}

// BRK.B, BRK-B, BRK/B.
bool is_share_class(string_view text) {
  const std::size_t at = text.find_first_of(".-/");
  if (at == string_view::npos) return false;
  const string_view suffix = text.substr(at + 1);
  return is_plain_ticker(text.substr(0, at)) && (suffix.size() == 1 || suffix.size() == 2) &&
         all_letters(suffix);
}

// VOD.L, 7203.T, 0700.HK, VOLV-B.ST, M&M.NS.
bool is_foreign_ticker(string_view text) {
  const std::size_t dot = text.rfind('.');
  if (dot == string_view::npos || dot == 0 || dot > 12) return false;
  const string_view exchange = text.substr(dot + 1);
  if (exchange.empty() || exchange.size() > 3 || !all_letters(exchange)) return false;
  return std::all_of(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(dot),
                     [](char c) { return is_letter(c) || is_digit(c) || c == '-' || c == '&'; });
}

Classification of_pair(AssetClass c, string_view base, string_view quote, bool ambiguous = false) {
  return {c, std::string(base), std::string(quote), ambiguous};
}

Classification of_one(AssetClass c, bool ambiguous = false) { return {c, "", "", ambiguous}; }

// EURUSD=X, and JPY=X for the dollar in yen.
Classification marked_forex(string_view pair) {
  if (pair.size() == 6) return of_pair(AssetClass::forex, pair.substr(0, 3), pair.substr(3));
  if (pair.size() == 3) return of_pair(AssetClass::forex, "USD", pair);
  return of_one(AssetClass::forex);
}

Classification of_parts(PairParts parts) {
  const bool money = assets::is_currency(parts.base) && assets::is_currency(parts.quote);
  if (money && assets::is_traded_currency(parts.base))
    return of_pair(AssetClass::forex, parts.base, parts.quote);
  return of_pair(AssetClass::crypto, parts.base, parts.quote, money);
}

Classification of_joined(string_view name) {
  if (name.size() == 6) {
    const PairParts halves{name.substr(0, 3), name.substr(3)};
    if (assets::is_traded_currency(halves.base) && assets::is_currency(halves.quote))
      return of_parts(halves);
  }
  const auto pair = split_joined(name);
  const bool ticker = is_plain_ticker(name);
  // Well-known coins priced in U are the one pair of four letters that is told from a share.
  const bool sure = pair && pair->quote == "U" && assets::is_well_known_coin(pair->base);
  if (ticker && (!pair || (name.size() <= 4 && !sure))) {
    return of_one(AssetClass::stock, pair || assets::is_well_known_coin(name));
  }
  if (is_share_class(name)) return of_one(AssetClass::stock);
  if (pair) {
    Classification c = of_parts(*pair);
    c.ambiguous = c.ambiguous || ticker;
    return c;
  }
  if (is_foreign_ticker(name)) return of_one(AssetClass::stock);
  return {};
}

}  // namespace

string_view to_string(AssetClass c) { return kNames[static_cast<std::size_t>(c)]; }

Result<AssetClass> parse_asset_class(string_view text) {
  const auto* const found = std::find(kNames.begin(), kNames.end(), text);
  if (found != kNames.end()) return static_cast<AssetClass>(found - kNames.begin());
  return Error{ErrorKind::usage, '"' + printable(std::string(text)) + "\" is not an asset class",
               "", "the classes are crypto stock etf index forex future unknown"};
}

Classification classify_by_rules(string_view symbol) {
  const std::string upper = ascii_upper(symbol);
  const string_view name = upper;
  if (name.starts_with('^') && name.size() > 1) return of_one(AssetClass::index);
  if (name.ends_with("=F") && name.size() > 2) return of_one(AssetClass::future);
  if (name.ends_with("=X") && name.size() > 2) return marked_forex(name.substr(0, name.size() - 2));
  if (const auto parts = split_separated(name)) return of_parts(*parts);
  return of_joined(name);
}

Classification classify_as(AssetClass asset_class, string_view symbol) {
  Classification c = classify_by_rules(symbol);
  c.ambiguous = false;
  if (c.asset_class == asset_class) return c;
  const std::string name = ascii_upper(symbol);
  auto parts = split_separated(name);
  if (asset_class == AssetClass::crypto) {
    if (!parts) parts = split_joined(name);
  } else if (asset_class == AssetClass::forex) {
    if (!parts && name.size() == 6 && all_letters(name)) {
      parts = PairParts{string_view(name).substr(0, 3), string_view(name).substr(3)};
    }
  } else {
    parts.reset();
  }
  return parts ? of_pair(asset_class, parts->base, parts->quote) : of_one(asset_class);
}

}  // namespace chandler
