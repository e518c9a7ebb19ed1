// The writing half of a Cache.
#include <algorithm>
#include <limits>
#include <map>
#include <set>

#include "store/cache_state.h"
#include "store/derive.h"
#include "store/holes.h"
#include "store/recovery.h"
#include "store/removal.h"
#include "store/series_writer.h"
#include "store/status.h"
#include "store/summaries.h"
#include "store/verify.h"

namespace chandler {
namespace {

bool provider_name_ok(const std::string& name) {
  return !name.empty() && name.size() <= store::kMaxProviderName &&
         std::all_of(name.begin(), name.end(), [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-' ||
                  c == '.' || c == ':';
         });
}

// The frame this one is made from, by whatever metadata is left of it.
std::optional<Timeframe> rolled_up_from(const store::Folder& folder) {
  const auto years = store::kept_years(folder);
  if (!years) return {};
  for (const int year : *years) {
    const auto metadata = store::read_metadata(folder, store::metadata_name(year));
    if (metadata && metadata->derived_from) return metadata->derived_from->timeframe;
  }
  return {};
}

// Of these years, in order, those the rule lets go.
std::vector<int> years_going(const std::vector<int>& years, const PruneRule& rule) {
  std::vector<int> going;
  for (std::size_t i = 0; i < years.size(); ++i) {
    const bool old = rule.older_than && year_range(years[i]).to <= *rule.older_than;
    const bool beyond = rule.keep_years &&
                        years.size() - i > static_cast<std::size_t>(std::max(0, *rule.keep_years));
    if (old || beyond) going.push_back(years[i]);
  }
  return going;
}

struct YearsOfDelivery {
  std::set<int> all{};          // that there are, or will be
  std::set<int> fresh{};        // of these, the new ones
  std::vector<int> in_order{};  // that may change, those that are there first

  [[nodiscard]] bool is_new(int year) const { return fresh.contains(year); }
};

// Neighbours of a new year give up what they said of it. They come first: should we die in between,
// it is asked for again.
YearsOfDelivery years_of(const Delivery& delivery, const std::vector<int>& there) {
  YearsOfDelivery years{.all = {there.begin(), there.end()}};
  std::set<int>& fresh = years.fresh;
  std::set<int> touched;
  TimeRange seen{};  // the year of the bar before
  seen.to = seen.from;
  for (const Instant t : delivery.bars.timestamp) {
    if (seen.contains(t)) continue;
    const int year = utc_year(t);
    seen = year_range(year);
    (years.all.contains(year) ? touched : fresh).insert(year);
  }
  years.all.insert(fresh.begin(), fresh.end());
  for (const int year : there) {
    const auto at = years.all.find(year);
    const bool beside_new = (at != years.all.begin() && fresh.contains(*std::prev(at))) ||
                            (std::next(at) != years.all.end() && fresh.contains(*std::next(at)));
    const TimeRange share = store::share_of(years.all, year);
    const bool asked = (delivery.asked && delivery.asked->overlaps(share)) ||
                       std::any_of(delivery.verdicts.begin(), delivery.verdicts.end(),
                                   [&](const GapVerdict& v) { return v.range.overlaps(share); });
    if (beside_new || asked) touched.insert(year);
  }
  years.in_order.assign(touched.begin(), touched.end());
  years.in_order.insert(years.in_order.end(), fresh.begin(), fresh.end());
  return years;
}

// A finding belongs to the year that speaks of its time, and of those that are not written to the
// first that is.
std::map<int, std::vector<Finding>> findings_by_year(const Delivery& delivery,
                                                     const YearsOfDelivery& years) {
  std::map<int, std::vector<Finding>> by_year;
  if (years.in_order.empty()) return by_year;
  const std::set<int> written{years.in_order.begin(), years.in_order.end()};
  for (const Finding& f : delivery.report.findings) {
    const int year = store::year_sharing(years.all, f.at);
    by_year[written.contains(year) ? year : *written.begin()].push_back(f);
  }
  return by_year;
}

// Writes the years of a delivery.
class YearMerger {
 public:
  YearMerger(store::SeriesWriter& writer, const SeriesId& id, const Delivery& delivery,
             const std::vector<int>& there, const Clock& clock)
      : writer_(writer),
        id_(id),
        delivery_(delivery),
        before_(there.begin(), there.end()),
        years_(years_of(delivery, there)),
        inherited_(years_.fresh.empty() ? store::Inherited{} : writer.inherit(there)),
        findings_(findings_by_year(delivery, years_)),
        clock_(clock) {}

