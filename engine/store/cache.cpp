#include "chandler/cache.h"

#include <algorithm>
#include <array>
#include <map>
#include <set>

#include "parallel.h"
#include "store/cache_state.h"
#include "store/hot_year.h"
#include "store/status.h"
#include "store/summaries.h"
#include "store/year_scan.h"

namespace chandler {
namespace {

constexpr std::array<std::string_view, 4> kStatusNames = {"ok", "unchanged", "partial", "failed"};

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

// With what to do about it.
Error unfit(Error problem) {
  if (problem.hint.empty()) problem.hint = store::kRepairHint;
  return problem;
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

Error no_such_series(const SeriesId& id) {
  return {ErrorKind::not_found, "there is no such series in the cache", id.text(),
          "see `chandler status`"};
}

Result<BarSeries> read_year(const store::Folder& folder, const SeriesId& id, int year,
                            TimeRange range) {
  Result<store::YearFile> file = store::YearFile::open(folder, id, year);
  for (int i = 1; i < store::kReaderTries && !file && file.error().kind == ErrorKind::not_found;
       ++i) {
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
  std::error_code failed;
  const auto status = std::filesystem::status(root, failed);
  if (std::filesystem::exists(status) && !std::filesystem::is_directory(status)) {
    return Error{ErrorKind::usage, "is a file, not a folder", root.string(),
                 "name the cache's folder"};
  }
  auto folder = state->open_root();
  if (!folder && folder.error().kind != ErrorKind::not_found) return std::move(folder).error();
  state->root_seen = folder.ok();
  return Cache(std::move(state));
}

const std::filesystem::path& Cache::root() const { return state_->root; }
Instant Cache::now() const { return state_->clock->now(); }

// --- reading ---

Result<BarSeries> Cache::State::read_year(const store::Folder& folder, const SeriesId& id, int year,
                                          TimeRange range) const {
  const auto hot = options.hot ? hot_copy(folder, id, year) : std::nullopt;
  auto bars = hot ? store::bars_of(*hot, range) : std::nullopt;
  return bars ? std::move(*bars) : chandler::read_year(folder, id, year, range);
}

Result<BarSeries> Cache::read(const SeriesId& id, TimeRange range) const {
  CHANDLER_TRY(const store::Folder folder, state_->open_series(id));
  CHANDLER_TRY(const std::vector<int> years, store::data_years(folder));
  if (years.empty()) return no_such_series(id);

  BarSeries bars;
  for (const int year : years) {
    if (!range.overlaps(year_range(year))) continue;
    CHANDLER_TRY(BarSeries part, state_->read_year(folder, id, year, range));
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
  parallel_for(0, ids.size(), [&](std::size_t i) { results[i] = read(ids[i], range); });
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
  CHANDLER_TRY(std::vector<SeriesId> ids, store::list_series(*root, symbol));
  if (timeframe) std::erase_if(ids, [&](const SeriesId& id) { return id.timeframe != *timeframe; });
  return ids;
}

Result<SeriesStatus> Cache::status(const SeriesId& id) const {
  // Not by the summaries: they speak of all series, and grow with them.
  const auto root = state_->open_root();
  auto symbol = root ? root->open_folder(id.symbol.folder()) : Result<store::Folder>(root.error());
  if (symbol) {
    auto summary = store::summarize_now(*symbol, id, *state_->clock);
    if (summary && !(summary->status.years.empty() && summary->status.problems.empty()))
      return std::move(summary->status);
    if (!summary && summary.error().kind != ErrorKind::not_found) return std::move(summary).error();
  } else if (symbol.error().kind != ErrorKind::not_found) {
    return std::move(symbol).error();
  }
  return no_such_series(id);
}

Result<std::vector<SeriesStatus>> Cache::status_all(
    const std::optional<Symbol>& symbol, const std::optional<Timeframe>& timeframe) const {
  std::vector<SeriesStatus> all;
  const auto root = state_->open_root();
  if (!root) {
    if (root.error().kind == ErrorKind::not_found) return all;
    return root.error();
  }
  CHANDLER_TRY(store::Summaries summaries, state_->summaries(*root, {symbol, timeframe}));
  all.reserve(summaries.size());
  for (store::SeriesSummary& summary : summaries) {
    // A folder that holds nothing yet is no series.
    if (summary.status.years.empty() && summary.status.problems.empty()) continue;
    all.push_back(std::move(summary.status));
  }
  return all;
}

Result<std::vector<Gap>> Cache::gaps(const SeriesId& id, TimeRange range, Damage damage) const {
  CHANDLER_TRY(const std::vector<SeriesId> ids, list(id.symbol, id.timeframe));
  if (ids.empty()) return no_such_series(id);
  CHANDLER_TRY(const store::Folder root, state_->open_root());
  CHANDLER_TRY(const store::Folder symbol, root.open_folder(id.symbol.folder()));
  CHANDLER_TRY(store::SeriesView view, store::view_series(symbol, id, *state_->clock));
  if (view.years.empty() && view.problems.empty()) return no_such_series(id);
  for (const store::YearProblem& p : view.problems) {
    if (damage == Damage::is_an_error && !year_range(p.year).intersect(range).empty())
      return unfit(p.error);
  }
  std::erase_if(view.gaps, [&](const Gap& g) { return g.to < range.from || g.from >= range.to; });
  return std::move(view.gaps);
}

Result<CacheStats> Cache::stats() const {
  CacheStats stats;
  const auto opened = state_->open_root();
  if (!opened) {
    if (opened.error().kind == ErrorKind::not_found) return stats;
    return opened.error();
  }
  const store::Folder& root = *opened;
  CHANDLER_TRY(const store::Summaries summaries, state_->summaries(root, {}));
  std::set<std::string> symbols;
  std::map<std::string, CacheStats::Provider> providers;
  for (const store::SeriesSummary& s : summaries) {
    const SeriesId& id = s.status.series;
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

std::vector<Error> Cache::take_warnings() const { return state_->warnings.take(); }

AssetClass Cache::asset_class_of(const Symbol& symbol) const {
  const auto root = state_->open_root();
  if (root) {
    if (const auto folder = root->open_folder(symbol.folder()))
      return store::recorded_class(*folder, symbol);
  }
  return classify_by_rules(symbol.name()).asset_class;
}

}  // namespace chandler
