// How a joined name is taken apart. Most names end in one quote asset only; where several fit
// (ETHTUSD: ETH in TUSD, or ETHT in USD) the longest wins whose reach (assets.h) covers the base,
// except that
//   - a base that is itself a quote asset or a well-known coin beats a longer quote (USDTUSD is
//   USDT in USD), unless
//     the longer one's base is one too;
//   - paper trading names carry TEST on both sides (TESTBTCTESTUSD): the quote is then TESTUSD.
#include "symbol/pair.h"

#include <algorithm>

#include "symbol/assets.h"

namespace chandler {
namespace {

using assets::Quote;
using assets::QuoteReach;
using std::string_view;

constexpr string_view kSeparators = "/-_";
constexpr string_view kPaper = "TEST";

bool is_name_byte(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || byte >= 0x80U;
}

bool could_be_base(string_view base) {
  return !base.empty() && base.front() != '.' && base.back() != '.' &&
         std::all_of(base.begin(), base.end(), is_name_byte);
}

// Currencies are quoted in, hardly ever traded for a coin's sake: USDTUSD is not USD in TUSD.
bool well_known(string_view base) {
  return assets::is_well_known_coin(base) ||
         (assets::is_quote_asset(base) && !assets::is_currency(base));
}

bool reaches(const Quote& quote, string_view base, string_view text) {
  switch (quote.reach) {
    case QuoteReach::wide:
      return true;
    case QuoteReach::coin:
      return base.size() >= 3;
    case QuoteReach::letter:
      return base.size() == 3 || well_known(base);
    case QuoteReach::narrow:
      break;
  }
  // Six letters are no share: what ends in U then is priced in U.
  return assets::is_well_known_coin(base) || (quote.name.size() == 1 && text.size() >= 6);
}

PairParts cut(string_view text, std::size_t quote_size) {
  return {text.substr(0, text.size() - quote_size), text.substr(text.size() - quote_size)};
}

// TESTBTC + TESTUSD rather than TESTBTCTEST + USD.
PairParts with_paper_mark(string_view text, PairParts parts) {
  const bool paper = parts.base.size() > 2 * kPaper.size() && parts.base.starts_with(kPaper) &&
                     parts.base.ends_with(kPaper);
  return paper ? cut(text, parts.quote.size() + kPaper.size()) : parts;
}

}  // namespace

std::string ascii_upper(string_view text) {
  std::string upper(text);
  for (char& c : upper) {
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  }
  return upper;
}

std::optional<PairParts> split_separated(string_view text) {
  const std::size_t at = text.find_first_of(kSeparators);
  if (at == string_view::npos || at == 0 || text.front() == '^') return {};
  if (text.find_first_of(kSeparators, at + 1) != string_view::npos) return {};
  const PairParts parts{text.substr(0, at), text.substr(at + 1)};
  if (!assets::is_quote_asset(parts.quote)) return {};
  return parts;
}

std::optional<PairParts> split_joined(string_view text) {
  std::optional<PairParts> longest;
  for (const Quote& quote : assets::quotes()) {
    if (text.size() <= quote.name.size() || !text.ends_with(quote.name)) continue;
    const PairParts parts = cut(text, quote.name.size());
    if (!could_be_base(parts.base) || !reaches(quote, parts.base, text)) continue;
    const bool paper = parts.base.starts_with(kPaper) && parts.base.ends_with(kPaper);
    if (well_known(parts.base) || paper) return with_paper_mark(text, parts);
    if (!longest) longest = parts;
  }
  return longest;
}

}  // namespace chandler
