#include "alpaca/parse.h"

#include <array>

#include "venue/json.h"

namespace chandler::alpaca {
namespace {

using venue::Json;
using venue::unexpected;
using Array = simdjson::dom::array;

constexpr std::array<const char*, kRequiredColumns> kBarKeys = {"o", "h", "l", "c", "v"};

// "2022-04-11T08:00:00Z", whole seconds, perhaps written with a fraction of zeros.
std::optional<Instant> instant_of(std::string_view text) {
  constexpr std::size_t kToSeconds = 19;
  if (text.size() <= kToSeconds || text.back() != 'Z' || text[10] != 'T') return {};
  std::string_view fraction = text.substr(kToSeconds, text.size() - kToSeconds - 1);
  if (!fraction.empty() && fraction.front() == '.') fraction.remove_prefix(1);
  if (fraction.find_first_not_of('0') != std::string_view::npos) return {};
  return parse_exact(text.substr(0, kToSeconds));
}

// False when it has no time, so that it cannot be said what it is. A number that cannot be read is
// NaN, for the validator to name.
bool append(SymbolBars& out, const Json& bar) {
  const auto time = instant_of(venue::text(bar, "t").value_or(""));
  if (!time) return false;
  out.bars.timestamp.push_back(*time);
  for (std::size_t i = 0; i < kBarKeys.size(); ++i) {
    const double value = venue::number(bar, kBarKeys[i]).value_or(kUnknown);
    out.bars.column(kAllColumns[i]).push_back(value);
  }
  out.bars.vwap.push_back(venue::number(bar, "vw").value_or(kUnknown));
  out.bars.trade_count.push_back(venue::number(bar, "n").value_or(kUnknown));
  return true;
}

Result<void> add_symbol(BarAnswer& answer, std::string_view symbol, const Json& list) {
  if (list.is_null()) return {};
  Array bars;
  if (list.get(bars) != simdjson::SUCCESS) return unexpected("the bars of a symbol are no list");
  if (bars.size() == 0) return {};
  SymbolBars& out = answer.symbols.emplace_back();
  out.symbol = std::string(symbol);
  out.bars.widen(ColumnSet{}.add(Column::vwap).add(Column::trade_count));
  for (const Json bar : bars) {
    if (!append(out, bar)) return unexpected("a bar of the answer has no time");
  }
  return {};
}

}  // namespace

Result<BarAnswer> parse_bars(std::string_view text) {
  venue::Document document;
  CHANDLER_TRY(const Json root, document.parse(text));
  const auto bars = venue::member(root, "bars");
  const auto token = venue::member(root, "next_page_token");
  if (!bars) return unexpected("the answer has no bars");
  BarAnswer answer;
  if (token && !token->is_null()) {
    const auto written = venue::text(*token);
    if (!written) return unexpected("the answer's page token is no text");
    answer.next_page_token = std::string(*written);
  }
  simdjson::dom::object symbols;
  if (bars->get(symbols) == simdjson::SUCCESS) {
    for (const auto& field : symbols) CHANDLER_CHECK(add_symbol(answer, field.key, field.value));
  } else {
    CHANDLER_CHECK(add_symbol(answer, venue::text(root, "symbol").value_or(""), *bars));
  }
  return answer;
}

std::optional<std::string> parse_error(std::string_view text) {
  venue::Document document;
  const auto root = document.parse(text);
  if (!root) return {};
  const auto message = venue::text(*root, "message");
  if (!message) return {};
  return std::string(*message);
}

Result<std::vector<Listed>> parse_assets(std::string_view text) {
  venue::Document document;
  CHANDLER_TRY(const Json root, document.parse(text));
  Array assets;
  if (root.get(assets) != simdjson::SUCCESS)
    return unexpected("the answer is not a list of assets");
  std::vector<Listed> listing;
  for (const Json asset : assets) {
    const auto name = venue::text(asset, "symbol");
    if (!name) return unexpected("an asset of the answer has no symbol");
    const auto symbol = Symbol::parse(*name);
    if (!symbol) continue;
    bool tradable = false;
    if (const auto told = venue::member(asset, "tradable"); told && told->get(tradable))
      tradable = false;
    Instrument instrument{.symbol = *symbol, .asset_class = AssetClass::stock};
    instrument.exchange = std::string(venue::text(asset, "exchange").value_or(""));
    const std::size_t slash = name->find('/');
    if (venue::text(asset, "class") == "crypto" && slash != std::string_view::npos) {
      instrument.asset_class = AssetClass::crypto;
      instrument.base = std::string(name->substr(0, slash));
      instrument.quote = std::string(name->substr(slash + 1));
    }
    listing.push_back({.instrument = std::move(instrument),
                       .name = std::string(venue::text(asset, "name").value_or("")),
                       .trading = tradable});
  }
  return listing;
}

}  // namespace chandler::alpaca
