#include <algorithm>
#include <functional>

#include "store/derive.h"
#include "store/describe.h"
#include "store/status.h"
#include "store/verify.h"
#include "store/year_scan.h"

namespace chandler::store {
namespace {

// The bad ranges of a scan as the metadata of the file can tell their extent.
std::vector<LostRange> lost_ranges(const YearScan& scan, const SeriesId& series, int year,
                                   const YearMetadata* known, const Calendar& calendar, Instant now,
                                   const std::string& set_aside) {
  std::vector<LostRange> lost;
  for (const BadRange& bad : scan.bad) {
    TimeRange range = bad.range.intersect(year_range(year));
    std::uint64_t rows = bad.rows;
    if (known != nullptr) {
      range = range.intersect({known->start_date, known->end_date + seconds{1}});
      if (rows == 0) {
        for (const BlockFacts& b : known->blocks) {
          if (b.first < range.to && b.last >= range.from) rows += b.rows;
        }
        if (rows == 0) continue;  // there was nothing
      }
    }
    range.to = std::min(range.to, now);
    if (range.empty()) continue;
    if (rows == 0) {
      rows = static_cast<std::uint64_t>(
          std::max<std::int64_t>(1, calendar.count_expected(series.timeframe, range)));
    }
    lost.push_back({set_aside, range.from, range.to - seconds{1}, rows});
  }
  return lost;
}

class YearRepair {
 public:
  YearRepair(SeriesWriter& writer, const SeriesId& series, int year, const Clock& clock)
      : writer_(writer), folder_(writer.folder()), series_(series), year_(year), clock_(clock) {}

  // The data file, from its good rows.
  Result<void> mend_data() {
    CHANDLER_TRY(const YearScan scan, scan_year(folder_, series_, year_));
    if (scan.problems.empty()) return {};
    std::optional<YearMetadata> known;
    auto read = read_metadata(folder_, metadata_name(year_));
    if (!read && (read.error().kind == ErrorKind::newer_schema || unreadable_now(read.error())))
      return std::move(read).error();
    if (read && speaks_of(*read, series_, year_)) known = std::move(*read);

    const std::string aside = damaged_name(year_, make_nonce());
    if (scan.good.empty()) {  // nothing to keep: the year is empty until it is fetched again
      CHANDLER_CHECK(folder_.rename(data_name(year_), aside));
      CHANDLER_CHECK(folder_.sync());
      return known ? remember_lost_file(std::move(*known), aside) : Result<void>();
    }
    const auto lost = lost_ranges(scan, series_, year_, known ? &*known : nullptr,
                                  writer_.calendar(), clock_.now(), aside);
    std::uint64_t saved = 0;
    for (const BlockRows& good : scan.good) saved += good.bars.size();
    // Metadata may be older than the file: nothing is lost when they knew no more rows than are saved.
    const bool all_saved = lost.empty() && known && known->rows == saved;
    if (!scan.bad.empty() && !all_saved) CHANDLER_CHECK(set_aside(aside, scan.identity));
    return put_good_rows(scan, std::move(known), lost);
  }

  Result<void> mend_metadata() {
    CHANDLER_CHECK(find_lost_file());
    const auto written = writer_.change_year(
        year_, Durability::full, [&](const YearState& state) -> Result<YearEdit> {
          YearEdit edit;
          edit.history = state.history;
          if (!state.file) return edit;
          edit.columns = state.file->mark().columns;
          edit.rolled_up = state.file->mark().rolled_up;
          if (state.described) {
            // It names the right version, but says what the rows do not bear out.
            edit.history.rebuilt = {{"at", format_iso(clock_.now())},
                                    {"reason", "the metadata did not agree with the rows"},
                                    {"began_anew", Json::array()}};
          }
          if (edit.rolled_up && !edit.history.derived_from) {
            CHANDLER_CHECK(find_origin(writer_.lock().symbol_folder(), folder_, series_,
                                       *state.file, writer_.calendar(),
                                       state.modified.value_or(clock_.now()), edit.history));
          }
          return edit;
        });
    if (!written) return written.error();
    return {};
  }

