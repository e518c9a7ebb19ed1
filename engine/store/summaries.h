// _metadata/symbols.json, providers.json and quality_scores.json: what the year metadata say, in
// one place. They are a cache of facts that lie elsewhere: replaced whole under a lock of their
// own, believed only as far as the time of each series' folder proves them, and made anew when
// damaged.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "chandler/cache.h"
#include "store/folder.h"
#include "store/metadata.h"

namespace chandler::store {

// What is remembered of a series, and the folder times that must still hold for it to be true.
struct SeriesSummary {
  SeriesStatus status;
  std::uint64_t rejected = 0;
  std::uint64_t conflicts = 0;
  std::map<std::string, std::uint64_t> rows_by_provider{};
  // mtime of the symbol's folder, when the summaries know all timeframes in it; else 0
  std::int64_t symbol_ns = 0;
  std::int64_t folder_ns = 0;  // mtime of the timeframe folder
  std::int64_t source_ns = 0;  // of the source's folder, for what was rolled up; else 0
};
using Summaries = std::vector<SeriesSummary>;  // sorted by series

// Empty when there are none, or when they are damaged; then `damage` says so.
[[nodiscard]] Summaries read_summaries(const Folder& root, std::optional<Error>& damage);
// A folder changed less than this before the summary was made may change again without a new time.
inline constexpr std::int64_t kRacyNs = 2'000'000'000;

// One series as it is now.
[[nodiscard]] Result<SeriesSummary> summarize_now(const Folder& symbol_folder, const SeriesId& id,
                                                  const Clock& clock);
// Those of the cache that fit. A timeframe folder without data is a summary without years.
struct SummaryQuery {
  std::optional<Symbol> symbol{};
  std::optional<Timeframe> timeframe{};
};
// Describes the series as they are now, taking over what is still true: then nothing is opened, and
// two times are looked at.
[[nodiscard]] Result<Summaries> current_summaries(const Folder& root, const SummaryQuery& query,
                                                  const Clock& clock, std::optional<Error>& damage);
// What of the files beside them was damaged.
[[nodiscard]] Result<std::vector<Error>> write_summaries(const Folder& root,
                                                         const Summaries& summaries,
                                                         const Clock& clock);

}  // namespace chandler::store
