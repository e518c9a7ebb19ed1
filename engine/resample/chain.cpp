#include <algorithm>
#include <array>

#include "chandler/resample.h"

namespace chandler {
namespace {

// The parent of each frame, in the order of the frames. Every parent is finer than its child; 1m
// has none.
constexpr std::array<Timeframe, 15> kParents = {
    Timeframe::m1,  Timeframe::m1, Timeframe::m1, Timeframe::m5, Timeframe::m15,
    Timeframe::m15, Timeframe::h1, Timeframe::h1, Timeframe::h1, Timeframe::h1,
    Timeframe::h1,  Timeframe::h1, Timeframe::d1, Timeframe::d1, Timeframe::d1};

}  // namespace

std::optional<Timeframe> chain_parent(Timeframe tf) {
  if (tf == Timeframe::m1) return {};
  return kParents[static_cast<std::size_t>(tf)];
}

std::optional<std::vector<Timeframe>> chain_path(Timeframe source, Timeframe target) {
  std::vector<Timeframe> path;
  std::optional<Timeframe> tf = target;
  for (; tf && *tf != source; tf = chain_parent(*tf)) path.push_back(*tf);
  if (!tf || path.empty()) return {};
  std::reverse(path.begin(), path.end());
  return path;
}

}  // namespace chandler
