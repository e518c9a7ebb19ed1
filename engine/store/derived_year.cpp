#include "store/derived_year.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "store/history.h"
#include "store/merge_rows.h"
#include "store/recovery.h"

namespace chandler::store {
namespace {

std::string block_id(const BlockEntry& b) {
  return fmt::format("{}:{:08x}{:x}", b.index, b.crc, b.size);
}

// Rows where the blocks of two versions differ, as a range of the source.
void add_changed(const std::vector<std::string>& was, const std::vector<std::string>& is,
                 Timeframe tf, int year, std::optional<TimeRange>& changed) {
  const std::set<std::string> before(was.begin(), was.end());
  const std::set<std::string> after(is.begin(), is.end());
  std::vector<std::string> differing;
  std::set_symmetric_difference(before.begin(), before.end(), after.begin(), after.end(),
                                std::back_inserter(differing));
  for (const std::string& id : differing) {
    std::uint32_t index = 0;
    for (const char c : id) {
      if (c < '0' || c > '9') break;
      index = index * 10 + static_cast<std::uint32_t>(c - '0');
    }
    changed = hull(changed, block_range(tf, year, index));
  }
}

// Labels that must be computed again; nothing when the derived file is up to date.
std::optional<TimeRange> stale_labels(const YearState& state, const DerivedFrom& now_from,
                                      const TimeRange& labels, const RollSource& roll, int year,
                                      bool from_scratch) {
  const auto& was = state.history.derived_from;
  if (from_scratch) return labels;
  if (!state.file || !state.file->mark().rolled_up || !was || was->timeframe != now_from.timeframe)
    return labels;
  std::optional<TimeRange> changed;
  add_changed(was->blocks, now_from.blocks, roll.source, year, changed);
  add_changed(was->next, now_from.next, roll.source, year + 1, changed);
  if (was->pending && roll.now >= *was->pending) {
    changed = hull(changed, TimeRange{state.file->mark().last, labels.to});
  }
  if (!changed) return {};
  const Instant first = roll.calendar.bucket(roll.target, roll.source, changed->from);
  const Instant last = roll.calendar.bucket(roll.target, roll.source, changed->to - seconds{1});
  return TimeRange{first, next_label(roll.calendar, roll.target, last)}.intersect(labels);
}

// The part of a file in which runs of incomplete bars may change: the blocks of a range and one more
// on either side. What lies outside goes on as it was: its ends do not move.
struct RowWindow {
  TimeRange range{};
  std::vector<Instant> rows{};  // of the file, inside
};

Result<RowWindow> rows_around(const YearFile& file, Timeframe tf, const TimeRange& range,
                              const std::vector<SlotRunLabels>& runs) {
  const auto& blocks = file.mark().blocks;
  const auto range_of = [&](std::size_t block) {
    return block_range(tf, file.mark().year, blocks[block].index);
  };
  std::size_t first = 0;
  while (first < blocks.size() && range_of(first).to <= range.from) ++first;
  std::size_t last = first;
  while (last < blocks.size() && range_of(last).from < range.to) ++last;
  if (first > 0) --first;
  if (last < blocks.size()) ++last;
  RowWindow window;
  if (first > 0) window.range.from = range_of(first).from;
  if (last < blocks.size()) window.range.to = range_of(last - 1).to;
  // How much of a run that goes past both ends lies on which side is not known.
  const bool spans = std::any_of(runs.begin(), runs.end(), [&](const SlotRunLabels& run) {
    return run.from < window.range.from && run.to >= window.range.to;
  });
  if (spans) {
    window.range = {};
    first = 0;
    last = blocks.size();
  }
  for (std::size_t b = first; b < last; ++b) {
    CHANDLER_TRY(const std::vector<Instant> more, file.timestamps(b));
    window.rows.insert(window.rows.end(), more.begin(), more.end());
  }
  return window;
}

// Joins the runs that were found inside a window to what is kept of those that reach out of it.
std::vector<SlotRunLabels> with_runs_outside(const std::vector<SlotRunLabels>& was,
                                             std::vector<SlotRunLabels> inside,
                                             const RowWindow& window) {
  const auto rows_of = [&](const SlotRunLabels& run) {
    const auto first = std::lower_bound(window.rows.begin(), window.rows.end(), run.from);
    return static_cast<std::uint64_t>(std::upper_bound(first, window.rows.end(), run.to) - first);
  };
  std::vector<SlotRunLabels> before;
  std::vector<SlotRunLabels> after;
  for (const SlotRunLabels& run : was) {
    if (run.to < window.range.from) before.push_back(run);
    if (run.from >= window.range.to) after.push_back(run);
    const std::uint64_t inside_rows = std::min(run.bars, rows_of(run));
    const std::uint64_t outside = run.bars - inside_rows;
    if (run.from < window.range.from && run.to >= window.range.from && !inside.empty()) {
      inside.front().from = run.from;
      inside.front().bars += outside;
    }
    if (run.from < window.range.to && run.to >= window.range.to && !inside.empty()) {
      inside.back().to = run.to;
      inside.back().bars += outside;
    }
  }
  before.insert(before.end(), inside.begin(), inside.end());
  before.insert(before.end(), after.begin(), after.end());
  return before;
}

// Puts computed bars over the old ones of a block: where both have a bar the computed one stands.
BlockRows overlay(const BlockRows& old, const BlockRows& fresh, ColumnSet columns,
                  std::uint64_t& written, bool& changed) {
  const std::vector<Instant>& was = old.bars.timestamp;
  const std::vector<Instant>& is = fresh.bars.timestamp;
  BlockRows out;
  out.bars.columns = columns;
  changed = old.bars.columns != columns;
  std::size_t i = 0;
  std::size_t j = 0;
  while (i < was.size() || j < is.size()) {
    const std::size_t first_old = i;
    while (i < was.size() && (j == is.size() || was[i] < is[j]))
      out.owners.push_back(old.owners.name_of(i++));
    out.bars.append(old.bars, first_old, i);
    const std::size_t first_new = j;
    while (j < is.size() && (i == was.size() || is[j] <= was[i])) {
      const bool both = i < was.size() && was[i] == is[j];
      const bool same = both && BarSeries::same_row(old.bars, i, fresh.bars, j);
      changed = changed || !same || old.owners.name_of(i) != fresh.owners.name_of(j);
      written += same ? 0 : 1;
      if (both) ++i;
      out.owners.push_back(fresh.owners.name_of(j++));
    }
    out.bars.append(fresh.bars, first_new, j);
  }
  out.owners.tidy();
  return out;
}

bool has_open_gap(const std::vector<Gap>& gaps) {
  return std::any_of(gaps.begin(), gaps.end(),
                     [](const Gap& g) { return g.state == GapState::open; });
}

// Readers' view of what recover_folder() may do.
bool has_nothing_to_recover(const Folder& folder) {
  const auto names = folder.names();
  return names && std::none_of(names->begin(), names->end(), [](const std::string& name) {
           return name.starts_with('.') && name != kLockName;
         });
}

}  // namespace

std::vector<SlotRunLabels> label_runs(const std::vector<Instant>& labels,
                                      const std::vector<Instant>& rows) {
  std::vector<SlotRunLabels> runs;
  std::size_t previous = rows.size();
  for (const Instant label : labels) {
    const auto at =
        static_cast<std::size_t>(std::lower_bound(rows.begin(), rows.end(), label) - rows.begin());
    if (at == rows.size() || rows[at] != label) continue;
    if (!runs.empty() && at == previous + 1) {
      runs.back().to = label;
      ++runs.back().bars;
    } else {
      runs.push_back({label, label, 1});
    }
    previous = at;
  }
  return runs;
}

DerivedFrom origin_of(const Calendar& calendar, Timeframe source, Timeframe target, int year,
                      const YearFile* same, const YearFile* next, Instant now) {
  DerivedFrom from{
      .timeframe = source, .content_sha256 = "", .blocks = {}, .next = {}, .pending = {}};
  const YearFile* version = same != nullptr ? same : next;
  if (version != nullptr) from.content_sha256 = hex(version->mark().content);
  Instant last = Instant::min();
  if (same != nullptr) {
    for (const BlockEntry& b : same->mark().blocks) from.blocks.push_back(block_id(b));
    last = same->mark().last;
  }
  const TimeRange labels = labels_of_year(calendar, source, target, year);
  if (next != nullptr && labels.to > year_start(year + 1)) {
    for (const BlockEntry& b : next->mark().blocks) {
      if (block_range(source, year + 1, b.index).from >= labels.to) break;
      from.next.push_back(block_id(b));
      last = std::min(next->mark().last, labels.to - seconds{1});
    }
  }
  if (last != Instant::min()) {
    // Bars that lie ahead of the clock belong to later buckets than the first one left out.
    const Instant at = std::min(last, now);
    const Instant end = calendar.bar_end(target, calendar.bucket(target, source, at));
    if (end > now) from.pending = end;
  }
  return from;
}

YearOutlook look_at_year(const Folder& symbol_folder, const RollSource& roll, int year,
                         bool from_scratch) {
  const TimeRange labels = labels_of_year(roll.calendar, roll.source, roll.target, year);
  const SeriesId target{roll.symbol, roll.target};
  YearState state;
  DerivedFrom from =
      origin_of(roll.calendar, roll.source, roll.target, year, roll.same, roll.next, roll.now);
  bool tidy = false;  // nothing lies there that a writer would have to clear up
  if (const auto folder = symbol_folder.open_folder(std::string(to_string(roll.target)))) {
    tidy = has_nothing_to_recover(*folder);
    auto file = YearFile::open(*folder, target, year);
    auto known =
        file ? read_metadata(*folder, metadata_name(year)) : Result<YearMetadata>(file.error());
    if (known && describes(*known, *file, target)) {
      state.file.emplace(std::move(*file));
      state.history = std::move(*known);
    }
  }
  YearOutlook outlook;
  if (state.file && !state.file->mark().rolled_up) return outlook;  // fetched: not ours to replace
  outlook.stale = stale_labels(state, from, labels, roll, year, from_scratch);
  outlook.up_to_date = tidy && !outlook.stale && state.file && state.history.derived_from == from &&
                       !has_open_gap(state.history.gap_list);
  return outlook;
}

Result<RolledAhead> RolledAhead::roll(const RollSource& from,
                                      std::span<const WantedLabels> wanted) {
  RolledAhead ahead;
  ahead.source_ = from.same->identity();
  ahead.now_ = from.now;
  ahead.calendar_ = from.calendar.kind();
  CHANDLER_TRY(std::vector<Rolled> rolled, roll_stored_all(from, wanted));
  for (std::size_t i = 0; i < wanted.size(); ++i)
    ahead.made_.emplace(wanted[i].target, Made{wanted[i].labels, std::move(rolled[i])});
  return ahead;
}

std::optional<Rolled> RolledAhead::take(const RollSource& from, TimeRange labels) {
  const auto made = made_.find(from.target);
  if (made == made_.end() || made->second.labels != labels || from.now != now_ ||
      from.calendar.kind() != calendar_ || from.same == nullptr ||
      from.same->identity() != source_) {
    return {};
  }
  Rolled rolled = std::move(made->second.rolled);
  made_.erase(made);
  return rolled;
}

Result<Rolled> YearDeriver::rolled(TimeRange stale) {
  if (options_.ahead != nullptr) {
    if (auto made = options_.ahead->take(roll_, stale)) return *std::move(made);
  }
  return roll_stored(roll_, stale);
}

Result<YearEdit> YearDeriver::edit(const YearState& state) {
  const bool fetched = state.file && !state.file->mark().rolled_up;
  if (fetched && !options_.force) {
    return Error{ErrorKind::usage, "was fetched, not rolled up; it is not overwritten",
                 state.file->shown(), "use --force to replace it"};
  }
  const TimeRange labels = labels_of_year(roll_.calendar, roll_.source, roll_.target, year_);
  DerivedFrom from = origin_of(roll_.calendar, roll_.source, roll_.target, year_, roll_.same,
                               roll_.next, roll_.now);
  YearEdit edit;
  edit.history = state.history;
  edit.rolled_up = true;
  if (state.file) edit.columns = state.file->mark().columns;
  edit.data_changes = fetched;
  const auto& was = state.history.derived_from;
  // The source's year has been removed since: what was made of it stays as it is.
  if (roll_.same == nullptr && !fetched && was && !was->blocks.empty()) return edit;
  const auto stale = stale_labels(state, from, labels, roll_, year_, options_.from_scratch);
  edit.history.derived_from = std::move(from);
  if (!stale || stale->empty()) {
    if (has_open_gap(state.history.gap_list))
      CHANDLER_CHECK(take_over_confirmed_gaps(edit.history));
    return edit;
  }

  CHANDLER_TRY(const Rolled made, rolled(*stale));
  outcome_.rows_fetched += made.source_rows;
  edit.columns = edit.columns.united(made.rows.bars.columns);
  std::uint64_t written = 0;
  CHANDLER_CHECK(put_over(state, made, fetched, edit, written));
  outcome_.rows_written += written;
  CHANDLER_CHECK(list_incomplete(state, made, *stale, edit));
  CHANDLER_CHECK(take_over_confirmed_gaps(edit.history));
  return edit;
}

// A coarse bar is missing when none of its fine ones is there: what is known of these is known of
// it.
Result<void> YearDeriver::take_over_confirmed_gaps(YearMetadata& history) const {
  const SeriesId source{roll_.symbol, roll_.source};
  for (const YearFile* file : {roll_.same, roll_.next}) {
    if (file == nullptr) continue;
    const auto known = find_metadata(*roll_.folder, *file, source);
    if (!known && unreadable_now(known.error())) return known.error();
    if (!known) continue;  // its history is lost, and so is this
    for (const Gap& g : known->gap_list) {
      if (g.state != GapState::confirmed) continue;
      const Instant from = roll_.calendar.bucket(roll_.target, roll_.source, g.from);
      judge_gaps(history.gap_list,
                 {{from, g.to + seconds{1}}, GapState::confirmed, g.cause, g.confirmed_by},
                 g.confirmed_at.value_or(roll_.now), "");
    }
  }
  return {};
}

Result<void> YearDeriver::put_over(const YearState& state, const Rolled& rolled, bool fetched,
                                   YearEdit& edit, std::uint64_t& written) const {
  for (auto& [index, fresh] : cut_into_blocks(roll_.target, rolled.rows.bars, rolled.rows.owners)) {
    BlockRows old;
    if (state.file) {
      if (const auto at = state.file->find(index)) {
        CHANDLER_TRY(old, state.file->rows(*at));
      }
    }
    if (fetched) record_replaced(old, fresh, edit);
    bool changed = false;
    BlockRows next = overlay(old, fresh, edit.columns, written, changed);
    if (!changed) continue;
    edit.data_changes = true;
    edit.changes.emplace(index, std::move(next));
  }
  return {};
}

// Fetched bars that --force replaces stay readable in the conflict list.
void YearDeriver::record_replaced(const BlockRows& old, const BlockRows& fresh, YearEdit& edit) {
  if (old.bars.empty()) return;
  for (std::size_t j = 0; j < fresh.bars.size();) {
    std::size_t end = j;
    while (end < fresh.bars.size() && fresh.owners.of_row[end] == fresh.owners.of_row[j]) ++end;
    add_conflicts(edit.history,
                  merge_rows(old, fresh.bars, j, end, fresh.owners.name_of(j)).conflicts);
    j = end;
  }
}

Result<void> YearDeriver::list_incomplete(const YearState& state, const Rolled& rolled,
                                          const TimeRange& stale, YearEdit& edit) const {
  const std::vector<SlotRunLabels>& was = state.history.incomplete_list;
  if (was.empty() && rolled.incomplete.empty()) return {};
  RowWindow window;
  std::vector<Instant> rows = rolled.rows.bars.timestamp;
  std::vector<Instant> labels = rolled.incomplete;
  if (state.file) {
    CHANDLER_TRY(window, rows_around(*state.file, roll_.target, stale, was));
    for (const SlotRunLabels& run : was) {
      auto at = std::lower_bound(window.rows.begin(), window.rows.end(), run.from);
      for (; at != window.rows.end() && *at <= run.to; ++at) {
        if (!stale.contains(*at)) labels.push_back(*at);
      }
    }
    rows.insert(rows.end(), window.rows.begin(), window.rows.end());
  }
  for (auto* list : {&rows, &labels}) {
    std::sort(list->begin(), list->end());
    list->erase(std::unique(list->begin(), list->end()), list->end());
  }
  edit.history.incomplete_list = with_runs_outside(was, label_runs(labels, rows), window);
  return {};
}

}  // namespace chandler::store
