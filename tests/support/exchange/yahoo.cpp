#include "tests/support/exchange/venue.h"
namespace chandler::testing {
HttpResponse serve_yahoo(const VenueCall&) { return json_answer(501, "{}"); }
std::vector<double> yahoo_adjusted(AssetClass asset_class, const BarSeries& bars) {
  std::vector<double> out = bars.close;
  if (asset_class != AssetClass::stock && asset_class != AssetClass::etf) return out;
  for (std::size_t i = 0; i < out.size(); ++i) {
    if (epoch_seconds(bars.timestamp[i]) < kExDividend) out[i] *= 63.0 / 64;
  }
  return out;
}
}  // namespace chandler::testing
