// A year of made-up one-minute bars that look like those of BTCUSDT at Binance: prices of five digits and two decimals that walk,
// volumes of five decimals with a long tail. The same bars on every machine: nothing but integers and exactly rounded operations
// goes into them.
#pragma once

#include <string>

#include "chandler/bar_series.h"

namespace chandler::bench {

enum class Width {
  six,   // timestamp, open, high, low, close, volume
  nine,  // and vwap, trade_count, turnover, as the provider derives them
};

inline constexpr int kYear = 2023;  // 365 days
inline constexpr std::size_t kYearRows = 525'600;

[[nodiscard]] BarSeries market_year(Width width, std::uint64_t seed = 1);

// The year as the rows of a file, without the header line.
[[nodiscard]] std::string text_of(const BarSeries& bars);

}  // namespace chandler::bench
