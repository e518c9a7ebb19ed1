#include "manager/owed.h"

#include <algorithm>

namespace chandler {

Result<std::vector<Missing>> owed(const Cache& cache, const Wanted& wanted) {
  const MissingQuery query = wanted.query();
  if (query.range.empty()) return std::vector<Missing>{};
  CHANDLER_TRY(Holdings there, cache.missing(wanted.series, query));
  if (there.missing.empty() || !there.derived_from) return std::move(there.missing);

  const SeriesId source{wanted.series.symbol, *there.derived_from};
  CHANDLER_TRY(const Holdings finer, cache.missing(source, query));
  if (!finer.exists) return std::move(there.missing);
  const auto not_owed = [&](const Missing& piece) {
    const TimeRange range = whole_bars(wanted.calendar, wanted.series.timeframe, piece.range);
    if (std::any_of(finer.missing.begin(), finer.missing.end(),
                    [&](const Missing& m) { return m.range.overlaps(range); })) {
      return false;
    }
    // Holes inside are known to whoever rolled it up; at the ends it may not have been done yet.
    if (piece.asked_before) return true;
    const auto bars = cache.read(source, range);
    return bars && bars->empty();
  };
  std::erase_if(there.missing, not_owed);
  return std::move(there.missing);
}

}  // namespace chandler
