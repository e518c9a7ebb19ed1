#include "chandler/time.h"

#include <gtest/gtest.h>

namespace chandler {
namespace {

const Instant kNow = *parse_exact("2024-03-10 12:34:56");

TEST(TimeRange, HullHoldsBothAndWhatLiesBetween) {
  const TimeRange early{from_epoch(10), from_epoch(20)};
  const TimeRange late{from_epoch(50), from_epoch(60)};
  const TimeRange none{from_epoch(70), from_epoch(70)};

  EXPECT_EQ(hull(early, late), (TimeRange{early.from, late.to}));
  EXPECT_EQ(hull(late, early), (TimeRange{early.from, late.to}));
  EXPECT_EQ(hull(early, none), early);
  EXPECT_EQ(hull(none, early), early);
  EXPECT_EQ(hull({}, late), late);
  EXPECT_EQ(hull(late, {}), late);
  EXPECT_EQ(hull({}, {}), std::nullopt);
}

TEST(Time, PrintsAndReadsBothForms) {
  const Instant t = from_epoch(1'704'067'259);

  EXPECT_EQ(format_instant(t), "2024-01-01 00:00:59");
  EXPECT_EQ(format_iso(t), "2024-01-01T00:00:59");
  EXPECT_EQ(parse_exact(format_instant(t)), t);
  EXPECT_EQ(parse_exact(format_iso(t)), t);
}

TEST(Time, RoundTripsEveryDayFrom1970To2100) {
  for (std::int64_t day = 0; day < 47'482; ++day) {
    const Instant t = from_epoch(day * 86400 + day % 86400);
    ASSERT_EQ(parse_exact(format_instant(t)), t) << format_instant(t);
  }
}

TEST(Time, ExactReaderRefusesWhatIsNotItsForm) {
  for (const char* text : {"", "2024-01-01", "2024-1-01 00:00:00", "2024-02-30 00:00:00",
                           "2023-02-29 00:00:00", "2024-13-01 00:00:00", "2024-01-01 24:00:00",
                           "2024-01-01 00:60:00", "2024-01-01 00:00:60", "2024-01-01x00:00:00",
                           "2024-01-01 00:00:0a", "0000-01-01 00:00:00", "2024-01-01 00:00:00Z"}) {
    EXPECT_FALSE(parse_exact(text)) << text;
  }
}

TEST(Time, UnderstandsWhatPeopleType) {
  EXPECT_EQ(*parse_when("2024-01-31", kNow), *parse_exact("2024-01-31 00:00:00"));
  EXPECT_EQ(*parse_when("2024-01-31T09:30", kNow), *parse_exact("2024-01-31 09:30:00"));
  EXPECT_EQ(*parse_when("2024-01-31 09:30:15Z", kNow), *parse_exact("2024-01-31 09:30:15"));
  EXPECT_EQ(*parse_when("now", kNow), kNow);
  EXPECT_EQ(*parse_when("-30d", kNow), *parse_exact("2024-02-09 12:34:56"));
  EXPECT_EQ(*parse_when("-2h", kNow), *parse_exact("2024-03-10 10:34:56"));
}

TEST(Time, SaysWhatADateLooksLike) {
  for (const char* text : {"", "yesterday", "31.01.2024", "2024-02-30", "-d", "-3y", "30d",
                           "2024-01-01T", "-99999999999999d"}) {
    const auto r = parse_when(text, kNow);
    ASSERT_FALSE(r) << text;
    EXPECT_EQ(r.error().kind, ErrorKind::usage);
    EXPECT_NE(r.error().hint.find("2024-01-31"), std::string::npos);
  }
}

TEST(Time, YearsBeginAtMidnightUtc) {
  EXPECT_EQ(utc_year(year_start(2024)), 2024);
  EXPECT_EQ(utc_year(year_start(2024) - seconds{1}), 2023);
  EXPECT_TRUE(year_range(2024).contains(*parse_exact("2024-12-31 23:59:59")));
  EXPECT_FALSE(year_range(2024).contains(year_start(2025)));
}

TEST(Time, SystemClockMovesAndPauses) {
  const Clock& clock = Clock::system();

  const Instant before = clock.now();
  clock.pause(std::chrono::milliseconds{1});

  EXPECT_LE(before, clock.now());
}

}  // namespace
}  // namespace chandler
