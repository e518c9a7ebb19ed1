#include "chandler/cache.h"

#include <oneapi/tbb/parallel_for.h>

#include <algorithm>
#include <array>
#include <map>
#include <mutex>
#include <set>

#include "store/derive.h"
#include "store/removal.h"
#include "store/status.h"
#include "store/summaries.h"
#include "store/verify.h"
#include "store/year_scan.h"

namespace chandler {
namespace {

constexpr std::array<std::string_view, 4> kStatusNames = {"ok", "unchanged", "partial", "failed"};
constexpr int kReaderTries = 3;

// One mutex a series: threads of one process wait here before they wait for other processes.
class SeriesMutexes {
 public:
  std::timed_mutex& of(const SeriesId& id) {
    const std::lock_guard hold(guard_);
    auto& mutex = mutexes_[id];
    if (!mutex) mutex = std::make_unique<std::timed_mutex>();
    return *mutex;
  }

 private:
  std::mutex guard_;
  std::map<SeriesId, std::unique_ptr<std::timed_mutex>> mutexes_;
};

Error no_such_series(const SeriesId& id) {
  return {ErrorKind::not_found, "there is no such series in the cache", id.text(),
          "see `chandler status`"};
}

// The good part of a file that is not whole, if the range touches nothing bad.
Result<BarSeries> read_around_damage(const store::Folder& folder, const SeriesId& id, int year,
                                     TimeRange range, Error found) {
  CHANDLER_TRY(const store::YearScan scan,
               store::scan_year(folder, id, year, {.check_text = false}));
  const TimeRange wanted = range.intersect(year_range(year));
  for (const store::BadRange& bad : scan.bad) {
    if (!bad.range.overlaps(wanted)) continue;
    found.what += " (" + bad.detail + ", " +
                  format_instant(std::max(bad.range.from, year_start(year))) + " to " +
                  format_instant(bad.range.to) + ")";
    return found;
  }
  BarSeries bars;
  bars.columns = scan.columns;
  for (const store::BlockRows& good : scan.good) {
    bars.append(good.bars, good.bars.lower_bound(wanted.from), good.bars.lower_bound(wanted.to));
  }
  return bars;
}

Result<BarSeries> read_year(const store::Folder& folder, const SeriesId& id, int year,
                            TimeRange range) {
  Result<store::YearFile> file = store::YearFile::open(folder, id, year);
  for (int i = 1; i < kReaderTries && !file && file.error().kind == ErrorKind::not_found; ++i) {
    file = store::YearFile::open(folder, id, year);
  }
  if (!file && file.error().kind == ErrorKind::not_found)
    return BarSeries{};  // removed since it was listed
  if (!file && file.error().kind == ErrorKind::damaged) {
    return read_around_damage(folder, id, year, range, std::move(file).error());
  }
  if (!file) return std::move(file).error();
  return file->read(range);
}

bool provider_name_ok(const std::string& name) {
  return !name.empty() && name.size() <= store::kMaxProviderName &&
         std::all_of(name.begin(), name.end(), [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-' ||
                  c == '.';
         });
}

}  // namespace

std::string_view to_string(WriteStatus status) {
  return kStatusNames[static_cast<std::size_t>(status)];
}

std::string SeriesId::text() const {
  return symbol.name() + " " + std::string(to_string(timeframe));
}
std::string SeriesId::folder() const {
  return symbol.folder() + "/" + std::string(to_string(timeframe));
}

struct Cache::State {
  std::filesystem::path root;
  CacheOptions options;
  const Clock* clock;
  FileSystem* files;
  SeriesMutexes mutexes;
  std::mutex root_guard;
  bool root_seen = false;  // once it was there it is never made anew: it may have been unmounted

  Result<store::Folder> open_root() const {
    return store::Folder::open_root(*files, root.string());
  }

  Result<store::Folder> open_or_make_root() {
    const std::lock_guard hold(root_guard);
    auto folder = open_root();
    if (folder) {
      root_seen = true;
      return folder;
    }
    if (folder.error().kind != ErrorKind::not_found || root_seen) {
      Error e = std::move(folder).error();
      if (root_seen) e.hint = "is the disk still mounted?";
      return e;
    }
    std::error_code failed;
    std::filesystem::create_directories(root, failed);
    if (failed) return store::io_error(failed.value(), "making the cache folder", root.string());
    root_seen = true;
    return open_root();
  }

