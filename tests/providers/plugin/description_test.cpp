#include "plugin/description.h"

#include <gmock/gmock.h>

#include "tests/providers/plugin/fixture.h"

namespace chandler::plugin {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using namespace std::chrono_literals;

constexpr const char* kLeast =
    R"({"protocol": 1, "name": "mine", "classes": ["crypto"], "timeframes": ["1m"]})";

TEST(Description, NeedsVeryLittle) {
  const auto description = parse_description(kLeast);

  ASSERT_TRUE(description) << description.error().line();
  const Capabilities& can = description->capabilities;
  EXPECT_EQ(can.name, "mine");
  EXPECT_THAT(can.classes, ElementsAre(AssetClass::crypto));
  EXPECT_THAT(can.timeframes, ElementsAre(Timeframe::m1));
  EXPECT_EQ(can.columns, ColumnSet{});
  EXPECT_THAT(can.rate_limits, IsEmpty());
  EXPECT_THAT(can.key_variables, IsEmpty());
  EXPECT_FALSE(description->page_bars);
  EXPECT_TRUE(description->host_network);
}

TEST(Description, TakesAllThatCanBeSaid) {
  const auto description = parse_description(R"({
      "protocol": 1, "name": "a.b-c_1", "classes": ["stock", "etf", "stock"],
      "timeframes": ["1m", "1M"], "columns": ["timestamp", "open", "vwap"],
      "rate_limit": "60/minute", "needs_key": true, "key_env": ["ONE", "TWO"], "env": ["MORE"],
      "page_bars": 500, "adjustment": "splits", "reliability": 0.75, "earliest": "2017-08-17",
      "depth_days": {"1m": 30}, "probe_symbol": "btc/usdt", "network": "own", "later": {"x": []}})");

  ASSERT_TRUE(description) << description.error().line();
  const Capabilities& can = description->capabilities;
  EXPECT_THAT(can.classes, ElementsAre(AssetClass::stock, AssetClass::etf));
  EXPECT_EQ(can.columns, ColumnSet{}.add(Column::vwap));
  EXPECT_THAT(can.rate_limits, ElementsAre(RateLimit{60, 60s}));
  EXPECT_THAT(can.key_variables, ElementsAre("ONE", "TWO"));
  EXPECT_THAT(description->variables, ElementsAre("MORE"));
  EXPECT_EQ(description->page_bars, 500U);
  EXPECT_EQ(can.page_bars, 500U);
  EXPECT_EQ(can.adjustment, Adjustment::splits);
  EXPECT_EQ(can.reliability, 0.75);
  EXPECT_EQ(can.earliest, at("2017-08-17 00:00:00"));
  EXPECT_EQ(can.reaches_back_to(Timeframe::m1, at("2024-01-31 00:00:00")),
            at("2024-01-01 00:00:00"));
  EXPECT_EQ(description->probe_symbol->name(), "BTCUSDT");
  EXPECT_FALSE(description->host_network);
}

TEST(Description, MakesUpTheNameOfAKeyThatIsNotNamed) {
  const auto description = parse_description(
      R"({"protocol": 1, "name": "3.my-api", "classes": ["crypto"], "timeframes": ["1m"],
          "needs_key": true})");

  ASSERT_TRUE(description);
  EXPECT_THAT(description->capabilities.key_variables, ElementsAre("_3_MY_API_API_KEY"));
}

struct Lie {
  const char* name;
  std::string text;
  const char* says;
};

// The least description with one thing more, or another value for a key that is there.
std::string with(const std::string& member) {
  const std::string text = kLeast;
  const std::string key = member.substr(0, member.find(':') + 1);
  const std::size_t there = text.find(key);
  if (there == std::string::npos) return "{" + member + ", " + text.substr(1);
  const std::size_t end = text.find(key == "\"timeframes\":" ? "}" : ", \"", there);
  return text.substr(0, there) + member + text.substr(end);
}

class DescriptionRefuses : public ::testing::TestWithParam<Lie> {};

