// What metadata say of a year beyond its rows: what was asked for, what deliveries found, what was
// decided about gaps. It is carried from version to version.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "chandler/cache.h"
#include "chandler/calendar.h"
#include "store/metadata.h"

namespace chandler::store {

// Adds what a delivery found to the history: counts of broken rules and conflicts. Adding the same
// twice changes nothing.
void add_findings(YearMetadata& metadata, const std::vector<Finding>& findings);
// The findings at times of the range, which a year takes over from another one; and the other one
// without them. Rules about lines without a time stay where they are.
[[nodiscard]] std::vector<RuleCount> findings_within(const std::vector<RuleCount>& list,
                                                     TimeRange range);
void drop_findings_within(std::vector<RuleCount>& list, TimeRange range);
// Precondition: all of `more` have times.
void add_counts(std::vector<RuleCount>& list, const std::vector<RuleCount>& more);
void add_conflicts(YearMetadata& metadata, const std::vector<ConflictEntry>& conflicts);

// `to`, or the last instant before it whose bar could be over by now: nothing beyond can be missing.
[[nodiscard]] Instant closed_by(const Calendar& calendar, Timeframe tf, Instant to, Instant now);

// Lays a verdict over what is known of gaps: the list then speaks of its whole range, whether bars
// are missing there or not (describe_year finds out which are). What is confirmed stays confirmed.
void judge_gaps(std::vector<Gap>& known, const GapVerdict& verdict, Instant now,
                const std::string& by);

// The count of a rule in a list that is ordered by rule; made when there is none.
[[nodiscard]] RuleCount& count_of(std::vector<RuleCount>& list, Rule rule);

}  // namespace chandler::store
