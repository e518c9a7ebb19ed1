#include "alpha_vantage/spelling.h"

#include <algorithm>
#include <array>
#include <utility>

#include "chandler/calendar.h"

namespace chandler::alpha_vantage {
namespace {

// The usual endings, and theirs.
constexpr std::array<std::pair<std::string_view, std::string_view>, 6> kExchanges = {
    {{".L", ".LON"},
     {".TO", ".TRT"},
     {".V", ".TRV"},
     {".DE", ".DEX"},
     {".BO", ".BSE"},
     {".BSE", ".BSE"}}};

}  // namespace

bool at_home(const Instrument& instrument) {
  return Calendar::of(instrument.symbol, AssetClass::stock).kind() == CalendarKind::us_equities;
}

Result<std::string> spelled(const Instrument& instrument) {
  std::string name = instrument.symbol.name();
  const bool share = instrument.asset_class == AssetClass::stock ||
                     instrument.asset_class == AssetClass::etf ||
                     instrument.asset_class == AssetClass::unknown;
  const bool marked = name.find_first_of("^=") != std::string::npos;
  if (!share || marked) {
    return Error{ErrorKind::unsupported, "alpha_vantage has shares and funds only, not " + name, "",
                 "use another provider"};
  }
  std::replace(name.begin(), name.end(), '/', '-');
  if (at_home(instrument)) {
    std::replace(name.begin(), name.end(), '.', '-');
    return name;
  }
  for (const auto& [ours, theirs] : kExchanges) {
    if (name.ends_with(ours)) {
      return name.substr(0, name.size() - ours.size()) + std::string(theirs);
    }
  }
  return name;
}

}  // namespace chandler::alpha_vantage
