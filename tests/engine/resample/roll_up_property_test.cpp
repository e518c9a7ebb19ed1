// Random bars with holes, held against the naive roll-up bit for bit.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>
#include <string>

#include "chandler/resample.h"
#include "naive_roll_up.h"

namespace chandler {
namespace {

struct Market {
  const char* name;
  Calendar calendar;
  Timeframe source;
  const char *from, *to;
};

const Market kMarkets[] = {
    {"crypto", Calendar{CalendarKind::always}, Timeframe::m1, "2023-12-20 00:00:00",
     "2024-02-10 00:00:00"},
    {"no rule", Calendar{CalendarKind::none}, Timeframe::m1, "2024-02-20 00:00:00",
     "2024-03-12 00:00:00"},
    {"stocks into summer", Calendar{CalendarKind::us_equities}, Timeframe::m1,
     "2024-02-26 00:00:00", "2024-04-02 00:00:00"},
    {"stocks into winter", Calendar{CalendarKind::us_equities}, Timeframe::m1,
     "2024-10-28 00:00:00", "2024-12-05 00:00:00"},
    {"forex into summer", Calendar{CalendarKind::forex}, Timeframe::m1, "2024-02-26 00:00:00",
     "2024-04-02 00:00:00"},
    {"forex into winter", Calendar{CalendarKind::forex}, Timeframe::m1, "2024-10-28 00:00:00",
     "2024-11-20 00:00:00"},
    {"crypto hours", Calendar{CalendarKind::always}, Timeframe::h1, "2023-01-01 00:00:00",
     "2024-06-01 00:00:00"},
    {"stock hours", Calendar{CalendarKind::us_equities}, Timeframe::h1, "2023-01-01 00:00:00",
     "2024-06-01 00:00:00"},
    {"stock days", Calendar{CalendarKind::us_equities}, Timeframe::d1, "2010-01-01 00:00:00",
     "2024-06-01 00:00:00"},
    {"forex days", Calendar{CalendarKind::forex}, Timeframe::d1, "2010-01-01 00:00:00",
     "2024-06-01 00:00:00"},
};

class RandomBars {
 public:
  explicit RandomBars(unsigned seed) : random_(seed) {}

  // Most expected slots, some others; holes of one bar and of many; unknown values.
  BarSeries of(const Market& market) {
    BarSeries bars;
    bars.columns.add(Column::adj_close)
        .add(Column::vwap)
        .add(Column::trade_count)
        .add(Column::turnover);
    const Instant end = *parse_exact(market.to);
    Instant hole = *parse_exact(market.from);
    for (Instant t = hole; t < end; t += nominal_length(market.source)) {
      const bool expected = market.calendar.expects(market.source, t);
      if (chance(0.0005)) hole = t + static_cast<int>(draw(400)) * nominal_length(market.source);
      if (t < hole || chance(expected ? 0.004 : 0.9)) continue;
      push(bars, t);
    }
    return bars;
  }

  std::vector<Instant> some(const std::vector<Instant>& labels) {
    std::vector<Instant> out;
    for (const Instant t : labels) {
      if (chance(0.002)) out.push_back(t);
    }
    return out;
  }

  double draw(double below) { return std::uniform_real_distribution<>(0, below)(random_); }
  bool chance(double p) { return draw(1) < p; }

 private:
  void push(BarSeries& bars, Instant t) {
    bars.timestamp.push_back(t);
    for (const Column c : kAllColumns) {
      const bool optional = static_cast<std::size_t>(c) >= kRequiredColumns;
      bars.column(c).push_back(optional && chance(0.3) ? kUnknown : draw(100));
    }
    if (chance(0.1)) bars.volume.back() = 0;
  }

