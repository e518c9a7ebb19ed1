// Made-up bars that look like a market's, the same on every machine and in every build: whole
// numbers are drawn and divided by a power of ten, so each value is the double nearest to a short
// decimal.
#pragma once

#include <cstddef>
#include <cstdint>

#include "chandler/bar_series.h"
#include "chandler/timeframe.h"

namespace chandler::bench {

struct Market {
  std::uint64_t seed = 1;
  std::int64_t first_price = 4'200'000;  // in units of the last decimal
  double price_unit = 100;               // 10 to the number of a price's decimals
};

// `rows` bars one after the other from `from` on. Each bar opens near the close before it; prices
// have the market's decimals, volumes five.
[[nodiscard]] BarSeries make_bars(const Market& market, Timeframe timeframe, Instant from,
                                  std::size_t rows);

}  // namespace chandler::bench
