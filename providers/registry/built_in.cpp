#include "registry/built_in.h"

namespace chandler {

std::vector<BuiltInProvider> built_in_providers() {
  return {{"binance", &make_binance},
          {"yahoo", &make_yahoo},
          {"alpha_vantage", &make_alpha_vantage},
          {"alpaca", &make_alpaca},
          {"sandbox", &make_sandbox}};
}

}  // namespace chandler
