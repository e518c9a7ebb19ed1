// The names files come under:
//
//   binance        SYMBOL-INTERVAL-YEAR[-MONTH[-DAY]]: BTCUSDT-1m-2024-01.zip, BTCUSDT-1mo-2024.csv
//   kraken         PAIR_MINUTES, the pair in Kraken's spelling: XBTUSD_1.csv, XBTUSD_1440.csv
//   freqtrade      PAIR-TIMEFRAME: BTC_USDT-5m.csv, BTC_USDT-1Mo.csv
//   alpha_vantage  daily_AAPL.csv, intraday_5min_AAPL.csv, weekly_adjusted_AAPL.csv
//   yahoo          SYMBOL: AAPL.csv, BRK-B.csv, EURUSD=X.csv
//   generic        AAPL_1d.csv, BTCUSDT-1h.csv, AAPL_1d_2024.csv; BTCUSDT/1m/2024.csv.gz (Chandler's
//                  own)
#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "chandler/foreign_csv.h"
#include "chandler/symbol.h"

namespace chandler {
namespace {

bool digits(std::string_view text, std::size_t count) {
  return text.size() == count && text.find_first_not_of("0123456789") == std::string_view::npos;
}

// Upper-case letters, digits and what tickers have beside them; at least one letter.
bool looks_like_a_symbol(std::string_view text) {
  constexpr std::string_view kLetters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
  return !text.empty() && text.size() <= 32 &&
         text.find_first_of(kLetters) != std::string_view::npos &&
         text.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-=^_") ==
             std::string_view::npos;
}

std::vector<std::string> split(std::string_view text, char separator) {
  std::vector<std::string> parts(1);
  for (const char c : text) {
    if (c == separator) {
      parts.emplace_back();
    } else {
      parts.back() += c;
    }
  }
  return parts;
}

std::optional<Timeframe> timeframe_named(std::string_view text) {
  if (text == "1mo" || text == "1Mo") return Timeframe::mo1;
  const auto tf = parse_timeframe(text);
  return tf ? std::optional(*tf) : std::nullopt;
}

std::optional<Timeframe> timeframe_of_minutes(std::string_view text) {
  constexpr std::array<std::pair<std::string_view, Timeframe>, 14> kMinutes = {
      {{"1", Timeframe::m1},
       {"3", Timeframe::m3},
       {"5", Timeframe::m5},
       {"15", Timeframe::m15},
       {"30", Timeframe::m30},
       {"60", Timeframe::h1},
       {"120", Timeframe::h2},
       {"240", Timeframe::h4},
       {"360", Timeframe::h6},
       {"480", Timeframe::h8},
       {"720", Timeframe::h12},
       {"1440", Timeframe::d1},
       {"4320", Timeframe::d3},
       {"10080", Timeframe::w1}}};
  for (const auto& [name, tf] : kMinutes) {
    if (name == text) return tf;
  }
  return {};
}

SeriesGuess binance_name(const std::string& stem) {
  const auto parts = split(stem, '-');
  const std::size_t n = parts.size();
  if (n < 3 || n > 5 || !looks_like_a_symbol(parts[0]) || !digits(parts[2], 4)) return {};
  if ((n > 3 && !digits(parts[3], 2)) || (n > 4 && !digits(parts[4], 2))) return {};
  if (n == 3 && !timeframe_named(parts[1])) return {};  // SP-500-2024 is anything
  return {parts[0], timeframe_named(parts[1])};
}

SeriesGuess kraken_name(const std::string& stem) {
  const std::size_t cut = stem.rfind('_');
  if (cut == std::string::npos) return {};
  const auto tf = timeframe_of_minutes(stem.substr(cut + 1));
  if (!tf || !looks_like_a_symbol(stem.substr(0, cut))) return {};
  return {stem.substr(0, cut), tf};
}

// Spot only: BTC_USDT_USDT-1h-futures is another market than BTC_USDT, so nothing is guessed from
// it.
SeriesGuess freqtrade_name(const std::string& stem) {
  const std::size_t cut = stem.rfind('-');
  if (cut == std::string::npos) return {};
  const std::string pair = stem.substr(0, cut);
  const auto tf = timeframe_named(stem.substr(cut + 1));
  if (!tf || !looks_like_a_symbol(pair) || std::count(pair.begin(), pair.end(), '_') != 1)
    return {};
  return {pair, tf};
}

SeriesGuess alpha_vantage_name(const std::string& stem) {
  auto parts = split(stem, '_');
  if (parts.size() < 2 || !looks_like_a_symbol(parts.back())) return {};
  const std::string symbol = parts.back();
  parts.pop_back();
  if (parts.size() == 2 && parts[0] == "intraday" && parts[1].ends_with("min")) {
    const auto tf = timeframe_of_minutes(parts[1].substr(0, parts[1].size() - 3));
    return tf ? SeriesGuess{symbol, tf} : SeriesGuess{};
  }
  if (parts.size() > 2 || (parts.size() == 2 && parts[1] != "adjusted")) return {};
  if (parts[0] == "daily") return {symbol, Timeframe::d1};
  if (parts[0] == "weekly") return {symbol, Timeframe::w1};
  if (parts[0] == "monthly") return {symbol, Timeframe::mo1};
  return {};
}

// BTCUSDT/1m/2024.csv.gz
SeriesGuess cache_name(const std::filesystem::path& path, const std::string& stem) {
  const std::filesystem::path folder = path.parent_path();
  const auto tf = timeframe_named(folder.filename().string());
  const auto symbol = Symbol::from_folder(folder.parent_path().filename().string());
  if (!digits(stem, 4) || !tf || !symbol) return {};
  return {symbol->name(), tf};
}

SeriesGuess generic_name(const std::filesystem::path& path, const std::string& stem) {
  if (SeriesGuess own = cache_name(path, stem); own.symbol) return own;
  const std::size_t cut = stem.find_last_of("_-");
  if (cut == std::string::npos) return {};
  const std::string last = stem.substr(cut + 1);
  if (digits(last, 4) && !timeframe_named(last)) return generic_name({}, stem.substr(0, cut));
  const auto tf = timeframe_named(stem.substr(cut + 1));
  if (!tf || !looks_like_a_symbol(stem.substr(0, cut))) return {};
  return {stem.substr(0, cut), tf};
}

// The file's name without .csv, .txt, .gz, .zip.
std::string stem_of(const std::filesystem::path& path) {
  std::string stem = path.filename().string();
  for (bool cut = true; cut;) {
    cut = false;
    for (const std::string_view end : {".csv", ".txt", ".gz", ".zip", ".CSV", ".ZIP", ".GZ"}) {
      if (!stem.ends_with(end)) continue;
      stem.resize(stem.size() - end.size());
      cut = true;
    }
  }
  return stem;
}

}  // namespace

SeriesGuess guess_series(const std::filesystem::path& path, ForeignPreset preset) {
  const std::string stem = stem_of(path);
  switch (preset) {
    case ForeignPreset::binance:
      return binance_name(stem);
    case ForeignPreset::kraken:
      return kraken_name(stem);
    case ForeignPreset::freqtrade:
      return freqtrade_name(stem);
    case ForeignPreset::alpha_vantage:
      return alpha_vantage_name(stem);
    case ForeignPreset::yahoo: {
      if (SeriesGuess both = generic_name(path, stem); both.symbol) return both;
      return looks_like_a_symbol(stem) ? SeriesGuess{stem, {}} : SeriesGuess{};
    }
    case ForeignPreset::generic:
      return generic_name(path, stem);
    case ForeignPreset::automatic:
      break;
  }
  for (const ForeignPreset each :
       {ForeignPreset::binance, ForeignPreset::alpha_vantage, ForeignPreset::freqtrade,
        ForeignPreset::generic, ForeignPreset::kraken}) {
    SeriesGuess guess = guess_series(path, each);
    if (guess.symbol) return guess;
  }
  return {};
}

}  // namespace chandler
