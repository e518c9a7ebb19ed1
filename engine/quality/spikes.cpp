// Few blocks hold a spike, and that a block holds none can be told for less than two medians of its
// logarithms: a spike goes beyond 12 sigmas, so where even the widest move that is taken back stays
// within 12 times something sigma is not below, there is none.
#include "quality/spikes.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <numeric>
#include <optional>

namespace chandler::quality {
namespace {

constexpr double kSigmas = 12.0;
constexpr double kRevertedShare = 0.5;
constexpr std::size_t kLeastReturns = 10;

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

// --- telling that there is none: moves are c[i+1] / c[i] - 1, for which no logarithm is needed -------

// Where no move is wider, returns (and distances between them) and moves differ by less than kSlack.
constexpr double kSmallMove = 0.1;
constexpr double kSlack = 1.25;
constexpr std::size_t kSample = 255;
// Of the sample: the median of all lies between them unless the sample is an odd one.
constexpr std::size_t kBelow = kSample * 42 / 100;
constexpr std::size_t kAbove = kSample * 58 / 100;

// Two doubles at once, as every 64-bit processor can; comparing gives all bits or none.
constexpr std::size_t kAtOnce = 2;
using Values = double __attribute__((vector_size(kAtOnce * sizeof(double))));
using Truths = std::int64_t __attribute__((vector_size(kAtOnce * sizeof(double))));

inline Values load(const double* from) {
  Values values;
  std::memcpy(&values, from, sizeof values);
  return values;
}

inline Values sizes(Values values) { return values < 0.0 ? -values : values; }

// Calls visit(i) for pairs until none is left, and answers where the rest begins.
template <class Visit>
std::size_t in_pairs(std::size_t count, const Visit& visit) {
  std::size_t i = 0;
  for (; i + kAtOnce <= count; i += kAtOnce) visit(i);
  return i;
}

bool all_small(std::span<const double> moves) {
  Truths small = {-1, -1};
  std::size_t i = in_pairs(moves.size(),
                           [&](std::size_t at) { small &= sizes(load(&moves[at])) <= kSmallMove; });
  bool all = (small[0] & small[1]) != 0;
  for (; i < moves.size(); ++i) all = all && std::abs(moves[i]) <= kSmallMove;
  return all;
}

// Of the moves that the next one may take back, the widest; the share is taken generously.
double widest_taken_back(std::span<const double> moves) {
  constexpr double kShare = kRevertedShare / kSlack;
  Values widest_of = {0, 0};
  std::size_t i = in_pairs(moves.size() - 1, [&](std::size_t at) {
    const Values move = load(&moves[at]);
    const Values next = load(&moves[at + 1]);
    const Values there = sizes(move);
    const Truths back = (move * next <= 0.0) & (sizes(next) >= kShare * there);
    const Values taken = back ? there : Values{0, 0};
    widest_of = taken > widest_of ? taken : widest_of;
  });
  double widest = std::max(widest_of[0], widest_of[1]);
  for (; i + 1 < moves.size(); ++i) {
    const double there = std::abs(moves[i]);
    if (moves[i] * moves[i + 1] <= 0.0 && std::abs(moves[i + 1]) >= kShare * there)
      widest = std::max(widest, there);
  }
  return widest;
}

struct Bracket {
  double low;
  double high;
};

struct Places {
  std::size_t below = 0;
  std::size_t above = 0;
};

// How many lie outside.
Places outside(std::span<const double> moves, Bracket b) {
  Truths below = {0, 0};
  Truths above = {0, 0};
  std::size_t i = in_pairs(moves.size(), [&](std::size_t at) {
    const Values move = load(&moves[at]);
    below -= move < b.low;
    above -= move > b.high;
  });
  Places places{static_cast<std::size_t>(below[0] + below[1]),
                static_cast<std::size_t>(above[0] + above[1])};
  for (; i < moves.size(); ++i) {
    places.below += static_cast<std::size_t>(moves[i] < b.low);
    places.above += static_cast<std::size_t>(moves[i] > b.high);
  }
  return places;
}

// Around the median; nothing where the sample does not tell.
std::optional<Bracket> around_median(std::span<const double> moves) {
  if (moves.size() < kSample) return {};
  std::array<double, kSample> sample{};
  for (std::size_t i = 0; i < kSample; ++i) sample[i] = moves[i * moves.size() / kSample];
  const auto low = sample.begin() + kBelow;
  const auto high = sample.begin() + kAbove;
  std::nth_element(sample.begin(), low, sample.end());
  std::nth_element(low + 1, high, sample.end());
  const Bracket bracket{*low, *high};
  const Places places = outside(moves, bracket);
  const std::size_t middle = moves.size() / 2;
  if (places.below > middle || places.above >= moves.size() - middle) return {};
  return bracket;
}

// True only where there is surely no spike.
bool surely_none(std::span<const double> moves) {
  if (!all_small(moves)) return false;
  const double widest = widest_taken_back(moves);
  if (widest == 0.0) return true;
  const auto middle = around_median(moves);
  if (!middle) return false;
  const double farthest = kSlack * (widest + std::max(std::abs(middle->low), middle->high));
  // Half of all must lie within the deviation of the median, wherever that is. Do they lie within
  // this one, which would be the least that leaves no spike?
  const double deviation = kSlack * farthest / (kSigmas * kSigmaOfMedianDeviation);
  const Places far = outside(moves, {middle->low - deviation, middle->high + deviation});
  return moves.size() - far.below - far.above <= moves.size() / 2;
}

std::vector<double> moves_of(std::span<const double> closes) {
  std::vector<double> moves(closes.size() - 1);
  for (std::size_t i = 0; i < moves.size(); ++i) moves[i] = closes[i + 1] / closes[i] - 1.0;
  return moves;
}

}  // namespace

std::vector<std::size_t> find_spikes_at_length(std::span<const double> closes) {
  std::vector<std::size_t> found;
  if (closes.size() < kLeastReturns + 1) return found;
  std::vector<double> returns(closes.size() - 1);
  for (std::size_t i = 0; i < returns.size(); ++i) returns[i] = std::log(closes[i + 1] / closes[i]);
  const Spread spread = robust_spread(returns);
  for (std::size_t i = 0; i + 1 < returns.size(); ++i) {
    const double there = returns[i];
    const double back = -returns[i + 1];
    const bool reverts = there * back > 0.0 && std::abs(back) >= kRevertedShare * std::abs(there);
    if (reverts && std::abs(there - spread.middle) > kSigmas * spread.sigma) found.push_back(i + 1);
  }
  return found;
}

std::vector<std::size_t> find_spikes(std::span<const double> closes) {
  if (closes.size() < kLeastReturns + 1 || surely_none(moves_of(closes))) return {};
  return find_spikes_at_length(closes);
}

}  // namespace chandler::quality
