#include "venue/json.h"

#include <gtest/gtest.h>

#include <limits>
#include <string>

namespace chandler::venue {
namespace {

TEST(VenueJson, ReadsNumbersAndTextsThatAreNumbers) {
  Document document;
  const Json root = *document.parse(
      R"({"a":1.5,"b":"1.5","c":7,"d":"x","e":null,"f":[1],"g":"0.1","h":18446744073709551615})");

  EXPECT_EQ(number(root, "a"), 1.5);
  EXPECT_EQ(number(root, "b"), 1.5);
  EXPECT_EQ(number(root, "c"), 7);
  EXPECT_EQ(integer(root, "c"), 7);
  EXPECT_EQ(number(root, "g"), 0.1);
  EXPECT_EQ(number(root, "h"), 18446744073709551615.0);
  EXPECT_EQ(text(root, "d"), "x");
  for (const char* name : {"d", "e", "f", "nothing"}) EXPECT_FALSE(number(root, name)) << name;
  for (const char* name : {"a", "b", "e", "h", "nothing"})
    EXPECT_FALSE(integer(root, name)) << name;
  for (const char* name : {"a", "e", "nothing"}) EXPECT_FALSE(text(root, name)) << name;
  EXPECT_FALSE(member(*member(root, "f"), "a"));
  EXPECT_FALSE(member(*member(root, "a"), "a"));
}

TEST(VenueJson, RoundsAsTheStandardLibraryDoes) {
  EXPECT_EQ(number("8819.15000000"), 8819.15);
  EXPECT_EQ(number("0.1234567890123456789"), 0.1234567890123456789);
  EXPECT_EQ(number("9007199254740993"), 9007199254740992.0);
  EXPECT_EQ(number("-1e-5"), -1e-5);
}

TEST(VenueJson, TakesOnlyWholeFiniteNumbers) {
  for (const char* written :
       {"", " 1", "1 ", "+1", "1,5", "0x10", "nan", "inf", "-inf", "1e999", "--1"}) {
    EXPECT_FALSE(number(std::string_view(written))) << written;
  }
}

TEST(VenueJson, RefusesWhatIsNoJson) {
  Document document;
  for (const std::string& written :
       {std::string(), std::string("<html>"), std::string("{"), std::string("[1,]"),
        std::string("\"\xff\""), std::string(2000, '['), std::string("{}{}")}) {
    const auto root = document.parse(written);
    ASSERT_FALSE(root) << written;
    EXPECT_EQ(root.error().kind, ErrorKind::data);
  }
}

}  // namespace
}  // namespace chandler::venue
