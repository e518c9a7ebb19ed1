#include <algorithm>
#include <cmath>

#include "chandler/quality.h"

namespace chandler {

double coverage_ratio(std::int64_t present, std::int64_t expected, std::int64_t confirmed_missing) {
  const std::int64_t owed = expected - confirmed_missing;
  if (owed <= 0) return 1.0;
  return std::min(1.0, static_cast<double>(present) / static_cast<double>(owed));
}

double quality_score(std::int64_t present, std::int64_t expected, std::int64_t confirmed_missing,
                     std::int64_t rows, std::int64_t rejected, std::int64_t conflicts) {
  const auto faults = static_cast<double>(rejected + conflicts);
  const auto seen = static_cast<double>(std::max<std::int64_t>(1, rows + rejected));
  const double score =
      coverage_ratio(present, expected, confirmed_missing) * (1.0 - std::min(1.0, faults / seen));
  return std::round(score * 1e4) / 1e4;
}

}  // namespace chandler
