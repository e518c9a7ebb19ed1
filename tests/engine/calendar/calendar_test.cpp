#include "chandler/calendar.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace chandler {
namespace {

using std::chrono::hours;
using std::chrono::minutes;

const Calendar kAlways{CalendarKind::always};
const Calendar kUs{CalendarKind::us_equities};
const Calendar kForex{CalendarKind::forex};
const Calendar kNone{CalendarKind::none};

Instant at(const std::string& text) {
  return *parse_exact(text.size() == 10 ? text + " 00:00:00" : text);
}
TimeRange range(const std::string& from, const std::string& to) { return {at(from), at(to)}; }
TimeRange day(const std::string& date) { return {at(date), at(date) + hours{24}}; }

std::vector<Instant> slots(const std::vector<SlotRun>& runs) {
  std::vector<Instant> all;
  for (const SlotRun& run : runs) {
    for (std::int64_t i = 0; i < run.count; ++i) all.push_back(run.first + i * run.step);
  }
  return all;
}

TEST(Calendar, HasNames) {
  EXPECT_EQ(to_string(CalendarKind::always), "always");
  EXPECT_EQ(to_string(CalendarKind::us_equities), "us_equities");
  EXPECT_EQ(to_string(CalendarKind::forex), "forex");
  EXPECT_EQ(to_string(CalendarKind::none), "none");
}

TEST(Calendar, ExpectsEverySlotOfAlways) {
  const std::pair<Timeframe, std::int64_t> cases[] = {
      {Timeframe::m1, 527'040}, {Timeframe::m5, 105'408}, {Timeframe::h1, 8'784},
      {Timeframe::h12, 732},    {Timeframe::d1, 366},     {Timeframe::d3, 122},
      {Timeframe::w1, 53},      {Timeframe::mo1, 12}};
  for (const auto& [tf, count] : cases) {
    EXPECT_EQ(kAlways.count_expected(tf, year_range(2024)), count) << to_string(tf);
  }
  EXPECT_EQ(kAlways.expected(Timeframe::m1, day("2024-01-06")),
            (std::vector<SlotRun>{{at("2024-01-06"), minutes{1}, 1440}}));
  EXPECT_EQ(
      kAlways.count_expected(Timeframe::h1, range("2024-01-01 00:00:01", "2024-01-01 02:00:01")),
      2);
}

TEST(Calendar, ExpectsNothingWithoutARule) {
  EXPECT_TRUE(kNone.expected(Timeframe::m1, day("2024-01-03")).empty());
  EXPECT_EQ(kNone.count_expected(Timeframe::d1, year_range(2024)), 0);
  EXPECT_FALSE(kNone.expects(Timeframe::d1, at("2024-01-03")));
  EXPECT_TRUE(kNone.on_grid(Timeframe::h1, at("2024-01-03 11:00:00")));
  EXPECT_FALSE(kNone.on_grid(Timeframe::h1, at("2024-01-03 11:30:00")));
}

struct SessionCase {
  Timeframe tf;
  std::int64_t full, half;
};

TEST(Calendar, CountsTheSlotsOfAUsSession) {
  const SessionCase cases[] = {
      {Timeframe::m1, 390, 210}, {Timeframe::m3, 130, 70}, {Timeframe::m5, 78, 42},
      {Timeframe::m15, 26, 14},  {Timeframe::m30, 13, 7},  {Timeframe::h1, 7, 4},
      {Timeframe::h2, 4, 3},     {Timeframe::h4, 2, 2},    {Timeframe::h6, 2, 2},
      {Timeframe::h8, 1, 1},     {Timeframe::h12, 2, 2},   {Timeframe::d1, 1, 1}};
  for (const auto& [tf, full, half] : cases) {
    EXPECT_EQ(kUs.count_expected(tf, day("2024-07-02")), full) << to_string(tf);
    EXPECT_EQ(kUs.count_expected(tf, day("2024-01-03")), full) << to_string(tf);
    EXPECT_EQ(kUs.count_expected(tf, day("2024-07-03")), half) << to_string(tf);
    EXPECT_EQ(kUs.count_expected(tf, day("2024-07-04")), 0) << to_string(tf);
    EXPECT_EQ(kUs.count_expected(tf, day("2024-07-06")), 0) << to_string(tf);
  }
}

TEST(Calendar, LabelsUsSlotsByTheClockOfNewYork) {
  EXPECT_EQ(kUs.expected(Timeframe::h1, day("2024-01-03")),
            (std::vector<SlotRun>{{at("2024-01-03 14:00:00"), hours{1}, 7}}));  // 09:00 winter
  EXPECT_EQ(kUs.expected(Timeframe::h1, day("2024-07-02")),
            (std::vector<SlotRun>{{at("2024-07-02 13:00:00"), hours{1}, 7}}));  // 09:00 summer
  EXPECT_EQ(kUs.expected(Timeframe::h4, day("2024-07-03")),
            (std::vector<SlotRun>{{at("2024-07-03 12:00:00"), hours{4}, 2}}));  // 08:00, 12:00
  EXPECT_EQ(kUs.expected(Timeframe::m1, day("2024-07-03")),
            (std::vector<SlotRun>{{at("2024-07-03 13:30:00"), minutes{1}, 210}}));
}

TEST(Calendar, MovesTheSessionWhenTheClockChanges) {
  const auto winter_to_summer = kUs.expected(Timeframe::m1, range("2024-03-08", "2024-03-12"));
  EXPECT_EQ(winter_to_summer, (std::vector<SlotRun>{{at("2024-03-08 14:30:00"), minutes{1}, 390},
                                                    {at("2024-03-11 13:30:00"), minutes{1}, 390}}));

  const auto summer_to_winter = kUs.expected(Timeframe::h4, range("2024-11-01", "2024-11-05"));
  EXPECT_EQ(summer_to_winter, (std::vector<SlotRun>{{at("2024-11-01 12:00:00"), hours{4}, 2},
                                                    {at("2024-11-04 13:00:00"), hours{4}, 2}}));
}

TEST(Calendar, ClipsRunsToTheRange) {
  EXPECT_EQ(kUs.expected(Timeframe::m1, range("2024-01-03 14:31:30", "2024-01-03 14:35:00")),
            (std::vector<SlotRun>{{at("2024-01-03 14:32:00"), minutes{1}, 3}}));
  EXPECT_TRUE(
      kUs.expected(Timeframe::m1, range("2024-01-03 21:00:00", "2024-01-04 14:30:00")).empty());
  EXPECT_TRUE(kUs.expected(Timeframe::m1, range("2024-01-04", "2024-01-03")).empty());
}

TEST(Calendar, JoinsConsecutiveDaysIntoOneRun) {
  EXPECT_EQ(
      kUs.expected(Timeframe::d1, range("2024-01-01", "2024-01-15")),
      (std::vector<SlotRun>{{at("2024-01-02"), hours{24}, 4}, {at("2024-01-08"), hours{24}, 5}}));
  EXPECT_EQ(kUs.expected(Timeframe::w1, range("2024-01-01", "2024-01-31")),
            (std::vector<SlotRun>{{at("2024-01-01"), hours{24 * 7}, 5}}));
  EXPECT_EQ(slots(kUs.expected(Timeframe::mo1, range("2024-01-15", "2024-04-01"))),
            (std::vector<Instant>{at("2024-02-01"), at("2024-03-01")}));
  // 24 to 26 December 2022: weekend, and Christmas kept on Monday.
  EXPECT_FALSE(kUs.expects(Timeframe::d3, at("2022-12-24")));
  EXPECT_TRUE(kUs.expects(Timeframe::d3, at("2022-12-27")));
}

TEST(Calendar, KeepsForexOpenFromSundayToFridayEvening) {
  EXPECT_EQ(kForex.expected(Timeframe::m1, range("2024-01-05", "2024-01-09")),
            (std::vector<SlotRun>{{at("2024-01-05"), minutes{1}, 22 * 60},
                                  {at("2024-01-07 22:00:00"), minutes{1}, 26 * 60}}));
  EXPECT_EQ(
      kForex.expected(Timeframe::h4, range("2024-07-05", "2024-07-08")),  // 21:00 UTC in summer
      (std::vector<SlotRun>{{at("2024-07-05"), hours{4}, 6},
                            {at("2024-07-07 20:00:00"), hours{4}, 1}}));
  EXPECT_EQ(kForex.count_expected(Timeframe::d1, range("2024-01-01", "2024-01-29")), 24);
  EXPECT_TRUE(kForex.expects(Timeframe::d1, at("2024-01-07")));   // Sunday
  EXPECT_FALSE(kForex.expects(Timeframe::d1, at("2024-01-06")));  // Saturday
  EXPECT_EQ(kForex.count_expected(Timeframe::w1, range("2024-01-01", "2024-01-29")), 4);
}

TEST(Calendar, KeepsForexToTheClockOfNewYorkOnTheDayOfTheChange) {
  EXPECT_EQ(kForex.expected(Timeframe::h1, range("2024-03-08 20:00:00", "2024-03-11")),
            (std::vector<SlotRun>{{at("2024-03-08 20:00:00"), hours{1}, 2},
                                  {at("2024-03-10 21:00:00"), hours{1}, 3}}));
  EXPECT_EQ(kForex.expected(Timeframe::h1, range("2024-11-01 20:00:00", "2024-11-04")),
            (std::vector<SlotRun>{{at("2024-11-01 20:00:00"), hours{1}, 1},
                                  {at("2024-11-03 22:00:00"), hours{1}, 2}}));
}

TEST(Calendar, KnowsWhatIsOnItsGrid) {
  struct Case {
    Calendar calendar;
    Timeframe tf;
    const char* label;
    bool on_grid;
  };
  const Case cases[] = {{kAlways, Timeframe::h4, "2024-01-03 12:00:00", true},
                        {kAlways, Timeframe::h4, "2024-01-03 13:00:00", false},
                        {kUs, Timeframe::h4, "2024-01-03 13:00:00", true},
                        {kUs, Timeframe::h4, "2024-01-03 12:00:00", false},
                        {kUs, Timeframe::h4, "2024-07-03 12:00:00", true},
                        {kUs, Timeframe::h4, "2024-01-03 09:00:00", true},
                        {kUs, Timeframe::m1, "2024-01-03 02:00:00", true},
                        {kUs, Timeframe::m1, "2024-01-03 02:00:01", false},
                        {kUs, Timeframe::d1, "2024-01-03 00:00:00", true},
                        {kUs, Timeframe::d1, "2024-01-03 05:00:00", false},
                        {kUs, Timeframe::w1, "2024-01-01 00:00:00", true},
                        {kUs, Timeframe::w1, "2024-01-02 00:00:00", false},
                        {kForex, Timeframe::h12, "2024-01-06 12:00:00", true},
                        {kForex, Timeframe::mo1, "2024-01-02 00:00:00", false},
                        {kUs, Timeframe::mo1, "2024-02-01 00:00:00", true},
                        {kUs, Timeframe::d3, "1970-01-04 00:00:00", true}};
  for (const Case& c : cases) {
    EXPECT_EQ(c.calendar.on_grid(c.tf, at(c.label)), c.on_grid)
        << to_string(c.calendar.kind()) << " " << to_string(c.tf) << " " << c.label;
  }
}

TEST(Calendar, ExpectsNothingOffTheGridOrOutsideTheHours) {
  EXPECT_TRUE(kUs.expects(Timeframe::m5, at("2024-01-03 14:30:00")));
  EXPECT_FALSE(kUs.expects(Timeframe::m5, at("2024-01-03 14:25:00")));
  EXPECT_TRUE(kUs.expects(Timeframe::m5, at("2024-01-03 20:55:00")));
  EXPECT_FALSE(kUs.expects(Timeframe::m5, at("2024-01-03 21:00:00")));
  EXPECT_FALSE(kUs.expects(Timeframe::m5, at("2024-01-03 14:31:00")));
  EXPECT_TRUE(kUs.expects(Timeframe::h1, at("2024-01-03 14:00:00")));
  EXPECT_FALSE(kUs.expects(Timeframe::h1, at("2024-01-03 13:00:00")));
  EXPECT_FALSE(kUs.expects(Timeframe::d1, at("2024-01-03 14:30:00")));
}

TEST(Calendar, ExpectsNothingOutsideItsYears) {
  for (const Calendar& calendar : {kAlways, kUs, kForex}) {
    EXPECT_FALSE(calendar.expects(Timeframe::d1, at("1969-12-31")));
    EXPECT_FALSE(calendar.expects(Timeframe::d1, at("2101-01-03")));
    EXPECT_EQ(calendar.count_expected(Timeframe::d1, range("1960-01-01", "1970-01-01")), 0);
    EXPECT_EQ(calendar.count_expected(Timeframe::mo1, TimeRange{}), 131 * 12);
  }
}

// The oracle: asks every point of the finest common grid whether it is expected, and compares with
// the runs.
TEST(Calendar, ExpectsExactlyTheSlotsOfItsRuns) {
  const std::pair<Timeframe, TimeRange> spans[] = {
      {Timeframe::m1, range("2024-03-07 12:00:00", "2024-03-12")},
      {Timeframe::m3, range("2024-03-07", "2024-03-12")},
      {Timeframe::m5, range("2024-10-31", "2024-11-06")},
      {Timeframe::m15, range("2024-06-28", "2024-07-09")},
      {Timeframe::m30, range("2024-11-25", "2024-12-03")},
      {Timeframe::h1, range("2024-02-20", "2024-04-01")},
      {Timeframe::h2, range("2024-02-20", "2024-04-01")},
      {Timeframe::h4, range("2024-01-01", "2025-01-01")},
      {Timeframe::h6, range("2024-01-01", "2025-01-01")},
      {Timeframe::h8, range("2024-01-01", "2025-01-01")},
      {Timeframe::h12, range("2024-01-01", "2025-01-01")},
      {Timeframe::d1, range("2024-01-01", "2025-01-01")},
      {Timeframe::d3, range("2020-01-01", "2025-01-01")},
      {Timeframe::w1, range("2020-01-01", "2025-01-01")},
      {Timeframe::mo1, range("2020-01-01", "2025-01-01")}};
  for (const Calendar& calendar : {kAlways, kUs, kForex, kNone}) {
    for (const auto& [tf, span] : spans) {
      std::vector<Instant> asked;
      const minutes step{tf < Timeframe::h4 ? 1 : 30};
      for (Instant t = span.from; t < span.to; t += step) {
        if (calendar.expects(tf, t)) asked.push_back(t);
      }
      EXPECT_EQ(slots(calendar.expected(tf, span)), asked)
          << to_string(calendar.kind()) << " " << to_string(tf);
      EXPECT_EQ(calendar.count_expected(tf, span), static_cast<std::int64_t>(asked.size()));
    }
  }
}

TEST(Calendar, PutsEveryInstantIntoTheBucketThatHoldsIt) {
  for (const Calendar& calendar : {kAlways, kUs, kForex, kNone}) {
    for (const Timeframe coarse : kAllTimeframes) {
      Instant last = Instant::min();
      for (Instant t = at("2024-03-01"); t < at("2024-03-20"); t += minutes{15}) {
        const Instant label = calendar.bucket(coarse, Timeframe::m1, t);
        const TimeRange held = calendar.bucket_range(coarse, Timeframe::m1, label);
        ASSERT_TRUE(held.contains(t))
            << to_string(calendar.kind()) << to_string(coarse) << format_instant(t);
        ASSERT_TRUE(calendar.on_grid(coarse, label)) << to_string(coarse) << format_instant(label);
        ASSERT_LE(last, label);
        last = label;
      }
    }
  }
}

TEST(Calendar, LabelsBucketsOfStocksByTheSessionDate) {
  struct Case {
    Timeframe coarse, fine;
    const char *t, *label;
  };
  const Case cases[] = {
      {Timeframe::h1, Timeframe::m1, "2024-01-03 14:31:00", "2024-01-03 14:00:00"},
      {Timeframe::h4, Timeframe::h1, "2024-01-03 14:00:00", "2024-01-03 13:00:00"},
      {Timeframe::h4, Timeframe::h1, "2024-07-03 13:00:00", "2024-07-03 12:00:00"},
      {Timeframe::d1, Timeframe::h1, "2024-01-03 20:00:00", "2024-01-03 00:00:00"},
      {Timeframe::d1, Timeframe::m1, "2024-01-04 00:59:00",
       "2024-01-03 00:00:00"},  // 19:59, extended hours
      {Timeframe::w1, Timeframe::m1, "2024-01-06 00:59:00", "2024-01-01 00:00:00"},
      {Timeframe::mo1, Timeframe::m1, "2024-02-01 00:59:00", "2024-01-01 00:00:00"},
      {Timeframe::mo1, Timeframe::d1, "2024-02-01 00:00:00", "2024-02-01 00:00:00"},
      {Timeframe::w1, Timeframe::d1, "2024-01-05 00:00:00", "2024-01-01 00:00:00"},
      {Timeframe::d3, Timeframe::d1, "1970-01-05 00:00:00", "1970-01-04 00:00:00"}};
  for (const Case& c : cases) {
    EXPECT_EQ(format_instant(kUs.bucket(c.coarse, c.fine, at(c.t))), c.label)
        << to_string(c.coarse) << " " << c.t;
  }
  EXPECT_EQ(kForex.bucket(Timeframe::d1, Timeframe::h1, at("2024-01-07 22:00:00")),
            at("2024-01-07"));
}

TEST(Calendar, SaysWhenABarIsOver) {
  struct Case {
    Calendar calendar;
    Timeframe tf;
    const char *label, *end;
  };
  const Case cases[] = {
      {kAlways, Timeframe::m1, "2024-01-03 14:30:00", "2024-01-03 14:31:00"},
      {kAlways, Timeframe::mo1, "2024-02-01 00:00:00", "2024-03-01 00:00:00"},
      {kUs, Timeframe::m1, "2024-01-03 14:30:00", "2024-01-03 14:31:00"},
      {kUs, Timeframe::h4, "2024-01-03 17:00:00", "2024-01-03 21:00:00"},
      {kUs, Timeframe::h8, "2024-11-03 20:00:00",
       "2024-11-04 04:00:00"},  // 15:00 to 23:00 on a day of 25 hours
      {kUs, Timeframe::h8, "2024-11-04 04:00:00", "2024-11-04 05:00:00"},  // and its last hour
      {kUs, Timeframe::h8, "2024-03-10 21:00:00",
       "2024-03-11 04:00:00"},  // cut short on a day of 23
      {kUs, Timeframe::d1, "2024-01-03 00:00:00", "2024-01-03 21:00:00"},
      {kUs, Timeframe::d1, "2024-07-03 00:00:00", "2024-07-03 17:00:00"},
      {kUs, Timeframe::d1, "2024-07-04 00:00:00", "2024-07-05 04:00:00"},  // no session: the date
      {kUs, Timeframe::w1, "2024-01-01 00:00:00", "2024-01-08 00:00:00"},
      {kUs, Timeframe::mo1, "2024-01-01 00:00:00", "2024-02-01 00:00:00"},
      {kForex, Timeframe::d1, "2024-01-05 00:00:00", "2024-01-06 00:00:00"}};
  for (const Case& c : cases) {
    EXPECT_EQ(format_instant(c.calendar.bar_end(c.tf, at(c.label))), c.end)
        << to_string(c.tf) << " " << c.label;
  }
}

TEST(Calendar, ListsSessionsByTheirOpening) {
  const auto found = kUs.sessions(range("2024-07-03 13:30:00", "2024-07-08 13:30:00"));

  ASSERT_EQ(found.size(), 2U);
  EXPECT_EQ(found[0].date, at("2024-07-03"));
  EXPECT_EQ(found[0].close, at("2024-07-03 17:00:00"));
  EXPECT_TRUE(found[0].early_close);
  EXPECT_EQ(found[1].open, at("2024-07-05 13:30:00"));
  EXPECT_FALSE(found[1].early_close);
  EXPECT_TRUE(kUs.sessions(range("2024-07-03 13:30:01", "2024-07-05 13:30:00")).empty());
  EXPECT_TRUE(kUs.sessions(range("1950-01-01", "1960-01-01")).empty());
  EXPECT_TRUE(kAlways.sessions(year_range(2024)).empty());
  EXPECT_TRUE(kForex.sessions(year_range(2024)).empty());
}

}  // namespace
}  // namespace chandler
