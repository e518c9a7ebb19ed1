#include "import/time_field.h"

#include <gtest/gtest.h>

namespace chandler::foreign {
namespace {

TimeReader reader(const std::string& format = "auto", const std::string& zone = "",
                  bool sessions = false) {
  return *TimeReader::make(format, *Zone::find(zone), sessions);
}

std::string read(const std::string& text, const std::string& format = "auto",
                 const std::string& zone = "", bool sessions = false) {
  const auto t = reader(format, zone, sessions).read(text);
  return t ? format_instant(*t) : "";
}

TEST(TimeField, CountsSince1970InUnitsToldBySize) {
  const std::pair<const char*, const char*> cases[] = {
      {"1704067260", "2024-01-01 00:01:00"},       {"1704067260000", "2024-01-01 00:01:00"},
      {"1704067260000000", "2024-01-01 00:01:00"}, {"1704067260000000000", "2024-01-01 00:01:00"},
      {"1704067260.0", "2024-01-01 00:01:00"},     {"1704067260000.000", "2024-01-01 00:01:00"},
      {" 1704067260 ", "2024-01-01 00:01:00"},     {"1381896000", "2013-10-16 04:00:00"},
      {"631152000", "1990-01-01 00:00:00"},        {"0", "1970-01-01 00:00:00"},
      {"-1325583000", "1927-12-30 14:30:00"}};
  for (const auto& [text, instant] : cases) EXPECT_EQ(read(text), instant) << text;
}

TEST(TimeField, TakesUnitsThatAreSaid) {
  EXPECT_EQ(read("86400", "s"), "1970-01-02 00:00:00");
  EXPECT_EQ(read("86400000", "ms"), "1970-01-02 00:00:00");
  EXPECT_EQ(read("86400000000", "us"), "1970-01-02 00:00:00");
  EXPECT_EQ(read("86400000000000", "ns"), "1970-01-02 00:00:00");
  EXPECT_EQ(read("2024-01-01", "s"), "");
  EXPECT_EQ(read("20240101", "s"), "1970-08-23 06:15:01");
}

TEST(TimeField, ReadsDatesAsTheyAreWritten) {
  const std::pair<const char*, const char*> cases[] = {
      {"2024-01-31", "2024-01-31 00:00:00"},
      {"2024-1-5", "2024-01-05 00:00:00"},
      {"2024/01/31", "2024-01-31 00:00:00"},
      {"2024.01.31", "2024-01-31 00:00:00"},
      {"20240131", "2024-01-31 00:00:00"},
      {"20240131 093000", "2024-01-31 09:30:00"},
      {"20240131 09:30", "2024-01-31 09:30:00"},
      {"20240131T093000Z", "2024-01-31 09:30:00"},
      {"20240131093000", "2024-01-31 09:30:00"},
      {"200101010000", "1976-05-04 23:36:50"},
      {"2024-01-31 09:30", "2024-01-31 09:30:00"},
      {"2024-01-31T09:30:15", "2024-01-31 09:30:15"},
      {"2024-01-31 09:30:15.000", "2024-01-31 09:30:15"},
      {"2024-01-31T09:30:15.000000000Z", "2024-01-31 09:30:15"},
      {"2024-01-31 09:30:15+02:00", "2024-01-31 07:30:15"},
      {"2024-01-31 09:30:15-0430", "2024-01-31 14:00:15"},
      {"2024-01-31 09:30:15 +00:00", "2024-01-31 09:30:15"},
      {"2024-01-31 09:30+01", "2024-01-31 08:30:00"},
      {"2024-01-31 09:30:15 UTC", "2024-01-31 09:30:15"},
      {"31.01.2024 09:30:15.000", "2024-01-31 09:30:15"},
      {"31.01.2024", "2024-01-31 00:00:00"},
      {"01/31/2024", "2024-01-31 00:00:00"},
      {"1/5/2024 9:30", "2024-01-05 09:30:00"},
  };
  for (const auto& [text, instant] : cases) EXPECT_EQ(read(text), instant) << text;
}

TEST(TimeField, RefusesWhatMayMeanAnythingElse) {
  for (const char* text : {"",
                           " ",
                           "soon",
                           "31-01-2024",
                           "2024-02-30",
                           "2024-13-01",
                           "31/01/2024",
                           "2024-01-31 24:00",
                           "2024-01-31 09:60",
                           "2024-01-31 09:30:60",
                           "2024-01-31 09:30:15.5",
                           "2024-01-31 09:30:15.001",
                           "2024-01-31 09:30:15.",
                           "1704067260.5",
                           "1704067260001",
                           "1.7e9",
                           "2024-01-31 09:30:15+",
                           "2024-01-31 09:30:15+2",
                           "2024-01-31 09:30:15+02:3",
                           "2024-01-31 09:30:15+20:00",
                           "2024-01-31 09:30 x",
                           "2024-01-31x09:30",
                           "99999999999999999999",
                           "-",
                           "2024-01-31 ",
                           "2024-01",
                           "24-01-31",
                           "2024-01/31",
                           "2024-01-31 0930151",
                           "0000-01-01",
                           "20240131 9",
                           "2024-01-31T",
                           "12:30",
                           "-99999999999",
                           "1704067260\x01",
                           "2024-01-31 093",
                           "1/2/3/4",
                           "2024-01-31 09:3"}) {
    const std::string trimmed_as_given = text;
    if (trimmed_as_given == "2024-01-31 ") {
      EXPECT_EQ(read(text), "2024-01-31 00:00:00");  // spaces around a field do not matter
      continue;
    }
    EXPECT_EQ(read(text), "") << text;
  }
}

TEST(TimeField, HoldsTheWallClockToItsZone) {
  EXPECT_EQ(read("2024-07-01 09:30", "auto", "America/New_York"), "2024-07-01 13:30:00");
  EXPECT_EQ(read("2024-03-10 02:30", "auto", "America/New_York"), "");
  EXPECT_EQ(read("2024-07-01 09:30Z", "auto", "America/New_York"), "2024-07-01 09:30:00");
  EXPECT_EQ(read("1704067260", "auto", "America/New_York"), "2024-01-01 00:01:00");
}

TEST(TimeField, ADateIsADateInWhateverZone) {
  EXPECT_EQ(read("2024-07-01", "auto", "America/New_York"), "2024-07-01 00:00:00");
  EXPECT_EQ(read("2024-07-01 00:00:00", "auto", "America/New_York"), "2024-07-01 04:00:00");
  EXPECT_EQ(read("2024-07-01 00:00:00", "auto", "America/New_York", true), "2024-07-01 00:00:00");
  EXPECT_EQ(read("2022-06-06 00:00:00+01:00"), "2022-06-05 23:00:00");
  EXPECT_EQ(read("2022-06-06 00:00:00+01:00", "auto", "", true), "2022-06-06 00:00:00");
  EXPECT_EQ(read("2022-06-06 09:30:00+01:00", "auto", "", true), "2022-06-06 08:30:00");
}

TEST(TimeField, PutsDateAndTimeOfDayTogether) {
  TimeReader here = reader("auto", "America/New_York");

  EXPECT_EQ(here.read("2024-07-01", "09:30"), parse_exact("2024-07-01 13:30:00"));
  EXPECT_EQ(here.read("20240701", "093015"), parse_exact("2024-07-01 13:30:15"));
  EXPECT_EQ(here.read("2024.07.01", " 0930 "), parse_exact("2024-07-01 13:30:00"));
  EXPECT_EQ(here.read("2024.07.01", "09:30Z"), parse_exact("2024-07-01 09:30:00"));
  EXPECT_EQ(reader("%d-%m-%Y").read("31-01-2024", "09:30"), parse_exact("2024-01-31 09:30:00"));
  for (const char* clock : {"", "9", "25:00", "09:30 x", "093", "09:30+99"}) {
    EXPECT_FALSE(here.read("2024-07-01", clock)) << clock;
  }
  EXPECT_FALSE(here.read("2024-07-01 00:00", "09:30"));
  EXPECT_FALSE(here.read("1704067260", "09:30"));
}

TEST(TimeField, FollowsAFormatToTheLetter) {
  EXPECT_EQ(read("31-01-2024", "%d-%m-%Y"), "2024-01-31 00:00:00");
  EXPECT_EQ(read("5 JAN 2024 @ 9:05:07", "%d %b %Y @ %H:%M:%S"), "2024-01-05 09:05:07");
  EXPECT_EQ(read("Dec/31/2024 -0500 23:00%", "%b/%d/%Y %z %H:%M%%"), "2025-01-01 04:00:00");
  for (const char* text :
       {"31-01-24", "31-01-2024 ", "31-13-2024", "x", "31-01-2024x", "31/01/2024"}) {
    if (std::string(text) == "31-01-2024 ") continue;
    EXPECT_EQ(read(text, "%d-%m-%Y"), "") << text;
  }
  EXPECT_EQ(read("01 Foo 2024", "%d %b %Y"), "");
  EXPECT_EQ(read("01 2024 Ja", "%d %Y %b"), "");
  EXPECT_EQ(read("202401310930", "%Y%m%d%H%M"), "2024-01-31 09:30:00");
  EXPECT_EQ(read("2024-01-01 25:00", "%Y-%m-%d %H:%M"), "");
}

TEST(TimeField, RefusesFormatsThatCannotGiveADay) {
  for (const char* format : {"fast", "%Y-%m", "%d %m", "%Y-%m-%d %q", "%Y-%m-%d %", "%H:%M", "S"}) {
    const auto made = TimeReader::make(format, Zone{}, false);
    ASSERT_FALSE(made) << format;
    EXPECT_EQ(made.error().kind, ErrorKind::usage);
    EXPECT_NE(made.error().line().find(format), std::string::npos);
  }
}

TEST(TimeField, ReadsBackEveryDayInEveryForm) {
  TimeReader any = reader();
  for (std::int64_t day = 0; day < 40'000; ++day) {
    const Instant t = from_epoch(day * 86400 + day * 61 % 86400);
    const std::string iso = format_instant(t);
    const std::string y = iso.substr(0, 4);
    const std::string m = iso.substr(5, 2);
    const std::string d = iso.substr(8, 2);
    const std::string clock = iso.substr(10);
    std::vector<std::string> forms = {iso, d + "." + m + "." + y + clock,
                                      m + "/" + d + "/" + y + clock, y + m + d + clock};
    // Below 1e11 milliseconds and 1e14 microseconds (1973) size does not tell the unit.
    if (epoch_seconds(t) >= 100'000'000) {
      forms.push_back(std::to_string(epoch_seconds(t)));
      forms.push_back(std::to_string(epoch_seconds(t)) + "000");
      forms.push_back(std::to_string(epoch_seconds(t)) + "000000");
    }
    for (const std::string& form : forms) ASSERT_EQ(any.read(form), t) << form;
  }
}

}  // namespace
}  // namespace chandler::foreign
