// Everything that changes one series, under its lock. One writer, one lock, for as long as the
// object lives.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <vector>

#include "chandler/cache.h"
#include "store/commit.h"
#include "store/lock.h"
#include "store/recovery.h"
#include "store/year_draft.h"

namespace chandler::store {

// The next state of one year, as a writer wants it.
struct YearEdit {
  BlockChanges changes;
  ColumnSet columns{};
  bool rolled_up = false;
  YearMetadata history{};
  std::optional<std::string> fetched_from{};
  bool data_changes = false;
};

struct YearWritten {
  bool data = false;      // bytes of the data file changed
  bool metadata = false;  // bytes of the metadata changed
  std::uint64_t open_gaps = 0;
  std::vector<std::string> notes{};
};

// What the years of a series say of gaps and of what was asked for, before a new year joins them.
struct Inherited {
  std::vector<TimeRange> asked{};
  std::vector<Gap> gaps{};
  std::vector<RuleCount> rejected{};
  std::vector<RuleCount> mended{};
};

// The stretch of time that the metadata of a year speaks of: from its first day to the next file.
// The first year's also reaches back, the last year's ahead. `years` holds `year`.
[[nodiscard]] TimeRange share_of(const std::set<int>& years, int year);
// The year whose share holds the instant. Precondition: there are years.
[[nodiscard]] int year_sharing(const std::set<int>& years, Instant t);

struct MergeRequest {
  int year = 0;
  const Delivery* delivery = nullptr;
  TimeRange share{};
  TimeRange former_share{};              // before new years came; of a year that was there
  const Inherited* inherited = nullptr;  // for a year that is new
  std::vector<Finding> findings{};       // of the delivery, that this year keeps
};

// Years with a data file or metadata, in order.
[[nodiscard]] Result<std::vector<int>> kept_years(const Folder& folder);

class SeriesWriter {
 public:
  // Takes the lock and recovers the folder.
  static Result<SeriesWriter> open(const LockRequest& request);

  // Merges the delivery's rows of one year. `written` counts new or changed bars.
  Result<YearWritten> merge_year(const MergeRequest& request, std::uint64_t& written);
  [[nodiscard]] Inherited inherit(const std::vector<int>& years) const;

  // Lets `edit` turn the state of a year into the next one and commits it. `edit` is called again
  // when somebody else was faster (optimistic locking only). Commits nothing when nothing changes.
  template <class Edit>  // Result<YearEdit> (const YearState&)
  Result<YearWritten> change_year(int year, Durability durability, const Edit& edit);

  // Makes metadata for years that have none.
  Result<std::vector<std::string>> describe_undescribed_years();

  [[nodiscard]] const Folder& folder() const { return lock_.folder(); }
  [[nodiscard]] const SeriesLock& lock() const { return lock_; }
  [[nodiscard]] Instant now() const { return clock_->now(); }
  [[nodiscard]] Result<std::vector<int>> years() const { return kept_years(folder()); }
  void set_asset_class(AssetClass c) { asset_class_ = c; }
  [[nodiscard]] Calendar calendar() const { return Calendar::of(series_.symbol, asset_class_); }

 private:
  SeriesWriter(SeriesLock lock, const LockRequest& request)
      : lock_(std::move(lock)), series_(request.series), clock_(request.clock) {}
  Result<std::optional<YearWritten>> try_commit(int year, Durability durability,
                                                const YearState& state, YearEdit edit);
  Result<YearEdit> merge_into(const YearState& state, const MergeRequest& request,
                              std::uint64_t& written) const;
  Result<void> merge_rows_of_year(const YearState& state, const MergeRequest& request,
                                  YearEdit& edit, std::uint64_t& written) const;
  [[nodiscard]] TimeRange joined_to(const std::vector<TimeRange>& known, TimeRange asked) const;
  static void note_findings(const YearState& state, const MergeRequest& request,
                            YearMetadata& history);
  void note_asked(const YearState& state, const MergeRequest& request, YearMetadata& history) const;

  SeriesLock lock_;
  SeriesId series_;
  const Clock* clock_;
  AssetClass asset_class_ = AssetClass::unknown;
};

inline constexpr int kCommitTries = 5;

template <class Edit>
Result<YearWritten> SeriesWriter::change_year(int year, Durability durability, const Edit& edit) {
  for (int i = 0; i < kCommitTries; ++i) {
    CHANDLER_TRY(YearState state, load_year(folder(), series_, year, now()));
    CHANDLER_TRY(YearEdit next, edit(state));
    CHANDLER_TRY(std::optional<YearWritten> written,
                 try_commit(year, durability, state, std::move(next)));
    if (!written) continue;
    written->notes.insert(written->notes.begin(), state.notes.begin(), state.notes.end());
    return std::move(*written);
  }
  return Error{ErrorKind::locked, "somebody else keeps changing it",
               folder().shown(data_name(year)),
               "run the same command again when the other writer is done"};
}

// The class recorded for a symbol in any of its series, else what the rules say.
[[nodiscard]] AssetClass recorded_class(const Folder& symbol_folder, const Symbol& symbol);

}  // namespace chandler::store
