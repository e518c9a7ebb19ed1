#include "alpaca/spelling.h"

#include <algorithm>

#include "chandler/calendar.h"

namespace chandler::alpaca {

Result<std::string> spelled(const Instrument& instrument) {
  std::string name = instrument.symbol.name();
  const Error not_here{ErrorKind::unsupported,
                       "alpaca has US shares and pairs of coins, not " + name, "",
                       "use another provider"};
  if (instrument.asset_class == AssetClass::crypto) {
    if (instrument.base.empty() || instrument.quote.empty()) return not_here;
    return instrument.base + "/" + instrument.quote;
  }
  const bool share = instrument.asset_class == AssetClass::stock ||
                     instrument.asset_class == AssetClass::etf ||
                     instrument.asset_class == AssetClass::unknown;
  if (!share ||
      Calendar::of(instrument.symbol, AssetClass::stock).kind() != CalendarKind::us_equities) {
    return not_here;
  }
  std::replace(name.begin(), name.end(), '-', '.');
  std::replace(name.begin(), name.end(), '/', '.');
  const bool possible = std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.';
  });
  if (!possible) return not_here;
  return name;
}

}  // namespace chandler::alpaca
