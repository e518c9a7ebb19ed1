// Rolling a stored frame up into stored frames, redoing only what changed.
//
// The result is what computing from scratch would give (derived_year.h). Weeks and three-day bars that
// cross the end of a year lie in the year of their label and look into the source's next year.
#pragma once

#include <functional>
#include <mutex>
#include <vector>

#include "chandler/cache.h"
#include "store/derived_year.h"
#include "store/metadata.h"

namespace chandler::store {

struct DeriveRequest {
  // The cache root, anew each time: a sync that failed on one descriptor would look well the second
  // time, so each target is written below one of its own.
  std::function<Result<Folder>()> open_root{};
  Symbol symbol;
  Timeframe source{};
  std::vector<Timeframe> targets{};
  bool force = false;         // replace fetched bars, too; they go to the conflict list
  bool from_scratch = false;  // trust nothing that is there
  const Clock* clock = nullptr;
  bool optimistic = false;
  // The mutex of a target, for whoever shares the process; held while the target is written.
  std::function<std::unique_lock<std::mutex>(const SeriesId&)> enter{};
};

// Year by year, all targets of a year from one reading of the source. The lock of a target is taken
// to write it, one at a time; the source is read as any reader reads it. One outcome a target, in
// their order.
[[nodiscard]] std::vector<WriteOutcome> derive(const DeriveRequest& request);

// Has the source changed since? False when the source is gone or damaged: an error only when it
// cannot be read now.
[[nodiscard]] Result<bool> is_behind(const Folder& symbol_folder, const Symbol& symbol,
                                     const YearMetadata& derived);

}  // namespace chandler::store
