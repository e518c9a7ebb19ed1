#include "alpaca/parse.h"

#include <gtest/gtest.h>

#include <cmath>

#include "tests/providers/fixture.h"
#include "tests/providers/scripted.h"

namespace chandler::alpaca {
namespace {

using chandler::testing::at;

TEST(AlpacaBars, AreReadAsRecorded) {
  CHANDLER_NEEDS_FIXTURE("alpaca/get_bars.json");

  const auto answer = parse_bars(read_fixture("alpaca/get_bars.json"));

  ASSERT_TRUE(answer) << answer.error().line();
  ASSERT_EQ(answer->symbols.size(), 1U);
  EXPECT_EQ(answer->next_page_token, "QUFQTHxEfDIwMjItMDItMDJUMDU6MDA6MDAuMDAwMDAwMDAwWg==");
  EXPECT_EQ(answer->symbols[0].symbol, "AAPL");
  const BarSeries& bars = answer->symbols[0].bars;
  ASSERT_EQ(bars.size(), 2U);
  EXPECT_EQ(bars.timestamp[0], at("2022-02-01 05:00:00"));
  EXPECT_EQ(bars.open[0], 174);
  EXPECT_EQ(bars.high[0], 174.84);
  EXPECT_EQ(bars.low[0], 172.31);
  EXPECT_EQ(bars.close[0], 174.61);
  EXPECT_EQ(bars.volume[0], 85998033);
  EXPECT_EQ(bars.trade_count[0], 732412);
  EXPECT_EQ(bars.vwap[0], 173.703516);
  EXPECT_EQ(bars.close[1], 175.84);
  EXPECT_EQ(bars.vwap[1], 174.941288);
}

TEST(AlpacaBars, AreReadInWhateverOrderTheyCome) {
  CHANDLER_NEEDS_FIXTURE("alpaca/get_bars_desc.json");

  const auto answer = parse_bars(read_fixture("alpaca/get_bars_desc.json"));

  ASSERT_TRUE(answer);
  const BarSeries& bars = answer->symbols.at(0).bars;
  ASSERT_EQ(bars.size(), 3U);
  EXPECT_EQ(bars.timestamp[0], at("2023-09-27 04:00:00"));
  EXPECT_EQ(bars.timestamp[2], at("2023-09-25 04:00:00"));
  EXPECT_EQ(bars.low[1], 241.6601);
}

TEST(AlpacaBars, MayBeNoneInThreeWays) {
  for (const char* text : {R"({"bars":{},"next_page_token":null})", R"({"bars":null})",
                           R"({"bars":[],"symbol":"AAPL","next_page_token":null})",
                           R"({"bars":{"AAPL":null,"MSFT":[]},"next_page_token":""})"}) {
    const auto answer = parse_bars(text);

    ASSERT_TRUE(answer) << text;
    EXPECT_TRUE(answer->symbols.empty()) << text;
    EXPECT_EQ(answer->next_page_token, "") << text;
  }
  CHANDLER_NEEDS_FIXTURE("alpaca/get_bars_single_empty_response.json");
  EXPECT_TRUE(
      parse_bars(read_fixture("alpaca/get_bars_single_empty_response.json"))->symbols.empty());
}

TEST(AlpacaBars, OfOneSymbolAreThatSymbols) {
  const auto answer =
      parse_bars(R"({"bars":[{"t":"2022-04-11T08:00:00.000Z","o":1,"h":2,"l":0.5,"c":1.5,"v":10}],)"
                 R"("symbol":"BRK.B","next_page_token":null})");

  ASSERT_TRUE(answer) << answer.error().line();
  EXPECT_EQ(answer->symbols.at(0).symbol, "BRK.B");
  EXPECT_EQ(answer->symbols[0].bars.timestamp[0], at("2022-04-11 08:00:00"));
  EXPECT_TRUE(std::isnan(answer->symbols[0].bars.vwap[0]));
  EXPECT_TRUE(std::isnan(answer->symbols[0].bars.trade_count[0]));
}

TEST(AlpacaBars, WithoutANumberAreLeftToTheValidator) {
  const auto answer = parse_bars(
      R"({"bars":{"A":[{"t":"2022-04-11T08:00:00Z","o":null,"h":2,"l":0.5,"c":1.5,"v":10},)"
      R"({"t":"2022-04-11T08:01:00Z","o":1,"h":2,"l":0.5,"c":1.5}]}})");

  ASSERT_TRUE(answer);
  const BarSeries& bars = answer->symbols.at(0).bars;
  ASSERT_EQ(bars.size(), 2U);
  EXPECT_TRUE(std::isnan(bars.open[0]));
  EXPECT_EQ(bars.high[0], 2);
  EXPECT_TRUE(std::isnan(bars.volume[1]));
}

TEST(AlpacaBars, AreRefusedWhenTheyAreSomethingElse) {
  for (const char* text :
       {"", "null", "[]", "{}", "42", "<html>", R"({"bars":7})", R"({"bars":{"A":7}})",
        R"({"bars":{"A":[7]}})", R"({"bars":{"A":[{}]}})", R"({"bars":{},"next_page_token":7})",
        R"({"bars":{"A":[{"t":"2022-04-11"}]}})", R"({"bars":{"A":[{"t":"2022-04-11T08:00:00"}]}})",
        R"({"bars":{"A":[{"t":"2022-04-11T08:00:00.5Z"}]}})",
        R"({"bars":{"A":[{"t":"2022-13-11T08:00:00Z"}]}})", R"({"bars":{"A":[{"t":1}]}})",
        R"({"bars":{"A":[{"t":"2022-)"}) {
    const auto answer = parse_bars(text);

    ASSERT_FALSE(answer) << text;
    EXPECT_EQ(answer.error().kind, ErrorKind::data) << text;
  }
}

TEST(AlpacaErrors, AreTold) {
  EXPECT_EQ(parse_error(R"({"code":40010001,"message":"invalid"})"), "invalid");
  EXPECT_EQ(parse_error(R"({"message":"forbidden."})"), "forbidden.");
  EXPECT_FALSE(parse_error("{}"));
  EXPECT_FALSE(parse_error("<html>"));
}

TEST(AlpacaAssets, NameSharesAndPairs) {
  const auto listing = parse_assets(
      R"([{"symbol":"BRK.B","class":"us_equity","exchange":"NYSE","status":"active",)"
      R"("tradable":true,"name":"Berkshire Hathaway Inc. Class B"},)"
      R"({"symbol":"BTC/USD","class":"crypto","exchange":"CRYPTO","tradable":false,"name":""},)"
      R"({"symbol":"","class":"us_equity"}])");

  ASSERT_TRUE(listing) << listing.error().line();
  ASSERT_EQ(listing->size(), 2U);
  EXPECT_EQ((*listing)[0].instrument,
            (Instrument{*Symbol::parse("BRK.B"), AssetClass::stock, "", "", "NYSE"}));
  EXPECT_EQ((*listing)[0].name, "Berkshire Hathaway Inc. Class B");
  EXPECT_TRUE((*listing)[0].trading);
  EXPECT_EQ((*listing)[1].instrument,
            (Instrument{*Symbol::parse("BTCUSD"), AssetClass::crypto, "BTC", "USD", "CRYPTO"}));
  EXPECT_FALSE((*listing)[1].trading);
  EXPECT_FALSE(parse_assets("{}"));
  EXPECT_FALSE(parse_assets("[{}]"));
}

}  // namespace
}  // namespace chandler::alpaca
