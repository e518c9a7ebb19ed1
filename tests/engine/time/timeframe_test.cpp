#include "chandler/timeframe.h"

#include <gtest/gtest.h>

namespace chandler {
namespace {

Instant at(const char* text) { return *parse_exact(text); }

TEST(Timeframe, NamesRoundTrip) {
  for (const Timeframe tf : kAllTimeframes) EXPECT_EQ(*parse_timeframe(to_string(tf)), tf);
}

TEST(Timeframe, MinuteAndMonthDifferByCaseOnly) {
  EXPECT_EQ(*parse_timeframe("1m"), Timeframe::m1);
  EXPECT_EQ(*parse_timeframe("1M"), Timeframe::mo1);
}

TEST(Timeframe, GuessesWhatWasMeant) {
  const std::pair<const char*, const char*> cases[] = {
      {"5min", "5m"}, {"1hour", "1h"}, {"60m", "1h"}, {"1D", "1d"}, {"24h", "1d"},
      {"7d", "1w"},   {"1mo", "1M"},   {"day", "1d"}, {"1W", "1w"}, {"15M", "1M"}};
  for (const auto& [typed, meant] : cases) {
    const auto r = parse_timeframe(typed);
    ASSERT_FALSE(r) << typed;
    EXPECT_EQ(r.error().kind, ErrorKind::usage);
    if (std::string(typed) == "15M") continue;  // could be either: any hint will do
    EXPECT_EQ(r.error().hint, "did you mean \"" + std::string(meant) + "\"?") << typed;
  }
  EXPECT_NE(parse_timeframe("soon").error().hint.find("15m"), std::string::npos);
  EXPECT_FALSE(parse_timeframe(""));
}

TEST(Timeframe, GridsAreFixedInUtc) {
  EXPECT_EQ(utc_floor(Timeframe::m5, at("2024-02-29 12:34:56")), at("2024-02-29 12:30:00"));
  EXPECT_EQ(utc_floor(Timeframe::w1, at("2024-03-10 12:00:00")), at("2024-03-04 00:00:00"));
  EXPECT_EQ(utc_floor(Timeframe::w1, at("2024-03-04 00:00:00")), at("2024-03-04 00:00:00"));
  EXPECT_EQ(utc_floor(Timeframe::mo1, at("2024-02-29 12:00:00")), at("2024-02-01 00:00:00"));
  EXPECT_EQ(utc_floor(Timeframe::d3, at("1970-01-05 00:00:00")), at("1970-01-04 00:00:00"));
  EXPECT_EQ(utc_next(Timeframe::mo1, at("2024-02-01 00:00:00")), at("2024-03-01 00:00:00"));
  EXPECT_EQ(utc_next(Timeframe::h4, at("2024-02-01 00:00:00")), at("2024-02-01 04:00:00"));
}

TEST(Timeframe, SlotsAreCountedFromNewYear) {
  EXPECT_EQ(slot_of_year(Timeframe::m1, at("2024-01-01 00:00:00")), 0);
  EXPECT_EQ(slot_of_year(Timeframe::m1, at("2024-12-31 23:59:00")), 527'039);
  EXPECT_EQ(slot_of_year(Timeframe::h1, at("2023-12-31 23:00:00")), 8'759);
  EXPECT_EQ(slot_of_year(Timeframe::mo1, at("2023-12-01 00:00:00")), 11);
}

}  // namespace
}  // namespace chandler
