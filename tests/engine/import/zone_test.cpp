#include "import/zone.h"

#include <gtest/gtest.h>

namespace chandler::foreign {
namespace {

date::local_seconds wall(const char* text) {
  return date::local_seconds{parse_exact(text)->time_since_epoch()};
}
Instant at(const char* text) { return *parse_exact(text); }

TEST(Zone, OfNoNameIsUtc) {
  EXPECT_EQ(Zone{}.to_utc(wall("2024-07-01 12:00:00")), at("2024-07-01 12:00:00"));
  EXPECT_EQ(Zone::find("UTC")->to_utc(wall("2024-07-01 12:00:00")), at("2024-07-01 12:00:00"));
  EXPECT_EQ(Zone::find("")->to_utc(wall("2024-07-01 12:00:00")), at("2024-07-01 12:00:00"));
}

TEST(Zone, KnowsSummerAndWinter) {
  Zone zone = *Zone::find("America/New_York");

  EXPECT_EQ(zone.to_utc(wall("2024-01-02 09:30:00")), at("2024-01-02 14:30:00"));
  EXPECT_EQ(zone.to_utc(wall("2024-07-02 09:30:00")), at("2024-07-02 13:30:00"));
  EXPECT_EQ(zone.to_utc(wall("2024-01-02 09:31:00")), at("2024-01-02 14:31:00"));
}

TEST(Zone, TakesTheFirstOfTwoAndNoneOfASkippedHour) {
  Zone zone = *Zone::find("America/New_York");

  EXPECT_EQ(zone.to_utc(wall("2024-11-03 01:30:00")), at("2024-11-03 05:30:00"));
  EXPECT_EQ(zone.to_utc(wall("2024-11-03 02:00:00")), at("2024-11-03 07:00:00"));
  EXPECT_FALSE(zone.to_utc(wall("2024-03-10 02:30:00")));
  EXPECT_EQ(zone.to_utc(wall("2024-03-10 03:00:00")), at("2024-03-10 07:00:00"));
}

// The remembered stretch must never change an answer, nor may the direction: every half hour of
// three years, forth and back (newest first), against a zone without memory.
TEST(Zone, RemembersWithoutBeingWrong) {
  const auto first = wall("2022-01-01 00:00:00");
  const auto last = wall("2025-01-01 00:00:00");
  for (const char* name :
       {"America/New_York", "Europe/London", "Australia/Lord_Howe", "Asia/Tokyo"}) {
    Zone forth = *Zone::find(name);
    Zone back = *Zone::find(name);
    const auto check = [name](Zone& remembering, date::local_seconds t) {
      const auto info = date::locate_zone(name)->get_info(t);
      const auto got = remembering.to_utc(t);
      if (info.result == date::local_info::nonexistent) return !got;
      return got == Instant{t.time_since_epoch()} - info.first.offset;
    };
    for (auto past = first - first; past < last - first; past += std::chrono::minutes{30}) {
      ASSERT_TRUE(check(forth, first + past)) << name << " " << past.count();
      ASSERT_TRUE(check(back, last - past)) << name << " " << past.count();
    }
  }
}

TEST(Zone, ThatIsUnknownIsNamed) {
  const auto zone = Zone::find("Mars/Olympus");

  ASSERT_FALSE(zone);
  EXPECT_EQ(zone.error().kind, ErrorKind::usage);
  EXPECT_NE(zone.error().what.find("Mars/Olympus"), std::string::npos);
}

}  // namespace
}  // namespace chandler::foreign
