#include "sandbox/known.h"

#include <algorithm>
#include <array>

namespace chandler::sandbox {
namespace {

using enum AssetClass;

constexpr std::string_view kVenue = "sandbox";

constexpr std::array kKnown = {
    Known{"BTCUSDT", crypto, "BTC", "USDT", kVenue, "Bitcoin", 4'300'000, 2},
    Known{"ETHUSDT", crypto, "ETH", "USDT", kVenue, "Ether", 240'000, 2},
    Known{"BNBUSDT", crypto, "BNB", "USDT", kVenue, "BNB", 31'000, 2},
    Known{"SOLUSDT", crypto, "SOL", "USDT", kVenue, "Solana", 9'800, 2},
    Known{"XRPUSDT", crypto, "XRP", "USDT", kVenue, "XRP", 5'600, 4},
    Known{"ADAUSDT", crypto, "ADA", "USDT", kVenue, "Cardano", 5'100, 4},
    Known{"DOGEUSDT", crypto, "DOGE", "USDT", kVenue, "Dogecoin", 8'100, 5},
    Known{"LTCUSDT", crypto, "LTC", "USDT", kVenue, "Litecoin", 7'100, 2},
    Known{"LINKUSDT", crypto, "LINK", "USDT", kVenue, "Chainlink", 14'500, 3},
    Known{"BTCUSDC", crypto, "BTC", "USDC", kVenue, "Bitcoin", 4'300'000, 2},
    Known{"ETHBTC", crypto, "ETH", "BTC", kVenue, "Ether", 55'000, 6},
    Known{"BTCUSD", crypto, "BTC", "USD", kVenue, "Bitcoin", 4'300'000, 2},
    Known{"ETHUSD", crypto, "ETH", "USD", kVenue, "Ether", 240'000, 2},
    Known{"AAPL", stock, "", "", "NASDAQ", "Apple Inc.", 17'000, 2},
    Known{"MSFT", stock, "", "", "NASDAQ", "Microsoft Corporation", 31'000, 2},
    Known{"AMZN", stock, "", "", "NASDAQ", "Amazon.com, Inc.", 14'000, 2},
    Known{"GOOG", stock, "", "", "NASDAQ", "Alphabet Inc.", 13'500, 2},
    Known{"NVDA", stock, "", "", "NASDAQ", "NVIDIA Corporation", 9'500, 2},
    Known{"TSLA", stock, "", "", "NASDAQ", "Tesla, Inc.", 21'000, 2},
    Known{"META", stock, "", "", "NASDAQ", "Meta Platforms, Inc.", 33'000, 2},
    Known{"BRK.B", stock, "", "", "NYSE", "Berkshire Hathaway Inc.", 36'000, 2},
    Known{"IBM", stock, "", "", "NYSE", "International Business Machines", 16'000, 2},
    Known{"JPM", stock, "", "", "NYSE", "JPMorgan Chase & Co.", 15'000, 2},
    Known{"KO", stock, "", "", "NYSE", "The Coca-Cola Company", 6'000, 2},
    Known{"SPY", etf, "", "", "ARCA", "SPDR S&P 500 ETF Trust", 43'000, 2},
    Known{"QQQ", etf, "", "", "NASDAQ", "Invesco QQQ Trust", 36'000, 2},
    Known{"IWM", etf, "", "", "ARCA", "iShares Russell 2000 ETF", 19'000, 2},
    Known{"GLD", etf, "", "", "ARCA", "SPDR Gold Shares", 18'000, 2},
    Known{"^GSPC", index, "", "", "SNP", "S&P 500", 430'000, 2},
    Known{"^DJI", index, "", "", "DJI", "Dow Jones Industrial Average", 3'500'000, 2},
    Known{"^IXIC", index, "", "", "NASDAQ", "NASDAQ Composite", 1'350'000, 2},
    Known{"EURUSD", forex, "EUR", "USD", "", "EUR/USD", 110'000, 5},
    Known{"GBPUSD", forex, "GBP", "USD", "", "GBP/USD", 127'000, 5},
    Known{"USDJPY", forex, "USD", "JPY", "", "USD/JPY", 140'000, 3},
    Known{"ES=F", future, "", "", "CME", "E-Mini S&P 500", 435'000, 2},
    Known{"GC=F", future, "", "", "COMEX", "Gold", 195'000, 2},
};

}  // namespace

std::span<const Known> known_instruments() { return kKnown; }

const Known* find_known(std::string_view symbol) {
  const auto* const found = std::find_if(
      kKnown.begin(), kKnown.end(), [&](const Known& known) { return known.symbol == symbol; });
  return found == kKnown.end() ? nullptr : found;
}

}  // namespace chandler::sandbox
