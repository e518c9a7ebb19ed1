#include "store/json_text.h"

#include <gtest/gtest.h>

namespace chandler::store {
namespace {

std::string nested(std::size_t depth, const std::string& inside = "") {
  return std::string(depth, '[') + inside + std::string(depth, ']');
}

TEST(JsonText, KeepsTheOrderOfKeys) {
  const auto document = parse_json(R"({"z":1,"a":{"y":2,"b":[3]}})", "x.json");

  ASSERT_TRUE(document);
  EXPECT_EQ(print_json(*document),
            "{\n  \"z\": 1,\n  \"a\": {\n    \"y\": 2,\n    \"b\": [\n      3\n    ]\n  }\n}\n");
}

TEST(JsonText, RefusesWhatIsNotOneDocument) {
  for (const char* text :
       {"", " ", "{", "{}{}", "{} x", "[1,]", "{\"a\":}", "nan", "NaN", "Infinity", "{'a':1}",
        "\"\x01\"", "// no\n{}", "\xef\xbb", "1e999", "tru"}) {
    const auto document = parse_json(text, "BTCUSDT/1m/2024.metadata.json");
    ASSERT_FALSE(document) << text;
    EXPECT_EQ(document.error().kind, ErrorKind::data);
    EXPECT_EQ(document.error().where, "BTCUSDT/1m/2024.metadata.json");
  }
}

TEST(JsonText, RefusesTextThatIsNoUtf8) {
  for (const char* text : {"\"\xff\"", "\"\xc3\"", "\"\xed\xa0\x80\"", "\"\xc0\xaf\""})
    EXPECT_FALSE(parse_json(text, ""));
}

TEST(JsonText, NestsSixtyFourDeepAndNoDeeper) {
  EXPECT_TRUE(parse_json(nested(64), ""));
  EXPECT_TRUE(parse_json(nested(64, "1"), ""));
  EXPECT_FALSE(parse_json(nested(65), ""));
  EXPECT_FALSE(parse_json(nested(65, "1"), ""));
  EXPECT_NE(parse_json(nested(65), "").error().what.find("64"), std::string::npos);
}

TEST(JsonText, AMillionBracketsHarmNothing) {
  EXPECT_FALSE(parse_json(nested(1'000'000), ""));
  EXPECT_FALSE(parse_json(std::string(1'000'000, '['), ""));
  std::string objects;
  for (int i = 0; i < 100'000; ++i) objects += "{\"a\":";
  EXPECT_FALSE(parse_json(objects, ""));
}

TEST(JsonText, ErrorsStayOneShortLine) {
  const auto document = parse_json("{\"a\": \"" + std::string(10'000, 'x') + "\n\"}", "a.json");

  ASSERT_FALSE(document);
  EXPECT_EQ(document.error().line().find('\n'), std::string::npos);
  EXPECT_LT(document.error().line().size(), 300U);
}

TEST(JsonText, PrintsBytesThatAreNoTextAsReplacementCharacters) {
  EXPECT_EQ(print_json(Json("a\xff")), "\"a\xef\xbf\xbd\"\n");
}

}  // namespace
}  // namespace chandler::store
