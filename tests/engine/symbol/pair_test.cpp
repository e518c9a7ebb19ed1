#include "symbol/pair.h"

#include <gtest/gtest.h>

namespace chandler {
namespace {

std::string split(std::string_view name) {
  const auto parts = split_joined(name);
  return parts ? std::string(parts->base) + "+" + std::string(parts->quote) : "none";
}

TEST(Pair, LongestQuoteWins) {
  EXPECT_EQ(split("BTCFDUSD"), "BTC+FDUSD");
  EXPECT_EQ(split("SUSDC"), "S+USDC");
  EXPECT_EQ(split("ETHUSD4"), "ETH+USD4");
  EXPECT_EQ(split("ETHBTC"), "ETH+BTC");
  EXPECT_EQ(split("ARBIDR"), "ARB+IDR");
}

TEST(Pair, SmallQuotesNeedABaseThatStandsAlone) {
  EXPECT_EQ(split("ETHTUSD"), "ETH+TUSD");
  EXPECT_EQ(split("LINKTUSD"), "LINK+TUSD");
  EXPECT_EQ(split("QNTUSD"), "QNT+USD");
  EXPECT_EQ(split("SWEATUSD"), "SWEAT+USD");
  EXPECT_EQ(split("ADAEUR"), "ADA+EUR");
  EXPECT_EQ(split("ETHAEUR"), "ETH+AEUR");
  EXPECT_EQ(split("WINTRX"), "WIN+TRX");
  EXPECT_EQ(split("PTTRX"), "none");
}

TEST(Pair, AKnownBaseBeatsALongerQuote) {
  EXPECT_EQ(split("USDTUSD"), "USDT+USD");
  EXPECT_EQ(split("TRBUSD"), "TRB+USD");
  EXPECT_EQ(split("BTCBUSD"), "BTC+BUSD");
}

TEST(Pair, SingleLetterQuotesNeedAKnownBaseOrALongName) {
  EXPECT_EQ(split("LTCU"), "LTC+U");
  EXPECT_EQ(split("ASTERU"), "ASTER+U");
  EXPECT_EQ(split("ROKU"), "none");
}

TEST(Pair, LeveragedTokensAndMultipliersBelongToTheBase) {
  EXPECT_EQ(split("BTCUPUSDT"), "BTCUP+USDT");
  EXPECT_EQ(split("BTCDOWNUSDT"), "BTCDOWN+USDT");
  EXPECT_EQ(split("BTC3LUSDC"), "BTC3L+USDC");
  EXPECT_EQ(split("1000SATSUSDT"), "1000SATS+USDT");
}

TEST(Pair, PaperNamesAreMarkedOnBothSides) {
  EXPECT_EQ(split("TESTBTCTESTUSD"), "TESTBTC+TESTUSD");
  EXPECT_EQ(split("TESTBTCTESTUSDT"), "TESTBTC+TESTUSDT");
  EXPECT_EQ(split("TESTUSD"), "TEST+USD");
}

TEST(Pair, ABaseIsANameNotPunctuation) {
  EXPECT_EQ(split("USDT"), "none");
  for (const char* text : {".USDT", "A.USDT", "A-B-USDT", "../USDT", "^XUSD", ""}) {
    EXPECT_EQ(split(text), "none") << text;
  }
  EXPECT_EQ(split("ETH2.SETH"), "ETH2.S+ETH");
}

TEST(Pair, SeparatorsCountOnceAndBeforeAQuoteAsset) {
  EXPECT_EQ(split_separated("BTC/EUR")->quote, "EUR");
  for (const char* text : {"BTCEUR", "/EUR", "BTC/", "A/B/EUR", "BRK-B", "ABC-U", "^X-EUR"}) {
    EXPECT_FALSE(split_separated(text)) << text;
  }
}

}  // namespace
}  // namespace chandler
