#include "import/fields.h"

#include <gtest/gtest.h>

namespace chandler::foreign {
namespace {

TEST(Fields, AreCutInPlaceIntoTheirSlots) {
  const FieldSplitter splitter(',',
                               {static_cast<int>(slot_of(Column::close)), kNoSlot, kTimestampSlot});
  std::string line = " 1.5 ,ignored, \"2024-01-01\" ";
  Slots slots{};

  ASSERT_TRUE(splitter.split(line.data(), slots));

  EXPECT_STREQ(slots[slot_of(Column::close)], "1.5");
  EXPECT_STREQ(slots[kTimestampSlot], "2024-01-01");
  EXPECT_EQ(slots[slot_of(Column::open)], nullptr);
}

TEST(Fields, HaveEveryDelimiterAndQuotesAroundIt) {
  for (const char delimiter : {',', ';', '\t'}) {
    const FieldSplitter splitter(delimiter, {0, 1});
    std::string line = std::string("\"a") + delimiter + "b\"" + delimiter + "\"say \"\"c\"\"\"";
    const auto copies = split_all(line, delimiter);
    Slots slots{};

    ASSERT_TRUE(splitter.split(line.data(), slots));

    EXPECT_EQ(slots[0], std::string("a") + delimiter + "b");
    EXPECT_STREQ(slots[1], "say \"c\"");
    ASSERT_TRUE(copies);
    EXPECT_EQ(*copies, (std::vector<std::string>{slots[0], slots[1]}));
  }
}

TEST(Fields, OfAnotherCountOrWithAnOpenQuoteAreNoLine) {
  const FieldSplitter splitter(',', {0, 1, 2});
  for (std::string line : {"a,b", "a,b,c,d", "a", "a,\"b,c", "", "a,b,c,"}) {
    Slots slots{};
    EXPECT_FALSE(splitter.split(line.data(), slots)) << line;
  }
  EXPECT_FALSE(split_all("a,\"b", ','));
}

TEST(Fields, TellTheDelimiter) {
  const std::pair<const char*, char> cases[] = {
      {"a,b,c", ','}, {"a;b;c", ';'},         {"a\tb\tc", '\t'},  {"1,5;1,6;1", ';'},
      {"alone", ','}, {"\"a;b;c;d\",e", ','}, {"a b\tc,d", '\t'}, {"a;b,c,d", ','}};
  for (const auto& [line, delimiter] : cases) EXPECT_EQ(find_delimiter(line), delimiter) << line;
}

TEST(Fields, NumbersTakeTheWholeField) {
  const std::pair<const char*, double> good[] = {{"1", 1},
                                                 {"-0.5", -0.5},
                                                 {" 2.50 ", 2.5},
                                                 {"1e3", 1000},
                                                 {"$182.63", 182.63},
                                                 {"0.1", 0.1},
                                                 {"97.3100000000000000000000001", 97.31},
                                                 {"642646396.0", 642646396}};
  for (const auto& [text, value] : good) EXPECT_EQ(parse_number(text), value) << text;
  for (const char* text : {"", " ", "null", "nan", "NaN", "inf", "-inf", "infinity", "0x10", "1.5x",
                           "1,5", "1 2", "$", "--1", "1e999", "+1", "\x01", "1\x01"}) {
    EXPECT_FALSE(parse_number(text)) << text;
  }
}

}  // namespace
}  // namespace chandler::foreign
