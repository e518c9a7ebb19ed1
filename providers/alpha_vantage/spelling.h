// Alpha Vantage's names: BRK-B for BRK.B, VOD.LON for VOD.L.
#pragma once

#include <string>

#include "chandler/provider.h"

namespace chandler::alpha_vantage {

[[nodiscard]] Result<std::string> spelled(const Instrument& instrument);
// Listed in the US, so that its day is New York's.
[[nodiscard]] bool at_home(const Instrument& instrument);

}  // namespace chandler::alpha_vantage