 private:
  Result<void> set_aside(const std::string& name, const FileIdentity& original) {
    // An earlier try that came to nothing left another name of the same file.
    CHANDLER_TRY(const std::vector<std::string> names, folder_.names());
    for (const std::string& other : names) {
      if (year_of_damaged_name(other) != year_) continue;
      CHANDLER_TRY(const auto there, folder_.identity_of(other));
      if (there && there->device == original.device && there->inode == original.inode)
        CHANDLER_CHECK(folder_.remove_file(other));
    }
    auto linked = folder_.link(data_name(year_), name);
    if (linked) return folder_.sync();
    // A file system without links: the copy stands alone for an instant, the original's name is
    // free.
    CHANDLER_CHECK(folder_.rename(data_name(year_), name));
    renamed_away_ = true;
    return folder_.sync();
  }

  // Of the year nothing but its metadata is left: it says what has to come before the original may
  // go.
  Result<void> remember_lost_file(YearMetadata known, const std::string& aside) {
    if (known.rows == 0) return {};
    known.lost.push_back({aside, known.start_date, known.end_date, known.rows});
    CHANDLER_TRY(const CommitOutcome outcome, commit_year({.folder = &folder_,
                                                           .year = year_,
                                                           .base = std::nullopt,
                                                           .draft = nullptr,
                                                           .metadata = print_metadata(known)}));
    static_cast<void>(outcome);  // nobody else can have changed what is not there
    return {};
  }

  // An earlier try set the only file aside, and died or failed before the metadata knew.
  Result<void> find_lost_file() {
    CHANDLER_TRY(const auto there, folder_.identity_of(data_name(year_)));
    if (there) return {};
    auto known = read_metadata(folder_, metadata_name(year_));
    if (!known || !speaks_of(*known, series_, year_)) return {};
    CHANDLER_TRY(const std::vector<std::string> names, folder_.names());
    const auto found = std::find_if(names.begin(), names.end(), [&](const std::string& name) {
      return year_of_damaged_name(name) == year_ &&
             std::none_of(known->lost.begin(), known->lost.end(),
                          [&](const LostRange& l) { return l.file == name; });
    });
    return found == names.end() ? Result<void>() : remember_lost_file(std::move(*known), *found);
  }

  // A file that does not prove itself whole need not tell; then its metadata do, or the other years.
  [[nodiscard]] bool is_rolled_up(const YearScan& scan,
                                  const std::optional<YearMetadata>& known) const {
    if (scan.whole || scan.rolled_up) return scan.rolled_up;
    if (known) return known->derived_from.has_value();
    const auto years = data_years(folder_);
    return years && std::any_of(years->begin(), years->end(), [&](int year) {
             if (year == year_) return false;
             const auto other = YearFile::open_if_good(folder_, series_, year);
             return other && *other && (*other)->mark().rolled_up;
           });
  }

  Result<void> put_good_rows(const YearScan& scan, std::optional<YearMetadata> known,
                             const std::vector<LostRange>& lost) {
    const bool rolled_up = is_rolled_up(scan, known);
    BlockChanges changes;
    for (const BlockRows& good : scan.good) {
      for (auto& [index, rows] : cut_into_blocks(series_.timeframe, good.bars, good.owners)) {
        changes.emplace(index, std::move(rows));
      }
    }
    CHANDLER_TRY(const YearDraft draft,
                 draft_year(series_, year_, nullptr, std::move(changes), scan.columns, rolled_up));
    const Instant modified{
        std::chrono::duration_cast<seconds>(std::chrono::nanoseconds{scan.identity.mtime_ns})};
    DescribeRequest request{.draft = &draft,
                            .old = nullptr,
                            .calendar = writer_.calendar(),
                            .now = clock_.now(),
                            .fetched_by = modified};
    if (known) {
      // Rows that only the metadata knows are missing now.
      known->asked = hull(known->asked, TimeRange{known->start_date, known->end_date + seconds{1}});
      request.history = std::move(*known);
    }
    YearMetadata& history = request.history;
    if (history.derived_from && !(scan.whole && scan.bad.empty())) {
      // So that the next roll-up makes the bars again that were lost, or were others' all along.
      history.derived_from->content_sha256.clear();
      history.derived_from->blocks.clear();
    }
    history.asset_class = recorded_class(writer_.lock().symbol_folder(), series_.symbol);
    history.lost.insert(history.lost.end(), lost.begin(), lost.end());
    for (const LostRange& l : lost)
      history.asked = hull(history.asked, TimeRange{l.from, l.to + seconds{1}});
    if (history.created_at == Instant{}) {
      history.rebuilt = {{"at", format_iso(clock_.now())},
                         {"reason", "the data file was repaired and had no metadata"},
                         {"began_anew", Json::array()}};
    }
    CHANDLER_TRY(const YearMetadata next, describe_year(std::move(request)));
    CHANDLER_TRY(const CommitOutcome outcome,
                 commit_year({.folder = &folder_,
                              .year = year_,
                              .base = renamed_away_ ? std::nullopt : std::optional(scan.identity),
                              .draft = &draft,
                              .metadata = print_metadata(next)}));
    if (outcome.base_changed) {
      return Error{ErrorKind::locked, "somebody else changed it during the repair",
                   folder_.shown(data_name(year_)), "run the same command again"};
    }
    return {};
  }