  // Runs `work` with the series' mutex and a writer that holds its lock.
  template <class Work>
  Result<void> with_writer(const SeriesId& id, bool make_folders, const Work& work) {
    CHANDLER_TRY(const store::Folder folder, make_folders ? open_or_make_root() : open_root());
    std::unique_lock hold(mutexes.of(id), std::chrono::seconds{30});
    if (!hold) {
      return Error{ErrorKind::locked, "another thread of this program holds it", id.text(),
                   "run it again later"};
    }
    CHANDLER_TRY(store::SeriesWriter writer,
                 store::SeriesWriter::open({.root = &folder,
                                            .series = id,
                                            .clock = clock,
                                            .optimistic = options.optimistic_locking,
                                            .make_folders = make_folders}));
    return work(writer, folder);
  }
};

Cache::Cache(std::unique_ptr<State> state) : state_(std::move(state)) {}
Cache::Cache(Cache&&) noexcept = default;
Cache& Cache::operator=(Cache&&) noexcept = default;
Cache::~Cache() = default;

Result<Cache> Cache::open(const std::filesystem::path& root, CacheOptions options) {
  auto state = std::make_unique<State>();
  state->root = root;
  state->options = options;
  state->clock = options.clock != nullptr ? options.clock : &Clock::system();
  state->files = options.files != nullptr ? options.files : &FileSystem::system();
  if (root.empty())
    return Error{ErrorKind::usage, "the cache folder has no name", "", "give one with --cache"};
  auto folder = state->open_root();
  if (!folder && folder.error().kind != ErrorKind::not_found) return std::move(folder).error();
  state->root_seen = folder.ok();
  return Cache(std::move(state));
}

const std::filesystem::path& Cache::root() const { return state_->root; }
Instant Cache::now() const { return state_->clock->now(); }

// --- reading
// ------------------------------------------------------------------------------------------------

Result<BarSeries> Cache::read(const SeriesId& id, TimeRange range) const {
  auto root = state_->open_root();
  if (!root) {
    if (root.error().kind == ErrorKind::not_found) return no_such_series(id);
    return std::move(root).error();
  }
  auto symbol = root->open_folder(id.symbol.folder());
  if (!symbol && symbol.error().kind == ErrorKind::not_found) return no_such_series(id);
  if (!symbol) return std::move(symbol).error();
  auto folder = symbol->open_folder(std::string(to_string(id.timeframe)));
  if (!folder && folder.error().kind == ErrorKind::not_found) return no_such_series(id);
  if (!folder) return std::move(folder).error();
  CHANDLER_TRY(const std::vector<int> years, store::data_years(*folder));
  if (years.empty()) return no_such_series(id);

  BarSeries bars;
  for (const int year : years) {
    if (!range.overlaps(year_range(year))) continue;
    CHANDLER_TRY(BarSeries part, read_year(*folder, id, year, range));
    if (bars.empty() && bars.columns == part.columns) {
      bars = std::move(part);
    } else {
      bars.widen(part.columns);
      bars.append(part);
    }
  }
  return bars;
}

Result<BarSeries> Cache::read(std::string_view symbol, std::string_view timeframe,
                              WhenRange range) const {
  CHANDLER_TRY(const Symbol parsed_symbol, Symbol::parse(symbol));
  CHANDLER_TRY(const Timeframe parsed_timeframe, parse_timeframe(timeframe));
  TimeRange when;
  if (!range.from.empty()) {
    CHANDLER_TRY(when.from, parse_when(range.from, now()));
  }
  if (!range.to.empty()) {
    CHANDLER_TRY(when.to, parse_when(range.to, now()));
  }
  if (when.from > when.to)
    return Error{ErrorKind::usage, "the range ends before it begins", "", ""};
  return read({parsed_symbol, parsed_timeframe}, when);
}

std::vector<Result<BarSeries>> Cache::read_many(std::span<const SeriesId> ids,
                                                TimeRange range) const {
  std::vector<Result<BarSeries>> results(ids.size(), Result<BarSeries>(BarSeries{}));
  tbb::parallel_for(std::size_t{0}, ids.size(),
                    [&](std::size_t i) { results[i] = read(ids[i], range); });
  return results;
}

Result<std::vector<SeriesId>> Cache::list() const { return list({}, {}); }

Result<std::vector<SeriesId>> Cache::list(const std::optional<Symbol>& symbol,
                                          const std::optional<Timeframe>& timeframe) const {
  auto root = state_->open_root();
  if (!root) {
    if (root.error().kind == ErrorKind::not_found) return std::vector<SeriesId>{};
    return std::move(root).error();
  }
  CHANDLER_TRY(std::vector<SeriesId> ids, store::list_series(*root));
  std::erase_if(ids, [&](const SeriesId& id) {
    return (symbol && id.symbol != *symbol) || (timeframe && id.timeframe != *timeframe);
  });
  return ids;
}

Result<SeriesStatus> Cache::status(const SeriesId& id) const {
  CHANDLER_TRY(std::vector<SeriesStatus> all, status_all(id.symbol, id.timeframe));
  if (all.empty()) return no_such_series(id);
  return std::move(all.front());
}

Result<std::vector<SeriesStatus>> Cache::status_all(
    const std::optional<Symbol>& symbol, const std::optional<Timeframe>& timeframe) const {
  CHANDLER_TRY(const std::vector<SeriesId> ids, list(symbol, timeframe));
  std::vector<SeriesStatus> all;
  if (ids.empty()) return all;
  CHANDLER_TRY(const store::Folder root, state_->open_root());
  CHANDLER_TRY(store::Summaries summaries, store::current_summaries(root, ids, *state_->clock));
  for (auto& [id, summary] : summaries) {
    // A folder that holds nothing yet is no series.
    if (summary.status.years.empty() && summary.status.problems.empty()) continue;
    all.push_back(std::move(summary.status));
  }
  return all;
}

Result<std::vector<Gap>> Cache::gaps(const SeriesId& id, TimeRange range) const {
  CHANDLER_TRY(const std::vector<SeriesId> ids, list(id.symbol, id.timeframe));
  if (ids.empty()) return no_such_series(id);
  CHANDLER_TRY(const store::Folder root, state_->open_root());
  CHANDLER_TRY(const store::Folder symbol, root.open_folder(id.symbol.folder()));
  CHANDLER_TRY(store::SeriesView view, store::view_series(symbol, id, *state_->clock));
  if (view.years.empty() && view.problems.empty()) return no_such_series(id);
  if (!view.problems.empty()) {
    return Error{ErrorKind::damaged, view.problems.front(), "", store::kRepairHint};
  }
  std::erase_if(view.gaps, [&](const Gap& g) { return g.to < range.from || g.from >= range.to; });
  return std::move(view.gaps);
}

Result<CacheStats> Cache::stats() const {
  CacheStats stats;
  CHANDLER_TRY(const std::vector<SeriesId> ids, list());
  if (ids.empty()) return stats;
  CHANDLER_TRY(const store::Folder root, state_->open_root());
  CHANDLER_TRY(const store::Summaries summaries,
               store::current_summaries(root, ids, *state_->clock));
  std::set<std::string> symbols;
  std::map<std::string, CacheStats::Provider> providers;
  for (const auto& [id, s] : summaries) {
    if (s.status.years.empty() && s.status.problems.empty()) continue;
    symbols.insert(id.symbol.name());
    ++stats.series;
    stats.files += s.status.years.size() + s.status.problems.size();
    stats.rows += s.status.rows;
    stats.gaps += s.status.gaps;
    stats.conflicts += s.conflicts;
    stats.rejected += s.rejected;
    stats.bytes += s.status.bytes;
    for (const auto& [name, rows] : s.rows_by_provider) {
      providers[name].name = name;
      providers[name].rows += rows;
      ++providers[name].series;
    }
    CHANDLER_TRY(const store::FolderSizes sizes, store::folder_sizes(root, id));
    stats.metadata_bytes += sizes.metadata;
    stats.text_bytes += sizes.text;
  }
  stats.symbols = symbols.size();
  for (auto& [name, provider] : providers) stats.providers.push_back(std::move(provider));
  return stats;
}

AssetClass Cache::asset_class_of(const Symbol& symbol) const {
  const auto root = state_->open_root();
  if (root) {
    if (const auto folder = root->open_folder(symbol.folder()))
      return store::recorded_class(*folder, symbol);
  }
  return classify_by_rules(symbol.name()).asset_class;
}

// --- writing
// ------------------------------------------------------------------------------------------------

Result<void> Cache::check_writable() const {
  auto root = state_->open_root();
  if (root) return root->check_writable();
  if (root.error().kind != ErrorKind::not_found) return std::move(root).error();
  // The nearest folder above must let us make it.
  std::filesystem::path above = std::filesystem::absolute(state_->root).parent_path();
  while (!above.empty() && above != above.root_path() && !std::filesystem::exists(above))
    above = above.parent_path();
  CHANDLER_TRY(const store::Folder parent,
               store::Folder::open_root(*state_->files, above.string()));
  auto writable = parent.check_writable();
  if (!writable) {
    Error e = std::move(writable).error();
    e.where = above.string();
    return e;
  }
  return {};
}

WriteOutcome Cache::merge(const SeriesId& id, const Delivery& delivery) {
  WriteOutcome outcome{.series = id, .provider = delivery.provider.name};
  outcome.rows_fetched =
      delivery.report.rows_in != 0 ? delivery.report.rows_in : delivery.bars.size();
  outcome.rejected = delivery.report.rejected();
  const auto fail = [&](Error e) {
    outcome.status = outcome.files.empty() ? WriteStatus::failed : WriteStatus::partial;
    outcome.error = std::move(e);
    return outcome;
  };
  if (!provider_name_ok(delivery.provider.name)) {
    return fail({ErrorKind::usage,
                 "\"" + printable(delivery.provider.name) + "\" is not a provider name", "",
                 "use 1 to 32 of a-z 0-9 _ - ."});
  }
  if (delivery.report.untrustworthy()) {
    return fail({ErrorKind::data,
                 "more than half of the bars break a rule (" + std::to_string(outcome.rejected) +
                     " of " + std::to_string(outcome.rows_fetched) + "); nothing of it was written",
                 id.text(), "check the symbol, the timeframe and the format of the source"});
  }
  bool changed = false;
  auto done = state_->with_writer(
      id, true, [&](store::SeriesWriter& writer, const store::Folder&) -> Result<void> {
        std::set<int> years;
        for (const Instant t : delivery.bars.timestamp) years.insert(utc_year(t));
        if (delivery.asked) {
          CHANDLER_TRY(const std::vector<int> there, writer.years());
          for (const int year : there) {
            if (delivery.asked->overlaps(year_range(year))) years.insert(year);
          }
        }
        for (const int year : years) {
          std::uint64_t rows = 0;
          CHANDLER_TRY(const store::YearWritten written, writer.merge_year(year, delivery, rows));
          outcome.rows_written += rows;
          outcome.gaps += written.open_gaps;
          outcome.notes.insert(outcome.notes.end(), written.notes.begin(), written.notes.end());
          changed = changed || written.data || written.metadata;
          if (written.data) outcome.files.push_back(id.folder() + "/" + store::data_name(year));
        }
        CHANDLER_TRY(const std::vector<std::string> notes, writer.describe_undescribed_years());
        outcome.notes.insert(outcome.notes.end(), notes.begin(), notes.end());
        return {};
      });
  if (!done) return fail(std::move(done).error());
  outcome.status = changed ? WriteStatus::ok : WriteStatus::unchanged;
  return outcome;
}

std::vector<WriteOutcome> Cache::resample(const Symbol& symbol, Timeframe source,
                                          std::span<const Timeframe> targets, bool force) {
  std::vector<WriteOutcome> outcomes;
  for (const Timeframe target : targets) {
    const SeriesId id{symbol, target};
    const auto root = state_->open_root();
    std::unique_lock hold(state_->mutexes.of(id), std::chrono::seconds{30});
    if (!root || !hold) {
      WriteOutcome failed{.series = id, .status = WriteStatus::failed};
      failed.error =
          !root
              ? (root.error().kind == ErrorKind::not_found ? no_such_series({symbol, source})
                                                           : root.error())
              : Error{ErrorKind::locked, "another thread of this program holds it", id.text(), ""};
      outcomes.push_back(std::move(failed));
      continue;
    }
    outcomes.push_back(store::derive({.root = &*root,
                                      .symbol = symbol,
                                      .source = source,
                                      .target = target,
                                      .force = force,
                                      .clock = state_->clock,
                                      .optimistic = state_->options.optimistic_locking}));
  }
  return outcomes;
}

VerifyReport Cache::verify(std::span<const SeriesId> ids, VerifyOptions options) {
  VerifyReport report;
  const auto root = state_->open_root();
  if (!root) {
    if (root.error().kind != ErrorKind::not_found) report.errors.push_back(root.error());
    return report;
  }
  std::vector<SeriesId> behind;
  for (const SeriesId& id : ids) {
    if (!options.repair) {
      store::verify_series(*root, id, options.deep, *state_->clock, report);
      continue;
    }
    auto done = state_->with_writer(
        id, false, [&](store::SeriesWriter& writer, const store::Folder& folder) {
          store::repair_series(writer, folder, id, *state_->clock, report);
          return Result<void>();
        });
    if (!done) report.errors.push_back(std::move(done).error());
  }
  if (options.repair) repair_derived(ids, options.deep, report);
  return report;
}

// Sources first: what is rolled up from a repaired frame must be held against it as it is now.
void Cache::repair_derived(std::span<const SeriesId> ids, bool deep, VerifyReport& report) {
  const auto root = state_->open_root();
  if (!root) return;
  std::vector<SeriesId> sorted(ids.begin(), ids.end());
  std::sort(sorted.begin(), sorted.end());
  for (const SeriesId& id : sorted) {
    VerifyReport now;
    store::verify_series(*root, id, deep, *state_->clock, now);
    std::erase_if(now.problems, [](const Problem& p) { return !p.kind.starts_with("derived_"); });
    if (now.problems.empty()) continue;
    const auto status = this->status(id);
    if (status && status->derived_from) {
      std::unique_lock hold(state_->mutexes.of(id), std::chrono::seconds{30});
      const WriteOutcome made = store::derive({.root = &*root,
                                               .symbol = id.symbol,
                                               .source = *status->derived_from,
                                               .target = id.timeframe,
                                               .from_scratch = true,
                                               .clock = state_->clock,
                                               .optimistic = state_->options.optimistic_locking});
      if (made.error) report.errors.push_back(*made.error);
    }
    VerifyReport left;
    store::verify_series(*root, id, deep, *state_->clock, left);
    for (Problem& p : now.problems) {
      std::erase_if(report.problems,
                    [&](const Problem& r) { return r.file == p.file && r.kind == p.kind; });
      p.repaired = std::none_of(left.problems.begin(), left.problems.end(), [&](const Problem& l) {
        return l.file == p.file && l.kind == p.kind;
      });
      report.problems.push_back(std::move(p));
    }
  }
}

RemoveOutcome Cache::remove(const SeriesId& id) {
  RemoveOutcome outcome;
  auto done =
      state_->with_writer(id, false, [&](store::SeriesWriter& writer, const store::Folder& root) {
        outcome = store::remove_series(writer, id, root);
        return Result<void>();
      });
  if (!done) outcome.errors.push_back(std::move(done).error());
  return outcome;
}

RemoveOutcome Cache::prune(const SeriesId& id, const PruneRule& rule, bool dry_run) {
  RemoveOutcome outcome;
  auto done = state_->with_writer(
      id, false, [&](store::SeriesWriter& writer, const store::Folder& root) -> Result<void> {
        CHANDLER_TRY(const std::vector<int> years, writer.years());
        std::vector<int> going;
        for (std::size_t i = 0; i < years.size(); ++i) {
          const bool old = rule.older_than && year_range(years[i]).to <= *rule.older_than;
          const bool beyond =
              rule.keep_years &&
              years.size() - i > static_cast<std::size_t>(std::max(0, *rule.keep_years));
          if (old || beyond) going.push_back(years[i]);
        }
        if (dry_run) {
          for (const int year : going)
            outcome.removed.push_back(id.folder() + "/" + store::data_name(year));
        } else if (!going.empty()) {
          outcome = store::remove_years(writer, id, root, going);
        }
        return {};
      });
  if (!done) outcome.errors.push_back(std::move(done).error());
  return outcome;
}

Result<void> Cache::refresh_summaries() {
  auto root = state_->open_root();
  if (!root) {
    if (root.error().kind == ErrorKind::not_found) return {};
    return std::move(root).error();
  }
  CHANDLER_TRY(const std::vector<SeriesId> ids, store::list_series(*root));
  CHANDLER_TRY(store::Summaries summaries, store::current_summaries(*root, ids, *state_->clock));
  std::erase_if(summaries, [](const auto& s) { return s.second.status.years.empty(); });
  return store::write_summaries(*root, summaries, *state_->clock);
}

}  // namespace chandler
