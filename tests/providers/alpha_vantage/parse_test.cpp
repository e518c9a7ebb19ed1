#include "alpha_vantage/parse.h"

#include <gmock/gmock.h>

#include <gtest/gtest.h>
#include <cmath>

#include <cmath>

#include "alpha_vantage/csv.h"
#include "tests/providers/fixture.h"
#include "tests/providers/scripted.h"

namespace chandler::alpha_vantage {
namespace {

using chandler::testing::at;
using ::testing::ElementsAre;

TEST(AlphaVantageSeries, IsReadAsRecordedAndTurnedRound) {
  CHANDLER_NEEDS_FIXTURE("alpha_vantage/intraday_1min_MSFT_2017.json");

  const auto series = parse_series(read_fixture("alpha_vantage/intraday_1min_MSFT_2017.json"));

  ASSERT_TRUE(series) << series.error().line();
  EXPECT_EQ(series->zone, "US/Eastern");
  EXPECT_EQ(series->interval, "1min");
  ASSERT_EQ(series->rows.size(), 100U);
  EXPECT_EQ(series->rows.timestamp.front(), at("2017-12-18 13:17:00"));
  EXPECT_EQ(series->rows.timestamp.back(), at("2017-12-18 14:56:00"));
  EXPECT_EQ(series->rows.open.front(), 86.8101);
  EXPECT_EQ(series->rows.high.front(), 86.82);
  EXPECT_EQ(series->rows.low.front(), 86.79);
  EXPECT_EQ(series->rows.close.front(), 86.8);
  EXPECT_EQ(series->rows.volume.front(), 31172);
  EXPECT_EQ(series->rows.low.back(), 86.475);
  EXPECT_EQ(series->rows.volume.back(), 10494);
}

TEST(AlphaVantageSeries, IsTheSameInCsv) {
  for (const char* end : {"\n", "\r\n"}) {
    std::string text;
    for (const char* line : {"timestamp,open,high,low,close,volume",
                             "2024-01-31 15:55:00,183.5,183.6,183.4,183.55,1200",
                             "2024-01-31 15:50:00,183.1,183.2,183.0,183.15,900"}) {
      text += std::string(line) + end;
    }

    const auto series = parse_series(text);

    ASSERT_TRUE(series) << series.error().line();
    EXPECT_THAT(series->rows.timestamp,
                ElementsAre(at("2024-01-31 15:50:00"), at("2024-01-31 15:55:00")));
    EXPECT_THAT(series->rows.close, ElementsAre(183.15, 183.55));
    EXPECT_THAT(series->rows.volume, ElementsAre(900, 1200));
  }
}

TEST(AlphaVantageSeries, OfDaysHasDatesAndMayHaveMoreColumns) {
  const auto series = parse_series(
      R"~({"Meta Data":{"5. Time Zone":"US/Eastern"},"Time Series (Daily)":{"2024-01-31":)~"
      R"~({"1. open":"1","2. high":"2","3. low":"0.5","4. close":"1.5","5. adjusted close":"1.4",)~"
      R"~("6. volume":"100","7. dividend amount":"0"}}})~");

  ASSERT_TRUE(series) << series.error().line();
  EXPECT_THAT(series->rows.timestamp, ElementsAre(at("2024-01-31 00:00:00")));
  EXPECT_THAT(series->rows.close, ElementsAre(1.5));
  EXPECT_THAT(series->rows.volume, ElementsAre(100));
}

TEST(AlphaVantageSeries, LeavesNumbersThatCannotBeReadToTheValidator) {
  const auto json =
      parse_series(R"~({"Time Series (1min)":{"2024-01-31 10:00:00":{"1. open":"x","2. high":"2",)~"
                   R"~("3. low":"1","4. close":"1","5. volume":"1"},"2024-01-31 10:01:00":{}}})~");
  const auto csv =
      parse_series("timestamp,open,high,low,close,volume\n2024-01-31 10:00:00,1,2,,1,1\n");

  ASSERT_TRUE(json && csv);
  ASSERT_EQ(json->rows.size(), 2U);
  ASSERT_EQ(csv->rows.size(), 1U);
  EXPECT_TRUE(std::isnan(json->rows.close[0]));
  EXPECT_TRUE(std::isnan(json->rows.open[1]));
  EXPECT_EQ(json->rows.high[1], 2);
  EXPECT_TRUE(std::isnan(csv->rows.low[0]));
  EXPECT_EQ(csv->rows.close[0], 1);
}

TEST(AlphaVantageSeries, IsRefusedWhenItIsSomethingElse) {
  for (const char* text :
       {"", "<html>", "{", "{}", "[]", R"~({"Meta Data":{}})~", R"~({"Time Series (1min)":[]})~",
        R"~({"Time Series (1min)":{"yesterday":{}}})~",
        R"~({"Time Series (1min)":{"2024-01-31":7}})~",
        R"~({"Time Series (1min)":{"2024-01-31T10:00:00":{}}})~", "time,open\n",
        "timestamp,open,high,low,close\n2024-01-31,1,1,1,1\n",
        "timestamp,open,high,low,close,volume\n2024-01-31,1,1,1\n",
        "timestamp,open,high,low,close,volume\n2024-01-\n",
        "timestamp,open,high,low,close,volume\n\n"}) {
    const auto series = parse_series(text);

    ASSERT_FALSE(series) << text;
    EXPECT_EQ(series.error().kind, ErrorKind::data) << text;
  }
}

TEST(AlphaVantageNotes, AreToldFromSeries) {
  EXPECT_EQ(parse_note(R"({"Error Message":"Invalid API call."})")->kind, Note::Kind::error);
  EXPECT_EQ(parse_note(R"({"Note":"Thank you"})")->kind, Note::Kind::note);
  EXPECT_EQ(parse_note("\n{\"Information\":\"premium\"}")->kind, Note::Kind::information);
  EXPECT_EQ(parse_note("{}")->kind, Note::Kind::nothing);
  EXPECT_EQ(parse_note(R"({"Note":"Thank you"})")->text, "Thank you");
  for (const char* text :
       {"", "timestamp,open\n", R"({"Meta Data":{}})", "[]", "{", R"({"Note":7})"}) {
    EXPECT_FALSE(parse_note(text)) << text;
  }
}

TEST(AlphaVantageListing, NamesSharesAndFunds) {
  const auto listing = parse_listing(
      "symbol,name,exchange,assetType,ipoDate,delistingDate,status\r\n"
      "BRK-B,\"Berkshire Hathaway, Class \"\"B\"\"\",NYSE,Stock,1996-05-09,null,Active\r\n"
      "SPY,SPDR S&P 500,NYSE ARCA,ETF,1993-01-29,null,Active\r\n"
      "ABC-P-A,Preferred,NYSE,Stock,2000-01-01,2020-01-01,Delisted\r\n"
      ",nothing,NYSE,Stock,2000-01-01,null,Active\r\n");

  ASSERT_TRUE(listing) << listing.error().line();
  ASSERT_EQ(listing->size(), 3U);
  EXPECT_EQ((*listing)[0].instrument,
            (Instrument{*Symbol::parse("BRK.B"), AssetClass::stock, "", "", "NYSE"}));
  EXPECT_EQ((*listing)[0].name, "Berkshire Hathaway, Class \"B\"");
  EXPECT_EQ((*listing)[1].instrument.asset_class, AssetClass::etf);
  EXPECT_EQ((*listing)[2].instrument.symbol.name(), "ABC-P-A");
  EXPECT_FALSE((*listing)[2].trading);
}

TEST(AlphaVantageListing, IsRefusedWhenItIsSomethingElse) {
  EXPECT_FALSE(parse_listing("{}"));
  EXPECT_FALSE(parse_listing(""));
  EXPECT_FALSE(parse_listing(
      "symbol,name,exchange,assetType,ipoDate,delistingDate,status\nIBM,International Bus"));
}

TEST(AlphaVantageCsv, IsTakenApart) {
  EXPECT_THAT(cells_of("a,\"b, c\",,d"), ElementsAre("a", "b, c", "", "d"));
  EXPECT_THAT(cells_of(""), ElementsAre(""));
  EXPECT_THAT(cells_of("\"open"), ElementsAre("open"));
  std::string_view text = "one\r\ntwo";
  EXPECT_EQ(take_line(text), "one");
  EXPECT_EQ(take_line(text), "two");
  EXPECT_TRUE(text.empty());
}

}  // namespace
}  // namespace chandler::alpha_vantage
