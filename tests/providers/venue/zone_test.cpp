#include "venue/zone.h"

#include <gtest/gtest.h>

#include "tests/providers/scripted.h"

namespace chandler::venue {
namespace {

using chandler::testing::at;

TEST(VenueZone, KnowsSummerAndWinterBothWays) {
  Zone zone = *Zone::find("America/New_York");

  EXPECT_EQ(zone.wall(at("2024-01-02 14:30:00")), at("2024-01-02 09:30:00"));
  EXPECT_EQ(zone.wall(at("2024-07-02 13:30:00")), at("2024-07-02 09:30:00"));
  EXPECT_EQ(zone.to_utc(at("2024-01-02 09:30:00")), at("2024-01-02 14:30:00"));
  EXPECT_EQ(zone.to_utc(at("2024-07-02 09:30:00")), at("2024-07-02 13:30:00"));
  EXPECT_EQ(zone.to_utc(at("2024-07-02 09:31:00")), at("2024-07-02 13:31:00"));
  EXPECT_EQ(zone.day_label(at("2024-07-02 03:59:59")), at("2024-07-01 00:00:00"));
  EXPECT_EQ(zone.day_label(at("2024-07-02 04:00:00")), at("2024-07-02 00:00:00"));
}

TEST(VenueZone, TakesTheFirstOfTwoAndNoneOfASkippedHour) {
  Zone zone = *Zone::find("America/New_York");

  EXPECT_EQ(zone.to_utc(at("2024-11-03 01:30:00")), at("2024-11-03 05:30:00"));
  EXPECT_FALSE(zone.to_utc(at("2024-03-10 02:30:00")));
  EXPECT_EQ(zone.to_utc(at("2024-03-10 03:00:00")), at("2024-03-10 07:00:00"));
}

TEST(VenueZone, NeedsNoFilesForUtc) {
  Zone zone = *Zone::find("UTC");

  EXPECT_EQ(zone.wall(at("2024-07-02 13:30:00")), at("2024-07-02 13:30:00"));
  EXPECT_EQ(zone.to_utc(at("2024-07-02 13:30:00")), at("2024-07-02 13:30:00"));
}

TEST(VenueZone, StaysSaneFarAway) {
  Zone zone = *Zone::find("America/New_York");

  EXPECT_EQ(zone.wall(at("9999-01-01 00:00:00")), at("9999-01-01 00:00:00"));
  EXPECT_FALSE(zone.to_utc(at("9999-01-01 00:00:00")));
  EXPECT_FALSE(zone.to_utc(at("0001-01-01 00:00:00")));
}

TEST(VenueZone, ThatIsUnknownIsNamed) {
  for (const char* name : {"Mars/Olympus", "", "../../etc/passwd"}) {
    const auto zone = Zone::find(name);
    ASSERT_FALSE(zone) << name;
    EXPECT_EQ(zone.error().kind, ErrorKind::data);
  }
}

}  // namespace
}  // namespace chandler::venue
