#include "store/derive.h"

#include <algorithm>
#include <set>

#include <fmt/format.h>

#include "chandler/resample.h"
#include "store/describe.h"
#include "store/merge_rows.h"

namespace chandler::store {
namespace {

std::string block_id(const BlockEntry& b) {
  return fmt::format("{}:{:08x}{:x}", b.index, b.crc, b.size);
}

// The first label at or after an instant.
Instant label_from(const Calendar& calendar, Timeframe source, Timeframe target, Instant t) {
  const Instant label = calendar.bucket(target, source, t);
  if (label >= t) return label;
  return next_label(calendar, target, label);
}

std::optional<YearFile> open_if_there(const Folder* folder, const SeriesId& series, int year,
                                      std::optional<Error>& failed) {
  if (folder == nullptr) return {};
  auto file = YearFile::open(*folder, series, year);
  if (file) return std::move(*file);
  if (file.error().kind != ErrorKind::not_found) failed = std::move(file).error();
  return {};
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

Result<std::vector<Instant>> incomplete_labels(const Folder& folder, const YearFile* file,
                                               const SeriesId& series,
                                               const std::vector<Instant>& times) {
  std::vector<Instant> labels;
  if (file == nullptr || !file->mark().rolled_up) return labels;
  CHANDLER_TRY(const YearMetadata m, find_metadata(folder, *file, series));
  for (const SlotRunLabels& run : m.incomplete_list) {
    const auto first = std::lower_bound(times.begin(), times.end(), run.from);
    labels.insert(labels.end(), first, std::upper_bound(first, times.end(), run.to));
  }
  return labels;
}

Result<std::vector<Instant>> all_timestamps(const YearFile& file) {
  std::vector<Instant> times;
  for (std::size_t b = 0; b < file.mark().blocks.size(); ++b) {
    CHANDLER_TRY(const std::vector<Instant> more, file.timestamps(b));
    times.insert(times.end(), more.begin(), more.end());
  }
  return times;
}

// Puts computed bars over the old ones of a block: where both have a bar the computed one stands.
BlockRows overlay(const BlockRows& old, const BlockRows& fresh, ColumnSet columns,
                  std::uint64_t& written, bool& changed) {
  BlockRows out;
  out.bars.columns = columns;
  changed = old.bars.columns != columns;
  std::size_t i = 0;
  std::size_t j = 0;
  while (i < old.bars.size() || j < fresh.bars.size()) {
    const bool only_old = j == fresh.bars.size() ||
                          (i < old.bars.size() && old.bars.timestamp[i] < fresh.bars.timestamp[j]);
    if (only_old) {
      out.bars.append(old.bars, i, i + 1);
      out.owners.push_back(old.owners.name_of(i++));
      continue;
    }
    const bool both = i < old.bars.size() && old.bars.timestamp[i] == fresh.bars.timestamp[j];
    const bool same = both && BarSeries::same_row(old.bars, i, fresh.bars, j);
    changed = changed || !same || old.owners.name_of(i) != fresh.owners.name_of(j);
    written += same ? 0 : 1;
    out.bars.append(fresh.bars, j, j + 1);
    out.owners.push_back(fresh.owners.name_of(j));
    if (both) ++i;
    ++j;
  }
  out.owners.tidy();
  return out;
}

// One target year: from the state of the file to the next one.
class YearDeriver {
 public:
  YearDeriver(const RollSource& roll, int year, const DeriveRequest& request, WriteOutcome& outcome)
      : roll_(roll),
        year_(year),
        force_(request.force),
        from_scratch_(request.from_scratch),
        outcome_(outcome) {}

  Result<YearEdit> edit(const YearState& state) {
    const bool fetched = state.file && !state.file->mark().rolled_up;
    if (fetched && !force_) {
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
    const auto stale = stale_labels(state, from, labels, roll_, year_, from_scratch_);
    edit.history.derived_from = std::move(from);
    if (!stale || stale->empty()) {
      const auto& gaps = state.history.gap_list;
      const bool open = std::any_of(gaps.begin(), gaps.end(),
                                    [](const Gap& g) { return g.state == GapState::open; });
      if (open) CHANDLER_CHECK(take_over_confirmed_gaps(edit.history));
      return edit;
    }

    CHANDLER_TRY(const Rolled rolled, roll_stored(roll_, *stale));
    outcome_.rows_fetched += rolled.source_rows;
    edit.columns = edit.columns.united(rolled.rows.bars.columns);
    std::uint64_t written = 0;
    CHANDLER_CHECK(put_over(state, rolled, fetched, edit, written));
    outcome_.rows_written += written;
    CHANDLER_CHECK(list_incomplete(state, rolled, *stale, edit));
    CHANDLER_CHECK(take_over_confirmed_gaps(edit.history));
    return edit;
  }

 private:
  // A coarse bar is missing when none of its fine ones is there: what is known of these is known of
  // it.
  Result<void> take_over_confirmed_gaps(YearMetadata& history) const {
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

  Result<void> put_over(const YearState& state, const Rolled& rolled, bool fetched, YearEdit& edit,
                        std::uint64_t& written) const {
    for (auto& [index, fresh] :
         cut_into_blocks(roll_.target, rolled.rows.bars, rolled.rows.owners)) {
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
  static void record_replaced(const BlockRows& old, const BlockRows& fresh, YearEdit& edit) {
    if (old.bars.empty()) return;
    for (std::size_t j = 0; j < fresh.bars.size();) {
      std::size_t end = j;
      while (end < fresh.bars.size() && fresh.owners.of_row[end] == fresh.owners.of_row[j]) ++end;
      add_conflicts(edit.history,
                    merge_rows(old, fresh.bars, j, end, fresh.owners.name_of(j)).conflicts);
      j = end;
    }
  }

  Result<void> list_incomplete(const YearState& state, const Rolled& rolled, const TimeRange& stale,
                               YearEdit& edit) const {
    if (state.history.incomplete_list.empty() && rolled.incomplete.empty()) return {};
    std::vector<Instant> rows = rolled.rows.bars.timestamp;
    std::vector<Instant> labels = rolled.incomplete;
    if (state.file) {
      CHANDLER_TRY(const std::vector<Instant> old, all_timestamps(*state.file));
      for (const SlotRunLabels& run : state.history.incomplete_list) {
        auto at = std::lower_bound(old.begin(), old.end(), run.from);
        for (; at != old.end() && *at <= run.to; ++at) {
          if (!stale.contains(*at)) labels.push_back(*at);
        }
      }
      rows.insert(rows.end(), old.begin(), old.end());
    }
    for (auto* list : {&rows, &labels}) {
      std::sort(list->begin(), list->end());
      list->erase(std::unique(list->begin(), list->end()), list->end());
    }
    edit.history.incomplete_list = label_runs(labels, rows);
    return {};
  }

  const RollSource& roll_;
  int year_;
  bool force_;
  bool from_scratch_;
  WriteOutcome& outcome_;
};

struct SourceYears {
  std::vector<int> years;
  std::optional<Folder> folder;
};

Result<SourceYears> find_source(const Folder& root, const SeriesId& source) {
  SourceYears found;
  CHANDLER_TRY(const Folder symbol, root.open_folder(source.symbol.folder()));
  CHANDLER_TRY(Folder folder, symbol.open_folder(std::string(to_string(source.timeframe))));
  CHANDLER_TRY(const std::vector<std::string> names, folder.names());
  for (const std::string& name : names) {
    if (const auto year = year_of_data_name(name)) found.years.push_back(*year);
  }
  found.folder.emplace(std::move(folder));
  return found;
}

}  // namespace

Instant next_label(const Calendar& calendar, Timeframe tf, Instant label) {
  return is_intraday(tf) ? calendar.bar_end(tf, label) : utc_next(tf, label);
}

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

TimeRange labels_of_year(const Calendar& calendar, Timeframe source, Timeframe target, int year) {
  return {label_from(calendar, source, target, year_start(year)),
          label_from(calendar, source, target, year_start(year + 1))};
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

Result<Rolled> roll_stored(const RollSource& from, TimeRange labels) {
  const SeriesId source{from.symbol, from.source};
  Rolled rolled;
  BlockRows fine;
  std::vector<Instant> incomplete;
  for (const YearFile* file : {from.same, from.next}) {
    if (file == nullptr) continue;
    const TimeRange range = labels.intersect(year_range(file->mark().year));
    if (range.empty()) continue;
    CHANDLER_TRY(BlockRows part, file->read_owned(range));
    CHANDLER_TRY(const std::vector<Instant> more,
                 incomplete_labels(*from.folder, file, source, part.bars.timestamp));
    incomplete.insert(incomplete.end(), more.begin(), more.end());
    for (std::size_t i = 0; i < part.bars.size(); ++i)
      fine.owners.push_back(part.owners.name_of(i));
    if (fine.bars.empty()) fine.bars.columns = part.bars.columns;
    fine.bars.append(part.bars);
  }
  rolled.source_rows = fine.bars.size();
  RolledUp up = roll_up(
      fine.bars, incomplete,
      {.source = from.source, .target = from.target, .calendar = from.calendar, .now = from.now});
  // A coarse bar belongs to whoever brought its first fine one.
  for (const Instant label : up.bars.timestamp) {
    const std::size_t at = std::min(fine.bars.lower_bound(label), fine.bars.size() - 1);
    rolled.rows.owners.push_back(fine.owners.name_of(at));
  }
  rolled.rows.bars = std::move(up.bars);
  rolled.incomplete = std::move(up.incomplete);
  return rolled;
}

WriteOutcome derive(const DeriveRequest& r) {
  const SeriesId source{r.symbol, r.source};
  const SeriesId target{r.symbol, r.target};
  WriteOutcome outcome{.series = target, .provider = "", .error = {}, .files = {}, .notes = {}};
  const auto fail = [&](Error e) {
    outcome.status = outcome.files.empty() ? WriteStatus::failed : WriteStatus::partial;
    outcome.error = std::move(e);
    return outcome;
  };
  if (!chain_path(r.source, r.target)) {
    return fail(
        {ErrorKind::usage,
         fmt::format("{} is not rolled up from {}", to_string(r.target), to_string(r.source)), "",
         "roll-ups follow 1m 5m 15m {30m 1h}, 1h {2h 4h 6h 8h 12h 1d}, 1d {3d 1w 1M}; 1m also 3m"});
  }
  auto found = find_source(*r.root, source);
  if (!found) {
    if (found.error().kind != ErrorKind::not_found) return fail(std::move(found).error());
    return fail({ErrorKind::not_found, "there is no such series to roll up", source.text(),
                 "see `chandler status`"});
  }
  auto writer = SeriesWriter::open(
      {.root = r.root, .series = target, .clock = r.clock, .optimistic = r.optimistic});
  if (!writer) return fail(std::move(writer).error());
  const Calendar calendar = writer->calendar();

  std::set<int> years;
  for (const int year : found->years) {
    years.insert(year);
    // Only weeks and three-day bars may begin in the year before.
    if (labels_of_year(calendar, r.source, r.target, year).from > year_start(year) &&
        !is_intraday(r.target)) {
      years.insert(year - 1);
    }
  }
  bool changed = false;
  for (const int year : years) {
    std::optional<Error> failed;
    const auto same = open_if_there(&*found->folder, source, year, failed);
    const auto next = open_if_there(&*found->folder, source, year + 1, failed);
    if (failed) return fail(std::move(*failed));
    const RollSource roll{.symbol = r.symbol,
                          .source = r.source,
                          .target = r.target,
                          .calendar = calendar,
                          .same = same ? &*same : nullptr,
                          .next = next ? &*next : nullptr,
                          .folder = &*found->folder,
                          .now = r.clock->now()};
    YearDeriver deriver(roll, year, r, outcome);
    auto written = writer->change_year(year, Durability::whole,
                                       [&](const YearState& state) { return deriver.edit(state); });
    if (!written) return fail(std::move(written).error());
    outcome.gaps += written->open_gaps;
    outcome.notes.insert(outcome.notes.end(), written->notes.begin(), written->notes.end());
    changed = changed || written->data || written->metadata;
    if (written->data) outcome.files.push_back(target.folder() + "/" + data_name(year));
  }
  outcome.status = changed ? WriteStatus::ok : WriteStatus::unchanged;
  return outcome;
}

bool is_behind(const Folder& symbol_folder, const Symbol& symbol, const YearMetadata& derived) {
  if (!derived.derived_from) return false;
  const SeriesId source{symbol, derived.derived_from->timeframe};
  const auto folder = symbol_folder.open_folder(std::string(to_string(source.timeframe)));
  if (!folder) return false;
  std::optional<Error> failed;
  const auto same = open_if_there(&*folder, source, derived.year, failed);
  const auto next = open_if_there(&*folder, source, derived.year + 1, failed);
  if ((!same && (!next || !derived.derived_from->blocks.empty())) || failed) return false;
  const auto target = parse_timeframe(derived.timeframe);
  if (!target) return false;
  const DerivedFrom is =
      origin_of(Calendar::of(symbol, derived.asset_class), source.timeframe, *target, derived.year,
                same ? &*same : nullptr, next ? &*next : nullptr, derived.last_updated);
  return is.content_sha256 != derived.derived_from->content_sha256 ||
         is.next != derived.derived_from->next;
}

}  // namespace chandler::store
