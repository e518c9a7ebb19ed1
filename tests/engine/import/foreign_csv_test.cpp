#include "chandler/foreign_csv.h"

#include <gtest/gtest.h>

#include <cmath>

#include "tests/engine/import/files.h"

namespace chandler::foreign {
namespace {

Instant at(const char* text) { return *parse_exact(text); }

const std::string kHeader = "timestamp,open,high,low,close,volume\n";

TEST(ForeignCsv, ReadsTheSameBarsInManyDialects) {
  const std::tuple<const char*, std::string, ForeignFormat> cases[] = {
      {"own", kHeader + "2024-01-02 09:30:00,1,4,0.5,2,100\n", {}},
      {"CRLF, byte order mark, no last line end",
       "\xEF\xBB\xBFtimestamp,open,high,low,close,volume\r\n2024-01-02 09:30:00,1,4,0.5,2,100",
       {}},
      {"quotes, spaces, other order",
       "\"Volume\", \"Close\" ,\"Low\",\"High\",\"Open\",\"Time\"\n\"100\",\"2\", \"0.5\" "
       ",\"4\",\"1\",\"2024-01-02T09:30Z\"\n",
       {}},
      {"semicolons", "time;open;high;low;close;volume\n1704187800;1;4;0.5;2;100\n", {}},
      {"tabs, date and time apart",
       "<DATE>\t<TIME>\t<OPEN>\t<HIGH>\t<LOW>\t<CLOSE>\t<TICKVOL>\n2024.01.02\t09:30:00\t1\t4\t0."
       "5\t2\t100\n",
       {}},
      {"no header, ms", "1704187800000,1,4,0.5,2,100\n", {}},
      {"no header, date and time apart", "2024.01.02,09:30,1,4,0.5,2,100\n", {}},
      {"blank lines and comments",
       "# made by hand\n\n" + kHeader +
           "\n  \n# here it goes\n2024-01-02 09:30:00,1,4,0.5,2,100\n\n",
       {}},
      {"an address first",
       "https://www.example.com\n" + kHeader + "2024-01-02 09:30:00,1,4,0.5,2,100\n",
       {}},
      {"by position",
       "x;2024-01-02 10:30;100;1;2;4;0.5\n",
       {.mapping = "timestamp=1,volume=2,open=3,close=4,high=5,low=6",
        .timezone = "Europe/Berlin"}},
      {"by name",
       "Day;Hour;A;B;C;D;E\n02-01-2024;9:30;1;4;0.5;2;100\n",
       {.mapping = "date=day,time=hour,open=A,high=B,low=C,close=D,volume=E",
        .time_format = "%d-%m-%Y"}},
      {"said by the user",
       "0\t1704187800\t1\t4\t0.5\t2\t100\n",
       {.delimiter = '\t',
        .header = false,
        .mapping = "timestamp=1,open=2,high=3,low=4,close=5,volume=6",
        .time_format = "s"}},
      {"header of numbers",
       "0,1,2,3,4,5\n1704187800,1,4,0.5,2,100\n",
       {.header = true, .mapping = "timestamp=0,open=1,high=2,low=3,close=4,volume=5"}},
      {"dollars", "Date,Close/Last,Volume,Open,High,Low\n01/02/2024 09:30,$2,100,$1,$4,$0.5\n", {}},
  };
  for (const auto& [name, text, format] : cases) {
    const Everything read = read_text(text, format);

    ASSERT_FALSE(read.error) << name << ": " << read.error->line();
    ASSERT_EQ(read.bars.size(), 1U) << name;
    EXPECT_TRUE(read.rejected.empty()) << name;
    EXPECT_EQ(read.bars.timestamp[0], at("2024-01-02 09:30:00")) << name;
    EXPECT_EQ(read.bars.open[0], 1) << name;
    EXPECT_EQ(read.bars.high[0], 4) << name;
    EXPECT_EQ(read.bars.low[0], 0.5) << name;
    EXPECT_EQ(read.bars.close[0], 2) << name;
    EXPECT_EQ(read.bars.volume[0], 100) << name;
    EXPECT_EQ(read.bars.columns, ColumnSet{}) << name;
  }
}

TEST(ForeignCsv, ListsRejectedLinesWithFileLineAndRule) {
  const TempFolder folder;
  const auto path = folder.write("a.csv", kHeader +                           // line 1
                                              "2024-01-01,1,1,1,1,1\n"        // 2
                                              "2024-01-02,1,1,1,1\n"          // 3
                                              "2024-01-03,1,1,1,1,1,1\n"      // 4
                                              "# a comment\n"                 // 5
                                              "2024-01-04,\"1,1,1,1,1\n"      // 6
                                              "someday,1,1,1,1,1\n"           // 7
                                              "2024-01-06,null,null,1,1,1\n"  // 8
                                              "2024-01-07,1,1,1,nan,1\n"      // 9
                                              "2024-01-08,1,1,1,1,\n"         // 10
                                              "2024-01-09,1,1,0x1,1,1\n"      // 11
                                              "2024-01-10,2,2,2,2,2\n");      // 12

  const Everything read = read_everything(path);

  ASSERT_FALSE(read.error);
  EXPECT_EQ(read.lines, (std::vector<std::uint64_t>{2, 12}));
  const std::pair<std::uint64_t, Rule> expected[] = {
      {3, Rule::bad_line},      {4, Rule::bad_line},   {6, Rule::bad_line},
      {7, Rule::bad_timestamp}, {8, Rule::bad_number}, {9, Rule::bad_number},
      {10, Rule::bad_number},   {11, Rule::bad_number}};
  ASSERT_EQ(read.rejected.size(), std::size(expected));
  for (std::size_t i = 0; i < read.rejected.size(); ++i) {
    EXPECT_EQ(read.rejected[i].line, expected[i].first);
    EXPECT_EQ(read.rejected[i].rule, expected[i].second) << read.rejected[i].line;
    EXPECT_EQ(read.rejected[i].file, path.string());
  }
  EXPECT_EQ(read.rejected[3].text, "someday,1,1,1,1,1");
  EXPECT_FALSE(read.rejected[3].at);
  EXPECT_EQ(read.rejected[4].at, parse_exact("2024-01-06 00:00:00"));
}

TEST(ForeignCsv, ShowsARejectedLineSafelyAndShortly) {
  const Everything read = read_text(kHeader + "\x1b[31m" + std::string(500, 'x') + "\n");

  ASSERT_EQ(read.rejected.size(), 1U);
  EXPECT_EQ(read.rejected[0].text, "?[31m" + std::string(115, 'x') + "...");
}

TEST(ForeignCsv, AnEmptyOptionalValueIsUnknownAndAWrongOneIsNot) {
  const Everything read = read_text(
      "time,open,high,low,close,volume,vwap,trades\n"
      "1704067200,1,1,1,1,1,,5\n"
      "1704067260,1,1,1,1,1,1.5, \n"
      "1704067320,1,1,1,1,1,oops,5\n");

  ASSERT_EQ(read.bars.size(), 2U);
  EXPECT_EQ(read.bars.columns, ColumnSet{}.add(Column::vwap).add(Column::trade_count));
  EXPECT_TRUE(std::isnan(read.bars.vwap[0]));
  EXPECT_EQ(read.bars.vwap[1], 1.5);
  EXPECT_TRUE(std::isnan(read.bars.trade_count[1]));
  ASSERT_EQ(read.rejected.size(), 1U);
  EXPECT_EQ(read.rejected[0].rule, Rule::bad_number);
}

TEST(ForeignCsv, AVolumeThatIsNotThereIsZeroWhenTheUserSaysSo) {
  const Everything read =
      read_text("time,open,high,low,close\n1704067200,1,1,1,1\n", {.mapping = "volume=none"});

  ASSERT_EQ(read.bars.size(), 1U);
  EXPECT_EQ(read.bars.volume[0], 0);
}

TEST(ForeignCsv, HandsOutBatchesOfAnySizeAlike) {
  const TempFolder folder;
  std::string text = kHeader;
  for (int i = 0; i < 1000; ++i) {
    text += i % 7 == 3 ? "bad\n"
                       : std::to_string(1'704'067'200 + 60 * i) + ",1,2,0.5,1.25," +
                             std::to_string(i) + "\n";
  }
  const auto path = folder.write("a.csv", text);
  const Everything whole = read_everything(path, {}, 100'000);

  for (const std::size_t size : {1U, 2U, 3U, 64U, 999U, 1000U}) {
    const Everything parts = read_everything(path, {}, size);
    EXPECT_TRUE(identical(parts.bars, whole.bars)) << size;
    EXPECT_EQ(parts.lines, whole.lines) << size;
    EXPECT_EQ(parts.rejected.size(), whole.rejected.size()) << size;
  }
  EXPECT_EQ(whole.bars.size(), 857U);
}

TEST(ForeignCsv, ReadsTheMembersOfAZipOneAfterTheOther) {
  const TempFolder folder;
  const auto path = folder.path() / "Kraken_OHLCVT.zip";
  write_zip(path, {{"XBTUSD_1.csv", "1704067200,1,2,1,2,5,3\n1704067260,1,2,1,2,5,3\nbad\n"},
                   {"notes.txt", "no"},
                   {"headeronly.csv", kHeader},
                   {"ETHUSD_1440.csv", "1704067200,1,2,1,2,5,3\n"}});
  auto file = ForeignCsv::open(path, {});
  ASSERT_TRUE(file);
  ForeignBatch batch;

  ASSERT_TRUE(*file->next(batch, 100));
  EXPECT_EQ(batch.member, "XBTUSD_1.csv");
  EXPECT_EQ(batch.preset, ForeignPreset::kraken);
  EXPECT_EQ(batch.guess.symbol, "XBTUSD");
  EXPECT_EQ(batch.guess.timeframe, Timeframe::m1);
  EXPECT_EQ(batch.bars.size(), 2U);
  ASSERT_EQ(batch.rejected.size(), 1U);
  EXPECT_EQ(batch.rejected[0].file, path.string() + "/XBTUSD_1.csv");
  EXPECT_EQ(batch.rejected[0].line, 3U);

  ASSERT_TRUE(*file->next(batch, 100));
  EXPECT_EQ(batch.member, "ETHUSD_1440.csv");
  EXPECT_EQ(batch.guess.timeframe, Timeframe::d1);
  EXPECT_EQ(batch.lines, std::vector<std::uint64_t>{1});

  ASSERT_FALSE(*file->next(batch, 100));
  EXPECT_TRUE(batch.bars.empty());
  EXPECT_FALSE(*file->next(batch, 100));
}

TEST(ForeignCsv, ReadsBinanceInMillisecondsAndMicroseconds) {
  const std::string ms =
      "1704067200000,42283.58,42298.62,42261.02,42298.61,35.92724,1704067259999,1519032.1,1327,18."
      "2,77.1,0\n";
  const std::string us =
      "1735689600000000,93576,93610.93,93537.5,93610.93,8.21827,1735689659999999,768978.5,2631,3.9,"
      "36.1,0\n";
  const std::string header =
      "open_time,open,high,low,close,volume,close_time,quote_volume,count,taker_buy_volume,taker_"
      "buy_quote_volume,ignore\n";
  for (const std::string& text : {ms + us, header + ms + us}) {
    const Everything read = read_text(text, {}, "BTCUSDT-1m-2024-12.csv");

    ASSERT_EQ(read.bars.size(), 2U);
    EXPECT_EQ(read.preset, ForeignPreset::binance);
    EXPECT_EQ(read.guess.symbol, "BTCUSDT");
    EXPECT_EQ(read.guess.timeframe, Timeframe::m1);
    EXPECT_EQ(read.bars.timestamp[0], at("2024-01-01 00:00:00"));
    EXPECT_EQ(read.bars.timestamp[1], at("2025-01-01 00:00:00"));
    EXPECT_EQ(read.bars.close[1], 93610.93);
    EXPECT_EQ(read.bars.turnover[0], 1519032.1);
    EXPECT_EQ(read.bars.trade_count[0], 1327);
    EXPECT_FALSE(read.bars.columns.has(Column::vwap));
  }
}

TEST(ForeignCsv, ReadsKrakenWithAndWithoutVwap) {
  const Everything seven =
      read_text("1381095240,122.0,122.0,122.0,122.0,0.1,1\n", {}, "XBTUSD_1.csv");
  const Everything eight =
      read_text("1381095240,1,4,0.5,2,1.5,7,3\n", {.preset = ForeignPreset::kraken});

  EXPECT_EQ(seven.preset, ForeignPreset::kraken);
  EXPECT_EQ(seven.bars.timestamp.at(0), at("2013-10-06 21:34:00"));
  EXPECT_EQ(seven.bars.trade_count.at(0), 1);
  EXPECT_EQ(eight.bars.vwap.at(0), 1.5);
  EXPECT_EQ(eight.bars.volume.at(0), 7);
}

TEST(ForeignCsv, ReadsYahooAndLeavesItsNullsOut) {
  const Everything read = read_text(
      "Date,Open,High,Low,Close,Adj Close,Volume\n"
      "2020-11-05,117.95,119.62,116.87,119.03,116.3,126387100\n"
      "2020-11-06,null,null,null,null,null,null\n",
      {}, "AAPL.csv");

  EXPECT_EQ(read.preset, ForeignPreset::yahoo);
  EXPECT_EQ(read.guess.symbol, "AAPL");
  ASSERT_EQ(read.bars.size(), 1U);
  EXPECT_EQ(read.bars.adj_close[0], 116.3);
  ASSERT_EQ(read.rejected.size(), 1U);
  EXPECT_EQ(read.rejected[0].rule, Rule::bad_number);
  EXPECT_EQ(read.rejected[0].line, 3U);
}

TEST(ForeignCsv, ReadsTheThreeHeaderLinesOfYfinance) {
  const std::string rows = "2024-01-02,184.29,187.07,182.55,185.78,82488700\n";
  const std::string head = "Price,Close,High,Low,Open,Volume\n";
  for (const std::string more :
       {"Ticker,AAPL,AAPL,AAPL,AAPL,AAPL\nDate,,,,,\n", "Ticker,AAPL,AAPL,AAPL,AAPL,AAPL\n", ""}) {
    const Everything read = read_text(head + more + rows);

    EXPECT_TRUE(read.rejected.empty());
    ASSERT_EQ(read.bars.size(), 1U);
    EXPECT_EQ(read.bars.close[0], 184.29);
    EXPECT_EQ(read.bars.open[0], 185.78);
  }
  EXPECT_TRUE(read_text(head + "Ticker,AAPL,AAPL,AAPL,AAPL,AAPL\n").bars.empty());
}

TEST(ForeignCsv, ReadsFreqtradeInMillisecondsAndInIso) {
  for (const char* row :
       {"1637110800000,1,2,0.5,1.5,7\n", "2021-11-17 01:00:00+00:00,1,2,0.5,1.5,7\n"}) {
    const Everything read =
        read_text(std::string("date,open,high,low,close,volume\n") + row, {}, "BTC_USDT-5m.csv");

    EXPECT_EQ(read.preset, ForeignPreset::freqtrade);
    EXPECT_EQ(read.guess.symbol, "BTC_USDT");
    ASSERT_EQ(read.bars.size(), 1U);
    EXPECT_EQ(read.bars.timestamp[0], at("2021-11-17 01:00:00"));
  }
}

TEST(ForeignCsv, ReadsAlphaVantageOnNewYorksClock) {
  const std::string intraday =
      "timestamp,open,high,low,close,volume\r\n2024-07-01 15:55:00,1,2,0.5,1.5,7\r\n2024-01-31 "
      "09:30:00,1,2,0.5,1.5,7\r\n";
  const std::string daily =
      "timestamp,open,high,low,close,adjusted_close,volume,dividend_amount,split_"
      "coefficient\r\n2024-01-31,1,2,0.5,1.5,1.4,7,0.0,1.0\r\n";

  const Everything minutes = read_text(intraday, {}, "intraday_5min_IBM.csv");
  const Everything days = read_text(daily, {.preset = ForeignPreset::alpha_vantage});
  const Everything elsewhere = read_text(intraday, {.timezone = "UTC"}, "intraday_5min_IBM.csv");

  EXPECT_EQ(minutes.preset, ForeignPreset::alpha_vantage);
  EXPECT_EQ(minutes.guess.timeframe, Timeframe::m5);
  EXPECT_EQ(minutes.bars.timestamp,
            (std::vector<Instant>{at("2024-07-01 19:55:00"), at("2024-01-31 14:30:00")}));
  EXPECT_EQ(days.bars.timestamp.at(0), at("2024-01-31 00:00:00"));
  EXPECT_EQ(days.bars.adj_close.at(0), 1.4);
  EXPECT_EQ(elsewhere.bars.timestamp.at(0), at("2024-07-01 15:55:00"));
}

}  // namespace
}  // namespace chandler::foreign