  std::mt19937_64 random_;
};

std::vector<Timeframe> downstream(Timeframe source) {
  std::vector<Timeframe> targets;
  for (const Timeframe tf : kAllTimeframes) {
    if (chain_path(source, tf)) targets.push_back(tf);
  }
  return targets;
}

std::vector<Instant> within(const std::vector<Instant>& labels, Instant from, Instant to) {
  std::vector<Instant> out;
  for (const Instant t : labels) {
    if (from <= t && t < to) out.push_back(t);
  }
  return out;
}

TEST(RollUpProperty, EqualsTheNaiveRollUpBitForBit) {
  RandomBars random(1);
  for (const Market& market : kMarkets) {
    const BarSeries bars = random.of(market);
    const auto known = random.some(bars.timestamp);
    const Instant now = *parse_exact(market.to) - nominal_length(market.source) * 7;
    std::map<Timeframe, RolledUp> naive = {{market.source, {bars, known}}};
    for (const Timeframe target : downstream(market.source)) {
      const Timeframe parent = *chain_parent(target);
      const RolledUp& fine = naive[parent];
      const RolledUp slow = naive[target] =
          naive_link(fine, {parent, target, market.calendar, now});
      const RolledUp fast = roll_up(bars, known, {market.source, target, market.calendar, now});
      ASSERT_TRUE(!slow.bars.empty() || target == Timeframe::mo1)
          << market.name << to_string(target);
      ASSERT_TRUE(identical(fast.bars, slow.bars)) << market.name << " " << to_string(target);
      ASSERT_EQ(fast.incomplete, slow.incomplete) << market.name << " " << to_string(target);
    }
  }
}

TEST(RollUpProperty, IsTheSameWhicheverFramesAreAskedFor) {
  RandomBars random(2);
  for (const Market& market : kMarkets) {
    const BarSeries bars = random.of(market);
    const auto known = random.some(bars.timestamp);
    const auto targets = downstream(market.source);
    const Instant now = *parse_exact(market.to);
    const auto all = roll_up_all(bars, known, {market.source, targets, market.calendar, now});
    for (std::size_t i = 0; i < targets.size(); ++i) {
      const RolledUp one = roll_up(bars, known, {market.source, targets[i], market.calendar, now});
      ASSERT_TRUE(identical(all[i].bars, one.bars)) << market.name << " " << to_string(targets[i]);
      ASSERT_EQ(all[i].incomplete, one.incomplete) << market.name << " " << to_string(targets[i]);
      // And in two steps, over the frame in between.
      const Timeframe parent = *chain_parent(targets[i]);
      if (parent == market.source) continue;
      const RolledUp halfway = roll_up(bars, known, {market.source, parent, market.calendar, now});
      const RolledUp rest =
          roll_up(halfway.bars, halfway.incomplete, {parent, targets[i], market.calendar, now});
      ASSERT_TRUE(identical(rest.bars, one.bars)) << market.name << " " << to_string(targets[i]);
      ASSERT_EQ(rest.incomplete, one.incomplete) << market.name << " " << to_string(targets[i]);
    }
  }
}

TEST(RollUpProperty, OfASliceIsTheSliceOfTheRollUp) {
  RandomBars random(3);
  for (const Market& market : kMarkets) {
    const BarSeries bars = random.of(market);
    const auto known = random.some(bars.timestamp);
    const Instant now = *parse_exact(market.to);
    for (const Timeframe target : downstream(market.source)) {
      const RollUpRequest request{market.source, target, market.calendar, now};
      const RolledUp whole = roll_up(bars, known, request);
      if (whole.bars.empty()) continue;  // no month has ended
      for (int round = 0; round < 5; ++round) {
        const auto any = [&] {
          return static_cast<std::size_t>(random.draw(static_cast<double>(whole.bars.size())));
        };
        const auto [first, last] = std::minmax({any(), any()});
        const auto range_of = [&](std::size_t i) {
          return market.calendar.bucket_range(target, market.source, whole.bars.timestamp[i]);
        };
        const Instant from = range_of(first).from;
        const Instant to = range_of(last).to;
        const BarSeries slice = bars.slice(bars.lower_bound(from), bars.lower_bound(to));
        const RolledUp part = roll_up(slice, within(known, from, to), request);
        ASSERT_TRUE(identical(part.bars, whole.bars.slice(first, last + 1)))
            << market.name << " " << to_string(target);
        ASSERT_EQ(part.incomplete, within(whole.incomplete, whole.bars.timestamp[first],
                                          whole.bars.timestamp[last] + seconds{1}))
            << market.name << " " << to_string(target);
      }
    }
  }
}

}  // namespace
}  // namespace chandler
