#include "import/presets.h"

#include <algorithm>
#include <array>
#include <optional>
#include <span>

#include "import/columns.h"
#include "import/time_field.h"

namespace chandler {
namespace {

constexpr std::array<std::string_view, 7> kPresetNames = {
    "auto", "generic", "binance", "kraken", "yahoo", "freqtrade", "alpha_vantage"};

}  // namespace

std::string_view to_string(ForeignPreset preset) {
  return kPresetNames[static_cast<std::size_t>(preset)];
}

Result<ForeignPreset> parse_foreign_preset(std::string_view name) {
  for (std::size_t i = 0; i < kPresetNames.size(); ++i) {
    if (kPresetNames[i] == name) return static_cast<ForeignPreset>(i);
  }
  return Error{ErrorKind::usage, '"' + printable(std::string(name)) + "\" is no preset", "",
               "the presets are auto generic binance kraken yahoo freqtrade alpha_vantage"};
}

namespace foreign {
namespace {

// Sources: data.binance.vision's README, Kraken's support page on OHLCVT downloads and its REST
// call OHLC (with vwap), freqtrade's candle columns, MetaTrader's export (date and time apart).
constexpr std::array<std::string_view, 12> kBinance = {"open_time",
                                                       "open",
                                                       "high",
                                                       "low",
                                                       "close",
                                                       "volume",
                                                       "close_time",
                                                       "quote_volume",
                                                       "count",
                                                       "taker_buy_volume",
                                                       "taker_buy_quote_volume",
                                                       "ignore"};
constexpr std::array<std::string_view, 7> kKraken = {"timestamp", "open",   "high",  "low",
                                                     "close",     "volume", "trades"};
constexpr std::array<std::string_view, 8> kKrakenRest = {"timestamp", "open", "high",   "low",
                                                         "close",     "vwap", "volume", "trades"};
constexpr std::array<std::string_view, 6> kSix = {"timestamp", "open",  "high",
                                                  "low",       "close", "volume"};
constexpr std::array<std::string_view, 7> kDateAndTime = {"date", "time",  "open",  "high",
                                                          "low",  "close", "volume"};

bool all_digits(std::string_view text) {
  return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
}

bool has(const std::vector<std::string>& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

bool named_like(const std::filesystem::path& file, ForeignPreset preset) {
  const SeriesGuess guess = guess_series(file, preset);
  return guess.symbol || guess.timeframe;
}

// 13 or 16 digits, twice: the opening and the closing time.
bool is_binance_row(const std::vector<std::string>& fields) {
  return fields.size() == kBinance.size() && fields[0].size() >= 13 &&
         fields[0].size() == fields[6].size() && all_digits(fields[0]) && all_digits(fields[6]);
}

bool is_kraken_row(const std::vector<std::string>& fields) {
  return fields.size() == kKraken.size() && (fields[0].size() == 9 || fields[0].size() == 10) &&
         all_digits(fields[0]) && all_digits(fields[6]);
}

std::vector<std::string> copied(std::span<const std::string_view> names) {
  return {names.begin(), names.end()};
}

}  // namespace

std::string_view zone_of(ForeignPreset preset) {
  return preset == ForeignPreset::alpha_vantage ? "America/New_York" : "UTC";
}

ForeignPreset recognise_header(const std::vector<std::string>& names,
                               const std::filesystem::path& file) {
  if (has(names, "open_time") && has(names, "close_time")) return ForeignPreset::binance;
  if (names.front() == "price" && has(names, "close"))
    return ForeignPreset::yahoo;  // yfinance's table
  const bool date = has(names, "date") || has(names, "datetime");
  if (date && (has(names, "adj_close") || has(names, "stock_splits"))) return ForeignPreset::yahoo;
  if (has(names, "timestamp") && named_like(file, ForeignPreset::alpha_vantage))
    return ForeignPreset::alpha_vantage;
  if (names.size() == kSix.size() && has(names, "date") &&
      named_like(file, ForeignPreset::freqtrade)) {
    return ForeignPreset::freqtrade;
  }
  return ForeignPreset::generic;
}

ForeignPreset recognise_row(const std::vector<std::string>& fields,
                            const std::filesystem::path& file) {
  if (is_binance_row(fields)) return ForeignPreset::binance;
  if (is_kraken_row(fields)) return ForeignPreset::kraken;
  if (fields.size() == kSix.size() && named_like(file, ForeignPreset::kraken))
    return ForeignPreset::kraken;
  if (fields.size() == kSix.size() && named_like(file, ForeignPreset::freqtrade))
    return ForeignPreset::freqtrade;
  return ForeignPreset::generic;
}

std::vector<std::string> layout_of(ForeignPreset preset, const std::vector<std::string>& fields) {
  const std::size_t count = fields.size();
  if (preset == ForeignPreset::binance && count == kBinance.size()) return copied(kBinance);
  if (preset == ForeignPreset::kraken && count == kKraken.size()) return copied(kKraken);
  if (preset == ForeignPreset::kraken && count == kKrakenRest.size()) return copied(kKrakenRest);
  if (preset == ForeignPreset::generic && count == kDateAndTime.size() &&
      parse_clock_field(fields[1]) && fields[1].find(':') != std::string::npos) {
    return copied(kDateAndTime);
  }
  if (preset != ForeignPreset::binance && count == kSix.size()) return copied(kSix);
  return {};
}

}  // namespace foreign
}  // namespace chandler
