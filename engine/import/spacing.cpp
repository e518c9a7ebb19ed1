#include "import/spacing.h"

#include <algorithm>
#include <cstdint>
#include <vector>

namespace chandler::foreign {
namespace {

constexpr std::int64_t kDay = 86'400;

// Months are 28 to 31 days long.
bool is_length_of(Timeframe tf, std::int64_t step) {
  if (tf == Timeframe::mo1) return step >= 28 * kDay && step <= 31 * kDay && step % kDay == 0;
  return step == nominal_length(tf).count();
}

}  // namespace

std::optional<Timeframe> timeframe_of_spacing(std::span<const Instant> times) {
  constexpr std::size_t kFewest = 3;
  std::vector<Instant> sorted(times.begin(), times.end());
  std::sort(sorted.begin(), sorted.end());
  std::vector<std::int64_t> steps;
  for (std::size_t i = 1; i < sorted.size(); ++i) {
    const std::int64_t step = (sorted[i] - sorted[i - 1]).count();
    if (step > 0) steps.push_back(step);
  }
  if (steps.size() < kFewest) return {};
  const std::int64_t smallest = *std::min_element(steps.begin(), steps.end());
  for (const Timeframe tf : kAllTimeframes) {
    if (!is_length_of(tf, smallest)) continue;
    const auto fitting = std::count_if(steps.begin(), steps.end(),
                                       [&](std::int64_t step) { return is_length_of(tf, step); });
    if (static_cast<std::size_t>(fitting) * 2 > steps.size()) return tf;
  }
  return {};
}

}  // namespace chandler::foreign
