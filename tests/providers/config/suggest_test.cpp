#include "config/suggest.h"

#include <gtest/gtest.h>

#include <vector>

namespace chandler {
namespace {

const std::vector<std::string> kWords = {"fetch", "read", "status", "resample", "rm"};

TEST(Suggest, FindsTheNearestWord) {
  struct Case {
    const char* typed;
    const char* meant;
  };
  for (const auto& [typed, meant] :
       {Case{"fecth", "fetch"}, Case{"raed", "read"}, Case{"stats", "status"},
        Case{"resmaple", "resample"}, Case{"statuss", "status"}, Case{"rn", "rm"}}) {
    EXPECT_EQ(nearest(typed, kWords), meant) << typed;
  }
}

TEST(Suggest, IsSilentWhenNothingIsNear) {
  for (const char* typed : {"", "x", "frobnicate", "zzzzzz"})
    EXPECT_FALSE(nearest(typed, kWords)) << typed;
  EXPECT_FALSE(nearest(std::string(10'000, 'a'), kWords));
  EXPECT_FALSE(nearest("read", std::vector<std::string>{}));
}

}  // namespace
}  // namespace chandler
