#include "store/series_writer.h"

#include <algorithm>
#include <set>

#include "store/describe.h"
#include "store/history.h"
#include "store/merge_rows.h"

namespace chandler::store {
namespace {

TimeRange rows_of_year(const BarSeries& bars, int year, std::size_t& first, std::size_t& last) {
  const TimeRange range = year_range(year);
  first = bars.lower_bound(range.from);
  last = bars.lower_bound(range.to);
  return range;
}

std::vector<ConflictEntry> conflicts_of_year(const Delivery& delivery, int year) {
  std::vector<ConflictEntry> mine;
  for (const BatchConflict& c : delivery.report.conflicts) {
    const Instant at = delivery.bars.timestamp[c.kept];
    if (utc_year(at) != year) continue;
    mine.push_back({.at = at,
                    .kept = delivery.provider.name,
                    .old_close = c.replaced.close[0],
                    .new_close = delivery.bars.close[c.kept],
                    .replaced = {{delivery.provider.name, c.replaced}}});
  }
  return mine;
}

Result<BlockRows> block_of(const YearState& state, std::uint32_t index) {
  if (state.file) {
    if (const auto at = state.file->find(index)) return state.file->rows(*at);
  }
  return BlockRows{};
}

}  // namespace

namespace {

bool same_but_for_time(YearMetadata next, const YearMetadata& old) {
  next.last_updated = old.last_updated;
  return print_metadata(next) == print_metadata(old);
}

// An Error when some metadata cannot be read at the moment: then nobody knows.
Result<AssetClass> find_class(const Folder& symbol_folder, const Symbol& symbol) {
  CHANDLER_TRY(const std::vector<std::string> frames, symbol_folder.names());
  for (const std::string& frame : frames) {
    if (!parse_timeframe(frame)) continue;
    const auto folder = symbol_folder.open_folder(frame);
    if (!folder) continue;
    CHANDLER_TRY(std::vector<std::string> names, folder->names());
    std::reverse(names.begin(), names.end());
    for (const std::string& name : names) {
      if (!year_of_metadata_name(name)) continue;
      const auto metadata = read_metadata(*folder, name);
      if (metadata && metadata->symbol == symbol.name()) return metadata->asset_class;
      if (!metadata && unreadable_now(metadata.error())) return metadata.error();
    }
  }
  return classify_by_rules(symbol.name()).asset_class;
}

}  // namespace

AssetClass recorded_class(const Folder& symbol_folder, const Symbol& symbol) {
  const auto found = find_class(symbol_folder, symbol);
  return found ? *found : classify_by_rules(symbol.name()).asset_class;
}

Result<SeriesWriter> SeriesWriter::open(const LockRequest& request) {
  CHANDLER_TRY(SeriesLock lock, SeriesLock::take(request));
  SeriesWriter writer(std::move(lock), request);
  CHANDLER_CHECK(recover_folder(writer.folder(), request.series));
  CHANDLER_TRY(writer.asset_class_,
               find_class(writer.lock_.symbol_folder(), request.series.symbol));
  return writer;
}

Result<std::vector<int>> kept_years(const Folder& folder) {
  CHANDLER_TRY(const std::vector<std::string> names, folder.names());
  std::set<int> years;
  for (const std::string& name : names) {
    auto year = year_of_data_name(name);
    if (!year) year = year_of_metadata_name(name);
    if (year) years.insert(*year);
  }
  return std::vector<int>(years.begin(), years.end());
}

TimeRange share_of(const std::set<int>& years, int year) {
  const auto at = years.find(year);
  const auto next = std::next(at);
  return {at == years.begin() ? Instant::min() : year_start(year),
          next == years.end() ? Instant::max() : year_start(*next)};
}

int year_sharing(const std::set<int>& years, Instant t) {
  const auto next = years.upper_bound(utc_year(t));
  return next == years.begin() ? *next : *std::prev(next);
}

Inherited SeriesWriter::inherit(const std::vector<int>& years) const {
  Inherited inherited;
  for (const int year : years) {
    const auto known = read_metadata(folder(), metadata_name(year));
    if (!known || !speaks_of(*known, series_, year)) continue;
    if (known->asked) inherited.asked.push_back(*known->asked);
    inherited.gaps.insert(inherited.gaps.end(), known->gap_list.begin(), known->gap_list.end());
    add_counts(inherited.rejected, findings_within(known->validation_errors, TimeRange{}));
    add_counts(inherited.mended, findings_within(known->mended, TimeRange{}));
  }
  return inherited;
}

Result<YearEdit> SeriesWriter::merge_into(const YearState& state, const MergeRequest& request,
                                          std::uint64_t& written) const {
  const Delivery& delivery = *request.delivery;
  YearEdit edit;
  edit.history = state.history;
  edit.fetched_from = delivery.provider.name;
  if (state.file) {
    edit.columns = state.file->mark().columns;
    edit.rolled_up = state.file->mark().rolled_up;
  }
  CHANDLER_CHECK(merge_rows_of_year(state, request, edit, written));
  note_findings(state, request, edit.history);
  note_asked(state, request, edit.history);
  if (delivery.provider.reliability) edit.history.reliability = delivery.provider.reliability;
  if (delivery.provider.rate_limit) edit.history.rate_limit = delivery.provider.rate_limit;
  if (delivery.provider.adjustment) edit.history.adjustment = delivery.provider.adjustment;
  return edit;
}

Result<void> SeriesWriter::merge_rows_of_year(const YearState& state, const MergeRequest& request,
                                              YearEdit& edit, std::uint64_t& written) const {
  const Delivery& delivery = *request.delivery;
  written = 0;
  std::vector<ConflictEntry> conflicts = conflicts_of_year(delivery, request.year);
  const BarSeries& bars = delivery.bars;
  std::size_t first = 0;
  std::size_t end = 0;
  rows_of_year(bars, request.year, first, end);
  if (first < end) {
    edit.columns = edit.columns.united(bars.columns);
    // A frame that was rolled up and is now delivered counts as fetched from here on.
    edit.data_changes = edit.rolled_up;
    edit.rolled_up = false;
    edit.history.derived_from.reset();
    edit.history.incomplete_list.clear();
  }
  while (first < end) {
    const std::uint32_t index = block_index(series_.timeframe, bars.timestamp[first]);
    const std::size_t last =
        std::min(end, bars.lower_bound(block_range(series_.timeframe, request.year, index).to));
    CHANDLER_TRY(const BlockRows old, block_of(state, index));
    MergedRows merged = merge_rows(old, bars, first, last, delivery.provider.name);
    merged.rows.owners.tidy();
    if (merged.rows.owners.names.size() > kMaxProviders) {
      return Error{ErrorKind::data, "more than 16 providers for one block of bars",
                   folder().shown(data_name(request.year)), "use fewer provider names"};
    }
    conflicts.insert(conflicts.end(), merged.conflicts.begin(), merged.conflicts.end());
    written += merged.written;
    if (merged.changed) {
      edit.data_changes = true;
      edit.changes.emplace(index, std::move(merged.rows));
    }
    first = last;
  }
  if (state.file && edit.columns != state.file->mark().columns) edit.data_changes = true;
  add_conflicts(edit.history, conflicts);
  return {};
}

// A year begins with its first day, if the years before it were asked for up to there but for days on which no bar
// is expected: nobody would ever ask for these, and one delivery must not leave something else than two.
TimeRange SeriesWriter::joined_to(const std::vector<TimeRange>& known, TimeRange asked) const {
  if (asked.empty() || asset_class_ == AssetClass::unknown)
    return asked;  // nobody knows what to expect
  const Instant start = year_start(utc_year(asked.from));
  for (const TimeRange& k : known) {
    if (k.to <= start && calendar().count_expected(series_.timeframe, {k.to, asked.from}) == 0)
      asked.from = start;
  }
  return asked;
}

// What is known of a bar that was left out stands in one file, whichever came first.
void SeriesWriter::note_findings(const YearState& state, const MergeRequest& request,
                                 YearMetadata& history) {
  if (request.inherited != nullptr && !state.file) {
    add_counts(history.validation_errors,
               findings_within(request.inherited->rejected, request.share));
    add_counts(history.mended, findings_within(request.inherited->mended, request.share));
  }
  if (request.inherited == nullptr) {
    for (const TimeRange& lost : {TimeRange{request.former_share.from, request.share.from},
                                  TimeRange{request.share.to, request.former_share.to}}) {
      drop_findings_within(history.validation_errors, lost);
      drop_findings_within(history.mended, lost);
    }
  }
  add_findings(history, request.findings);
}

void SeriesWriter::note_asked(const YearState& state, const MergeRequest& request,
                              YearMetadata& history) const {
  const TimeRange& share = request.share;
  if (!state.file && request.inherited != nullptr) {
    for (const TimeRange& asked : request.inherited->asked)
      history.asked = hull(history.asked, asked.intersect(share));
    history.gap_list = request.inherited->gaps;
  }
  if (history.asked) history.asked = history.asked->intersect(share);
  if (history.asked && history.asked->empty()) history.asked.reset();
  const Delivery& delivery = *request.delivery;
  if (delivery.asked) {
    TimeRange asked = delivery.asked->intersect(share);
    if (request.inherited != nullptr) asked = joined_to(request.inherited->asked, asked);
    if (!asked.empty()) asked.to = closed_by(calendar(), series_.timeframe, asked.to, now());
    if (!asked.empty()) history.asked = hull(history.asked, asked);
  }
  for (const GapVerdict& verdict : delivery.verdicts) {
    if (verdict.range.overlaps(share))
      judge_gaps(history.gap_list, verdict, now(), delivery.provider.name);
  }
}

Result<YearWritten> SeriesWriter::merge_year(const MergeRequest& request, std::uint64_t& written) {
  if (request.delivery->asset_class) asset_class_ = *request.delivery->asset_class;
  return change_year(request.year, Durability::full,
                     [&](const YearState& state) { return merge_into(state, request, written); });
}

Result<std::optional<YearWritten>> SeriesWriter::try_commit(int year, Durability durability,
                                                            const YearState& state, YearEdit edit) {
  const auto open_gaps = [](const YearMetadata& m) {
    return static_cast<std::uint64_t>(
        std::count_if(m.gap_list.begin(), m.gap_list.end(),
                      [](const Gap& g) { return g.state == GapState::open; }));
  };
  edit.history.asset_class = asset_class_;
  YearWritten done;
  if (!state.file && edit.changes.empty())
    return std::optional(done);  // nothing was there, and nothing came
  if (!edit.data_changes && state.described &&
      print_metadata(edit.history) == print_metadata(state.history)) {
    done.open_gaps = open_gaps(state.history);
    return std::optional(done);
  }

  const YearFile* old = state.file ? &*state.file : nullptr;
  CHANDLER_TRY(const YearDraft draft, draft_year(series_, year, old, std::move(edit.changes),
                                                 edit.columns, edit.rolled_up, KeptBlocks::named));
  CHANDLER_TRY(YearMetadata next,
               describe_year({.draft = &draft,
                              .old = old,
                              .history = std::move(edit.history),
                              .calendar = calendar(),
                              .now = now(),
                              .fetched_from = edit.data_changes ? edit.fetched_from : std::nullopt,
                              .fetched_by = state.modified}));
  // What was asked may have brought nothing that was not known.
  if (!edit.data_changes && state.described && same_but_for_time(next, state.history)) {
    done.open_gaps = open_gaps(state.history);
    return std::optional(done);
  }
  // Originals set aside by a repair go when their range is whole again. Should we die before that,
  // the metadata tells the next writer.
  next.healed.clear();
  for (const LostRange& was : state.history.lost) {
    const bool still = std::any_of(next.lost.begin(), next.lost.end(),
                                   [&](const LostRange& l) { return l.file == was.file; });
    // What metadata name is removed when it is a name that we give, and of this year.
    if (!still && year_of_damaged_name(was.file) == year) next.healed.push_back(was.file);
  }
  CHANDLER_TRY(const CommitOutcome outcome,
               commit_year({.folder = &folder(),
                            .year = year,
                            .base = old == nullptr ? std::nullopt : std::optional(old->identity()),
                            .draft = edit.data_changes ? &draft : nullptr,
                            .metadata = print_metadata(next),
                            .durability = durability}));
  if (outcome.base_changed) return std::optional<YearWritten>{};
  done.data = edit.data_changes;
  done.metadata = true;
  done.open_gaps = open_gaps(next);
  if (outcome.warning) done.notes.push_back(*outcome.warning);
  for (const std::string& name : next.healed) {
    if (auto removed = folder().remove_file(name); !removed)
      done.notes.push_back(removed.error().line() + " (the bars are committed)");
  }
  return std::optional(std::move(done));
}

Result<std::vector<std::string>> SeriesWriter::describe_undescribed_years() {
  std::vector<std::string> notes;
  CHANDLER_TRY(const std::vector<int> all, years());
  for (const int year : all) {
    CHANDLER_TRY(const auto data, folder().identity_of(data_name(year)));
    CHANDLER_TRY(const auto metadata, folder().identity_of(metadata_name(year)));
    if (!data || metadata) continue;
    auto written = change_year(year, Durability::full, [](const YearState& state) {
      YearEdit edit;
      edit.history = state.history;
      if (state.file) {
        edit.columns = state.file->mark().columns;
        edit.rolled_up = state.file->mark().rolled_up;
      }
      return Result<YearEdit>(std::move(edit));
    });
    if (!written) {
      notes.push_back(
          written.error()
              .line());  // damage in one year does not keep the others from being written
      continue;
    }
    notes.insert(notes.end(), written->notes.begin(), written->notes.end());
  }
  return notes;
}

}  // namespace chandler::store
