#include "chandler/result.h"

#include <gtest/gtest.h>

namespace chandler {
namespace {

Result<int> half(int v) {
  if (v % 2 != 0) return Error{ErrorKind::data, "odd", std::to_string(v), "give an even number"};
  return v / 2;
}

Result<int> quarter(int v) {
  CHANDLER_TRY(const int h, half(v));
  return half(h);
}

Result<void> check(int v) {
  CHANDLER_CHECK(quarter(v));
  return {};
}

TEST(Result, HandsValuesAndErrorsOn) {
  EXPECT_EQ(*quarter(8), 2);
  EXPECT_EQ(quarter(6).error().where, "3");
  EXPECT_TRUE(check(8));
  EXPECT_EQ(check(7).error().what, "odd");
}

TEST(Error, IsOneLineThatSaysWhereWhatAndWhatNext) {
  EXPECT_EQ(half(3).error().line(), "3: odd; give an even number");
  EXPECT_EQ(half(3).error().within("input").line(), "input: 3: odd; give an even number");
  EXPECT_EQ((Error{ErrorKind::io, "a\nb\x1b[31m", "", ""}.line()), "a?b?[31m");
}

TEST(Printable, CutsByCharactersNotBytes) {
  EXPECT_EQ(printable("abcdef", 3), "abc...");
  EXPECT_EQ(printable("äöü", 3), "äöü");
}

}  // namespace
}  // namespace chandler
