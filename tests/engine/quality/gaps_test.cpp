#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>
#include <set>

#include "chandler/quality.h"
#include "tests/engine/quality/series.h"

namespace chandler {
namespace {

std::vector<Instant> slots_of(const Calendar& calendar, Timeframe tf, TimeRange span) {
  std::vector<Instant> slots;
  for (const SlotRun& run : calendar.expected(tf, span)) {
    for (std::int64_t i = 0; i < run.count; ++i) slots.push_back(run.first + i * run.step);
  }
  return slots;
}

void drop(std::vector<Instant>& times, Instant from, Instant to) {
  std::erase_if(times, [&](Instant t) { return from <= t && t <= to; });
}

TEST(Gaps, AFullYearHasNone) {
  for (const CalendarKind kind :
       {CalendarKind::always, CalendarKind::us_equities, CalendarKind::forex}) {
    for (const Timeframe tf : kAllTimeframes) {
      const Calendar calendar(kind);
      const auto times = slots_of(calendar, tf, year_range(2024));

      const Coverage coverage = find_gaps(times, calendar, tf, year_range(2024));

      EXPECT_EQ(coverage.expected, static_cast<std::int64_t>(times.size()));
      EXPECT_EQ(coverage.present, coverage.expected);
      EXPECT_TRUE(coverage.gaps.empty()) << to_string(kind) << " " << to_string(tf);
    }
  }
}

TEST(Gaps, AnEmptyFileIsOneGap) {
  const Coverage coverage = find_gaps({}, Calendar(CalendarKind::us_equities), Timeframe::d1,
                                      {at("2024-03-08"), at("2024-03-13")});

  EXPECT_EQ(coverage.gaps, (std::vector<Gap>{{at("2024-03-08"), at("2024-03-12"), 3}}));
  EXPECT_EQ(coverage.expected, 3);
  EXPECT_EQ(coverage.present, 0);
  EXPECT_EQ(coverage.missing, 3);
}

TEST(Gaps, AreFoundAtBothEndsAndInside) {
  const TimeRange day{at("2024-03-11"), at("2024-03-12")};
  const Calendar calendar(CalendarKind::always);
  auto times = slots_of(calendar, Timeframe::h1, day);
  drop(times, at("2024-03-11 00:00:00"), at("2024-03-11 01:00:00"));
  drop(times, at("2024-03-11 10:00:00"), at("2024-03-11 10:00:00"));
  drop(times, at("2024-03-11 23:00:00"), at("2024-03-11 23:00:00"));

  const Coverage coverage = find_gaps(times, calendar, Timeframe::h1, day);

  EXPECT_EQ(coverage.gaps,
            (std::vector<Gap>{{at("2024-03-11 00:00:00"), at("2024-03-11 01:00:00"), 2},
                              {at("2024-03-11 10:00:00"), at("2024-03-11 10:00:00"), 1},
                              {at("2024-03-11 23:00:00"), at("2024-03-11 23:00:00"), 1}}));
  EXPECT_EQ(coverage.present, 20);
  EXPECT_EQ(coverage.missing, 4);
}

TEST(Gaps, FridaysLastBarAndMondaysFirstAreOneGap) {
  const Calendar calendar(CalendarKind::us_equities);
  const TimeRange span{at("2024-03-15"), at("2024-03-19")};
  auto times = slots_of(calendar, Timeframe::m30, span);
  drop(times, at("2024-03-15 19:30:00"), at("2024-03-18 13:30:00"));

  const Coverage coverage = find_gaps(times, calendar, Timeframe::m30, span);

  EXPECT_EQ(coverage.gaps,
            (std::vector<Gap>{{at("2024-03-15 19:30:00"), at("2024-03-18 13:30:00"), 2}}));
}

TEST(Gaps, ExtendedHoursNeitherCountNorHide) {
  const Calendar calendar(CalendarKind::us_equities);
  const TimeRange span{at("2024-03-15"), at("2024-03-19")};
  std::vector<Instant> times = slots_of(calendar, Timeframe::m30, span);
  drop(times, at("2024-03-15 19:30:00"), at("2024-03-18 13:30:00"));
  for (const Instant t : steps(at("2024-03-15 20:00:00"), seconds{1800}, 6)) times.push_back(t);
  std::sort(times.begin(), times.end());

  const Coverage coverage = find_gaps(times, calendar, Timeframe::m30, span);

  EXPECT_EQ(coverage.gaps,
            (std::vector<Gap>{{at("2024-03-15 19:30:00"), at("2024-03-18 13:30:00"), 2}}));
  EXPECT_EQ(coverage.present, 24);
}

TEST(Gaps, WithoutExpectationLieWithinOneDay) {
  std::vector<Instant> times = steps(at("2024-03-11 08:00:00"), seconds{3600}, 8);
  times.erase(times.begin() + 2, times.begin() + 4);
  for (const Instant t : steps(at("2024-03-12 09:00:00"), seconds{3600}, 3)) times.push_back(t);
  const Calendar calendar(CalendarKind::none);

  const Coverage hours = find_gaps(times, calendar, Timeframe::h1, year_range(2024));
  const Coverage days =
      find_gaps(std::vector{at("2024-03-11"), at("2024-03-15")}, calendar, Timeframe::d1, {});

  EXPECT_EQ(hours.gaps,
            (std::vector<Gap>{{at("2024-03-11 10:00:00"), at("2024-03-11 11:00:00"), 2}}));
  EXPECT_EQ(hours.missing, 2);
  EXPECT_EQ(hours.expected, 0);
  EXPECT_EQ(hours.present, 0);
  EXPECT_TRUE(days.gaps.empty());
}

TEST(Gaps, OfRecordedSeriesAreWhatIsKnownOfThem) {
  const auto minutes = recorded("coinbase_BTCUSD_1m_5days");
  const auto days = recorded("coinbase_BTCUSD_1d");
  if (!minutes || !days) GTEST_SKIP() << "no fixture series/coinbase_BTCUSD_*";
  const Calendar calendar(CalendarKind::always);
  const TimeRange day{at("2018-04-04"), at("2018-04-05")};
  const TimeRange all{days->timestamp.front(), days->timestamp.back() + seconds{1}};

  const Coverage of_day = find_gaps(minutes->timestamp, calendar, Timeframe::m1, day);
  const Coverage of_days = find_gaps(days->timestamp, calendar, Timeframe::d1, all);

  EXPECT_EQ(of_day.gaps.size(), 2U);
  EXPECT_EQ(of_day.missing, 433);
  EXPECT_EQ(of_days.gaps.size(), 8U);
  EXPECT_EQ(of_days.missing, 34);
}

// The same, slot by slot.
Coverage find_plainly(const std::vector<Instant>& times, const Calendar& calendar, Timeframe tf,
                      TimeRange span) {
  const std::set<Instant> there(times.begin(), times.end());
  Coverage coverage;
  bool within = false;
  for (const Instant slot : slots_of(calendar, tf, span)) {
    ++coverage.expected;
    if (there.contains(slot)) {
      ++coverage.present;
      within = false;
      continue;
    }
    ++coverage.missing;
    if (!within) coverage.gaps.push_back({slot, slot, 0});
    coverage.gaps.back().to = slot;
    ++coverage.gaps.back().bars;
    within = true;
  }
  return coverage;
}

Coverage find_plainly_in_days(const std::vector<Instant>& times, Timeframe tf, TimeRange span) {
  Coverage coverage;
  std::map<Instant, std::set<Instant>> days;
  for (const Instant t : times) {
    if (span.contains(t)) days[day_start(t)].insert(t);
  }
  for (const auto& [day, there] : days) {
    bool within = false;
    for (Instant slot = *there.begin(); slot < *there.rbegin(); slot = utc_next(tf, slot)) {
      if (there.contains(slot)) {
        within = false;
        continue;
      }
      if (!within) coverage.gaps.push_back({slot, slot, 0});
      coverage.gaps.back().to = slot;
      ++coverage.gaps.back().bars;
      ++coverage.missing;
      within = true;
    }
  }
  return coverage;
}

// Bars on the grid of the calendar, expected ones and others, with holes of all sizes.
std::vector<Instant> random_times(std::mt19937_64& random, const Calendar& calendar, Timeframe tf,
                                  TimeRange around) {
  std::vector<Instant> times;
  const unsigned keep_other = random() % 3 == 0 ? 2 : 0;
  const unsigned hole_every = 1U << (random() % 10);
  std::size_t hole = 0;
  for (Instant t = around.from; t < around.to; t += seconds{is_intraday(tf) ? 900 : 86400}) {
    if (!calendar.on_grid(tf, t)) continue;
    if (hole > 0) {
      --hole;
      continue;
    }
    if (random() % hole_every == 0) hole = random() % (1U << (random() % 7));
    if (calendar.kind() == CalendarKind::none || calendar.expects(tf, t) ||
        random() % 3 < keep_other)
      times.push_back(t);
  }
  return times;
}

TEST(Gaps, AgreeWithAPlainVersionOnRandomSeries) {
  std::mt19937_64 random(18);
  constexpr Timeframe kFrames[] = {Timeframe::m15, Timeframe::m30, Timeframe::h1,
                                   Timeframe::h4,  Timeframe::h12, Timeframe::d1,
                                   Timeframe::d3,  Timeframe::w1,  Timeframe::mo1};
  for (int round = 0; round < 1200; ++round) {
    const Calendar calendar(static_cast<CalendarKind>(random() % 4));
    const Timeframe tf = kFrames[random() % std::size(kFrames)];
    const Instant from = at("2023-10-20") + std::chrono::hours{random() % 4000};
    const TimeRange around{day_start(from),
                           from + std::chrono::hours{24 * (is_intraday(tf) ? 12 : 400)}};
    const TimeRange span{around.from + seconds{random() % 200'000},
                         around.to - seconds{random() % 200'000}};
    const auto times = random_times(random, calendar, tf, around);
    const bool free = calendar.kind() == CalendarKind::none;
    const Coverage plain = !free             ? find_plainly(times, calendar, tf, span)
                           : is_intraday(tf) ? find_plainly_in_days(times, tf, span)
                                             : Coverage{};

    const Coverage coverage = find_gaps(times, calendar, tf, span);

    ASSERT_EQ(coverage.gaps, plain.gaps)
        << round << " " << to_string(calendar.kind()) << " " << to_string(tf);
    ASSERT_EQ(coverage.expected, plain.expected) << round;
    ASSERT_EQ(coverage.present, plain.present) << round;
    ASSERT_EQ(coverage.missing, plain.missing) << round;
  }
}

}  // namespace
}  // namespace chandler
