// What the metadata says of a year file: all that follows from its rows, joined with the history of
// the version before.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "chandler/cache.h"
#include "chandler/calendar.h"
#include "store/metadata.h"
#include "store/year_draft.h"

namespace chandler::store {

struct DescribeRequest {
  const YearDraft* draft = nullptr;
  const YearFile* old = nullptr;  // where kept blocks can be read; may be nullptr when none is kept
  YearMetadata history{};         // of the version before; default for a new file
  Calendar calendar{CalendarKind::none};
  Instant now{};
  std::optional<std::string> fetched_from{};  // this provider brought rows just now
  std::optional<Instant>
      fetched_by{};  // when rows had come at the latest, for providers nothing is recorded of
};

// Sets everything that follows from the rows; leaves what is history, and derived_from and
// incomplete_list, as they are. Lost ranges that are whole again leave the list.
[[nodiscard]] Result<YearMetadata> describe_year(DescribeRequest request);

// Adds what a delivery found to the history: counts of broken rules and conflicts. Adding the same
// twice changes nothing.
//
void add_findings(YearMetadata& metadata, const std::vector<Finding>& findings);
void add_conflicts(YearMetadata& metadata, const std::vector<ConflictEntry>& conflicts);

// `to`, or the last instant before it whose bar could be over by now: nothing beyond can be missing.
[[nodiscard]] Instant closed_by(const Calendar& calendar, Timeframe tf, Instant to, Instant now);

// Lays a verdict over what is known of gaps: the list then speaks of its whole range, whether bars
// are missing there or not (describe_year finds out which are). What is confirmed stays confirmed.
void judge_gaps(std::vector<Gap>& known, const GapVerdict& verdict, Instant now,
                const std::string& by);

// The smallest range that holds both.
[[nodiscard]] std::optional<TimeRange> hull(const std::optional<TimeRange>& a,
                                            const std::optional<TimeRange>& b);

}  // namespace chandler::store
