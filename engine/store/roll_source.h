// Rolling up bars of a stored frame, read back from its files. What the result is to be written into
// is not known here.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "chandler/resample.h"
#include "store/metadata.h"
#include "store/year_file.h"

namespace chandler::store {

// The label of the bar after this one.
[[nodiscard]] Instant next_label(const Calendar& calendar, Timeframe tf, Instant label);

// Labels of the target's bars that belong into the file of `year`, as a half-open range.
[[nodiscard]] TimeRange labels_of_year(const Calendar& calendar, Timeframe source, Timeframe target,
                                       int year);

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

// A frame, and labels of it.
struct WantedLabels {
  Timeframe target{};
  TimeRange labels{};
};
// Bars of these frames may be computed a stretch of days at a time: none reaches beyond a day.
[[nodiscard]] bool fits_into_days(Timeframe target);
// roll_stored() for several targets, reading the source once and a stretch at a time: memory does not
// grow with the range. Preconditions: `from.same` is there; every target fits into days; labels lie
// in the file's year. `from.target` is not looked at.
[[nodiscard]] Result<std::vector<Rolled>> roll_stored_all(const RollSource& from,
                                                          std::span<const WantedLabels> wanted);

}  // namespace chandler::store
