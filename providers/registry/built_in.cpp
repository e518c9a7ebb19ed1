#include "registry/built_in.h"

namespace chandler {

std::vector<BuiltInProvider> built_in_providers() {
  return {
#ifdef CHANDLER_HAS_BINANCE
      {"binance", &make_binance},
#endif
#ifdef CHANDLER_HAS_YAHOO
      {"yahoo", &make_yahoo},
#endif
#ifdef CHANDLER_HAS_ALPHA_VANTAGE
      {"alpha_vantage", &make_alpha_vantage},
#endif
#ifdef CHANDLER_HAS_ALPACA
      {"alpaca", &make_alpaca},
#endif
#ifdef CHANDLER_HAS_SANDBOX
      {"sandbox", &make_sandbox},
#endif
  };
}

}  // namespace chandler
