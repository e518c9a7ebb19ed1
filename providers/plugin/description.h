// What a plugin says of itself: the JSON document that `NAME describe` prints, and that a shared
// object hands out.
//
//   { "protocol": 1, "name": "mine", "classes": ["crypto"], "timeframes": ["1m", "1d"],
//     "columns": ["open", "high", "low", "close", "volume"], "rate_limit": "60/minute",
//     "needs_key": false }
//
// protocol, name, classes and timeframes must be there. Beyond the above it may say
//   key_env       the variables that hold its key; with needs_key alone: [NAME_API_KEY]
//   env           other variables it wants to see
//   page_bars     the most bars one fetch may be asked for; else it is asked for a whole range
//   adjustment    "raw" (the default), "splits" or "splits_and_dividends"
//   reliability   0 to 1; 0.5 when it does not say
//   earliest      "2017-08-17": nothing is older
//   depth_days    {"1m": 30}: bars of this timeframe reach back so many days
//   probe_symbol  what `chandler providers test` asks for
//   network       of a shared object: "host" (all requests through the host's http_get; the
//   default)
//                 or "own"
// Other keys are left alone, for later protocols that only add.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "chandler/provider.h"

namespace chandler::plugin {

inline constexpr int kProtocol = 1;

struct Description {
  // has_key is not known here: it takes an environment.
  Capabilities capabilities{};
  std::vector<std::string> variables{};    // beyond the key's
  std::optional<std::size_t> page_bars{};  // else as much as there is
  std::optional<Symbol> probe_symbol{};
  bool host_network = true;
};

// The error is of kind data and names the key.
[[nodiscard]] Result<Description> parse_description(std::string_view text);

}  // namespace chandler::plugin
