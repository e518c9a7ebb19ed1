#include "alpha_vantage/labels.h"

#include <cmath>
#include <map>
#include <set>

namespace chandler::alpha_vantage {
namespace {

using namespace std::chrono_literals;

constexpr seconds kFirst = 4h;  // of the extended hours
constexpr seconds kLast = 20h;
constexpr seconds kOpen = 9h + 30min;  // of the session
constexpr seconds kClose = 16h;

// How far the auction's volume has to stand out, and on how many days there has to be one.
constexpr double kStandsOut = 4;
constexpr std::size_t kDays = 5;

struct AtTime {
  double volume = 0;
  std::set<Instant> days{};
};
using ByTime = std::map<seconds, AtTime>;

std::optional<Labels> either(bool start, bool end) {
  if (start == end) return {};
  return start ? Labels::start : Labels::end;
}

// Of labels that are starts the one at the opening has the auction, and the one before has little;
// of ends the one after the opening has it, and the one at the opening little.
std::optional<Labels> by_auction(const ByTime& times, seconds open, seconds length) {
  const auto of = [&](seconds time) {
    const auto found = times.find(time);
    return found == times.end() ? AtTime{} : found->second;
  };
  const AtTime before = of(open - length);
  const AtTime at = of(open);
  const AtTime after = of(open + length);
  const bool start = at.days.size() >= kDays && at.volume > kStandsOut * before.volume;
  const bool end = after.days.size() >= kDays && after.volume > kStandsOut * at.volume;
  return either(start, end);
}

}  // namespace

std::optional<Labels> labels_of(const BarSeries& rows, Timeframe timeframe) {
  const seconds length = nominal_length(timeframe);
  const seconds open = kOpen - kOpen % length;
  ByTime times;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const Instant day = day_start(rows.timestamp[i]);
    AtTime& at = times[rows.timestamp[i] - day];
    if (std::isfinite(rows.volume[i])) at.volume += rows.volume[i];
    at.days.insert(day);
  }
  if (times.empty()) return {};
  const seconds first = times.begin()->first;
  const seconds last = times.rbegin()->first;
  if (first < kFirst || last > kLast) return {};
  if (first >= open && last <= kClose) return either(first == open, last == kClose);
  if (first == kFirst || last == kLast) return either(first == kFirst, last == kLast);
  return by_auction(times, open, length);
}

}  // namespace chandler::alpha_vantage
