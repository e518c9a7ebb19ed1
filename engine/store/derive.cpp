#include "store/derive.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <set>

#include "store/recovery.h"
#include "store/series_writer.h"

namespace chandler::store {
namespace {

std::optional<YearFile> open_if_there(const Folder* folder, const SeriesId& series, int year,
                                      std::optional<Error>& failed) {
  if (folder == nullptr) return {};
  auto file = YearFile::open(*folder, series, year);
  if (file) return std::move(*file);
  if (file.error().kind != ErrorKind::not_found) failed = std::move(file).error();
  return {};
}

struct SourceYears {
  std::vector<int> years;
  std::optional<Folder> symbol;
  std::optional<Folder> folder;
};

Result<SourceYears> years_of_source(const Folder& root, const SeriesId& source) {
  SourceYears found;
  CHANDLER_TRY(Folder symbol, root.open_folder(source.symbol.folder()));
  CHANDLER_TRY(Folder folder, symbol.open_folder(std::string(to_string(source.timeframe))));
  CHANDLER_TRY(const std::vector<std::string> names, folder.names());
  for (const std::string& name : names) {
    if (const auto year = year_of_data_name(name)) found.years.push_back(*year);
  }
  found.symbol.emplace(std::move(symbol));
  found.folder.emplace(std::move(folder));
  return found;
}

// A target, and what became of it so far.
struct Target {
  Timeframe frame{};
  WriteOutcome outcome;
  std::set<int> years{};
  bool changed = false;
  bool failed = false;

  void fail(Error e) {
    miss_year(std::move(e));
    failed = true;
  }
  // One year cannot be made; the others can.
  void miss_year(Error e) {
    if (!outcome.error) outcome.error = std::move(e);
  }
  void conclude() {
    if (outcome.error) {
      outcome.status = outcome.files.empty() ? WriteStatus::failed : WriteStatus::partial;
    } else {
      outcome.status = changed ? WriteStatus::ok : WriteStatus::unchanged;
    }
  }
};

class Deriver {
 public:
  explicit Deriver(const DeriveRequest& request)
      : r_(request), source_{request.symbol, request.source}, now_(request.clock->now()) {
    for (const Timeframe frame : r_.targets)
      targets_.push_back({.frame = frame, .outcome = {.series = {r_.symbol, frame}}});
  }

  std::vector<WriteOutcome> run() {
    for (Target& t : targets_) {
      if (!chain_path(r_.source, t.frame)) t.fail(off_the_chain(t.frame));
    }
    auto found = find_source();
    if (found) {
      found_ = std::move(*found);
      find_years();
      for (const int year : all_years()) derive_year(year);
    } else {
      fail_all(found.error().kind == ErrorKind::not_found ? nothing_to_roll_up() : found.error());
    }
    std::vector<WriteOutcome> outcomes;
    for (Target& t : targets_) {
      t.conclude();
      outcomes.push_back(std::move(t.outcome));
    }
    return outcomes;
  }

 private:
  Result<SourceYears> find_source() const {
    CHANDLER_TRY(const Folder root, r_.open_root());
    return years_of_source(root, source_);
  }

  // The source's files that a year is made from. Opened anew for each look: a file is the version it
  // was when it was opened.
  struct Files {
    std::optional<YearFile> same{};
    std::optional<YearFile> next{};
    std::optional<Error> next_damaged{};
  };

  [[nodiscard]] Error off_the_chain(Timeframe frame) const {
    return {
        ErrorKind::usage,
        fmt::format("{} is not rolled up from {}", to_string(frame), to_string(r_.source)), "",
        "roll-ups follow 1m 5m 15m {30m 1h}, 1h {2h 4h 6h 8h 12h 1d}, 1d {3d 1w 1M}; 1m also 3m"};
  }
  [[nodiscard]] Error nothing_to_roll_up() const {
    return {ErrorKind::not_found, "there is no such series to roll up", source_.text(),
            "see `chandler status`"};
  }
  void fail_all(const Error& error) {
    for (Target& t : targets_) {
      if (!t.failed) t.fail(error);
    }
  }

  void find_years() {
    const Calendar calendar = Calendar::of(r_.symbol, recorded_class(*found_.symbol, r_.symbol));
    for (Target& t : targets_) {
      if (t.failed) continue;
      for (const int year : found_.years) {
        t.years.insert(year);
        // Only weeks and three-day bars may begin in the year before.
        if (!is_intraday(t.frame) &&
            labels_of_year(calendar, r_.source, t.frame, year).from > year_start(year))
          t.years.insert(year - 1);
      }
    }
    calendar_ = calendar;
  }

  [[nodiscard]] std::set<int> all_years() const {
    std::set<int> years;
    for (const Target& t : targets_) years.insert(t.years.begin(), t.years.end());
    return years;
  }

  [[nodiscard]] Result<Files> open_files(int year) const {
    Files files;
    std::optional<Error> failed;
    files.same = open_if_there(&*found_.folder, source_, year, failed);
    if (failed) return std::move(*failed);
    files.next = open_if_there(&*found_.folder, source_, year + 1, files.next_damaged);
    if (files.next_damaged && files.next_damaged->kind != ErrorKind::damaged)
      return std::move(*files.next_damaged);
    return files;
  }

