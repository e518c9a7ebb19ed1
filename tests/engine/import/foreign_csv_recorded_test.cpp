// Against data that nobody here wrote: recorded answers turned into the CSV their providers hand
// out, and series that were written by others. The truth is the JSON, the expected values in
// fixtures/README.md, or the text itself.
#include <date/tz.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "tests/engine/import/files.h"

namespace chandler::foreign {
namespace {

using nlohmann::json;

std::filesystem::path fixture(const std::string& name) {
  return std::filesystem::path(CHANDLER_FIXTURES) / name;
}

#define NEEDS_FIXTURE(name) \
  if (!std::filesystem::exists(fixture(name))) GTEST_SKIP() << "no fixture " << fixture(name)

std::string text_of(const json& value) {
  return value.is_string() ? value.get<std::string>() : value.dump();
}

std::string binance_csv(const json& klines, const std::string& time_suffix) {
  std::string csv;
  for (const json& row : klines) {
    for (std::size_t i = 0; i < row.size(); ++i) {
      csv += (i > 0 ? "," : "") + text_of(row[i]) + (i == 0 || i == 6 ? time_suffix : "");
    }
    csv += "\n";
  }
  return csv;
}

// The array of klines, wherever the recording keeps it.
json klines_in(const json& recorded) {
  if (recorded.is_array()) return recorded;
  for (const auto& [key, value] : recorded.items()) {
    if (value.is_array() && !value.empty() && value[0].is_array()) return value;
  }
  return json::array();
}

TEST(ForeignCsvRecorded, BinanceKlinesComeThroughInMsAndUs) {
  NEEDS_FIXTURE("binance/klines_BTCUSDT_1h_page1.json");
  const json klines =
      klines_in(json::parse(slurp(fixture("binance/klines_BTCUSDT_1h_page1.json"))));
  ASSERT_EQ(klines.size(), 1000U);

  for (const char* suffix : {"", "000"}) {
    const Everything read = read_text(binance_csv(klines, suffix), {}, "BTCUSDT-1h-2020-05.csv");

    ASSERT_FALSE(read.error) << read.error->line();
    EXPECT_EQ(read.preset, ForeignPreset::binance);
    ASSERT_EQ(read.bars.size(), klines.size());
    for (std::size_t i = 0; i < klines.size(); ++i) {
      ASSERT_EQ(epoch_seconds(read.bars.timestamp[i]) * 1000, klines[i][0].get<std::int64_t>());
      ASSERT_EQ(read.bars.open[i], std::stod(klines[i][1].get<std::string>()));
      ASSERT_EQ(read.bars.close[i], std::stod(klines[i][4].get<std::string>()));
      ASSERT_EQ(read.bars.turnover[i], std::stod(klines[i][7].get<std::string>()));
      ASSERT_EQ(read.bars.trade_count[i], klines[i][8].get<double>());
    }
  }
}

TEST(ForeignCsvRecorded, KrakensMinutesComeThrough) {
  NEEDS_FIXTURE("kraken/ohlc_XXBTZUSD_1m.json");
  const json recorded = json::parse(slurp(fixture("kraken/ohlc_XXBTZUSD_1m.json")));
  const json rows = klines_in(recorded.contains("result") ? recorded["result"] : recorded);
  ASSERT_FALSE(rows.empty());
  std::string csv;
  for (const json& row : rows) {
    for (std::size_t i = 0; i < row.size(); ++i) csv += (i > 0 ? "," : "") + text_of(row[i]);
    csv += "\n";
  }

  const Everything read = read_text(csv, {.preset = ForeignPreset::kraken});

  ASSERT_FALSE(read.error) << read.error->line();
  ASSERT_EQ(read.bars.size(), rows.size());
  for (std::size_t i = 0; i < rows.size(); ++i) {
    ASSERT_EQ(epoch_seconds(read.bars.timestamp[i]), rows[i][0].get<std::int64_t>());
    ASSERT_EQ(read.bars.vwap[i], std::stod(rows[i][5].get<std::string>()));
    ASSERT_EQ(read.bars.volume[i], std::stod(rows[i][6].get<std::string>()));
  }
}

TEST(ForeignCsvRecorded, AlphaVantagesMinutesAreThoseOfNewYork) {
  NEEDS_FIXTURE("alpha_vantage/intraday_1min_MSFT_2017.json");
  const json recorded = json::parse(slurp(fixture("alpha_vantage/intraday_1min_MSFT_2017.json")));
  const json& series = recorded.at("Time Series (1min)");
  std::string csv = "timestamp,open,high,low,close,volume\r\n";
  for (auto row = series.rbegin(); row != series.rend(); ++row) {
    csv += row.key();
    for (const char* field : {"1. open", "2. high", "3. low", "4. close", "5. volume"}) {
      csv += "," + text_of(row.value().at(field));
    }
    csv += "\r\n";
  }

  const Everything read = read_text(csv, {}, "intraday_1min_MSFT.csv");

  ASSERT_FALSE(read.error) << read.error->line();
  ASSERT_EQ(read.bars.size(), series.size());
  EXPECT_GT(read.bars.timestamp.front(), read.bars.timestamp.back());
  std::size_t i = 0;
  for (auto row = series.rbegin(); row != series.rend(); ++row, ++i) {
    const auto zoned = date::make_zoned("America/New_York", read.bars.timestamp[i]);
    ASSERT_EQ(date::format("%F %T", zoned), row.key());
    ASSERT_EQ(read.bars.close[i], std::stod(text_of(row.value().at("4. close"))));
  }
}

TEST(ForeignCsvRecorded, YahoosDaysAreLabelledWithTheirSession) {
  NEEDS_FIXTURE("yfinance_repair/AET-L-1d-100x-error.csv");
  for (const char* name : {"AET-L-1d-100x-error.csv", "AET-L-1d-100x-error-fixed.csv",
                           "ALPHA-PA-1d-bad-stock-split.csv", "CNE-L-1d-bad-stock-split.csv"}) {
    const auto path = fixture(std::string("yfinance_repair/") + name);
    std::istringstream lines(slurp(path));
    std::string line;
    std::getline(lines, line);

    const Everything read = read_everything(path);

    ASSERT_FALSE(read.error) << read.error->line();
    EXPECT_EQ(read.preset, ForeignPreset::yahoo);
    EXPECT_TRUE(read.rejected.empty());
    std::size_t i = 0;
    for (; std::getline(lines, line) && !line.empty(); ++i) {
      ASSERT_LT(i, read.bars.size());
      ASSERT_EQ(format_instant(read.bars.timestamp[i]), line.substr(0, 10) + " 00:00:00") << name;
    }
    EXPECT_EQ(i, read.bars.size());
  }
}

TEST(ForeignCsvRecorded, SeriesInOurOwnFormComeThroughToTheByte) {
  NEEDS_FIXTURE("series/SPY_1h.csv.gz");
  for (const auto& entry : std::filesystem::directory_iterator(fixture("series"))) {
    const TempFolder folder;
    const Everything read = read_everything(entry.path(), {}, 4096);

    ASSERT_FALSE(read.error) << read.error->line();
    EXPECT_TRUE(read.rejected.empty()) << entry.path();
    EXPECT_GT(read.bars.size(), 0U);
    // strtod and our own printing of times are the judges.
    const std::string unpacked = [&] {
      gzFile file = gzopen(entry.path().c_str(), "rb");
      std::string text;
      std::string buffer(1U << 16U, '\0');
      for (int n = 0;
           (n = gzread(file, buffer.data(), static_cast<unsigned>(buffer.size()))) > 0;) {
        text.append(buffer, 0, static_cast<std::size_t>(n));
      }
      gzclose(file);
      return text;
    }();
    std::istringstream lines(unpacked);
    std::string line;
    std::getline(lines, line);
    for (std::size_t i = 0; std::getline(lines, line); ++i) {
      ASSERT_LT(i, read.bars.size());
      ASSERT_EQ(format_instant(read.bars.timestamp[i]), line.substr(0, 19));
      const char* at = line.c_str() + 20;
      char* end = nullptr;
      for (const double value : {read.bars.open[i], read.bars.high[i], read.bars.low[i],
                                 read.bars.close[i], read.bars.volume[i]}) {
        ASSERT_EQ(std::strtod(at, &end), value) << line;
        at = end + 1;
      }
    }
  }
}

TEST(ForeignCsvRecorded, LeansDaysComeOutOfTheirZip) {
  NEEDS_FIXTURE("lean_layout/crypto/coinbase/daily/btcusd_trade.zip");
  const Everything read =
      read_everything(fixture("lean_layout/crypto/coinbase/daily/btcusd_trade.zip"));

  ASSERT_FALSE(read.error) << read.error->line();
  ASSERT_GT(read.bars.size(), 1000U);
  EXPECT_TRUE(read.rejected.empty());
  EXPECT_EQ(format_instant(read.bars.timestamp[0]), "2014-12-01 00:00:00");
  EXPECT_EQ(read.bars.volume[0], 0.05655554);
  EXPECT_EQ(read.members, std::vector<std::string>{"btcusd.csv"});
}

}  // namespace
}  // namespace chandler::foreign
