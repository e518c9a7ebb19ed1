// Alpaca's names: BRK.B, BTC/USD; of shares those of the US only.
#pragma once

#include <string>

#include "chandler/provider.h"

namespace chandler::alpaca {

[[nodiscard]] Result<std::string> spelled(const Instrument& instrument);

}  // namespace chandler::alpaca
