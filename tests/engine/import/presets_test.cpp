#include "import/presets.h"

#include <gtest/gtest.h>

#include "import/columns.h"
#include "import/fields.h"

namespace chandler::foreign {
namespace {

ForeignPreset by_header(const std::string& header, const char* file = "x.csv") {
  std::vector<std::string> names;
  const auto fields = split_all(header, ',');
  for (const std::string& field : *fields) names.push_back(normalised(field));
  return recognise_header(names, file);
}

ForeignPreset by_row(const std::string& row, const char* file = "x.csv") {
  return recognise_row(*split_all(row, ','), file);
}

TEST(Presets, HaveNamesThatRoundTrip) {
  for (const char* name :
       {"auto", "generic", "binance", "kraken", "yahoo", "freqtrade", "alpha_vantage"}) {
    const auto preset = parse_foreign_preset(name);
    ASSERT_TRUE(preset) << name;
    EXPECT_EQ(to_string(*preset), name);
  }
  EXPECT_EQ(parse_foreign_preset("Bloomberg").error().kind, ErrorKind::usage);
}

TEST(Presets, AreKnownByTheirHeader) {
  EXPECT_EQ(by_header("open_time,open,high,low,close,volume,close_time,quote_volume,count"),
            ForeignPreset::binance);
  EXPECT_EQ(by_header("Date,Open,High,Low,Close,Adj Close,Volume"), ForeignPreset::yahoo);
  EXPECT_EQ(by_header("Datetime,Open,High,Low,Close,Volume,Dividends,Stock Splits"),
            ForeignPreset::yahoo);
  EXPECT_EQ(by_header("Price,Close,High,Low,Open,Volume"), ForeignPreset::yahoo);
  EXPECT_EQ(by_header("timestamp,open,high,low,close,volume", "intraday_5min_IBM.csv"),
            ForeignPreset::alpha_vantage);
  EXPECT_EQ(by_header("timestamp,open,high,low,close,volume"), ForeignPreset::generic);
  EXPECT_EQ(by_header("date,open,high,low,close,volume", "BTC_USDT-5m.csv"),
            ForeignPreset::freqtrade);
  EXPECT_EQ(by_header("date,open,high,low,close,volume"), ForeignPreset::generic);
}

TEST(Presets, AreKnownByTheShapeOfALine) {
  const char* binance = "1704067200000,1,2,1,2,5,1704067259999,10,3,1,1,0";
  EXPECT_EQ(by_row(binance), ForeignPreset::binance);
  EXPECT_EQ(by_row("1704067200,1,2,1,2,5,1704067259,10,3,1,1,0"), ForeignPreset::generic);
  EXPECT_EQ(by_row("1381095240,1,2,1,2,5,3"), ForeignPreset::kraken);
  EXPECT_EQ(by_row("1381095240,1,2,1,2,5,3.5"), ForeignPreset::generic);
  EXPECT_EQ(by_row("1381095240,1,2,1,2,5", "XBTUSD_1.csv"), ForeignPreset::kraken);
  EXPECT_EQ(by_row("1381095240000,1,2,1,2,5", "BTC_USDT-5m.csv"), ForeignPreset::freqtrade);
  EXPECT_EQ(by_row("1381095240,1,2,1,2,5"), ForeignPreset::generic);
}

TEST(Presets, KnowTheColumnsOfALineWithoutHeader) {
  const auto count = [](ForeignPreset preset, const std::string& row) {
    return layout_of(preset, *split_all(row, ',')).size();
  };

  EXPECT_EQ(count(ForeignPreset::binance, "1,1,1,1,1,1,1,1,1,1,1,1"), 12U);
  EXPECT_EQ(count(ForeignPreset::binance, "1,1,1,1,1,1"), 0U);
  EXPECT_EQ(count(ForeignPreset::kraken, "1,1,1,1,1,1,1"), 7U);
  EXPECT_EQ(layout_of(ForeignPreset::kraken, *split_all("1,1,1,1,1,1,1,1", ','))[5], "vwap");
  EXPECT_EQ(layout_of(ForeignPreset::generic, *split_all("2024.01.02,09:30,1,1,1,1,1", ','))[1],
            "time");
  EXPECT_EQ(count(ForeignPreset::generic, "2024.01.02,1,1,1,1,1,1"), 0U);
  EXPECT_EQ(count(ForeignPreset::freqtrade, "1,1,1,1,1,1"), 6U);
}

}  // namespace
}  // namespace chandler::foreign
