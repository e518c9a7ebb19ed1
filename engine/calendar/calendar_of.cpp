// Which calendar a symbol keeps: its class decides, and for stocks and indices where they are
// listed.
#include <algorithm>
#include <array>
#include <string_view>

#include "chandler/calendar.h"

namespace chandler {
namespace {

// Indices computed from US sessions. Every other index keeps hours that are not known here.
constexpr std::array<std::string_view, 23> kUsIndices = {
    "DJI", "DJT", "DJU", "FVX", "GSPC", "IRX", "IXIC",    "MID", "NDX", "NYA",   "OEX", "RUT",
    "RVX", "SML", "SOX", "SPX", "TNX",  "TYX", "SP500TR", "VIX", "VXN", "W5000", "XAX"};

bool us_index(std::string_view name) {
  if (name.front() == '^') name.remove_prefix(1);
  return std::find(kUsIndices.begin(), kUsIndices.end(), name) != kUsIndices.end();
}

// VOD.L, 7203.T, SAP.DE: a venue abroad. BRK.B: a share class at home; US classes are single
// letters, A to D.
bool listed_abroad(std::string_view name) {
  const std::size_t dot = name.rfind('.');
  if (dot == std::string_view::npos) return false;
  const std::string_view suffix = name.substr(dot + 1);
  const bool letters =
      std::all_of(suffix.begin(), suffix.end(), [](char c) { return c >= 'A' && c <= 'Z'; });
  if (suffix.empty() || suffix.size() > 4 || !letters) return false;
  return suffix.size() > 1 || suffix[0] > 'D';
}

CalendarKind kind_of(std::string_view name, AssetClass asset_class) {
  switch (asset_class) {
    case AssetClass::crypto:
      return CalendarKind::always;
    case AssetClass::forex:
      return CalendarKind::forex;
    case AssetClass::stock:
    case AssetClass::etf:
    case AssetClass::index: {
      const bool index = asset_class == AssetClass::index || name.front() == '^';
      if (index) return us_index(name) ? CalendarKind::us_equities : CalendarKind::none;
      return listed_abroad(name) ? CalendarKind::none : CalendarKind::us_equities;
    }
    case AssetClass::future:
    case AssetClass::unknown:
      break;
  }
  return CalendarKind::none;
}

}  // namespace

Calendar Calendar::of(const Symbol& symbol, AssetClass asset_class) {
  return Calendar(kind_of(symbol.name(), asset_class));
}

}  // namespace chandler
