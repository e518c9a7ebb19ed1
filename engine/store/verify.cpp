#include "store/verify.h"

#include <algorithm>
#include <iterator>
#include <set>

#include "parallel.h"
#include "store/derive.h"
#include "store/recovery.h"
#include "store/status.h"
#include "store/year_scan.h"

namespace chandler::store {
namespace {

constexpr int kTries = 3;
constexpr std::chrono::milliseconds kRecheckPause{10};

std::string shown_metadata(const SeriesId& series, int year) {
  return series.folder() + "/" + metadata_name(year);
}

// Of metadata that names another version of the data.
Problem other_version(const YearMetadata& m, const YearFile& file, const SeriesId& series) {
  const int year = file.mark().year;
  if (!speaks_of(m, series, year)) {
    return {shown_metadata(series, year), "metadata_stale",
            "speaks of " + printable(m.symbol) + " " + printable(m.timeframe) + " " +
                std::to_string(m.year)};
  }
  if (m.rows > file.mark().rows || m.end_date > file.mark().last ||
      m.start_date < file.mark().first) {
    return {shown_metadata(series, year), "data_behind",
            "knows " + std::to_string(m.rows) + " bars up to " + format_instant(m.end_date) +
                ", the file has " + std::to_string(file.mark().rows) + " up to " +
                format_instant(file.mark().last)};
  }
  return {shown_metadata(series, year), "metadata_stale", "describes another version of the data"};
}

// The draft's blocks as if they had been sealed anew: what describes them need not read them again.
void add_rows(YearDraft& draft, const YearScan& scan) {
  for (std::size_t i = 0; i < draft.blocks.size(); ++i) {
    draft.blocks[i].kept = false;
    draft.blocks[i].timestamps = scan.good[i].bars.timestamp;
    draft.blocks[i].suspicious = find_suspicious(scan.good[i].bars);
  }
}

// What the metadata says and the rows do not bear out: the first key that differs from a
// description made anew. `scan` found nothing wrong with the file.
Result<std::optional<std::string>> untrue_key(const YearMetadata& m, const YearFile& file,
                                              const SeriesId& series, const YearScan& scan) {
  CHANDLER_TRY(YearDraft draft, draft_year(series, file.mark().year, &file, {}, file.mark().columns,
                                           file.mark().rolled_up));
  // Unless it was replaced since it was scanned.
  if (scan.identity == file.identity() && scan.good.size() == draft.blocks.size())
    add_rows(draft, scan);
  YearMetadata history = m;
  for (BlockFacts& b : history.blocks)
    b.sha256.clear();  // so that the warnings of every block are found anew
  CHANDLER_TRY(YearMetadata fresh,
               describe_year({.draft = &draft,
                              .old = &file,
                              .history = std::move(history),
                              .calendar = Calendar::of(series.symbol, m.asset_class),
                              .now = m.last_updated}));
  const Json is = Json::parse(print_metadata(m));
  const Json should = Json::parse(print_metadata(fresh));
  for (const auto& [key, value] : should.items()) {
    if (!is.contains(key) || is.at(key) != value) return std::optional<std::string>(key);
  }
  return std::optional<std::string>{};
}

Result<void> check_metadata(const Folder& folder, const YearFile& file, const SeriesId& series,
                            const YearScan& scan, std::vector<Problem>& problems) {
  const int year = file.mark().year;
  const std::string shown = shown_metadata(series, year);
  auto metadata = find_metadata(folder, file, series);
  if (metadata) {
    CHANDLER_TRY(const std::optional<std::string> key, untrue_key(*metadata, file, series, scan));
    if (key)
      problems.push_back({shown, "metadata_stale", "\"" + *key + "\" is not what the rows say"});
    return {};
  }
  if (metadata.error().kind == ErrorKind::newer_schema) {
    problems.push_back({shown, "metadata_newer", metadata.error().what});
  } else if (metadata.error().kind == ErrorKind::not_found) {
    problems.push_back({shown, "metadata_missing", "there is no metadata for " + data_name(year)});
  } else if (auto known = read_metadata(folder, metadata_name(year)); known) {
    problems.push_back(other_version(*known, file, series));
  } else if (known.error().kind == ErrorKind::data || known.error().kind == ErrorKind::damaged) {
    problems.push_back({shown, "metadata_damaged", known.error().what});
  } else {
    return std::move(known).error();
  }
  return {};
}

// Is every row of the one in the other, as it is?
bool holds(const BarSeries& all, const BarSeries& some) {
  if (all.columns != some.columns) return false;
  std::size_t at = 0;
  for (std::size_t i = 0; i < some.size(); ++i, ++at) {
    while (at < all.size() && all.timestamp[at] < some.timestamp[i]) ++at;
    if (at == all.size() || all.timestamp[at] != some.timestamp[i] ||
        !BarSeries::same_row(all, at, some, i)) {
      return false;
    }
  }
  return true;
}

// Bars that the source has no rows for (any more) are not held against it.
Result<bool> reproduced(const Folder& symbol_folder, const YearFile& file, const SeriesId& series,
                        const YearMetadata& m) {
  const SeriesId source{series.symbol, m.derived_from->timeframe};
  const auto folder = symbol_folder.open_folder(std::string(to_string(source.timeframe)));
  if (!folder && folder.error().kind == ErrorKind::not_found) return true;
  if (!folder) return folder.error();
  CHANDLER_TRY(const auto same, YearFile::open_if_good(*folder, source, m.year));
  CHANDLER_TRY(const auto next, YearFile::open_if_good(*folder, source, m.year + 1));
  // The source is gone: nothing to hold it against.
  if (!same && (!next || !m.derived_from->blocks.empty())) return true;
  const Calendar calendar = Calendar::of(series.symbol, m.asset_class);
  CHANDLER_TRY(const Rolled rolled,
               roll_stored({.symbol = series.symbol,
                            .source = source.timeframe,
                            .target = series.timeframe,
                            .calendar = calendar,
                            .same = same ? &*same : nullptr,
                            .next = next ? &*next : nullptr,
                            .folder = &*folder,
                            .now = m.last_updated},
                           labels_of_year(calendar, source.timeframe, series.timeframe, m.year)));
  CHANDLER_TRY(const BarSeries bars, file.read({}));
  return rolled.rows.bars.empty() || holds(bars, rolled.rows.bars);
}

Result<void> check_source(const Folder& symbol_folder, const Folder& folder, const YearFile& file,
                          const SeriesId& series, bool deep, std::vector<Problem>& problems) {
  const auto metadata = find_metadata(folder, file, series);
  if (!metadata && unreadable_now(metadata.error())) return metadata.error();
  if (!metadata || !metadata->derived_from) return {};
  const std::string source(to_string(metadata->derived_from->timeframe));
  CHANDLER_TRY(const bool behind, is_behind(symbol_folder, series.symbol, *metadata));
  if (behind) {
    problems.push_back(
        {file.shown(), "derived_behind", "the " + source + " bars it was made from have changed"});
    return {};
  }
  if (!deep) return {};
  CHANDLER_TRY(const bool good, reproduced(symbol_folder, file, series, *metadata));
  if (!good)
    problems.push_back(
        {file.shown(), "derived_differs", "not what the " + source + " bars roll up to"});
  return {};
}

}  // namespace

Result<std::vector<Problem>> check_year(const Folder& symbol_folder, const Folder& folder,
                                        const SeriesId& series, int year, bool deep,
                                        const Clock& clock) {
  for (int attempt = 1;; ++attempt) {
    std::vector<Problem> problems;
    auto scan = scan_year(folder, series, year);
    if (!scan && scan.error().kind == ErrorKind::not_found) {
      const auto known = read_metadata(folder, metadata_name(year));
      if (!known && known.error().kind == ErrorKind::not_found)
        return problems;  // removed meanwhile
      problems.push_back(
          {shown_metadata(series, year), "data_behind",
           known ? "knows " + std::to_string(known->rows) + " bars, but the data file is gone" +
                       (known->lost.empty() ? "" : "; `chandler heal` brings them back")
                 : "the data file is gone"});
      return problems;
    }
    if (!scan) return std::move(scan).error();
    for (const ScanProblem& p : scan->problems) {
      problems.push_back({series.folder() + "/" + data_name(year), p.kind, p.detail});
    }
    if (problems.empty()) {
      auto file = YearFile::open(folder, series, year);
      if (!file && file.error().kind == ErrorKind::not_found) continue;
      // What cannot be read may be whole all the same.
      if (!file && file.error().kind != ErrorKind::damaged) return std::move(file).error();
      if (!file) {
        problems.push_back(
            {series.folder() + "/" + data_name(year), "damaged_block", file.error().what});
        return problems;
      }
      CHANDLER_CHECK(check_metadata(folder, *file, series, *scan, problems));
      CHANDLER_CHECK(check_source(symbol_folder, folder, *file, series, deep, problems));
    }
    // A writer may have been between its two renames, or replaced the file while it was read.
    const auto now_there = folder.identity_of(data_name(year));
    const bool replaced = now_there && *now_there && **now_there != scan->identity;
    if ((problems.empty() && !replaced) || attempt == kTries) return problems;
    clock.pause(kRecheckPause);
  }
}

void verify_series(const Folder& root, const SeriesId& series, bool deep, const Clock& clock,
                   VerifyReport& report) {
  const auto parent = root.open_folder(series.symbol.folder());
  if (!parent) return report.errors.push_back(parent.error());
  const auto folder = parent->open_folder(std::string(to_string(series.timeframe)));
  if (!folder) return report.errors.push_back(folder.error());
  const auto names = folder->names();
  if (!names) return report.errors.push_back(names.error());
  std::set<int> years;
  for (const std::string& name : *names) {
    if (const auto year = year_of_data_name(name)) {
      years.insert(*year);
      ++report.files;
    }
    if (const auto year = year_of_metadata_name(name)) years.insert(*year);
  }
  for (const int year : years) {
    auto problems = check_year(*parent, *folder, series, year, deep, clock);
    if (!problems) {
      report.errors.push_back(problems.error());
      continue;
    }
    report.problems.insert(report.problems.end(), problems->begin(), problems->end());
  }
}

VerifyReport verify_all(const Folder& root, std::span<const SeriesId> all, bool deep,
                        const Clock& clock) {
  std::vector<VerifyReport> reports(all.size());
  parallel_for(0, all.size(),
               [&](std::size_t i) { verify_series(root, all[i], deep, clock, reports[i]); });
  VerifyReport whole;
  for (VerifyReport& one : reports) {
    whole.files += one.files;
    std::move(one.problems.begin(), one.problems.end(), std::back_inserter(whole.problems));
    std::move(one.errors.begin(), one.errors.end(), std::back_inserter(whole.errors));
  }
  return whole;
}

}  // namespace chandler::store
