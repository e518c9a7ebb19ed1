// Warnings about bars that are sound one by one but odd together. Nothing is dropped for them.
//
//   price_spike       a return beyond 12 robust sigmas whose next return goes back at least half of
//   the way. Sigma is
//                     1.4826 x the median absolute deviation of the log returns of closes; where
//                     that is zero (most bars did not move) 1.2533 x their mean absolute deviation
//                     stands in (Iglewicz and Hoaglin, How to Detect and Handle Outliers, 1993).
//                     Under ten returns nothing is said.
//   zero_volume_run   30 bars or more in a row without volume, unless the series has none at all
//   (forex, indices) stale_run         10 bars or more in a row with the same open, high, low,
//   close and volume, if the bar moved or had
//                     volume: a flat bar without volume says that nothing was traded, and is no
//                     sign of a stuck feed
//
// One finding a run, at its first bar.
#include <algorithm>
#include <cmath>
#include <numeric>

#include "chandler/quality.h"

namespace chandler {
namespace {

constexpr double kSigmas = 12.0;
constexpr double kRevertedShare = 0.5;
constexpr std::size_t kLeastReturns = 10;
constexpr std::size_t kZeroVolumeRun = 30;
constexpr std::size_t kStaleRun = 10;

constexpr double kSigmaOfMedianDeviation = 1.4826;
constexpr double kSigmaOfMeanDeviation = 1.2533;

struct Spread {
  double middle;
  double sigma;
};

double median(std::vector<double>& values) {  // reorders them
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

Spread robust_spread(std::vector<double> returns) {
  const double middle = median(returns);
  for (double& r : returns) r = std::abs(r - middle);
  const double mean =
      std::accumulate(returns.begin(), returns.end(), 0.0) / static_cast<double>(returns.size());
  const double deviation = median(returns);
  return {middle,
          deviation > 0.0 ? kSigmaOfMedianDeviation * deviation : kSigmaOfMeanDeviation * mean};
}

void find_spikes(const BarSeries& bars, std::vector<Finding>& found) {
  if (bars.size() < kLeastReturns + 1) return;
  std::vector<double> returns(bars.size() - 1);
  for (std::size_t i = 0; i < returns.size(); ++i)
    returns[i] = std::log(bars.close[i + 1] / bars.close[i]);
  const Spread spread = robust_spread(returns);
  for (std::size_t i = 0; i + 1 < returns.size(); ++i) {
    const double there = returns[i];
    const double back = -returns[i + 1];
    const bool reverts = there * back > 0.0 && std::abs(back) >= kRevertedShare * std::abs(there);
    if (reverts && std::abs(there - spread.middle) > kSigmas * spread.sigma) {
      found.push_back({Rule::price_spike, bars.timestamp[i + 1], i + 1});
    }
  }
}

// Runs of at least `least` bars in which each bar after the first `follows` the one before.
template <class Starts, class Follows>
void find_runs(const BarSeries& bars, Rule rule, std::size_t least, Starts starts, Follows follows,
               std::vector<Finding>& found) {
  for (std::size_t first = 0; first < bars.size();) {
    std::size_t end = first + 1;
    if (starts(first)) {
      while (end < bars.size() && follows(end)) ++end;
      if (end - first >= least) found.push_back({rule, bars.timestamp[first], first});
    }
    first = end;
  }
}

}  // namespace

std::vector<Finding> find_suspicious(const BarSeries& bars) {
  std::vector<Finding> found;
  find_spikes(bars, found);

  const auto silent = [&bars](std::size_t i) { return bars.volume[i] == 0.0; };
  const bool has_volume =
      std::any_of(bars.volume.begin(), bars.volume.end(), [](double v) { return v != 0.0; });
  if (has_volume) find_runs(bars, Rule::zero_volume_run, kZeroVolumeRun, silent, silent, found);

  const auto lives = [&bars](std::size_t i) {
    return bars.volume[i] > 0.0 || bars.high[i] > bars.low[i];
  };
  const auto repeats = [&bars](std::size_t i) {
    return bars.close[i] == bars.close[i - 1] && bars.open[i] == bars.open[i - 1] &&
           bars.high[i] == bars.high[i - 1] && bars.low[i] == bars.low[i - 1] &&
           bars.volume[i] == bars.volume[i - 1];
  };
  find_runs(bars, Rule::stale_run, kStaleRun, lives, repeats, found);

  std::stable_sort(found.begin(), found.end(),
                   [](const Finding& a, const Finding& b) { return a.row < b.row; });
  return found;
}

}  // namespace chandler
