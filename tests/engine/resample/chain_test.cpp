#include <gtest/gtest.h>

#include <string>

#include "chandler/resample.h"

namespace chandler {
namespace {

std::string path(Timeframe source, Timeframe target) {
  const auto frames = chain_path(source, target);
  if (!frames) return "none";
  std::string text(to_string(source));
  for (const Timeframe tf : *frames) text += ">" + std::string(to_string(tf));
  return text;
}

TEST(Chain, LeadsFromTheMinuteToEveryFrame) {
  const std::pair<Timeframe, const char*> cases[] = {
      {Timeframe::m3, "1m>3m"},
      {Timeframe::m5, "1m>5m"},
      {Timeframe::m15, "1m>5m>15m"},
      {Timeframe::m30, "1m>5m>15m>30m"},
      {Timeframe::h1, "1m>5m>15m>1h"},
      {Timeframe::h2, "1m>5m>15m>1h>2h"},
      {Timeframe::h4, "1m>5m>15m>1h>4h"},
      {Timeframe::h6, "1m>5m>15m>1h>6h"},
      {Timeframe::h8, "1m>5m>15m>1h>8h"},
      {Timeframe::h12, "1m>5m>15m>1h>12h"},
      {Timeframe::d1, "1m>5m>15m>1h>1d"},
      {Timeframe::d3, "1m>5m>15m>1h>1d>3d"},
      {Timeframe::w1, "1m>5m>15m>1h>1d>1w"},
      {Timeframe::mo1, "1m>5m>15m>1h>1d>1M"},
  };
  for (const auto& [target, expected] : cases) EXPECT_EQ(path(Timeframe::m1, target), expected);
  EXPECT_FALSE(chain_parent(Timeframe::m1));
}

TEST(Chain, IsWalkedFromWhereOneStands) {
  EXPECT_EQ(path(Timeframe::m5, Timeframe::h1), "5m>15m>1h");
  EXPECT_EQ(path(Timeframe::d1, Timeframe::mo1), "1d>1M");
}

TEST(Chain, KnowsWhatIsNotDownstream) {
  const std::pair<Timeframe, Timeframe> cases[] = {
      {Timeframe::m3, Timeframe::m15}, {Timeframe::m30, Timeframe::h1},
      {Timeframe::h4, Timeframe::d1},  {Timeframe::w1, Timeframe::mo1},
      {Timeframe::h1, Timeframe::m5},  {Timeframe::h1, Timeframe::h1},
      {Timeframe::m1, Timeframe::m1}};
  for (const auto& [source, target] : cases) {
    EXPECT_EQ(path(source, target), "none") << to_string(source) << " " << to_string(target);
  }
}

}  // namespace
}  // namespace chandler
