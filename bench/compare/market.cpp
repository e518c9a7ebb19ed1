#include "market.h"

#include <algorithm>

namespace chandler::bench {
namespace {

// SplitMix64 (prng.di.unimi.it/splitmix64.c): a few lines, no library's choice of algorithm.
class Draw {
 public:
  explicit Draw(std::uint64_t seed) : state_(seed) {}

  // 0 to limit - 1.
  std::int64_t below(std::int64_t limit) {
    return static_cast<std::int64_t>(next() % static_cast<std::uint64_t>(limit));
  }

 private:
  std::uint64_t next() {
    state_ += 0x9E3779B97F4A7C15U;
    std::uint64_t z = state_;
    z = (z ^ (z >> 30U)) * 0xBF58476D1CE4E5B9U;
    z = (z ^ (z >> 27U)) * 0x94D049BB133111EBU;
    return z ^ (z >> 31U);
  }
  std::uint64_t state_;
};

constexpr double kVolumeUnit = 100'000;
constexpr std::int64_t kBasisPoint = 10'000;

}  // namespace

BarSeries make_bars(const Market& market, Timeframe timeframe, Instant from, std::size_t rows) {
  Draw draw(market.seed);
  BarSeries bars;
  bars.reserve(rows);
  std::int64_t price = market.first_price;
  Instant t = from;
  for (std::size_t i = 0; i < rows; ++i, t = utc_next(timeframe, t)) {
    const std::int64_t swing = std::max<std::int64_t>(2, price * 5 / kBasisPoint);
    // Drawn to the middle again, so that a long series neither vanishes nor explodes.
    const std::int64_t pull = (market.first_price - price) / 20'000;
    const std::int64_t open = std::max(swing, price + draw.below(3) - 1);
    const std::int64_t close = std::max(swing, open + draw.below(swing) - draw.below(swing) + pull);
    const std::int64_t high = std::max(open, close) + draw.below(swing);
    const std::int64_t low = std::max<std::int64_t>(1, std::min(open, close) - draw.below(swing));
    // Few minutes are busy, most are not.
    const std::int64_t volume = draw.below(1 + draw.below(1 + draw.below(30'000'000)));
    bars.timestamp.push_back(t);
    bars.open.push_back(static_cast<double>(open) / market.price_unit);
    bars.high.push_back(static_cast<double>(high) / market.price_unit);
    bars.low.push_back(static_cast<double>(low) / market.price_unit);
    bars.close.push_back(static_cast<double>(close) / market.price_unit);
    bars.volume.push_back(static_cast<double>(volume) / kVolumeUnit);
    price = close;
  }
  return bars;
}

}  // namespace chandler::bench
