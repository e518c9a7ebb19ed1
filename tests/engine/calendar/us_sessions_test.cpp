#include "calendar/us_sessions.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>
#include <string>

#include "calendar/us_holidays.h"

namespace chandler::calendar {
namespace {

Instant at(const std::string& text) {
  return *parse_exact(text.size() == 10 ? text + " 00:00:00" : text);
}
bool trades(const std::string& date) { return UsSessions::table().trades(day_of_label(at(date))); }
UsDay kind(const std::string& date) {
  return us_day(date::year_month_day{date::floor<date::days>(at(date))});
}

TEST(UsSessions, AgreeWithTheRecordedCalendarOnEveryDay) {
  // exchange_calendars to 2023-01-13, LEAN after; see the fixtures' README.
  const std::filesystem::path file =
      std::filesystem::path(CHANDLER_FIXTURES) / "calendars" / "xnys_sessions.csv";
  if (!std::filesystem::exists(file)) GTEST_SKIP() << file << " is not there";
  std::ifstream in(file);
  std::string line;
  std::getline(in, line);
  std::map<std::string, std::string> recorded;  // date -> open,close,early
  while (std::getline(in, line)) recorded[line.substr(0, 10)] = line.substr(11, 41);
  ASSERT_EQ(recorded.size(), 1510U);

  for (int year = 2016; year <= 2026; year += 2) {
    for (Instant day = year_start(year); day < year_start(year + 1); day += date::days{1}) {
      const std::string name = format_instant(day).substr(0, 10);
      const auto session = UsSessions::table().on(day_of_label(day));
      const auto expected = recorded.find(name);
      ASSERT_EQ(session.has_value(), expected != recorded.end()) << name;
      if (!session) continue;
      EXPECT_EQ(format_instant(session->open) + "," + format_instant(session->close) + "," +
                    (session->early_close ? "1" : "0"),
                expected->second)
          << name;
      EXPECT_EQ(session->date, day);
    }
  }
}

TEST(UsSessions, CountTheDaysOfEveryYear) {
  // Trading days as published by the exchange.
  const std::pair<int, int> years[] = {{1990, 253}, {1993, 253}, {1998, 252}, {2001, 248},
                                       {2004, 252}, {2007, 251}, {2009, 252}, {2012, 250},
                                       {2013, 252}, {2015, 252}, {2017, 251}, {2019, 252},
                                       {2021, 252}, {2023, 250}, {2025, 250}};
  for (const auto& [year, count] : years) {
    int found = 0;
    for (Instant day = year_start(year); day < year_start(year + 1); day += date::days{1}) {
      found += UsSessions::table().trades(day_of_label(day)) ? 1 : 0;
    }
    EXPECT_EQ(found, count) << year;
  }
}

TEST(UsHolidays, FollowTheRules) {
  for (const char* closed :
       {"2023-01-02", "2024-01-15", "2024-02-19", "2024-03-29", "2000-04-21", "2008-03-21",
        "2019-04-19", "2024-05-27", "2022-06-20", "2024-06-19", "2020-07-03", "2021-07-05",
        "2024-09-02", "2024-11-28", "2021-12-24", "2022-12-26", "2027-06-18", "2028-04-14",
        "2030-11-28", "1981-04-17", "2038-04-23", "2049-04-16", "2076-04-17", "1970-02-23",
        "1970-05-29", "1998-01-19"}) {
    EXPECT_EQ(kind(closed), UsDay::closed) << closed;
  }
  for (const char* open :
       {"1993-12-31", "1999-12-31", "2004-12-31", "2010-12-31", "2021-12-31", "1997-01-20",
        "2021-06-18", "2020-06-19", "2027-12-31", "2024-10-14", "2024-11-11"}) {
    EXPECT_NE(kind(open), UsDay::closed) << open;
  }
}

TEST(UsHolidays, KnowTheIrregularClosures) {
  for (const char* closed :
       {"1994-04-27", "2001-09-11", "2001-09-12", "2001-09-13", "2001-09-14", "2004-06-11",
        "2007-01-02", "2012-10-29", "2012-10-30", "2018-12-05", "2025-01-09"}) {
    EXPECT_EQ(kind(closed), UsDay::closed) << closed;
  }
  EXPECT_EQ(kind("2001-09-17"), UsDay::full);
}

TEST(UsHolidays, KnowHalfDays) {
  for (const char* until_14 : {"1990-12-24", "1991-12-24", "1992-11-27"}) {
    EXPECT_EQ(kind(until_14), UsDay::until_14) << until_14;
  }
  for (const char* until_13 :
       {"1996-07-05", "1997-12-26", "1999-12-31", "2002-07-05", "2025-07-03", "2026-12-24",
        "2027-11-26", "2028-07-03", "2029-12-24", "2031-07-03", "2037-12-24"}) {
    EXPECT_EQ(kind(until_13), UsDay::until_13) << until_13;
  }
  // 3 July 2026 is the holiday itself; 24 December 2027 too; 1995 had no early Christmas Eve.
  for (const char* other :
       {"1991-11-29", "1995-12-22", "1996-07-03", "2002-07-03", "2010-12-23", "2027-07-02"}) {
    EXPECT_EQ(kind(other), UsDay::full) << other;
  }
  EXPECT_EQ(kind("2026-07-03"), UsDay::closed);
  EXPECT_EQ(kind("2027-12-24"), UsDay::closed);
}

TEST(UsHolidays, HaveSeventyNineHalfDaysFrom1990To2026) {
  int found = 0;
  for (Instant day = year_start(1990); day < year_start(2027); day += date::days{1}) {
    const UsDay k = us_day(date::year_month_day{date::floor<date::days>(day)});
    found += k == UsDay::until_13 || k == UsDay::until_14 ? 1 : 0;
  }
  EXPECT_EQ(found, 79);
}

TEST(UsSessions, CloseAtTwoBefore1993) {
  const auto session = UsSessions::table().on(day_of_label(at("1992-12-24")));

  ASSERT_TRUE(session);
  EXPECT_EQ(format_instant(session->close), "1992-12-24 19:00:00");
  EXPECT_TRUE(session->early_close);
}

TEST(UsSessions, HaveNoneOutsideTheirYears) {
  EXPECT_FALSE(trades("1969-12-31"));
  EXPECT_FALSE(trades("2101-01-03"));
  EXPECT_TRUE(trades("2100-12-31"));
}

}  // namespace
}  // namespace chandler::calendar
