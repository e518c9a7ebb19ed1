#include "parts/market_year.h"

#include <algorithm>
#include <cstdint>

#include "store/csv_rows.h"

namespace chandler::bench {
namespace {

class Draws {
 public:
  explicit Draws(std::uint64_t seed) : state_(seed) {}

  std::uint64_t bits() {  // splitmix64
    std::uint64_t z = state_ += 0x9E3779B97F4A7C15U;
    z = (z ^ z >> 30U) * 0xBF58476D1CE4E5B9U;
    z = (z ^ z >> 27U) * 0x94D049BB133111EBU;
    return z ^ z >> 31U;
  }
  std::int64_t below(std::int64_t end) {
    return static_cast<std::int64_t>(bits() % static_cast<std::uint64_t>(end));
  }
  // Bell-shaped around zero, of about this deviation: the sum of four uniform ones.
  std::int64_t around_zero(std::int64_t deviation) {
    std::int64_t sum = 0;
    for (int i = 0; i < 4; ++i) sum += below(2 * deviation + 1) - deviation;
    return sum * 7 / 8;
  }
  // Mostly small, now and then large: 1 to `most`, evenly over the powers of two.
  std::int64_t long_tailed(unsigned least_bits, unsigned most_bits) {
    const auto size = least_bits + static_cast<unsigned>(bits() % (most_bits - least_bits));
    return (std::int64_t{1} << size) + below(std::int64_t{1} << size);
  }

 private:
  std::uint64_t state_;
};

}  // namespace

BarSeries market_year(Width width, std::uint64_t seed) {
  Draws draws(seed);
  BarSeries bars;
  if (width == Width::nine)
    bars.columns.add(Column::vwap).add(Column::trade_count).add(Column::turnover);
  bars.resize(kYearRows);
  std::int64_t close = 4'228'358;  // cents
  for (std::size_t i = 0; i < kYearRows; ++i) {
    const std::int64_t open = close + (draws.below(4) == 0 ? draws.below(3) - 1 : 0);
    close = std::clamp(open + draws.around_zero(1'300), std::int64_t{1'600'000},
                       std::int64_t{6'900'000});
    const std::int64_t wick_up = draws.below(5) == 0 ? 0 : draws.long_tailed(2, 12);
    const std::int64_t wick_down = draws.below(5) == 0 ? 0 : draws.long_tailed(2, 12);
    const std::int64_t lots = draws.long_tailed(18, 24);  // 1/100000
    bars.timestamp[i] = year_start(kYear) + seconds{60} * static_cast<std::int64_t>(i);
    bars.open[i] = static_cast<double>(open) / 100;
    bars.high[i] = static_cast<double>(std::max(open, close) + wick_up) / 100;
    bars.low[i] = static_cast<double>(std::min(open, close) - wick_down) / 100;
    bars.close[i] = static_cast<double>(close) / 100;
    bars.volume[i] = static_cast<double>(lots) / 100'000;
    if (width == Width::six) continue;
    const std::int64_t mean = (open + close) / 2 + draws.around_zero(300);
    const std::int64_t paid = lots * mean * 10 + draws.below(100);  // 1/100000000
    bars.turnover[i] = static_cast<double>(paid) / 100'000'000;
    bars.vwap[i] = bars.turnover[i] / bars.volume[i];
    bars.trade_count[i] = static_cast<double>(draws.long_tailed(7, 12));
  }
  return bars;
}

std::string text_of(const BarSeries& bars) {
  std::string text;
  store::RowPrinter(bars.columns).append(bars, 0, bars.size(), text);
  return text;
}

}  // namespace chandler::bench
