#include <gtest/gtest.h>

#include "chandler/calendar.h"
#include "plugin/plugin_provider.h"
#include "tests/providers/plugin/fixture.h"

namespace chandler::plugin {
namespace {

struct Case {
  const char* symbol;
  AssetClass asset_class;
  Timeframe timeframe;
  const char* now;
  const char* expected;
};

TEST(ClosedUntil, IsTheLabelOfTheFirstBarThatIsNotOver) {
  for (const Case& each : {
           Case{"BTCUSDT", AssetClass::crypto, Timeframe::m5, "2024-06-03 12:34:56",
                "2024-06-03 12:30:00"},
           Case{"BTCUSDT", AssetClass::crypto, Timeframe::m5, "2024-06-03 12:35:00",
                "2024-06-03 12:35:00"},
           Case{"BTCUSDT", AssetClass::crypto, Timeframe::mo1, "2024-06-03 12:34:56",
                "2024-06-01 00:00:00"},
           // 10:34 in New York; four hours begin at 08:00 there.
           Case{"AAPL", AssetClass::stock, Timeframe::h4, "2024-06-03 14:34:56",
                "2024-06-03 12:00:00"},
           Case{"AAPL", AssetClass::stock, Timeframe::d1, "2024-06-03 19:59:59",
                "2024-06-03 00:00:00"},
           Case{"AAPL", AssetClass::stock, Timeframe::d1, "2024-06-03 20:00:00",
                "2024-06-04 00:00:00"},
           // Still the evening of the 3rd in New York.
           Case{"AAPL", AssetClass::stock, Timeframe::d1, "2024-06-04 01:00:00",
                "2024-06-04 00:00:00"},
           Case{"AAPL", AssetClass::stock, Timeframe::w1, "2024-06-05 12:00:00",
                "2024-06-03 00:00:00"},
       }) {
    const Instant got =
        closed_until({.symbol = *Symbol::parse(each.symbol), .asset_class = each.asset_class},
                     each.timeframe, at(each.now));

    EXPECT_EQ(format_instant(got), each.expected) << each.symbol << ' ' << each.now;
  }
}

}  // namespace
}  // namespace chandler::plugin
