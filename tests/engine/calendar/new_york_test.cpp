#include "calendar/new_york.h"

#include <gtest/gtest.h>

#include <string>

namespace chandler::calendar {
namespace {

using std::chrono::hours;

Instant at(const char* text) { return *parse_exact(text); }

TEST(NewYork, ChangesItsClockAtTwo) {
  const NewYork& clock = NewYork::clock();
  struct Case {
    const char* first_of_summer;
    const char* first_of_winter;
  };
  // By the law of the time: 1970, 1974 and 1975 (energy crisis), 1986, 1987, 2006, 2007, and later
  // years by rule.
  const Case cases[] = {{"1970-04-26 07:00:00", "1970-10-25 06:00:00"},
                        {"1974-01-06 07:00:00", "1974-10-27 06:00:00"},
                        {"1975-02-23 07:00:00", "1975-10-26 06:00:00"},
                        {"1986-04-27 07:00:00", "1986-10-26 06:00:00"},
                        {"1987-04-05 07:00:00", "1987-10-25 06:00:00"},
                        {"2006-04-02 07:00:00", "2006-10-29 06:00:00"},
                        {"2007-03-11 07:00:00", "2007-11-04 06:00:00"},
                        {"2024-03-10 07:00:00", "2024-11-03 06:00:00"},
                        {"2037-03-08 07:00:00", "2037-11-01 06:00:00"},
                        {"2038-03-14 07:00:00", "2038-11-07 06:00:00"},
                        {"2100-03-14 07:00:00", "2100-11-07 06:00:00"}};
  for (const auto& [summer, winter] : cases) {
    EXPECT_EQ(clock.offset(at(summer) - seconds{1}), hours{-5}) << summer;
    EXPECT_EQ(clock.offset(at(summer)), hours{-4}) << summer;
    EXPECT_EQ(clock.offset(at(winter) - seconds{1}), hours{-4}) << winter;
    EXPECT_EQ(clock.offset(at(winter)), hours{-5}) << winter;
  }
}

TEST(NewYork, KeepsWinterOverEveryNewYear) {
  for (int year = kFirstYear - 5; year <= kLastYear + 5; ++year) {
    for (int day = -40; day <= 4; ++day) {
      EXPECT_EQ(NewYork::clock().offset(year_start(year) + hours{24 * day}), hours{-5})
          << year << " " << day;
    }
  }
}

TEST(NewYork, TurnsDatesAndHoursIntoUtcAndBack) {
  const NewYork& clock = NewYork::clock();
  for (Instant label = at("2024-01-01 00:00:00"); label < at("2025-01-01 00:00:00");
       label += hours{24}) {
    const LocalDay day = day_of_label(label);
    for (const int hour : {0, 9, 17, 23}) {
      const Instant t = clock.to_utc(day, hours{hour});
      EXPECT_EQ(t + clock.offset(t), label + hours{hour}) << format_instant(label) << " " << hour;
      EXPECT_EQ(label_of(clock.day_of(t)), label);
    }
    EXPECT_EQ(label_of(clock.day_of(clock.midnight(day) - seconds{1})), label - hours{24});
  }
}

}  // namespace
}  // namespace chandler::calendar
