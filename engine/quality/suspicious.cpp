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

#include "chandler/quality.h"
#include "quality/spikes.h"

namespace chandler {
namespace {

constexpr std::size_t kZeroVolumeRun = 30;
constexpr std::size_t kStaleRun = 10;

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
  for (const std::size_t row : quality::find_spikes(bars.close))
    found.push_back({Rule::price_spike, bars.timestamp[row], row});

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
