#include <gtest/gtest.h>

#include "chandler/calendar.h"

namespace chandler {
namespace {

TEST(CalendarOf, IsDecidedByClassAndVenue) {
  struct Case {
    const char* symbol;
    AssetClass asset_class;
    CalendarKind kind;
  };
  const Case cases[] = {
      {"BTCUSDT", AssetClass::crypto, CalendarKind::always},
      {"ETH2.SETH", AssetClass::crypto, CalendarKind::always},
      {"EURUSD=X", AssetClass::forex, CalendarKind::forex},
      {"AAPL", AssetClass::stock, CalendarKind::us_equities},
      {"SPY", AssetClass::etf, CalendarKind::us_equities},
      {"BRK.B", AssetClass::stock, CalendarKind::us_equities},
      {"BF.A", AssetClass::stock, CalendarKind::us_equities},
      {"CIG.C", AssetClass::stock, CalendarKind::us_equities},
      {"BRK-B", AssetClass::stock, CalendarKind::us_equities},
      {"VOD.L", AssetClass::stock, CalendarKind::none},
      {"7203.T", AssetClass::stock, CalendarKind::none},
      {"BMW.F", AssetClass::stock, CalendarKind::none},
      {"ABX.V", AssetClass::stock, CalendarKind::none},
      {"SAP.DE", AssetClass::stock, CalendarKind::none},
      {"0700.HK", AssetClass::stock, CalendarKind::none},
      {"600519.SS", AssetClass::stock, CalendarKind::none},
      {"RELIANCE.NS", AssetClass::stock, CalendarKind::none},
      {"BRK-B.TO", AssetClass::stock, CalendarKind::none},
      {"VUSA.L", AssetClass::etf, CalendarKind::none},
      {"^GSPC", AssetClass::index, CalendarKind::us_equities},
      {"^VIX", AssetClass::index, CalendarKind::us_equities},
      {"^W5000", AssetClass::index, CalendarKind::us_equities},
      {"SPX", AssetClass::index, CalendarKind::us_equities},
      {"^IXIC", AssetClass::stock, CalendarKind::us_equities},
      {"^FTSE", AssetClass::index, CalendarKind::none},
      {"^FTSE", AssetClass::stock, CalendarKind::none},
      {"^GDAXI", AssetClass::index, CalendarKind::none},
      {"^N225", AssetClass::index, CalendarKind::none},
      {"000001.SS", AssetClass::index, CalendarKind::none},
      {"^NDEN.OS", AssetClass::index, CalendarKind::none},
      {"ES=F", AssetClass::future, CalendarKind::none},
      {"WHATEVER", AssetClass::unknown, CalendarKind::none},
  };
  for (const Case& c : cases) {
    const Calendar calendar = Calendar::of(*Symbol::parse(c.symbol), c.asset_class);
    EXPECT_EQ(to_string(calendar.kind()), to_string(c.kind))
        << c.symbol << " " << to_string(c.asset_class);
  }
}

}  // namespace
}  // namespace chandler
