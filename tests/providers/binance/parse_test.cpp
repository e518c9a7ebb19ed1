#include "binance/parse.h"

#include <gtest/gtest.h>

#include <cmath>
#include <string>
#include <vector>

#include "tests/providers/fixture.h"

namespace chandler::binance {
namespace {

using std::chrono::milliseconds;

Instant at(const char* text) { return *parse_exact(text); }
http::Moment moment(const char* text) { return http::Moment{at(text)}; }
const http::Moment kLater = moment("2030-01-01 00:00:00");

// One minute's kline from 2024-01-01 00:00, with one of its fields replaced.
std::string kline(std::size_t field = 99, const std::string& text = "") {
  std::vector<std::string> fields = {"1704067200000", "\"42283.58\"",   "\"42298.62\"",
                                     "\"42261.02\"",  "\"42298.61\"",   "\"35.92724\"",
                                     "1704067259999", "\"1519032.30\"", "1327",
                                     "\"23.18766\"",  "\"980394.1\"",   "\"0\""};
  if (field < fields.size()) fields[field] = text;
  std::string row = "[";
  for (const std::string& f : fields) row += (row.size() > 1 ? "," : "") + f;
  return row + "]";
}

TEST(BinanceKlines, OfTwoRecordedPagesJoinWithTheThreeHoursOfTheOutage) {
  CHANDLER_NEEDS_FIXTURE("binance/klines_BTCUSDT_1h_page1.json");

  const auto one =
      parse_klines(read_fixture("binance/klines_BTCUSDT_1h_page1.json"), Timeframe::h1, kLater);
  const auto two =
      parse_klines(read_fixture("binance/klines_BTCUSDT_1h_page2.json"), Timeframe::h1, kLater);

  ASSERT_TRUE(one && two);
  ASSERT_EQ(one->bars.size(), 1000U);
  ASSERT_EQ(two->bars.size(), 468U);
  BarSeries bars = one->bars;
  bars.append(two->bars);
  EXPECT_EQ(bars.timestamp.front(), at("2020-04-30 21:00:00"));
  EXPECT_EQ(bars.timestamp.back(), at("2020-07-01 03:00:00"));
  std::vector<Instant> missing;
  for (std::size_t i = 1; i < bars.size(); ++i) {
    for (Instant t = bars.timestamp[i - 1] + std::chrono::hours{1}; t < bars.timestamp[i];
         t += std::chrono::hours{1}) {
      missing.push_back(t);
    }
  }
  EXPECT_EQ(missing, (std::vector{at("2020-06-28 02:00:00"), at("2020-06-28 03:00:00"),
                                  at("2020-06-28 04:00:00")}));
  EXPECT_EQ(bars.open[0], 8819.15);
  EXPECT_EQ(bars.high[0], 8849.8);
  EXPECT_EQ(bars.low[0], 8734.5);
  EXPECT_EQ(bars.close[0], 8761.92);
  EXPECT_EQ(bars.volume[0], 3089.560545);
  EXPECT_EQ(bars.turnover[0], 27174569.16633405);
  EXPECT_EQ(bars.vwap[0], 27174569.16633405 / 3089.560545);
  EXPECT_EQ(bars.trade_count[0], 34467);
  EXPECT_EQ(bars.close[1467], 9138.59);
  EXPECT_EQ(bars.turnover[1467], 6137850.02029632);
  EXPECT_TRUE(bars.adj_close.empty());
}

TEST(BinanceKlines, OfRecordedMinutesAreReadToTheLastDigit) {
  CHANDLER_NEEDS_FIXTURE("binance/klines_BTCUSDT_1m_60.json");

  const auto minutes =
      parse_klines(read_fixture("binance/klines_BTCUSDT_1m_60.json"), Timeframe::m1, kLater);
  const auto fives =
      parse_klines(read_fixture("binance/klines_BTCUSDT_5m_24.json"), Timeframe::m5, kLater);

  ASSERT_TRUE(minutes && fives);
  ASSERT_EQ(minutes->bars.size(), 60U);
  EXPECT_EQ(minutes->bars.timestamp[0], at("2020-05-06 04:42:00"));
  EXPECT_EQ(minutes->bars.close[59], 9016.01);
  EXPECT_EQ(minutes->bars.volume[59], 16.888516);
  ASSERT_EQ(fives->bars.size(), 24U);
  EXPECT_EQ(fives->bars.timestamp[23], at("2020-04-15 23:45:00"));
  EXPECT_EQ(fives->bars.volume[0], 121.201391);
  EXPECT_EQ(fives->bars.trade_count[23], 626);
}

TEST(BinanceKlines, ThatAreStillOpenAreLeftOut) {
  const std::string text = "[" + kline() + "]";

  const auto before =
      parse_klines(text, Timeframe::m1, moment("2024-01-01 00:01:00") - milliseconds{1});
  const auto after = parse_klines(text, Timeframe::m1, moment("2024-01-01 00:01:00"));

  ASSERT_TRUE(before && after);
  EXPECT_TRUE(before->bars.empty());
  EXPECT_EQ(before->rows, 1U);
  EXPECT_EQ(before->forming, at("2024-01-01 00:00:00"));
  EXPECT_EQ(after->bars.size(), 1U);
  EXPECT_FALSE(after->forming);
}

TEST(BinanceKlines, AreNotClosedBeforeTheirSlotEndsWhateverTheirCloseTimeSays) {
  const auto page = parse_klines("[" + kline(6, "1704067200001") + "]", Timeframe::m1,
                                 moment("2024-01-01 00:00:30"));

  ASSERT_TRUE(page);
  EXPECT_TRUE(page->bars.empty());
}

TEST(BinanceKlines, InMicrosecondsAreTheSame) {
  std::string row = kline(0, "1704067200000000");
  row.replace(row.find("1704067259999"), 13, "1704067259999999");

  const auto page = parse_klines("[" + row + "]", Timeframe::m1, kLater);

  ASSERT_TRUE(page);
  EXPECT_EQ(page->bars.timestamp, std::vector{at("2024-01-01 00:00:00")});
}

TEST(BinanceKlines, WithoutTradesHaveNoMeanPrice) {
  const auto page = parse_klines("[" + kline(5, "\"0.0\"") + "]", Timeframe::m1, kLater);

  ASSERT_TRUE(page);
  EXPECT_TRUE(std::isnan(page->bars.vwap[0]));
  EXPECT_EQ(page->bars.turnover[0], 1519032.30);
}

TEST(BinanceKlines, WithAnUnreadableNumberAreLeftToTheValidatorAndNotMadeUp) {
  for (const char* text : {"null", "\"\"", "\"abc\"", "\"1.5x\"", "\"nan\"", "\"inf\"", "true",
                           "\"1e999\"", "\" 1\"", "{}"}) {
    for (std::size_t field = 1; field <= 5; ++field) {
      const auto page = parse_klines("[" + kline(field, text) + "]", Timeframe::m1, kLater);

      ASSERT_TRUE(page) << text;
      ASSERT_EQ(page->bars.size(), 1U) << text;
      EXPECT_TRUE(std::isnan(page->bars.column(kAllColumns[field - 1])[0])) << text;
      EXPECT_EQ(page->last, at("2024-01-01 00:00:00")) << "so that the next page starts after it";
    }
    const auto optional = parse_klines("[" + kline(7, text) + "]", Timeframe::m1, kLater);
    ASSERT_TRUE(optional);
    ASSERT_EQ(optional->bars.size(), 1U);
    EXPECT_TRUE(std::isnan(optional->bars.turnover[0])) << text;
    EXPECT_TRUE(std::isnan(optional->bars.vwap[0])) << text;
  }
}

TEST(BinanceKlines, AreRefusedAsAWholeWhenTheyAreSomethingElse) {
  for (const std::string& text : std::vector<std::string>{
           "", "null", "{}", "42", "[1,2]", "[[]]", "[{}]", "[[1704067200000]]",
           "<html>Will be right back</html>", "[" + kline() + ",", "[" + kline(0, "\"x\"") + "]",
           "[" + kline(0, "-1") + "]", "[" + kline(0, "1704067200001") + "]",
           "[" + kline(0, "99999999999999999") + "]", "[" + kline(6, "null") + "]",
           std::string("\0\0", 2), "[[[[[[[[[["}) {
    const auto page = parse_klines(text, Timeframe::m1, kLater);

    ASSERT_FALSE(page) << text;
    EXPECT_EQ(page.error().kind, ErrorKind::data) << text;
  }
}

TEST(BinanceKlines, OfAnEmptyRangeAreNone) {
  const auto page = parse_klines("[]", Timeframe::m1, kLater);

  ASSERT_TRUE(page);
  EXPECT_EQ(page->rows, 0U);
  EXPECT_FALSE(page->last);
}

TEST(BinanceErrors, AreTold) {
  const auto error = parse_error(R"({"code":-1121,"msg":"Invalid symbol."})");

  ASSERT_TRUE(error);
  EXPECT_EQ(error->code, -1121);
  EXPECT_EQ(error->message, "Invalid symbol.");
  EXPECT_FALSE(parse_error("[]"));
  EXPECT_FALSE(parse_error("{}"));
  EXPECT_FALSE(parse_error("<html>"));
  CHANDLER_NEEDS_FIXTURE("binance/dapi_klines_error_4088.json");
  EXPECT_EQ(parse_error(read_fixture("binance/dapi_klines_error_4088.json"))->code, -4088);
}

TEST(BinanceTime, IsTold) {
  EXPECT_EQ(*parse_time(R"({"serverTime":1499827319559})"),
            http::Moment{milliseconds{1499827319559}});
  EXPECT_FALSE(parse_time(R"({"serverTime":"x"})"));
  EXPECT_FALSE(parse_time("{}"));
}

TEST(BinanceListing, NamesThePairsAndWhetherTheyTrade) {
  CHANDLER_NEEDS_FIXTURE("binance/exchangeInfo_25symbols.json");

  const auto listing = parse_listing(read_fixture("binance/exchangeInfo_25symbols.json"));

  ASSERT_TRUE(listing);
  ASSERT_EQ(listing->size(), 25U);
  const Listed& eth = listing->front();
  EXPECT_EQ(eth.instrument,
            (Instrument{*Symbol::parse("ETHBTC"), AssetClass::crypto, "ETH", "BTC", "binance"}));
  EXPECT_TRUE(eth.trading);
  EXPECT_EQ((*listing)[5].instrument.symbol.name(), "EOSETH");
  EXPECT_FALSE((*listing)[5].trading);
}

TEST(BinanceListing, IsRefusedWithoutItsParts) {
  EXPECT_FALSE(parse_listing("{}"));
  EXPECT_FALSE(parse_listing("[]"));
  EXPECT_FALSE(parse_listing(R"({"symbols":[{"symbol":"A"}]})"));
  EXPECT_FALSE(parse_listing(R"({"symbols":{}})"));
  // A name that Chandler cannot hold costs nothing but itself.
  const std::string name(80, 'A');
  EXPECT_TRUE(parse_listing(R"({"symbols":[{"symbol":")" + name +
                            R"(","baseAsset":"A","quoteAsset":"B","status":"TRADING"}]})")
                  ->empty());
}

}  // namespace
}  // namespace chandler::binance
