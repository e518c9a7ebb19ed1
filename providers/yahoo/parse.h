// A chart answer, read. Pure: text in, values out; any bytes may come.
//
//   {"chart":{"result":[{"meta":{"currency","instrumentType","exchangeTimezoneName",
//                                "dataGranularity","currentTradingPeriod":{"regular":{...}}},
//     "timestamp":[1736173800, ...],
//     "events":{"splits":{"1598880600":{"date":1598880600,"numerator":4,"denominator":1}}},
//     "indicators":{"quote":[{"open":[...],"high":[...],"low":[...],"close":[...],"volume":[...]}],
//                   "adjclose":[{"adjclose":[...]}]}}],"error":null}}
//
// Any of the arrays may hold null: such a row is no bar. Anything else that is no number is NaN, for
// the validator to name. A split that cannot be read is left out. An empty range has no "timestamp" at all.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "chandler/bar_series.h"
#include "chandler/provider.h"
#include "chandler/result.h"
#include "chandler/time.h"

namespace chandler::yahoo {

struct Chart {
  std::string currency{};              // "USD"; "GBp" for hundredths
  std::string instrument_type{};       // EQUITY ETF INDEX CURRENCY CRYPTOCURRENCY FUTURE MUTUALFUND
  std::string zone{};                  // "America/New_York"
  std::string granularity{};           // "1d"
  std::optional<TimeRange> regular{};  // the session of the day, or of the next
  BarSeries rows{};                    // timestamps as they came; adj_close where there is one
  std::vector<Instant> blanks{};       // of rows with a null
  std::vector<Split> splits{};         // in the order they came
};

// Errors: data; unsupported when there are prices but no bars (closes only).
[[nodiscard]] Result<Chart> parse_chart(std::string_view text);

struct ChartError {
  std::string code{};         // "Not Found"
  std::string description{};  // "No data found, symbol may be delisted"
};
// {"chart":{"error":{...}}} or {"finance":{"error":{...}}}
[[nodiscard]] std::optional<ChartError> parse_error(std::string_view text);

}  // namespace chandler::yahoo