  // The first error; the other years are written all the same where it stays in its own.
  std::optional<Error> merge_all(WriteOutcome& outcome) {
    std::optional<Error> first;
    for (const int year : years_.in_order) {
      // A new year waits until its neighbours have given up what they say of it.
      if (first && years_.is_new(year)) break;
      auto merged = merge_year(year, outcome);
      if (merged) continue;
      if (!store::stays_in_its_year(merged.error())) return std::move(merged).error();
      if (!first) first = std::move(merged).error();
    }
    std::sort(outcome.files.begin(), outcome.files.end());
    return first;
  }

  [[nodiscard]] bool changed() const { return changed_; }

 private:
  Result<void> merge_year(int year, WriteOutcome& outcome) {
    CHANDLER_TRY(auto note, store::clear_holes(writer_, id_, year, clock_));
    if (note) outcome.notes.push_back(*std::move(note));
    const store::MergeRequest request{
        .year = year,
        .delivery = &delivery_,
        .share = store::share_of(years_.all, year),
        .former_share = before_.contains(year) ? store::share_of(before_, year) : TimeRange{},
        .inherited = years_.is_new(year) ? &inherited_ : nullptr,
        .findings = std::move(findings_[year])};
    std::uint64_t rows = 0;
    CHANDLER_TRY(const store::YearWritten written, writer_.merge_year(request, rows));
    outcome.rows_written += rows;
    outcome.gaps += written.open_gaps;
    outcome.notes.insert(outcome.notes.end(), written.notes.begin(), written.notes.end());
    changed_ = changed_ || written.data || written.metadata;
    if (written.data) outcome.files.push_back(id_.folder() + "/" + store::data_name(year));
    return {};
  }

  store::SeriesWriter& writer_;
  const SeriesId& id_;
  const Delivery& delivery_;
  std::set<int> before_;
  YearsOfDelivery years_;
  store::Inherited inherited_;
  std::map<int, std::vector<Finding>> findings_;
  const Clock& clock_;
  bool changed_ = false;
};

}  // namespace

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

std::optional<std::string> Cache::weaker_here() const {
  // Of a root that is still to be made, the folder above it tells.
  auto place = std::filesystem::absolute(state_->root);
  auto folder = state_->open_root();
  while (!folder && place.has_relative_path()) {
    place = place.parent_path();
    folder = store::Folder::open_root(*state_->files, place.string());
  }
  if (!folder || !state_->files->is_network(folder->descriptor())) return {};
  return state_->root.string() +
         ": lies on a network folder: use NFSv4 or a working lock service, hard mounts and no "
         "local locks; a lost update is fetched again, and the lock of a machine that died lasts "
         "about 90 s";
}

Result<void> Cache::make_root() {
  CHANDLER_CHECK(state_->open_or_make_root());
  return {};
}

Result<void> Cache::recover(const SeriesId& id) {
  const auto folder = state_->open_series(id);
  if (!folder && folder.error().kind == ErrorKind::not_found) return {};
  if (!folder) return folder.error();
  CHANDLER_TRY(const std::vector<std::string> names, folder->names());
  const bool clean = std::none_of(names.begin(), names.end(), [](const std::string& name) {
    return store::parse_temporary(name).has_value();
  });
  if (clean) return {};
  return state_->with_writer(
      id, false, [](store::SeriesWriter&, const store::Folder&) { return Result<void>(); });
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
                 "use 1 to 32 of a-z 0-9 _ - . :"});
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
        CHANDLER_TRY(const std::vector<int> there, writer.years());
        YearMerger merger{writer, id, delivery, there, *state_->clock};
        const auto damage = merger.merge_all(outcome);
        changed = merger.changed();
        if (damage && !store::stays_in_its_year(*damage)) return *damage;
        CHANDLER_TRY(const std::vector<std::string> notes, writer.describe_undescribed_years());
        outcome.notes.insert(outcome.notes.end(), notes.begin(), notes.end());
        if (damage) return *damage;
        return {};
      });
  if (!done) return fail(std::move(done).error());
  outcome.status = changed ? WriteStatus::ok : WriteStatus::unchanged;
  return outcome;
}

