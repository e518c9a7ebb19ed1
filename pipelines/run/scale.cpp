#include "run/scale.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace chandler {
namespace {

// A source's numbers go through short floats; the smallest stock dividends are half a per cent.
constexpr double kTolerance = 0.002;

constexpr std::array<Column, 4> kPrices = {Column::open, Column::high, Column::low, Column::close};

// Of every price at a time that is in both.
std::vector<double> factors_between(const BarSeries& kept, const BarSeries& now) {
  std::vector<double> factors;
  for (std::size_t i = 0; i < now.size(); ++i) {
    const std::size_t at = kept.lower_bound(now.timestamp[i]);
    if (at == kept.size() || kept.timestamp[at] != now.timestamp[i]) continue;
    for (const Column price : kPrices) {
      const double factor = now.column(price)[i] / kept.column(price)[at];
      if (std::isfinite(factor) && factor > 0) factors.push_back(factor);
    }
  }
  return factors;
}

}  // namespace

bool same_scale(double a, double b) { return std::abs(a / b - 1) < kTolerance; }

std::optional<double> scale_between(const BarSeries& kept, const BarSeries& now) {
  std::vector<double> factors = factors_between(kept, now);
  if (factors.empty()) return {};
  std::sort(factors.begin(), factors.end());
  const double middle = factors[factors.size() / 2];
  const auto alike = std::count_if(factors.begin(), factors.end(),
                                   [&](double factor) { return same_scale(factor, middle); });
  const bool most = static_cast<std::size_t>(alike) * 4 >= factors.size() * 3;
  return most && !same_scale(middle, 1) ? middle : 1;
}

std::optional<Split> split_behind(double scale, const std::vector<Split>& splits) {
  const auto found = std::find_if(splits.begin(), splits.end(), [&](const Split& split) {
    return same_scale(scale, split.denominator / split.numerator);
  });
  if (found == splits.end()) return {};
  return *found;
}

}  // namespace chandler
