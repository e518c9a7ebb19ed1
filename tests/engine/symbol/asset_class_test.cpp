#include "chandler/asset_class.h"

#include <gtest/gtest.h>

#include <fstream>
#include <iostream>
#include <sstream>
#include <vector>

namespace chandler {
namespace {

TEST(AssetClass, NamesRoundTrip) {
  for (const char* name : {"unknown", "crypto", "stock", "etf", "index", "forex", "future"}) {
    EXPECT_EQ(to_string(*parse_asset_class(name)), name);
  }
  const auto wrong = parse_asset_class("bond");
  ASSERT_FALSE(wrong);
  EXPECT_EQ(wrong.error().kind, ErrorKind::usage);
}

struct Case {
  const char* symbol;
  AssetClass expected;
  const char* base = "";
  const char* quote = "";
  bool ambiguous = false;
};

TEST(AssetClass, IsToldByTheSpelling) {
  using enum AssetClass;
  const Case cases[] = {
      {"BTCUSDT", crypto, "BTC", "USDT"},
      {"btc/usdt", crypto, "BTC", "USDT"},
      {"BTC-USD", crypto, "BTC", "USD"},
      {"BTCUPUSDT", crypto, "BTCUP", "USDT"},
      {"1000SATSUSDT", crypto, "1000SATS", "USDT"},
      {"USDTBRL", crypto, "USDT", "BRL"},
      {"EURUSDT", crypto, "EUR", "USDT"},
      {"00USD", crypto, "00", "USD"},
      {"EURUSD", forex, "EUR", "USD"},
      {"eur_usd", forex, "EUR", "USD"},
      {"USDJPY", forex, "USD", "JPY"},
      {"XAUUSD", forex, "XAU", "USD"},
      {"XAG/USD", forex, "XAG", "USD"},
      {"EURUSD=X", forex, "EUR", "USD"},
      {"JPY=X", forex, "USD", "JPY"},
      {"EURX=X", forex},
      {"^GSPC", index},
      {"^NQDM-EUR", index},
      {"ES=F", future},
      {"6E=F", future},
      {"AAPL", stock},
      {"F", stock},
      {"GOOGL", stock},
      {"BRK.B", stock},
      {"BRK-B", stock},
      {"BRK/B", stock},
      {"VOD.L", stock},
      {"7203.T", stock},
      {"VOLV-B.ST", stock},
      {"M&M.NS", stock},
      {"ABTC", stock, "", "", true},
      {"BTC", stock, "", "", true},
      {"A/BTC", crypto, "A", "BTC"},
      {"AIBTC", crypto, "AI", "BTC", true},
      {"LTCU", crypto, "LTC", "U", true},
      {"ROKU", stock},
      {"MNTUSD", crypto, "MNT", "USD", true},
      {"USDMNT", forex, "USD", "MNT"},
      {"600519", unknown},
      {"HELLOWORLD", unknown},
      {"../../etc/passwd", unknown},
      {".L", unknown},
      {"A.", unknown},
      {"^", unknown},
      {"=X", unknown},
      {"=F", unknown},
      {"", unknown},
  };
  for (const Case& c : cases) {
    const Classification got = classify_by_rules(c.symbol);
    EXPECT_EQ(to_string(got.asset_class), to_string(c.expected)) << c.symbol;
    EXPECT_EQ(got.base, c.base) << c.symbol;
    EXPECT_EQ(got.quote, c.quote) << c.symbol;
    EXPECT_EQ(got.ambiguous, c.ambiguous) << c.symbol;
  }
}

TEST(AssetClass, ThatIsKnownTellsHowToReadTheName) {
  using enum AssetClass;
  const Case cases[] = {
      {"ABTC", crypto, "A", "BTC"},
      {"ABTC", stock},
      {"a/btc", stock},
      {"BTCUSDT", crypto, "BTC", "USDT"},
      {"MNTUSD", forex, "MNT", "USD"},
      {"MNT/USD", forex, "MNT", "USD"},
      {"EURUSD", crypto, "EUR", "USD"},
      {"EURUSD", forex, "EUR", "USD"},
      {"EURUSD=X", forex, "EUR", "USD"},
      {"SPY", etf},
      {"HELLOWORLD", crypto},
      {"00USDC", forex},
      {"AAPL", unknown},
  };
  for (const Case& c : cases) {
    const Classification got = classify_as(c.expected, c.symbol);
    EXPECT_EQ(got.asset_class, c.expected) << c.symbol;
    EXPECT_EQ(got.base, c.base) << c.symbol;
    EXPECT_EQ(got.quote, c.quote) << c.symbol;
    EXPECT_FALSE(got.ambiguous) << c.symbol;
  }
}

struct Tally {
  int rows = 0;
  int wrong_class = 0;
  int pairs = 0;
  int wrong_pair = 0;
  std::string misses;

  void add(const std::vector<std::string>& row) {
    const Classification got = classify_by_rules(row[0]);
    const std::string expected = row[1] == "etf" ? "stock" : row[1];
    const bool class_right = to_string(got.asset_class) == expected;
    if (expected == "forex") {
      EXPECT_EQ(got.base + "/" + got.quote, row[2] + "/" + row[3]) << row[0];
    }
    const bool pair_right = got.base == row[2] && got.quote == row[3];
    const bool is_pair = expected == "crypto";
    ++rows;
    if (is_pair) ++pairs;
    if (!class_right) ++wrong_class;
    if (is_pair && !pair_right) ++wrong_pair;
    if (!class_right || (is_pair && !pair_right)) misses += " " + row[0];
  }
};

// The expected answers come from listings (fixtures/README.md), not from these rules.
TEST(AssetClass, AgreesWithTheListings) {
  std::ifstream file(CHANDLER_FIXTURES "/symbols/symbols_sample.csv");
  if (!file) GTEST_SKIP() << "no fixture symbols/symbols_sample.csv";
  Tally tally;
  std::string line;
  std::getline(file, line);
  while (std::getline(file, line)) {
    std::vector<std::string> row;
    std::istringstream fields(line);
    for (std::string field; std::getline(fields, field, ',');) row.push_back(field);
    ASSERT_GE(row.size(), 4U) << line;
    tally.add(row);
  }

  std::cout << tally.rows << " symbols, " << tally.wrong_class << " of another class; "
            << tally.pairs << " crypto pairs, " << tally.wrong_pair
            << " split otherwise:" << tally.misses << '\n';
  ASSERT_GT(tally.rows, 10'000);
  EXPECT_LE(tally.wrong_class * 1000, tally.rows);
  EXPECT_LE(tally.wrong_pair * 1000, tally.pairs * 5);
}

}  // namespace
}  // namespace chandler