  // What keeps a year of the frame from being made; nullptr: nothing.
  static const Error* damage_to(const Result<Files>& files, Timeframe frame) {
    if (!files) return &files.error();
    // Intraday bars end with their year.
    return files->next_damaged && !is_intraday(frame) ? &*files->next_damaged : nullptr;
  }

  [[nodiscard]] RollSource roll_from(const Files& files, Timeframe target,
                                     const Calendar& calendar) const {
    return {.symbol = r_.symbol,
            .source = r_.source,
            .target = target,
            .calendar = calendar,
            .same = files.same ? &*files.same : nullptr,
            .next = files.next ? &*files.next : nullptr,
            .folder = &*found_.folder,
            .now = now_};
  }

  void derive_year(int year) {
    auto files = open_files(year);
    if (!files && files.error().kind != ErrorKind::damaged) {
      fail_all(files.error());
      return;
    }
    std::vector<Target*> due;
    std::vector<WantedLabels> wanted;
    for (Target& t : targets_) {
      if (t.failed || !t.years.contains(year)) continue;
      // Damage stays where it is: in the years that are made from it.
      if (const Error* damage = damage_to(files, t.frame); damage != nullptr) {
        t.miss_year(*damage);
        continue;
      }
      const YearOutlook outlook = look_at_year(
          *found_.symbol, roll_from(*files, t.frame, calendar_), year, r_.from_scratch);
      if (outlook.up_to_date && !r_.force) continue;
      due.push_back(&t);
      if (outlook.stale && files->same && fits_into_days(t.frame))
        wanted.push_back({t.frame, *outlook.stale});
    }
    std::optional<RolledAhead> ahead;
    if (!wanted.empty()) {
      auto rolled = RolledAhead::roll(roll_from(*files, wanted.front().target, calendar_), wanted);
      // What could not be read is said by whoever needs it under its lock.
      if (rolled) ahead.emplace(std::move(*rolled));
    }
    for (Target* t : due) {
      if (auto written = write_year(*t, year, ahead ? &*ahead : nullptr); !written)
        t->fail(std::move(written).error());
    }
  }

  Result<void> write_year(Target& t, int year, RolledAhead* ahead) {
    std::unique_lock<std::mutex> held;
    if (r_.enter) held = r_.enter(t.outcome.series);
    CHANDLER_TRY(const Folder root, r_.open_root());
    CHANDLER_TRY(SeriesWriter writer, SeriesWriter::open({.root = &root,
                                                          .series = t.outcome.series,
                                                          .clock = r_.clock,
                                                          .optimistic = r_.optimistic}));
    const auto files = open_files(year);
    if (const Error* damage = damage_to(files, t.frame); damage != nullptr) return *damage;
    const RollSource roll = roll_from(*files, t.frame, writer.calendar());
    YearDeriver deriver(roll, year,
                        {.force = r_.force, .from_scratch = r_.from_scratch, .ahead = ahead},
                        t.outcome);
    CHANDLER_TRY(const YearWritten written,
                 writer.change_year(year, Durability::whole,
                                    [&](const YearState& state) { return deriver.edit(state); }));
    t.outcome.gaps += written.open_gaps;
    t.outcome.notes.insert(t.outcome.notes.end(), written.notes.begin(), written.notes.end());
    t.changed = t.changed || written.data || written.metadata;
    if (written.data) t.outcome.files.push_back(t.outcome.series.folder() + "/" + data_name(year));
    return {};
  }

  const DeriveRequest& r_;
  SeriesId source_;
  Instant now_;
  std::vector<Target> targets_;
  SourceYears found_;
  Calendar calendar_{CalendarKind::none};
};

}  // namespace

std::vector<WriteOutcome> derive(const DeriveRequest& request) { return Deriver(request).run(); }

Result<bool> is_behind(const Folder& symbol_folder, const Symbol& symbol,
                       const YearMetadata& derived) {
  if (!derived.derived_from) return false;
  const SeriesId source{symbol, derived.derived_from->timeframe};
  const auto folder = symbol_folder.open_folder(std::string(to_string(source.timeframe)));
  if (!folder && folder.error().kind == ErrorKind::not_found) return false;
  if (!folder) return folder.error();
  std::optional<Error> failed;
  const auto same = open_if_there(&*folder, source, derived.year, failed);
  const auto next = open_if_there(&*folder, source, derived.year + 1, failed);
  if (failed && failed->kind != ErrorKind::damaged) return std::move(*failed);
  if (failed || (!same && (!next || !derived.derived_from->blocks.empty()))) return false;
  const auto target = parse_timeframe(derived.timeframe);
  if (!target) return false;
  const DerivedFrom is =
      origin_of(Calendar::of(symbol, derived.asset_class), source.timeframe, *target, derived.year,
                same ? &*same : nullptr, next ? &*next : nullptr, derived.last_updated);
  return is.content_sha256 != derived.derived_from->content_sha256 ||
         is.next != derived.derived_from->next;
}

}  // namespace chandler::store