TEST_P(DescriptionRefuses, AndNamesTheKey) {
  const auto description = parse_description(GetParam().text);

  ASSERT_FALSE(description) << GetParam().text;
  EXPECT_EQ(description.error().kind, ErrorKind::data);
  EXPECT_THAT(description.error().line(), HasSubstr(GetParam().says));
  EXPECT_FALSE(description.error().hint.empty());
}

INSTANTIATE_TEST_SUITE_P(
    Texts, DescriptionRefuses,
    ::testing::Values(
        Lie{"Nothing", "", "not one JSON document"}, Lie{"Prose", "hello", "not one JSON document"},
        Lie{"AList", "[1]", "not a JSON object"},
        Lie{"TwoDocuments", std::string(kLeast) + kLeast, "not one JSON document"},
        Lie{"Deep", std::string(60'000, '['), "not one JSON document"},
        Lie{"Long", std::string(70'000, ' '), "over 64 KiB"},
        Lie{"NoProtocol", R"({"name": "x"})", "no \"protocol\""},
        Lie{"NewerProtocol", with(R"("protocol": 2)"), "a newer Chandler may know it"},
        Lie{"OlderProtocol", with(R"("protocol": 0)"), "write \"protocol\": 1"},
        Lie{"ProtocolText", with(R"("protocol": "1")"), "\"protocol\" that is not a number"},
        Lie{"NoName", R"({"protocol": 1})", "no \"name\""},
        Lie{"NameNumber", with(R"("name": 5)"), "\"name\" that is not a text"},
        Lie{"NameWithSlash", with(R"("name": "../x")"), "1 to 32 of"},
        Lie{"NameEmpty", with(R"("name": "")"), "1 to 32 of"},
        Lie{"NameLikeAnOption", with(R"("name": "-x")"), "not first: - ."},
        Lie{"NameHidden", with(R"("name": ".x")"), "not first: - ."},
        Lie{"NoClasses", R"({"protocol": 1, "name": "x"})", "no \"classes\""},
        Lie{"ClassesText", with(R"("classes": "crypto")"), "\"classes\" that is not a list"},
        Lie{"ClassesNumbers", with(R"("classes": [1])"), "\"classes\" that is not a list of texts"},
        Lie{"UnknownClass", with(R"("classes": ["tulips"])"), "tulips"},
        Lie{"NoTimeframes", with(R"("timeframes": [])"), "no \"timeframes\""},
        Lie{"UnknownTimeframe", with(R"("timeframes": ["1min"])"), "did you mean"},
        Lie{"UnknownColumn", with(R"("columns": ["mood"])"), "the column \"mood\""},
        Lie{"BadRate", with(R"("rate_limit": "fast")"), "\"rate_limit\""},
        Lie{"RateNumber", with(R"("rate_limit": 60)"), "\"rate_limit\" that is not a text"},
        Lie{"NeedsKeyText", with(R"("needs_key": "no")"), "not true or false"},
        Lie{"KeyInsteadOfName", with(R"("key_env": ["abc-123!"])"), "never put a key here"},
        Lie{"EnvText", with(R"("env": "X")"), "\"env\" that is not a list"},
        Lie{"PageBarsZero", with(R"("page_bars": 0)"), "\"page_bars\""},
        Lie{"BadAdjustment", with(R"("adjustment": "some")"), "\"adjustment\""},
        Lie{"BadReliability", with(R"("reliability": 2)"), "\"reliability\""},
        Lie{"BadEarliest", with(R"("earliest": "long ago")"), "\"earliest\""},
        Lie{"DepthList", with(R"("depth_days": [1])"), "\"depth_days\""},
        Lie{"DepthOfNothing", with(R"("depth_days": {"2m": 1})"), "\"depth_days\""},
        Lie{"BadProbe", with(R"("probe_symbol": 7)"), "\"probe_symbol\""},
        Lie{"EmptyProbe", with(R"("probe_symbol": "")"), "\"probe_symbol\""},
        Lie{"BadNetwork", with(R"("network": "none")"), "\"network\""}),
    [](const auto& each) { return std::string(each.param.name); });

}  // namespace
}  // namespace chandler::plugin
