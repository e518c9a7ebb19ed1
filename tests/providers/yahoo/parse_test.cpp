#include "yahoo/parse.h"

#include <gtest/gtest.h>

#include <cmath>

#include "tests/providers/fixture.h"
#include "tests/providers/yahoo/chart.h"

namespace chandler::yahoo {
namespace {

using chandler::testing::ChartText;

TEST(YahooChart, IsReadAsRecorded) {
  CHANDLER_NEEDS_FIXTURE("yahoo/AAPL_1d_split_dividend.json");

  const auto apple = parse_chart(read_fixture("yahoo/AAPL_1d_split_dividend.json"));

  ASSERT_TRUE(apple) << apple.error().line();
  EXPECT_EQ(apple->zone, "America/New_York");
  EXPECT_EQ(apple->instrument_type, "EQUITY");
  EXPECT_EQ(apple->granularity, "1d");
  EXPECT_EQ(apple->currency, "USD");
  ASSERT_EQ(apple->rows.size(), 49U);
  EXPECT_TRUE(apple->blanks.empty());
  EXPECT_EQ(apple->rows.timestamp[0], from_epoch(1598880600));
  EXPECT_EQ(apple->rows.open[0], 127.58000183105469);
  EXPECT_EQ(apple->rows.high[0], 131);
  EXPECT_EQ(apple->rows.low[0], 126);
  EXPECT_EQ(apple->rows.close[0], 129.0399932861328);
  EXPECT_EQ(apple->rows.volume[0], 225702700);
  EXPECT_EQ(apple->rows.adj_close[0], 125.82673645019531);
  EXPECT_EQ(apple->rows.close[48], 118.69000244140625);
  EXPECT_EQ(apple->rows.adj_close[48], 115.93415069580078);
  EXPECT_EQ(apple->regular, (TimeRange{from_epoch(1740061800), from_epoch(1740085200)}));
}

TEST(YahooChart, OfTheOtherRecordedAnswersIsRead) {
  CHANDLER_NEEDS_FIXTURE("yahoo/NVDA_1d_2021_split.json");
  struct Case {
    const char* file;
    const char* type;
    const char* zone;
    std::size_t rows;
    double close;
  };
  const Case cases[] = {
      {"yahoo/NVDA_1d_2021_split.json", "EQUITY", "America/New_York", 252, 13.237000465393066},
      {"yahoo/QQQ_1d.json", "ETF", "America/New_York", 1, 216.16000366210938},
      {"yahoo/BTC-USD_1d.json", "CRYPTOCURRENCY", "UTC", 3, 7200.17431640625},
      {"yahoo/EURUSD_X_1d.json", "CURRENCY", "Europe/London", 3, 1.1220825910568237}};
  for (const Case& c : cases) {
    const auto chart = parse_chart(read_fixture(c.file));

    ASSERT_TRUE(chart) << c.file;
    EXPECT_EQ(chart->instrument_type, c.type);
    EXPECT_EQ(chart->zone, c.zone);
    ASSERT_EQ(chart->rows.size(), c.rows) << c.file;
    EXPECT_EQ(chart->rows.close[0], c.close);
  }
}

TEST(YahooChart, TellsOfTheRecordedSplits) {
  CHANDLER_NEEDS_FIXTURE("yahoo/NVDA_1d_2021_split.json");

  const auto apple = parse_chart(read_fixture("yahoo/AAPL_1d_split_dividend.json"));
  const auto nvidia = parse_chart(read_fixture("yahoo/NVDA_1d_2021_split.json"));

  ASSERT_TRUE(apple && nvidia);
  EXPECT_EQ(apple->splits, (std::vector{Split{from_epoch(1598880600), 4, 1}}));
  EXPECT_EQ(nvidia->splits, (std::vector{Split{from_epoch(1626787800), 4, 1}}));
}

TEST(YahooChart, LeavesOutSplitsThatCannotBeRead) {
  for (const char* splits : {"null", "[]", R"({"1":null})", R"({"1":{"date":1,"numerator":4}})",
                             R"({"1":{"date":"x","numerator":4,"denominator":1}})",
                             R"({"1":{"date":1,"numerator":0,"denominator":1}})",
                             R"({"1":{"date":1,"numerator":4,"denominator":-1}})",
                             R"({"1":{"date":99999999999999,"numerator":4,"denominator":1}})"}) {
    ChartText text{.times = {from_epoch(1718200000)}};
    text.splits = splits;

    const auto chart = parse_chart(text.text());

    ASSERT_TRUE(chart) << splits;
    EXPECT_TRUE(chart->splits.empty()) << splits;
    EXPECT_EQ(chart->rows.size(), 1U) << splits;
  }
}

TEST(YahooChart, OfAnEmptyRangeHasNoRows) {
  CHANDLER_NEEDS_FIXTURE("yahoo/AAPL_1m_empty.json");

  const auto chart = parse_chart(read_fixture("yahoo/AAPL_1m_empty.json"));

  ASSERT_TRUE(chart);
  EXPECT_TRUE(chart->rows.empty());
  EXPECT_EQ(chart->granularity, "1m");
}

std::string replaced(std::string text, const std::string& what, const std::string& with) {
  const std::size_t at = text.find(what);
  EXPECT_NE(at, std::string::npos) << what;
  return text.replace(at, what.size(), with);
}

const ChartText kThree{
    .times = {from_epoch(1718200000), from_epoch(1718286400), from_epoch(1718372800)}};

TEST(YahooChart, NamesTheRowsWithANull) {
  for (const char* column :
       {"[10,10,10]", "[12,12,12]", "[9,9,9]", "[11,11,11]", "[100,100,100]"}) {
    std::string with = column;
    with = replaced(with, ",", ",null,");
    with = with.substr(0, with.rfind(',')) + "]";

    const auto chart = parse_chart(replaced(kThree.text(), column, with));

    ASSERT_TRUE(chart) << chart.error().line();
    EXPECT_EQ(chart->rows.size(), 2U) << with;
    EXPECT_EQ(chart->blanks, std::vector{from_epoch(1718286400)}) << with;
    EXPECT_EQ(chart->rows.timestamp[1], from_epoch(1718372800));
    EXPECT_EQ(chart->rows.adj_close.size(), 2U);
  }
}

TEST(YahooChart, LeavesANumberThatCannotBeReadToTheValidator) {
  const auto chart = parse_chart(replaced(kThree.text(), "[11,11,11]", R"([11,"x",11])"));

  ASSERT_TRUE(chart);
  ASSERT_EQ(chart->rows.size(), 3U);
  EXPECT_TRUE(std::isnan(chart->rows.close[1]));
  EXPECT_TRUE(chart->blanks.empty());
}

TEST(YahooChart, KeepsARowWhoseAdjustedCloseIsNotKnown) {
  const auto chart = parse_chart(replaced(kThree.text(), "[10.5,10.5,10.5]", "[10.5,null,10.5]"));

  ASSERT_TRUE(chart);
  ASSERT_EQ(chart->rows.size(), 3U);
  EXPECT_TRUE(std::isnan(chart->rows.adj_close[1]));
}

TEST(YahooChart, OfClosesAloneIsNoChart) {
  const auto chart = parse_chart(replaced(kThree.text(), R"("open":[10,10,10],)", ""));

  ASSERT_FALSE(chart);
  EXPECT_EQ(chart.error().kind, ErrorKind::unsupported);
  EXPECT_EQ(chart.error().what, "there are no bars, only some of their prices (no open)");
}

TEST(YahooChart, OfCurrenciesAndIndicesMayLackVolume) {
  ChartText text = kThree;
  const std::string volume = R"(,"volume":[100,100,100])";
  EXPECT_EQ(parse_chart(replaced(text.text(), volume, "")).error().kind, ErrorKind::unsupported);
  for (const char* type : {"CURRENCY", "INDEX"}) {
    text.type = type;

    const auto chart = parse_chart(replaced(text.text(), volume, ""));

    ASSERT_TRUE(chart);
    EXPECT_EQ(chart->rows.volume, (std::vector<double>{0, 0, 0}));
  }
}

TEST(YahooChart, IsRefusedWhenItIsSomethingElse) {
  const std::string good = kThree.text();
  for (const std::string& text :
       {std::string(), std::string("null"), std::string("[]"), std::string("{}"),
        std::string(R"({"chart":null})"), std::string(R"({"chart":{"result":[]}})"),
        std::string(R"({"chart":{"result":[{}]}})"), std::string("<html>Will be right back"),
        good.substr(0, good.size() / 2), replaced(good, "[10,10,10]", "[10,10]"),
        replaced(good, "[10.5,10.5,10.5]", "[10.5]"), replaced(good, "1718286400", "null"),
        replaced(good, "1718286400", "99999999999999"), replaced(good, "1718286400", "\"x\""),
        replaced(good, "[1718200000,1718286400,1718372800]", "7"),
        replaced(good, R"("quote":[{)", R"("quota":[{)"),
        replaced(good, "indicators", "indicated")}) {
    const auto chart = parse_chart(text);

    ASSERT_FALSE(chart) << text;
    EXPECT_EQ(chart.error().kind, ErrorKind::data) << text;
  }
}

TEST(YahooErrors, AreTold) {
  const auto error = parse_error(
      R"({"chart":{"result":null,"error":{"code":"Not Found","description":"No data found"}}})");

  ASSERT_TRUE(error);
  EXPECT_EQ(error->code, "Not Found");
  EXPECT_EQ(error->description, "No data found");
  EXPECT_EQ(parse_error(R"({"finance":{"error":{"code":"Unauthorized"}}})")->code, "Unauthorized");
  EXPECT_FALSE(parse_error(kThree.text()));
  EXPECT_FALSE(parse_error("Too Many Requests"));
  EXPECT_FALSE(parse_error("[]"));
}

}  // namespace
}  // namespace chandler::yahoo
