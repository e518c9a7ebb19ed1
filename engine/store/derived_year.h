// One year of a rolled-up frame: what of it is stale, and its next state.
//
// A derived file remembers the blocks of the source it was made from. Where a block's checksum
// differs, the buckets it touches are computed again and replace those that are there; everything
// else keeps its bytes.
#pragma once

#include <map>
#include <optional>
#include <vector>

#include "store/roll_source.h"
#include "store/series_writer.h"

namespace chandler::store {

// What the derived file of a year would remember if it was made from these files now. `next` may be
// nullptr.
[[nodiscard]] DerivedFrom origin_of(const Calendar& calendar, Timeframe source, Timeframe target,
                                    int year, const YearFile* same, const YearFile* next,
                                    Instant now);

// Labels that follow each other among the rows of a file, as runs. Both sorted.
[[nodiscard]] std::vector<SlotRunLabels> label_runs(const std::vector<Instant>& labels,
                                                    const std::vector<Instant>& rows);

// How a year of a target stands, looked at without its lock: whoever holds the lock looks again.
struct YearOutlook {
  bool up_to_date = false;           // to roll it up would change nothing
  std::optional<TimeRange> stale{};  // labels that would be computed
};
[[nodiscard]] YearOutlook look_at_year(const Folder& symbol_folder, const RollSource& roll,
                                       int year, bool from_scratch);

// Bars that were rolled up before the targets' locks were taken, for several targets together. Who
// holds a lock takes what was made of the very same file, at the same instant, for the same labels.
class RolledAhead {
 public:
  static Result<RolledAhead> roll(const RollSource& from, std::span<const WantedLabels> wanted);
  // Nothing when it has not just that; then, and when it is asked again, it must be computed.
  [[nodiscard]] std::optional<Rolled> take(const RollSource& from, TimeRange labels);

 private:
  struct Made {
    TimeRange labels;
    Rolled rolled;
  };
  FileIdentity source_{};
  Instant now_{};
  CalendarKind calendar_{};
  std::map<Timeframe, Made> made_;
};

struct YearDeriverOptions {
  bool force = false;
  bool from_scratch = false;
  RolledAhead* ahead = nullptr;  // may be nullptr
};

// From the state of the file to the next one. Adds what it did to the outcome.
class YearDeriver {
 public:
  YearDeriver(const RollSource& roll, int year, YearDeriverOptions options, WriteOutcome& outcome)
      : roll_(roll), year_(year), options_(options), outcome_(outcome) {}

  Result<YearEdit> edit(const YearState& state);

 private:
  [[nodiscard]] Result<Rolled> rolled(TimeRange stale);
  [[nodiscard]] Result<void> take_over_confirmed_gaps(YearMetadata& history) const;
  [[nodiscard]] Result<void> put_over(const YearState& state, const Rolled& rolled, bool fetched,
                                      YearEdit& edit, std::uint64_t& written) const;
  static void record_replaced(const BlockRows& old, const BlockRows& fresh, YearEdit& edit);
  [[nodiscard]] Result<void> list_incomplete(const YearState& state, const Rolled& rolled,
                                             const TimeRange& stale, YearEdit& edit) const;

  const RollSource& roll_;
  int year_;
  YearDeriverOptions options_;
  WriteOutcome& outcome_;
};

}  // namespace chandler::store
