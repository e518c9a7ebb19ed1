// What a Cache holds between calls. For cache*.cpp only.
#pragma once

#include <algorithm>
#include <filesystem>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <utility>
#include <vector>

#include "chandler/cache.h"
#include "store/folder.h"
#include "store/hot_copies.h"
#include "store/series_writer.h"
#include "store/summaries.h"

namespace chandler {

// One mutex a series: threads of one process wait here, as long as it takes (who holds it makes
// progress), before they wait for other processes.
class SeriesMutexes {
 public:
  std::mutex& of(const SeriesId& id) {
    const std::lock_guard hold(guard_);
    auto& mutex = mutexes_[id];
    if (!mutex) mutex = std::make_unique<std::mutex>();
    return *mutex;
  }

 private:
  std::mutex guard_;
  std::map<SeriesId, std::unique_ptr<std::mutex>> mutexes_;
};

// What went wrong and stopped nothing, until somebody asks.
class Warnings {
 public:
  void add(Error warning) {
    const std::lock_guard hold(guard_);
    const bool known = std::any_of(all_.begin(), all_.end(),
                                   [&](const Error& e) { return e.where == warning.where; });
    if (!known) all_.push_back(std::move(warning));
  }
  std::vector<Error> take() {
    const std::lock_guard hold(guard_);
    return std::exchange(all_, {});
  }

 private:
  std::mutex guard_;
  std::vector<Error> all_;
};

[[nodiscard]] Error no_such_series(const SeriesId& id);
// The bars of the range, from the csv.gz. None when it was removed since it was listed.
[[nodiscard]] Result<BarSeries> read_year(const store::Folder& folder, const SeriesId& id, int year,
                                          TimeRange range);

struct Cache::State {
  std::filesystem::path root;
  CacheOptions options;
  const Clock* clock;
  FileSystem* files;
  SeriesMutexes mutexes;
  Warnings warnings;
  std::mutex root_guard;
  bool root_seen = false;  // once it was there it is never made anew: it may have been unmounted

  Result<store::Folder> open_root() const {
    return store::Folder::open_root(*files, root.string());
  }

  Result<store::Summaries> summaries(const store::Folder& top, const store::SummaryQuery& query) {
    std::optional<Error> damage;
    auto current = store::current_summaries(top, query, *clock, damage);
    if (damage) warnings.add(*std::move(damage));
    return current;
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
    CHANDLER_CHECK(make_root());
    root_seen = true;
    return open_root();
  }

  // With the folders above it that are missing; each of them is there to stay when it returns.
  [[nodiscard]] Result<void> make_root() const {
    std::error_code failed;
    std::vector<std::filesystem::path> missing;
    auto path = std::filesystem::absolute(root, failed).lexically_normal();
    if (failed) return store::io_error(failed.value(), "finding the cache folder", root.string());
    if (!path.has_filename()) path = path.parent_path();  // "data-cache/"
    for (; path.has_filename() && !std::filesystem::exists(path, failed); path = path.parent_path())
      missing.push_back(path);
    for (; !missing.empty(); missing.pop_back()) {
      CHANDLER_CHECK(store::Folder::make_path(*files, missing.back().string()));
      // Whoever may make folders in a place without reading it cannot sync it either.
      const auto parent = store::Folder::open_root(*files, missing.back().parent_path().string());
      if (!parent) continue;
      CHANDLER_CHECK(parent->sync());
    }
    return {};
  }

  // The series' folder, for readers; not_found when there is none.
  [[nodiscard]] Result<store::Folder> open_series(const SeriesId& id) const {
    auto folder = open_root();
    if (folder) folder = folder->open_folder(id.symbol.folder());
    if (folder) folder = folder->open_folder(std::string(to_string(id.timeframe)));
    if (!folder && folder.error().kind == ErrorKind::not_found) return no_such_series(id);
    return folder;
  }

  // The hot copy of a year as it is now, made on the way where that was asked for.
  [[nodiscard]] std::optional<store::HotFile> hot_copy(const store::Folder& folder,
                                                       const SeriesId& id, int year) const;

  [[nodiscard]] WarmOutcome warm_series(const store::Folder& top, store::HotWriter& writer,
                                        const SeriesId& id) const;
  // By its hot copy, where the cache was opened so and the copy is good.
  [[nodiscard]] Result<BarSeries> read_year(const store::Folder& folder, const SeriesId& id,
                                            int year, TimeRange range) const;

  // Runs `work` with the series' mutex and a writer that holds its lock.
  template <class Work>
  Result<void> with_writer(const SeriesId& id, bool make_folders, const Work& work) {
    CHANDLER_TRY(const store::Folder folder, make_folders ? open_or_make_root() : open_root());
    const std::lock_guard hold(mutexes.of(id));
    CHANDLER_TRY(store::SeriesWriter writer,
                 store::SeriesWriter::open({.root = &folder,
                                            .series = id,
                                            .clock = clock,
                                            .optimistic = options.optimistic_locking,
                                            .make_folders = make_folders}));
    return work(writer, folder);
  }
};

}  // namespace chandler
