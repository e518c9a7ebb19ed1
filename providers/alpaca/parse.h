// What Alpaca answers, read. Pure: text in, values out; any bytes may come.
//
//   several  {"bars":{"AAPL":[{"t":"2022-04-11T08:00:00Z","o":168.99,"h":169.81,"l":168.99,
//             "c":169.36,"v":12345,"n":120,"vw":169.4}]},"next_page_token":"QUFQTHxN","currency":"USD"}
//   one      {"bars":[...],"symbol":"AAPL","next_page_token":null}
//   nothing  "bars" is null, {} or []
//   error    {"code":40010001,"message":"..."}
//   assets   [{"symbol":"AAPL","class":"us_equity","exchange":"NASDAQ","status":"active",
//             "tradable":true,"name":"Apple Inc."}]
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "chandler/provider.h"

namespace chandler::alpaca {

struct SymbolBars {
  std::string symbol{};  // as Alpaca spells it
  BarSeries bars{};      // timestamps as they came
};
struct BarAnswer {
  std::vector<SymbolBars> symbols{};
  std::string next_page_token{};  // empty: that was all
};
[[nodiscard]] Result<BarAnswer> parse_bars(std::string_view text);

// The message of an error; nothing when it has none.
[[nodiscard]] std::optional<std::string> parse_error(std::string_view text);

// Symbols that Chandler cannot name are left out.
[[nodiscard]] Result<std::vector<Listed>> parse_assets(std::string_view text);

}  // namespace chandler::alpaca