std::vector<WriteOutcome> Cache::resample(const Symbol& symbol, Timeframe source,
                                          std::span<const Timeframe> targets, bool force) {
  return store::derive(
      {.open_root = [this] { return state_->open_root(); },
       .symbol = symbol,
       .source = source,
       .targets = {targets.begin(), targets.end()},
       .force = force,
       .clock = state_->clock,
       .optimistic = state_->options.optimistic_locking,
       .enter = [this](const SeriesId& id) { return std::unique_lock(state_->mutexes.of(id)); }});
}

VerifyReport Cache::verify(std::span<const SeriesId> ids, VerifyOptions options) {
  VerifyReport report;
  const auto root = state_->open_root();
  if (!root) {
    if (root.error().kind != ErrorKind::not_found) report.errors.push_back(root.error());
    return report;
  }
  if (!options.repair) return store::verify_all(*root, ids, options.deep, *state_->clock);
  for (const SeriesId& id : ids) {
    auto done = state_->with_writer(
        id, false, [&](store::SeriesWriter& writer, const store::Folder& folder) {
          store::repair_series(writer, folder, id, *state_->clock, report);
          return Result<void>();
        });
    if (!done) report.errors.push_back(std::move(done).error());
  }
  repair_derived(ids, options.deep, report);
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
    std::erase_if(now.problems, [](const Problem& p) {
      return !p.kind.starts_with("derived_") && p.kind != "data_behind";
    });
    if (now.problems.empty()) continue;
    const auto folder = state_->open_series(id);
    if (const auto source = folder ? rolled_up_from(*folder) : std::nullopt) {
      const std::lock_guard hold(state_->mutexes.of(id));
      const auto made = store::derive({.open_root = [this] { return state_->open_root(); },
                                       .symbol = id.symbol,
                                       .source = *source,
                                       .targets = {id.timeframe},
                                       .from_scratch = true,
                                       .clock = state_->clock,
                                       .optimistic = state_->options.optimistic_locking});
      if (made.front().error) report.errors.push_back(*made.front().error);
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

Result<std::vector<std::string>> Cache::prunable(const SeriesId& id, const PruneRule& rule) const {
  CHANDLER_TRY(const store::Folder folder, state_->open_series(id));
  CHANDLER_TRY(const std::vector<int> years, store::kept_years(folder));
  std::vector<std::string> files;
  for (const int year : years_going(years, rule))
    files.push_back(id.folder() + "/" + store::data_name(year));
  return files;
}

RemoveOutcome Cache::prune(const SeriesId& id, const PruneRule& rule) {
  RemoveOutcome outcome;
  auto done = state_->with_writer(
      id, false, [&](store::SeriesWriter& writer, const store::Folder& root) -> Result<void> {
        CHANDLER_TRY(const std::vector<int> years, writer.years());
        const std::vector<int> going = years_going(years, rule);
        if (!going.empty()) outcome = store::remove_years(writer, id, root, going);
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
  CHANDLER_TRY(store::Summaries summaries, state_->summaries(*root, {}));
  std::erase_if(summaries, [](const auto& s) { return s.status.years.empty(); });
  CHANDLER_TRY(std::vector<Error> damage, store::write_summaries(*root, summaries, *state_->clock));
  for (Error& file : damage) state_->warnings.add(std::move(file));
  return {};
}

}  // namespace chandler
