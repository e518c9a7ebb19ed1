#include "yahoo/spelling.h"

#include <algorithm>

#include "chandler/calendar.h"

namespace chandler::yahoo {
namespace {

// A dot before a share class; the dot before another country's exchange stays.
std::string share(const Instrument& instrument) {
  std::string name = instrument.symbol.name();
  const bool at_home =
      Calendar::of(instrument.symbol, instrument.asset_class).kind() == CalendarKind::us_equities;
  if (at_home) std::replace(name.begin(), name.end(), '.', '-');
  std::replace(name.begin(), name.end(), '/', '-');
  return name;
}

}  // namespace

Result<std::string> spelled(const Instrument& instrument) {
  const std::string& name = instrument.symbol.name();
  const bool pair = !instrument.base.empty() && !instrument.quote.empty();
  switch (instrument.asset_class) {
    case AssetClass::crypto:
      if (pair) return instrument.base + "-" + instrument.quote;
      break;
    case AssetClass::forex:
      if (name.ends_with("=X")) return name;
      if (pair) return (instrument.base == "USD" ? "" : instrument.base) + instrument.quote + "=X";
      break;
    case AssetClass::index:
      return name.starts_with('^') ? name : "^" + name;
    case AssetClass::stock:
    case AssetClass::etf:
      return share(instrument);
    case AssetClass::future:
    case AssetClass::unknown:
      return name;
  }
  return Error{ErrorKind::unsupported, "what " + name + " is a pair of is not known", "",
               "write it with a separator, like EUR/USD"};
}

}  // namespace chandler::yahoo
