#include <gtest/gtest.h>

#include "chandler/quality.h"

namespace chandler {
namespace {

TEST(Rules, NamesRoundTrip) {
  for (std::size_t i = 0; i < kRuleCount; ++i) {
    const auto rule = static_cast<Rule>(i);
    EXPECT_EQ(parse_rule(to_string(rule)), rule);
  }
  EXPECT_EQ(to_string(Rule::bad_number), "bad_number");
  EXPECT_EQ(to_string(Rule::conflict), "conflict");
  EXPECT_EQ(to_string(Rule::stale_run), "stale_run");
  EXPECT_FALSE(parse_rule("Bad_Number"));
}

TEST(Rules, AreRejectionsMendedOrWarnings) {
  int rejections = 0;
  int warnings = 0;
  for (std::size_t i = 0; i < kRuleCount; ++i) {
    const auto rule = static_cast<Rule>(i);
    rejections += is_rejection(rule) ? 1 : 0;
    warnings += is_warning(rule) ? 1 : 0;
    EXPECT_FALSE(is_rejection(rule) && is_warning(rule)) << to_string(rule);
  }
  EXPECT_EQ(rejections, 9);
  EXPECT_EQ(warnings, 3);
  EXPECT_FALSE(is_rejection(Rule::outside_session));
}

TEST(Rules, StatesAndCausesOfGapsRoundTrip) {
  for (const GapState state : {GapState::open, GapState::confirmed}) {
    EXPECT_EQ(parse_gap_state(to_string(state)), state);
  }
  for (int i = 0; i <= static_cast<int>(GapCause::rejected); ++i) {
    const auto cause = static_cast<GapCause>(i);
    EXPECT_EQ(parse_gap_cause(to_string(cause)), cause);
  }
  EXPECT_EQ(to_string(GapCause::venue_outage), "venue_outage");
  EXPECT_FALSE(parse_gap_state("closed"));
  EXPECT_FALSE(parse_gap_cause("lunch"));
}

}  // namespace
}  // namespace chandler
