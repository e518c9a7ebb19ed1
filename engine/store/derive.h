// Rolling a stored frame up into stored frames, redoing only what changed.
//
// A derived file remembers the blocks of the source it was made from. Where a block's checksum
// differs, the buckets it touches are computed again and replace those that are there; everything
// else keeps its bytes. So the result is what computing from scratch would give. Weeks and
// three-day bars that cross the end of a year lie in the year of their label and look into the
// source's next year (`next`).
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "chandler/cache.h"
#include "store/metadata.h"
#include "store/series_writer.h"
#include "store/year_file.h"

namespace chandler::store {

struct DeriveRequest {
  const Folder* root = nullptr;
  Symbol symbol;
  Timeframe source{};
  Timeframe target{};
  bool force = false;         // replace fetched bars, too; they go to the conflict list
  bool from_scratch = false;  // trust nothing that is there
  const Clock* clock = nullptr;
  bool optimistic = false;
};

// The lock of the target is taken; the source is read as any reader reads it.
[[nodiscard]] WriteOutcome derive(const DeriveRequest& request);

// The label of the bar after this one.
[[nodiscard]] Instant next_label(const Calendar& calendar, Timeframe tf, Instant label);

// Labels of the target's bars that belong into the file of `year`, as a half-open range.
[[nodiscard]] TimeRange labels_of_year(const Calendar& calendar, Timeframe source, Timeframe target,
                                       int year);

// What the derived file of a year would remember if it was made from these files now. `next` may be
// nullptr.
[[nodiscard]] DerivedFrom origin_of(const Calendar& calendar, Timeframe source, Timeframe target,
                                    int year, const YearFile* same, const YearFile* next,
                                    Instant now);

// Labels that follow each other among the rows of a file, as runs. Both sorted.
[[nodiscard]] std::vector<SlotRunLabels> label_runs(const std::vector<Instant>& labels,
                                                    const std::vector<Instant>& rows);

// Has the source changed since? False when the source is gone.
[[nodiscard]] bool is_behind(const Folder& symbol_folder, const Symbol& symbol,
                             const YearMetadata& derived);

// What rolling up the stored source gives for the labels of the range.
struct Rolled {
  BlockRows rows{};
  std::vector<Instant> incomplete{};
  std::uint64_t source_rows = 0;
};
struct RollSource {
  Symbol symbol;
  Timeframe source{};
  Timeframe target{};
  Calendar calendar{CalendarKind::none};
  const YearFile* same = nullptr;  // the source's file of the target's year
  const YearFile* next = nullptr;  // and of the year after
  const Folder* folder = nullptr;  // of the source
  Instant now{};
};
[[nodiscard]] Result<Rolled> roll_stored(const RollSource& from, TimeRange labels);

}  // namespace chandler::store
