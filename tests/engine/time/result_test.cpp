#include "chandler/result.h"

#include <gtest/gtest.h>

#include <utility>
#include <vector>

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
  EXPECT_EQ(printable("äöüä", 3), "äöü...");
}

TEST(Printable, ReplacesWhatATerminalWouldObey) {
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"\x1b]0;title\x07", "?]0;title?"},
      {"a\x7f"
       "b\r\n\t",
       "a?b???"},
      {"\xC2\x9B"
       "31mred",
       "?31mred"},  // CSI as one character
      {"\xE2\x80\xAE"
       "gpj.exe",
       "?gpj.exe"},  // turns the text round
      {"line\xE2\x80\xA8separator", "line?separator"},
      {"naïve 日本 🙂", "naïve 日本 🙂"}};
  for (const auto& [text, shown] : cases) EXPECT_EQ(printable(text), shown);
}

TEST(Printable, ReplacesWhatIsNoUtf8AndCutsThatToo) {
  EXPECT_EQ(printable("\x9B"
                      "31m"),
            "?31m");
  EXPECT_EQ(printable("\xC3("), "?(");
  EXPECT_EQ(printable("\xE2\x82"), "??");
  EXPECT_EQ(printable("\xC0\xAF"), "??");       // longer than it needs to be
  EXPECT_EQ(printable("\xED\xA0\x80"), "???");  // half a surrogate pair
  EXPECT_EQ(printable(std::string(5000, '\x80'), 10), "??????????...");
}

}  // namespace
}  // namespace chandler
