// A run as a page to look at: one file, no script, nothing from elsewhere.
#pragma once

#include <cstddef>
#include <string>

#include "chandler/cache.h"
#include "report/run_report.h"

namespace chandler {

inline constexpr std::size_t kDetailedSeries = 50;

// What the run did, with candles and coverage as the cache holds them now. Of many series the first
// kDetailedSeries by interest (what failed, then what has new bars) are shown in detail, the rest
// in the table only; the page says so and stays below some 15 MB. What of the cache cannot be read
// is said in its place. Well formed as XML, all text escaped, a policy in it that lets nothing be
// loaded. One series in memory at a time.
[[nodiscard]] std::string render_html(const RunReport& report, const Cache& cache);

}  // namespace chandler
