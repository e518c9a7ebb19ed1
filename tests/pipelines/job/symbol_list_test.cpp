#include "job/symbol_list.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "job/job.h"

namespace chandler {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

std::vector<std::string> written(const std::string& text) {
  const auto listed = parse_symbol_list(text, "a.txt");
  EXPECT_TRUE(listed) << listed.error().line();
  std::vector<std::string> lines;
  for (const auto& [symbol, line] : *listed) {
    lines.push_back(std::to_string(line) + " " + symbol.symbol.name());
  }
  return lines;
}

TEST(SymbolList, HasSymbolsLineByLineOrBetweenCommas) {
  EXPECT_THAT(written("AAPL\nmsft\n"), ElementsAre("1 AAPL", "2 MSFT"));
  EXPECT_THAT(written("AAPL, MSFT,,\tNVDA,\nBRK-B"),
              ElementsAre("1 AAPL", "1 MSFT", "1 NVDA", "2 BRK-B"));
}

TEST(SymbolList, PassesOverCommentsAndBlankLines) {
  EXPECT_THAT(written("# majors, mostly\n\n  \nAAPL # the fruit, too\n#MSFT\n"),
              ElementsAre("4 AAPL"));
  EXPECT_THAT(written(""), IsEmpty());
}

TEST(SymbolList, MayComeFromAnySystem) {
  EXPECT_THAT(written("\xEF\xBB\xBF"
                      "AAPL\r\nMSFT\r\n"),
              ElementsAre("1 AAPL", "2 MSFT"));
}

TEST(SymbolList, NamesFileAndLineOfAMistake) {
  const auto mistake = [](const std::string& text) {
    const auto listed = parse_symbol_list(text, "a.txt");
    EXPECT_FALSE(listed) << text;
    return listed ? "" : listed.error().line();
  };
  const std::string one = "\" is not one symbol; write each by itself, without blanks";

  EXPECT_EQ(mistake("A\nMS FT"), "a.txt:2: \"MS FT" + one);
  EXPECT_EQ(mistake(std::string("A\0B", 3)), "a.txt:1: \"A?B" + one);
  EXPECT_EQ(mistake("@more.txt"),
            "a.txt:1: a file of symbols names no further files; name \"@more.txt\" in the job");
  EXPECT_EQ(mistake("\n" + std::string(66, 'X')),
            "a.txt:2: \"" + std::string(66, 'X') +
                "\" is too long for a symbol; symbols have 1 to 64 bytes");
}

TEST(SymbolList, HasAsManySymbolsAsAJobMayHaveSeries) {
  std::string text;
  for (std::size_t i = 0; i < kMaxSeries; ++i) text += "A\n";

  EXPECT_TRUE(parse_symbol_list(text, "a.txt"));
  const auto over = parse_symbol_list(text + "A", "a.txt");
  ASSERT_FALSE(over);
  EXPECT_EQ(over.error().line(), "a.txt:100001: more than 100000 symbols");
}

}  // namespace
}  // namespace chandler
