#include <gtest/gtest.h>

#include "chandler/foreign_csv.h"

namespace chandler {
namespace {

std::string guessed(const std::string& path, ForeignPreset preset = ForeignPreset::automatic) {
  const SeriesGuess guess = guess_series(path, preset);
  return guess.symbol.value_or("-") + " " +
         (guess.timeframe ? std::string(to_string(*guess.timeframe)) : "-");
}

TEST(SeriesName, IsReadFromTheNamesFilesComeUnder) {
  const std::pair<const char*, const char*> cases[] = {
      {"BTCUSDT-1m-2024-01.zip", "BTCUSDT 1m"},
      {"in/BTCUSDT-1mo-2024-01-05.csv", "BTCUSDT 1M"},
      {"BTCUSDT-1s-2024-01.zip", "BTCUSDT -"},
      {"1000SATSUSDT-4h-2024-01.csv.gz", "1000SATSUSDT 4h"},
      {"XBTUSD_1.csv", "XBTUSD 1m"},
      {"XBTUSD_1440.csv", "XBTUSD 1d"},
      {"BTC_USDT-5m.csv", "BTC_USDT 5m"},
      {"BTC_USDT-1Mo.csv", "BTC_USDT 1M"},
      {"daily_AAPL.csv", "AAPL 1d"},
      {"daily_adjusted_AAPL.csv", "AAPL 1d"},
      {"weekly_adjusted_BRK-B.csv", "BRK-B 1w"},
      {"monthly_IBM.csv", "IBM 1M"},
      {"intraday_5min_AAPL.csv", "AAPL 5m"},
      {"intraday_60min_AAPL.csv", "AAPL 1h"},
      {"SPY_1d.csv.gz", "SPY 1d"},
      {"ETHUSDT-1h.csv", "ETHUSDT 1h"},
      {"BTCUSDT-1m-2024.csv", "BTCUSDT 1m"},
      {"AAPL_1d_2024.csv.gz", "AAPL 1d"},
      {"data-cache/BTCUSDT/1m/2024.csv.gz", "BTCUSDT 1m"},
      {"data-cache/%50RN/1d/2024.csv.gz", "PRN 1d"},
  };
  for (const auto& [path, series] : cases) EXPECT_EQ(guessed(path), series) << path;
}

TEST(SeriesName, IsNotGuessedFromAnyName) {
  for (const char* path : {"data.csv", "prices_1d.csv", "AAPL.csv", "BTCUSDT-2m-2024.zip",
                           "SP-500-2024.csv", "BTCUSDT-1m-24-01.zip", "BTCUSDT-1m-2024-01-1.zip",
                           "XBTUSD_7.csv", "_1.csv", "intraday_7min_AAPL.csv", "hourly_AAPL.csv",
                           "daily_split_AAPL.csv", "intraday_AAPL_5min.csv", "a_b_c_daily_AAPL.csv",
                           "BTC_USDT_USDT-1h-futures.csv", "", "x/1m/2024.csv", "-1d.csv"}) {
    const std::string seen = guessed(path);
    if (std::string(path) == "x/1m/2024.csv")
      continue;  // lower case is folded by the cache's own rule or refused there
    EXPECT_EQ(seen, "- -") << path;
  }
}

TEST(SeriesName, OfYahooIsTheSymbolAlone) {
  EXPECT_EQ(guessed("AAPL.csv", ForeignPreset::yahoo), "AAPL -");
  EXPECT_EQ(guessed("EURUSD=X.csv", ForeignPreset::yahoo), "EURUSD=X -");
  EXPECT_EQ(guessed("^GSPC.csv", ForeignPreset::yahoo), "^GSPC -");
  EXPECT_EQ(guessed("AAPL_1d.csv", ForeignPreset::yahoo), "AAPL 1d");
  EXPECT_EQ(guessed("prices.csv", ForeignPreset::yahoo), "- -");
}

TEST(SeriesName, FollowsThePresetThatIsSaid) {
  EXPECT_EQ(guessed("BTC_USDT-5m.csv", ForeignPreset::binance), "- -");
  EXPECT_EQ(guessed("XBTUSD.csv", ForeignPreset::kraken), "- -");
  EXPECT_EQ(guessed("BTCUSDT.csv", ForeignPreset::freqtrade), "- -");
  EXPECT_EQ(guessed("AAPL.csv", ForeignPreset::alpha_vantage), "- -");
}

}  // namespace
}  // namespace chandler
