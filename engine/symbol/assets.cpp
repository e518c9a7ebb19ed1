#include "symbol/assets.h"

#include <algorithm>
#include <array>

namespace chandler::assets {
namespace {

using std::string_view;

// Sorted, for binary search.
constexpr auto kCurrencies = std::to_array<string_view>(
    {"AED", "AFN", "ALL", "AMD", "ANG", "AOA", "ARS", "AUD", "AWG", "AZN", "BAM", "BBD", "BDT",
     "BGN", "BHD", "BIF", "BMD", "BND", "BOB", "BRL", "BSD", "BTN", "BWP", "BYN", "BZD", "CAD",
     "CDF", "CHF", "CLF", "CLP", "CNH", "CNY", "COP", "CRC", "CUC", "CUP", "CVE", "CZK", "DJF",
     "DKK", "DOP", "DZD", "EGP", "ERN", "ETB", "EUR", "FJD", "FKP", "GBP", "GEL", "GHS", "GIP",
     "GMD", "GNF", "GTQ", "GYD", "HKD", "HNL", "HRK", "HTG", "HUF", "IDR", "ILS", "INR", "IQD",
     "IRR", "ISK", "JMD", "JOD", "JPY", "KES", "KGS", "KHR", "KMF", "KPW", "KRW", "KWD", "KYD",
     "KZT", "LAK", "LBP", "LKR", "LRD", "LSL", "LYD", "MAD", "MDL", "MGA", "MKD", "MMK", "MNT",
     "MOP", "MRU", "MUR", "MVR", "MWK", "MXN", "MYR", "MZN", "NAD", "NGN", "NIO", "NOK", "NPR",
     "NZD", "OMR", "PAB", "PEN", "PGK", "PHP", "PKR", "PLN", "PYG", "QAR", "RON", "RSD", "RUB",
     "RWF", "SAR", "SBD", "SCR", "SDG", "SEK", "SGD", "SHP", "SLE", "SLL", "SOS", "SRD", "SSP",
     "STN", "SVC", "SYP", "SZL", "THB", "TJS", "TMT", "TND", "TOP", "TRY", "TTD", "TWD", "TZS",
     "UAH", "UGX", "USD", "UYU", "UZS", "VES", "VND", "VUV", "WST", "XAF", "XAG", "XAU", "XCD",
     "XOF", "XPD", "XPF", "XPT", "YER", "ZAR", "ZMW", "ZWL"});

constexpr auto kTraded = std::to_array<string_view>(
    {"AED", "AUD", "BGN", "BRL", "CAD", "CHF", "CNH", "CNY", "CZK", "DKK", "EUR", "GBP", "HKD",
     "HUF", "IDR", "ILS", "INR", "JPY", "KRW", "MXN", "MYR", "NOK", "NZD", "PHP", "PLN", "RON",
     "RUB", "SAR", "SEK", "SGD", "THB", "TRY", "TWD", "USD", "XAG", "XAU", "XPD", "XPT", "ZAR"});

constexpr auto kCoins = std::to_array<string_view>(
    {"1INCH", "AAVE",   "ADA",   "ALGO",  "APT",  "ARB",  "ASTER", "ATOM",  "AVAX", "AXS",   "BAT",
     "BCH",   "BNB",    "BONK",  "BTC",   "CAKE", "CFX",  "CHZ",   "COMP",  "CRO",  "CRV",   "DAI",
     "DASH",  "DCR",    "DGB",   "DOGE",  "DOT",  "DYDX", "EGLD",  "ENA",   "ENJ",  "ETC",   "ETH",
     "FET",   "FIL",    "FLOW",  "FTM",   "GALA", "GRT",  "HBAR",  "HYPE",  "ICP",  "IMX",   "INJ",
     "IOTA",  "JUP",    "KAS",   "KSM",   "LDO",  "LINK", "LTC",   "LUNA",  "MANA", "MATIC", "MKR",
     "NEAR",  "NEO",    "OKB",   "ONDO",  "OP",   "PAXG", "PENGU", "PEPE",  "POL",  "PYTH",  "QNT",
     "QTUM",  "RENDER", "RUNE",  "SAND",  "SEI",  "SHIB", "SKY",   "SNX",   "SOL",  "STRK",  "STX",
     "SUI",   "SUSHI",  "TAO",   "THETA", "TIA",  "TON",  "TRB",   "TRUMP", "TRX",  "UNI",   "USDC",
     "USDT",  "VET",    "WAVES", "WBTC",  "WIF",  "WLD",  "WLFI",  "XAUT",  "XBT",  "XLM",   "XMR",
     "XPL",   "XRP",    "XTZ",   "YFI",   "ZEC",  "ZIL",  "ZRX"});

constexpr auto kQuotes = std::to_array<Quote>({
    {"USDSOLD", QuoteReach::wide}, {"FDUSD", QuoteReach::wide}, {"PYUSD", QuoteReach::coin},
    {"USDT", QuoteReach::wide},    {"USDC", QuoteReach::wide},  {"BUSD", QuoteReach::wide},
    {"USD1", QuoteReach::wide},    {"USD4", QuoteReach::wide},  {"TUSD", QuoteReach::letter},
    {"BIDR", QuoteReach::coin},    {"IDRT", QuoteReach::wide},  {"BKRW", QuoteReach::coin},
    {"BVND", QuoteReach::coin},    {"CNHT", QuoteReach::coin},  {"DOGE", QuoteReach::coin},
    {"EURI", QuoteReach::coin},    {"EURQ", QuoteReach::coin},  {"EURR", QuoteReach::coin},
    {"EURT", QuoteReach::coin},    {"EURC", QuoteReach::coin},  {"GYEN", QuoteReach::coin},
    {"USDP", QuoteReach::coin},    {"USDS", QuoteReach::coin},  {"USDE", QuoteReach::coin},
    {"USDR", QuoteReach::coin},    {"XSGD", QuoteReach::coin},  {"GUSD", QuoteReach::narrow},
    {"AEUR", QuoteReach::narrow},  {"USD", QuoteReach::wide},   {"EUR", QuoteReach::wide},
    {"BTC", QuoteReach::wide},     {"ETH", QuoteReach::wide},   {"BNB", QuoteReach::wide},
    {"GBP", QuoteReach::wide},     {"JPY", QuoteReach::wide},   {"KRW", QuoteReach::wide},
    {"AUD", QuoteReach::wide},     {"CAD", QuoteReach::wide},   {"CHF", QuoteReach::wide},
    {"CNY", QuoteReach::wide},     {"TRY", QuoteReach::wide},   {"BRL", QuoteReach::wide},
    {"RUB", QuoteReach::wide},     {"UAH", QuoteReach::wide},   {"NGN", QuoteReach::wide},
    {"ZAR", QuoteReach::wide},     {"IDR", QuoteReach::wide},   {"INR", QuoteReach::wide},
    {"ARS", QuoteReach::wide},     {"MXN", QuoteReach::wide},   {"COP", QuoteReach::wide},
    {"CZK", QuoteReach::wide},     {"PLN", QuoteReach::wide},   {"RON", QuoteReach::wide},
    {"SGD", QuoteReach::wide},     {"HKD", QuoteReach::wide},   {"XBT", QuoteReach::coin},
    {"SOL", QuoteReach::coin},     {"XRP", QuoteReach::coin},   {"TRX", QuoteReach::coin},
    {"DOT", QuoteReach::coin},     {"DAI", QuoteReach::coin},   {"UST", QuoteReach::coin},
    {"PAX", QuoteReach::coin},     {"VAI", QuoteReach::coin},   {"BIT", QuoteReach::coin},
    {"BRZ", QuoteReach::coin},     {"MNT", QuoteReach::coin},   {"ZEC", QuoteReach::coin},
    {"U", QuoteReach::narrow},
});

static_assert(std::is_sorted(kCurrencies.begin(), kCurrencies.end()));
static_assert(std::is_sorted(kTraded.begin(), kTraded.end()));
static_assert(std::is_sorted(kCoins.begin(), kCoins.end()));
static_assert(std::is_sorted(kQuotes.begin(), kQuotes.end(), [](const Quote& a, const Quote& b) {
  return a.name.size() > b.name.size();
}));

template <class Table>
bool holds(const Table& sorted, string_view code) {
  return std::binary_search(sorted.begin(), sorted.end(), code);
}

}  // namespace

bool is_currency(string_view code) { return holds(kCurrencies, code); }
bool is_traded_currency(string_view code) { return holds(kTraded, code); }
bool is_well_known_coin(string_view code) { return holds(kCoins, code); }

std::span<const Quote> quotes() { return kQuotes; }

bool is_quote_asset(string_view code) {
  if (code.size() < 3) return false;
  return is_currency(code) || std::any_of(kQuotes.begin(), kQuotes.end(),
                                          [code](const Quote& q) { return q.name == code; });
}

}  // namespace chandler::assets
