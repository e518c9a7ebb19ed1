#include <algorithm>
#include <array>
#include <stdexcept>
#include <string>
#include <utility>

#include "chandler/resample.h"
#include "resample/aggregate.h"
#include "resample/buckets.h"

namespace chandler {
namespace {

using resample::Link;

// The bars of the exchange's sessions when others are among them; nothing when there is nothing to
// take out.
std::optional<BarSeries> only_sessions(const BarSeries& bars, Timeframe tf,
                                       const Calendar& calendar) {
  if (calendar.kind() != CalendarKind::us_equities || bars.empty()) return {};
  const auto& t = bars.timestamp;
  std::vector<std::pair<std::size_t, std::size_t>> kept;
  std::size_t rows = 0;
  std::size_t next = 0;
  for (const SlotRun& run : calendar.expected(tf, {t.front(), t.back() + seconds{1}})) {
    const auto begin = t.begin() + static_cast<std::ptrdiff_t>(next);
    const auto first =
        static_cast<std::size_t>(std::lower_bound(begin, t.end(), run.first) - t.begin());
    next = first;
    while (next < t.size() && t[next] < run.first + run.count * run.step) ++next;
    kept.emplace_back(first, next);
    rows += next - first;
  }
  if (rows == bars.size()) return {};
  BarSeries sessions;
  sessions.columns = bars.columns;
  sessions.reserve(rows);
  for (const auto& [first, last] : kept) sessions.append(bars, first, last);
  return sessions;
}

RolledUp roll_up_link(const BarSeries& bars, std::span<const Instant> incomplete, const Link& link,
                      Instant now) {
  resample::Buckets buckets = resample::cut(bars.timestamp, incomplete, link, now);
  RolledUp out;
  out.bars = resample::aggregate(bars, buckets);
  out.incomplete = std::move(buckets.incomplete);
  return out;
}

using Wanted = std::array<bool, kAllTimeframes.size()>;

std::size_t index_of(Timeframe tf) { return static_cast<std::size_t>(tf); }

// The targets and the frames on the way to them.
Wanted frames_for(const RollUpAllRequest& request) {
  Wanted wanted{};
  for (const Timeframe target : request.targets) {
    const auto path = chain_path(request.source, target);
    if (!path) {
      throw std::invalid_argument(std::string(to_string(target)) + " is not rolled up from " +
                                  std::string(to_string(request.source)));
    }
    for (const Timeframe tf : *path) wanted[index_of(tf)] = true;
  }
  return wanted;
}

}  // namespace

std::vector<RolledUp> roll_up_all(const BarSeries& bars, std::span<const Instant> source_incomplete,
                                  const RollUpAllRequest& request) {
  const Wanted wanted = frames_for(request);
  const std::optional<BarSeries> sessions = only_sessions(bars, request.source, request.calendar);
  const BarSeries& source = sessions ? *sessions : bars;

  std::array<RolledUp, kAllTimeframes.size()> frames;
  for (const Timeframe tf : kAllTimeframes) {  // parents come before their children
    if (!wanted[index_of(tf)]) continue;
    const Timeframe parent = *chain_parent(tf);
    const RolledUp& from = frames[index_of(parent)];
    const bool first = parent == request.source;
    frames[index_of(tf)] = roll_up_link(first ? source : from.bars,
                                        first ? source_incomplete : std::span(from.incomplete),
                                        Link{parent, tf, request.calendar}, request.now);
  }

  std::vector<RolledUp> out;
  out.reserve(request.targets.size());
  for (auto target = request.targets.begin(); target != request.targets.end(); ++target) {
    const bool again =
        std::find(target + 1, request.targets.end(), *target) != request.targets.end();
    RolledUp& frame = frames[index_of(*target)];
    if (again) {
      out.push_back(frame);
    } else {
      out.push_back(std::move(frame));
    }
  }
  return out;
}

RolledUp roll_up(const BarSeries& bars, std::span<const Instant> source_incomplete,
                 const RollUpRequest& request) {
  auto all = roll_up_all(bars, source_incomplete,
                         {request.source, {request.target}, request.calendar, request.now});
  return std::move(all.front());
}

}  // namespace chandler
