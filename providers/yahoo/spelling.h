// Yahoo's names: BRK-B for BRK.B, BTC-USD, EURUSD=X, JPY=X (the dollar in yen); ^GSPC, ES=F, VOD.L
// as they are.
#pragma once

#include <string>

#include "chandler/provider.h"

namespace chandler::yahoo {

[[nodiscard]] Result<std::string> spelled(const Instrument& instrument);

}  // namespace chandler::yahoo
