// Which candles to draw of a series, and how to come by them without reading more than a little.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "chandler/cache.h"
#include "chandler/calendar.h"
#include "chandler/resample.h"

namespace chandler::html {

inline constexpr std::size_t kMostCandles = 200;
inline constexpr std::int64_t kMostBarsRead = 100'000;

struct ChartBars {
  Timeframe frame = Timeframe::d1;   // of the candles
  Timeframe stored = Timeframe::d1;  // of the bars they were made from
  bool whole = true;                 // else the most recent part of the series
  BarSeries bars{};
  // Where candles belong, those that are missing included: what the calendar expects from the first
  // bar to the last, and the bars.
  std::vector<Instant> slots{};
};

// Takes the finest frame in which the whole series fits; where that would mean reading too much, of
// the most recent part. `frames` is every stored frame of the symbol, the series itself among them.
// Precondition: the series has bars.
[[nodiscard]] Result<ChartBars> chart_bars(const Cache& cache, const SeriesStatus& series,
                                           std::span<const SeriesStatus> frames);

}  // namespace chandler::html
