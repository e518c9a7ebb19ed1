#include "store/row_matches.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <random>
#include <string>

namespace chandler::store {
namespace {

// The text again, from what it is said by; empty when that is no way to say one.
std::string said(std::string_view text, const std::vector<Match>& matches) {
  std::string out;
  for (const Match& m : matches) {
    out += text.substr(out.size(), m.literals);
    if (m.length == 0) continue;
    if (m.distance == 0 || m.distance > out.size() || m.length < 3 || m.length > 258) return {};
    for (std::size_t i = 0; i < m.length; ++i) out += out[out.size() - m.distance];
  }
  return out;
}

std::vector<Match> found(std::string_view text) {
  std::vector<Match> matches;
  find_matches(text, matches);
  return matches;
}

std::size_t literals(const std::vector<Match>& matches) {
  std::size_t sum = 0;
  for (const Match& m : matches) sum += m.literals;
  return sum;
}

TEST(RowMatches, SayTheWholeTextWhateverItIs) {
  std::mt19937_64 random(2);
  const std::string_view letters = ",,,,\n\n0123456789.-: abc";
  for (int round = 0; round < 3000; ++round) {
    std::string text;
    const std::size_t size = random() % 400;
    const std::size_t kinds = 2 + random() % (letters.size() - 1);
    while (text.size() < size) {
      if (!text.empty() && random() % 4 == 0) {
        const std::size_t from = random() % text.size();
        text += text.substr(from, random() % 300);
      } else {
        text += letters[random() % kinds];
      }
    }
    ASSERT_EQ(said(text, found(text)), text);
  }
}

TEST(RowMatches, LookNoFurtherBackThanDeflateMay) {
  const std::string row = "2024-01-01 00:00:00,42283.58,";
  const std::string text = row + std::string(40'000, '7') + "\n" + row + "1\n";
  EXPECT_EQ(said(text, found(text)), text);
  for (const Match& m : found(text)) EXPECT_LE(m.distance, kFarthest);
}

TEST(RowMatches, RowsThatRepeatAreSaidByAFewBytesEach) {
  std::string text;
  for (int minute = 0; minute < 600; ++minute) {
    std::array<char, 64> row{};
    std::snprintf(row.data(), row.size(), "2024-01-01 %02d:%02d:00,0.001,0.001,0.001,0.001,0\n",
                  minute / 60, minute % 60);
    text += row.data();
  }

  const auto matches = found(text);

  EXPECT_EQ(said(text, matches), text);
  EXPECT_LE(literals(matches), 600U * 4);
}

TEST(RowMatches, TakeTheOpenFromTheCloseBefore) {
  const std::string text =
      "2024-01-01 00:00:00,42283.58,42298.62,42261.02,42298.61,35.92724\n"
      "2024-01-01 00:01:00,42298.61,42320,42298.61,42320,21.16779\n";

  const auto matches = found(text);

  EXPECT_EQ(said(text, matches), text);
  const bool whole = std::any_of(matches.begin(), matches.end(), [](const Match& m) {
    return m.length >= 10 && m.distance == 38;  // ",42298.61,"
  });
  EXPECT_TRUE(whole);
}

}  // namespace
}  // namespace chandler::store
