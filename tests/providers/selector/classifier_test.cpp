#include "selector/classifier.h"

#include <gtest/gtest.h>

#include <fstream>
#include <map>
#include <sstream>

namespace chandler {
namespace {

using enum AssetClass;

Listed row(const char* symbol, AssetClass asset_class, const char* base = "",
           const char* quote = "", bool trading = true) {
  return {.instrument = {*Symbol::parse(symbol), asset_class, base, quote, "somewhere"},
          .name = "",
          .trading = trading};
}

Listings listings(std::vector<std::pair<std::string, std::vector<Listed>>> all) {
  Listings made;
  for (auto& [provider, listed] : all) made.add({provider, Instant{}, std::move(listed)});
  return made;
}

Classified of(const char* typed, const Listings& known = {}) {
  return classify(*parse_asked_symbol(typed), known);
}

std::string text(const Classified& c) {
  const Instrument& i = c.instrument;
  std::string all{to_string(i.asset_class)};
  if (!i.base.empty()) all += " " + i.base + "/" + i.quote;
  if (c.ambiguous) all += ", or " + std::string(to_string(c.other.value_or(unknown)));
  return all + " (" + c.settled_by + ")";
}

TEST(Classifier, GoesByTheSpellingWhereNothingIsListed) {
  EXPECT_EQ(text(of("BTCUSDT")), "crypto BTC/USDT (its spelling)");
  EXPECT_EQ(text(of("SPY")), "stock (its spelling)");
  EXPECT_EQ(text(of("ABTC")), "stock, or crypto (its spelling)");
  EXPECT_EQ(text(of("AIBTC")), "crypto AI/BTC, or stock (its spelling)");
  EXPECT_EQ(text(of("MNTUSD")), "crypto MNT/USD, or forex (its spelling)");
  EXPECT_EQ(text(of("HELLOWORLD")), "unknown (its spelling)");
  EXPECT_EQ(of("BTCUSDT").instrument.exchange, "");
}

TEST(Classifier, BelievesAListingMoreThanTheSpelling) {
  const Listings known = listings({{"alpha_vantage", {row("SPY", etf), row("HELLOWORLD", stock)}},
                                   {"binance", {row("ABTC", crypto, "A", "BTC")}}});

  EXPECT_EQ(text(of("SPY", known)), "etf (alpha_vantage's listing)");
  EXPECT_EQ(text(of("HELLOWORLD", known)), "stock (alpha_vantage's listing)");
  EXPECT_EQ(text(of("ABTC", known)), "crypto A/BTC, or stock (binance's listing)");
  EXPECT_EQ(of("SPY", known).instrument.exchange, "somewhere");
  EXPECT_EQ(text(of("BTCUSDT", known)), "crypto BTC/USDT (its spelling)");
}

TEST(Classifier, TakesTheMoreLiquidOfSeveralListedMeanings) {
  const Listings known =
      listings({{"binance", {row("ABTC", crypto, "A", "BTC"), row("AIBTC", crypto, "AI", "BTC")}},
                {"alpaca", {row("ABTC", stock), row("AIBTC", stock)}}});

  EXPECT_EQ(text(of("ABTC", known)),
            "stock, or crypto (alpaca's listing, the more liquid reading of several)");
  EXPECT_EQ(text(of("AIBTC", known)),
            "crypto AI/BTC, or stock (binance's listing, the more liquid reading of several)");
}

TEST(Classifier, LetsWhatIsNoLongerTradedYield) {
  const Listings known = listings({{"binance", {row("ABTC", crypto, "A", "BTC")}},
                                   {"alpaca", {row("ABTC", stock, "", "", false)}}});

  EXPECT_EQ(of("ABTC", known).instrument.asset_class, crypto);
}

TEST(Classifier, AnEtfIsAShareThatIsKnownBetter) {
  const Listings known =
      listings({{"alpaca", {row("SPY", stock)}}, {"alpha_vantage", {row("SPY", etf)}}});

  EXPECT_EQ(text(of("SPY", known)), "etf (alpha_vantage's listing)");
}

TEST(Classifier, AnExchangeKnowsItsOwnPairsBest) {
  Listed own = row("BTCUSDT", crypto, "BTC", "USDT");
  own.instrument.exchange = "binance";
  const Listings known =
      listings({{"alpaca", {row("BTCUSDT", crypto, "BTC", "USDT")}}, {"binance", {own}}});

  EXPECT_EQ(of("BTCUSDT", known).instrument.exchange, "binance");
}

TEST(Classifier, WhatIsSaidByHandWins) {
  const Listings known = listings({{"alpaca", {row("ABTC", stock)}}});

  EXPECT_EQ(text(of("crypto:ABTC", known)), "crypto A/BTC (hand)");
  EXPECT_EQ(text(of("A/BTC", known)), "crypto A/BTC (hand)");
  EXPECT_EQ(text(of("stock:ABTC", known)), "stock (hand)");
  EXPECT_EQ(of("stock:ABTC", known).instrument.exchange, "somewhere");
  EXPECT_EQ(of("crypto:ABTC", known).instrument.exchange, "");
  EXPECT_EQ(text(of("etf:SPY")), "etf (hand)");
}

TEST(Classifier, FindsShareClassesHoweverTheyAreSpelled) {
  const Listings known = listings({{"alpaca", {row("BRK.B", stock), row("SPY", etf)}}});

  for (const char* spelling : {"BRK.B", "BRK-B", "brk/b"}) {
    EXPECT_EQ(text(of(spelling, known)), "stock (alpaca's listing)") << spelling;
    EXPECT_EQ(of(spelling, known).instrument.symbol, *Symbol::parse(spelling));
  }
}

TEST(Classifier, FillsInThePartsAListingLeavesOut) {
  const Listings known = listings({{"x", {row("BTCUSDT", crypto)}}});

  EXPECT_EQ(text(of("BTCUSDT", known)), "crypto BTC/USDT (x's listing)");
}

struct Sample {
  std::string symbol;
  AssetClass asset_class = unknown;
  std::string base;
  std::string quote;
  std::string source;
};

std::vector<Sample> samples() {
  std::ifstream file(CHANDLER_FIXTURES "/symbols/symbols_sample.csv");
  std::vector<Sample> all;
  std::string line;
  std::getline(file, line);
  while (std::getline(file, line)) {
    std::vector<std::string> field;
    std::istringstream fields(line);
    for (std::string one; std::getline(fields, one, ',');) field.push_back(one);
    field.resize(6);
    all.push_back({field[0], *parse_asset_class(field[1]), field[2], field[3], field[5]});
  }
  return all;
}

// The expected answers come from listings (fixtures/README.md), so a listing made of them must give
// every one of them back.
TEST(Classifier, IsRightAboutEverythingThatIsListed) {
  const std::vector<Sample> all = samples();
  if (all.empty()) GTEST_SKIP() << "no fixture symbols/symbols_sample.csv";
  std::map<std::string, Listing> by_source;
  for (const Sample& s : all) {
    by_source[s.source].provider = s.source;
    by_source[s.source].listed.push_back(
        row(s.symbol.c_str(), s.asset_class, s.base.c_str(), s.quote.c_str()));
  }
  Listings known;
  for (auto& [source, listing] : by_source) known.add(std::move(listing));

  for (const Sample& s : all) {
    const Classified got = of(s.symbol.c_str(), known);
    EXPECT_EQ(to_string(got.instrument.asset_class), to_string(s.asset_class)) << s.symbol;
    if (s.asset_class != crypto && s.asset_class != forex) continue;
    EXPECT_EQ(got.instrument.base + "/" + got.instrument.quote, s.base + "/" + s.quote) << s.symbol;
  }
  EXPECT_GT(all.size(), 10'000U);
}

}  // namespace
}  // namespace chandler
