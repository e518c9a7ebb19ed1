#include "selector/asked_symbol.h"

#include <gtest/gtest.h>

namespace chandler {
namespace {

TEST(AskedSymbol, IsSettledByAPrefixOrASeparator) {
  using enum AssetClass;
  struct Case {
    const char* typed;
    const char* symbol;
    std::optional<AssetClass> asset_class;
    const char* base = "";
    const char* quote = "";
  };
  const Case cases[] = {
      {"ABTC", "ABTC", {}},
      {"crypto:ABTC", "ABTC", crypto, "A", "BTC"},
      {"crypto:a/btc", "ABTC", crypto, "A", "BTC"},
      {"stock:ABTC", "ABTC", stock},
      {"A/BTC", "ABTC", crypto, "A", "BTC"},
      {"etf:spy", "SPY", etf},
      {"index:^GSPC", "^GSPC", index},
      {"forex:MNTUSD", "MNTUSD", forex, "MNT", "USD"},
      {"future:ES=F", "ES=F", future},
      {"unknown:X", "X", unknown},
      {"BTC/USDT", "BTCUSDT", {}},
      {"btc-usd", "BTCUSD", {}},
      {"BRK-B", "BRK-B", {}},
      {"BTC/USDT:USDT", "BTC/USDT:USDT", {}},
      {"bond:X", "BOND:X", {}},
  };
  for (const Case& c : cases) {
    const auto asked = parse_asked_symbol(c.typed);
    ASSERT_TRUE(asked) << c.typed;
    EXPECT_EQ(asked->symbol.name(), c.symbol) << c.typed;
    EXPECT_EQ(asked->asset_class, c.asset_class) << c.typed;
    EXPECT_EQ(asked->base, c.base) << c.typed;
    EXPECT_EQ(asked->quote, c.quote) << c.typed;
  }
}

TEST(AskedSymbol, NeedsASymbolBehindThePrefix) {
  EXPECT_FALSE(parse_asked_symbol(""));
  EXPECT_FALSE(parse_asked_symbol("crypto:"));
  EXPECT_FALSE(parse_asked_symbol("crypto:" + std::string(70, 'A')));
}

}  // namespace
}  // namespace chandler
