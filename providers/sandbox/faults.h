// What the sandbox does wrong when it is told to, by the environment variable
// CHANDLER_SANDBOX_FAULTS: settings with commas between them. The same setting does the same to the
// same bars, whatever is asked for and in how many pages.
//
//   holes=0.01           so much of the bars is missing
//   outage=2024-03-01/2024-03-02
//                        no bars from the one to the other (exclusive); may stand there repeatedly
//   duplicates=0.01      so much of the bars comes twice
//   conflicts=0.01       so much of the bars comes twice, first with another close and volume
//   bad_rows=0.01        so much of the bars breaks a rule: high below low, a price that is no
//                        number or negative, a negative volume, a time off the grid
//   nulls=0.01           so much of the bars comes without a number that can be read
//   shuffled=0.01        so much of the bars comes after the one that follows it
//   fail_every=7         every seventh page is an error (unavailable), counted from the start
//   seed=1               chooses other bars
//
//   CHANDLER_SANDBOX_FAULTS=holes=0.01,outage=2024-03-01/2024-03-02 chandler fetch ...
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "chandler/provider.h"
#include "chandler/result.h"

namespace chandler::sandbox {

inline constexpr std::string_view kFaultsVariable = "CHANDLER_SANDBOX_FAULTS";

struct Faults {
  double holes = 0;
  double duplicates = 0;
  double conflicts = 0;
  double bad_rows = 0;
  double nulls = 0;
  double shuffled = 0;
  std::vector<TimeRange> outages{};
  std::uint32_t fail_every = 0;  // 0: never
  std::uint64_t seed = 0;
};

// An error of kind usage names the setting that is wrong.
[[nodiscard]] Result<Faults> parse_faults(std::string_view text);

// Does to a page of a symbol's bars what the faults say.
void distort(BarPage& page, std::string_view symbol, const Faults& faults);

}  // namespace chandler::sandbox
