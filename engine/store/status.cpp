#include "store/status.h"

#include <algorithm>
#include <set>

#include "chandler/calendar.h"
#include "store/describe.h"
#include "store/recovery.h"
#include "store/series_writer.h"
#include "store/year_scan.h"

namespace chandler::store {
namespace {

constexpr std::chrono::milliseconds kReaderPause{10};

// What is missing between the spans of two files. Nobody knows what a year holds that cannot be read.
void add_between(SeriesView& view, TimeRange range, const Calendar& calendar, Timeframe tf) {
  std::vector<TimeRange> known;
  for (const YearProblem& p : view.problems) {
    const TimeRange year = year_range(p.year);
    if (!year.overlaps(range)) continue;
    known.push_back({range.from, year.from});
    range.from = year.to;
  }
  known.push_back(range);
  for (const TimeRange& part : known) {
    if (part.from >= part.to) continue;
    const Coverage between = find_gaps({}, calendar, tf, part);
    view.between += between.expected;
    view.gaps.insert(view.gaps.end(), between.gaps.begin(), between.gaps.end());
  }
}

// Gaps of neighbouring years that touch are one gap.
void join_years(SeriesView& view, const Calendar& calendar, Timeframe tf) {
  std::optional<Instant> covered_to;
  for (const YearMetadata& m : view.years) {
    const TimeRange rows{m.start_date, m.end_date + seconds{1}};
    const TimeRange span = *hull(rows, m.asked);
    if (covered_to && *covered_to < span.from)
      add_between(view, {*covered_to, span.from}, calendar, tf);
    view.gaps.insert(view.gaps.end(), m.gap_list.begin(), m.gap_list.end());
    covered_to = std::max(covered_to.value_or(span.to), span.to);
  }
  std::vector<Gap> joined;
  for (const Gap& g : view.gaps) {
    const bool touches =
        !joined.empty() && joined.back().same_story(g) &&
        utc_year(joined.back().from) != utc_year(g.from) &&
        calendar.count_expected(tf, {joined.back().to + seconds{1}, g.from}) == 0 &&
        std::none_of(view.years.begin(), view.years.end(), [&](const YearMetadata& m) {
          return (m.start_date > joined.back().to && m.start_date < g.from) ||
                 (m.end_date > joined.back().to && m.end_date < g.from);
        });
    if (touches && calendar.kind() != CalendarKind::none) {
      joined.back().to = g.to;
      joined.back().bars += g.bars;
    } else {
      joined.push_back(g);
    }
  }
  view.gaps = std::move(joined);
}

}  // namespace

Result<SeriesYears> years_there(const Folder& folder) {
  CHANDLER_TRY(const std::vector<std::string> names, folder.names());
  SeriesYears years;
  for (const std::string& name : names) {
    if (const auto year = year_of_data_name(name)) years.data.push_back(*year);
    if (const auto year = year_of_metadata_name(name)) years.without_data.push_back(*year);
  }
  std::erase_if(years.without_data, [&](int year) {
    return std::find(years.data.begin(), years.data.end(), year) != years.data.end();
  });
  return years;
}

Result<std::vector<int>> data_years(const Folder& folder) {
  CHANDLER_TRY(SeriesYears years, years_there(folder));
  return std::move(years.data);
}

Result<std::vector<YearMetadata>> lost_years(const Folder& folder, const SeriesId& series,
                                             const SeriesYears& years) {
  std::vector<YearMetadata> all;
  for (const int year : years.without_data) {
    auto known = read_metadata(folder, metadata_name(year));
    if (!known && unreadable_now(known.error())) return std::move(known).error();
    if (!known || !speaks_of(*known, series, year) || known->lost.empty()) continue;
    const Calendar calendar = Calendar::of(series.symbol, known->asset_class);
    known->rows = 0;
    known->blocks.clear();
    for (ProvenanceRun& p : known->provenance) p.rows = 0;  // who gave them is asked again
    known->present_bars = 0;
    known->missing_bars = 0;
    known->gap_list.clear();
    for (const LostRange& l : known->lost) {
      const std::int64_t expected =
          calendar.count_expected(series.timeframe, {l.from, l.to + seconds{1}});
      known->gap_list.push_back(
          {.from = l.from,
           .to = l.to,
           .bars = expected > 0 ? expected : static_cast<std::int64_t>(l.rows)});
      known->missing_bars += static_cast<std::uint64_t>(known->gap_list.back().bars);
    }
    known->expected_bars = known->missing_bars;
    all.push_back(*std::move(known));
  }
  return all;
}

Result<FolderSizes> folder_sizes(const Folder& root, const SeriesId& series) {
  FolderSizes sizes;
  CHANDLER_TRY(const Folder symbol, root.open_folder(series.symbol.folder()));
  CHANDLER_TRY(const Folder folder, symbol.open_folder(std::string(to_string(series.timeframe))));
  CHANDLER_TRY(const std::vector<std::string> names, folder.names());
  for (const std::string& name : names) {
    if (year_of_metadata_name(name)) {
      CHANDLER_TRY(const auto id, folder.identity_of(name));
      if (id) sizes.metadata += id->size;
    }
    const auto year = year_of_data_name(name);
    if (!year) continue;
    CHANDLER_TRY(const auto file, YearFile::open_if_good(folder, series, *year));
    if (!file) continue;  // a damaged file's trailers say nothing
    CHANDLER_TRY(const std::uint64_t text, file->text_size());
    sizes.text += text;
  }
  return sizes;
}

Result<void> unless_stray(const Folder& parent, const std::string& name, const Error& error) {
  const auto there = parent.identity_of(name);
  if (there && (!*there || !(*there)->is_folder)) return {};
  return error;
}

namespace {

Result<void> add_series_of(const Folder& root, const std::string& folder_name, const Symbol& symbol,
                           std::vector<SeriesId>& found) {
  const auto folder = root.open_folder(folder_name);
  if (!folder) return unless_stray(root, folder_name, folder.error());
  CHANDLER_TRY(const std::vector<std::string> frames, folder->names());
  for (const std::string& frame : frames) {
    if (const auto tf = parse_timeframe(frame)) found.push_back({symbol, *tf});
  }
  return {};
}

}  // namespace

Result<std::vector<SeriesId>> list_series(const Folder& root, const std::optional<Symbol>& symbol) {
  std::vector<SeriesId> found;
  if (symbol) {
    CHANDLER_CHECK(add_series_of(root, symbol->folder(), *symbol, found));
  } else {
    CHANDLER_TRY(const std::vector<std::string> names, root.names());
    for (const std::string& name : names) {
      if (const auto of_folder = Symbol::from_folder(name))
        CHANDLER_CHECK(add_series_of(root, name, *of_folder, found));
    }
  }
  std::sort(found.begin(), found.end());
  return found;
}

Result<YearMetadata> describe_in_place(const Folder& folder, const SeriesId& series, int year,
                                       const Clock& clock) {
  for (int attempt = 1;; ++attempt) {
    CHANDLER_TRY(const YearFile file, YearFile::open(folder, series, year));
    auto metadata = find_metadata(folder, file, series);
    if (metadata || metadata.error().kind == ErrorKind::newer_schema) return metadata;
    if (attempt < kReaderTries) {
      clock.pause(kReaderPause);
      continue;
    }
    CHANDLER_TRY(const YearDraft draft,
                 draft_year(series, year, &file, {}, file.mark().columns, file.mark().rolled_up));
    DescribeRequest request{.draft = &draft, .old = &file, .now = clock.now()};
    if (auto known = read_metadata(folder, metadata_name(year));
        known && speaks_of(*known, series, year)) {
      request.history = std::move(*known);
    } else {
      request.history.asset_class = classify_by_rules(series.symbol.name()).asset_class;
    }
    request.calendar = Calendar::of(series.symbol, request.history.asset_class);
    return describe_year(std::move(request));
  }
}

Result<SeriesView> view_series(const Folder& symbol_folder, const SeriesId& series,
                               const Clock& clock) {
  CHANDLER_TRY(const Folder folder,
               symbol_folder.open_folder(std::string(to_string(series.timeframe))));
  CHANDLER_TRY(const SeriesYears years, years_there(folder));
  SeriesView view;
  for (const int year : years.data) {
    if (const auto id = folder.identity_of(data_name(year)); id && *id) view.bytes += (*id)->size;
    auto metadata = describe_in_place(folder, series, year, clock);
    if (!metadata) {
      view.problems.push_back({year, std::move(metadata).error()});
      continue;
    }
    view.years.push_back(std::move(*metadata));
  }
  CHANDLER_TRY(std::vector<YearMetadata> lost, lost_years(folder, series, years));
  std::move(lost.begin(), lost.end(), std::back_inserter(view.years));
  std::sort(view.years.begin(), view.years.end(),
            [](const YearMetadata& a, const YearMetadata& b) { return a.year < b.year; });
  if (!view.years.empty()) {
    join_years(view, Calendar::of(series.symbol, view.years.back().asset_class), series.timeframe);
  }
  return view;
}

SeriesStatus summarize(const SeriesView& view, const SeriesId& series, bool behind) {
  SeriesStatus s{.series = series};
  s.behind = behind;
  s.bytes = view.bytes;
  for (const YearProblem& p : view.problems) s.problems.push_back(p.error);
  s.gaps = view.gaps.size();
  s.expected_bars = view.between;
  std::set<std::string> providers;
  std::int64_t present = 0;
  std::int64_t rejected = 0;
  std::int64_t conflicts = 0;
  std::int64_t confirmed = 0;
  for (const YearMetadata& m : view.years) {
    s.asset_class = m.asset_class;
    if (m.derived_from) s.derived_from = m.derived_from->timeframe;
    s.years.push_back(m.year);
    s.rows += m.rows;
    if (!s.first) s.first = m.start_date;
    s.last = m.end_date;
    s.expected_bars += static_cast<std::int64_t>(m.expected_bars);
    present += static_cast<std::int64_t>(m.present_bars);
    rejected += static_cast<std::int64_t>(m.rejected());
    conflicts += static_cast<std::int64_t>(m.conflict_list.size());
    for (const ProvenanceRun& p : m.provenance) providers.insert(p.provider);
  }
  for (const Gap& g : view.gaps) {
    s.missing_bars += g.bars;
    if (g.state == GapState::confirmed) confirmed += g.bars;
  }
  s.providers.assign(providers.begin(), providers.end());
  s.coverage = coverage_ratio(present, s.expected_bars, confirmed);
  s.score = quality_score(present, s.expected_bars, confirmed, static_cast<std::int64_t>(s.rows),
                          rejected, conflicts);
  return s;
}

}  // namespace chandler::store