  SeriesWriter& writer_;
  const Folder& folder_;
  const SeriesId& series_;
  int year_;
  const Clock& clock_;
  bool renamed_away_ = false;
};

bool is_about_data(const std::string& kind) {
  return kind == "truncated" || kind == "damaged_block" || kind == "trailing_bytes" ||
         kind == "bad_rows" || kind == "not_canonical" || kind == "wrong_place" ||
         kind == "unreadable";
}

// What is left of the problems afterwards.
Result<std::vector<Problem>> mend_year(SeriesWriter& writer, const SeriesId& series, int year,
                                       const Clock& clock, const std::vector<Problem>& problems,
                                       const std::function<Result<std::vector<Problem>>()>& check) {
  YearRepair repair(writer, series, year, clock);
  const bool data = std::any_of(problems.begin(), problems.end(),
                                [](const Problem& p) { return is_about_data(p.kind); });
  const bool newer = std::any_of(problems.begin(), problems.end(),
                                 [](const Problem& p) { return p.kind == "metadata_newer"; });
  if (data) CHANDLER_CHECK(repair.mend_data());
  CHANDLER_TRY(std::vector<Problem> left, check());
  const bool metadata = std::any_of(left.begin(), left.end(), [](const Problem& p) {
    return p.kind == "metadata_missing" || p.kind == "metadata_damaged" ||
           p.kind == "metadata_stale" || p.kind == "data_behind";
  });
  if (!metadata || newer) return left;
  CHANDLER_CHECK(repair.mend_metadata());
  return check();
}

Result<void> repair_year(SeriesWriter& writer, const Folder& symbol_folder, const SeriesId& series,
                         int year, const Clock& clock, VerifyReport& report) {
  CHANDLER_TRY(std::vector<Problem> problems,
               check_year(symbol_folder, writer.folder(), series, year, false, clock));
  if (problems.empty()) return {};
  const auto check = [&] {
    return check_year(symbol_folder, writer.folder(), series, year, false, clock);
  };
  auto mended = mend_year(writer, series, year, clock, problems, check);
  const std::vector<Problem>& left = mended ? *mended : problems;
  const auto listed = [](const std::vector<Problem>& list, const Problem& p) {
    return std::any_of(list.begin(), list.end(),
                       [&](const Problem& l) { return l.file == p.file && l.kind == p.kind; });
  };
  for (const Problem& l : left) {
    if (!listed(problems, l)) problems.push_back(l);
  }
  for (Problem& p : problems) p.repaired = !listed(left, p);
  report.problems.insert(report.problems.end(), problems.begin(), problems.end());
  if (!mended) return mended.error();
  return {};
}

}  // namespace

Result<void> repair_data(SeriesWriter& writer, const SeriesId& series, int year,
                         const Clock& clock) {
  return YearRepair(writer, series, year, clock).mend_data();
}

void repair_series(SeriesWriter& writer, const Folder& root, const SeriesId& series,
                   const Clock& clock, VerifyReport& report) {
  const auto parent = root.open_folder(series.symbol.folder());
  const auto years = writer.years();
  if (!parent) return report.errors.push_back(parent.error());
  if (!years) return report.errors.push_back(years.error());
  for (const int year : *years) {
    if (const auto there = writer.folder().identity_of(data_name(year)); there && *there)
      ++report.files;
    if (auto done = repair_year(writer, *parent, series, year, clock, report); !done) {
      report.errors.push_back(std::move(done).error());
    }
  }
}

}  // namespace chandler::store
