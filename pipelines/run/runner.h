// One run, whole: the job's lock, the graph, the report that stays.
#pragma once

#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "chandler/cache.h"
#include "plan/sources.h"
#include "report/run_report.h"
#include "run/run_graph.h"
#include "store/folder.h"

namespace chandler {

// _metadata/runs/ of a cache: reports of runs, and locks of jobs. Opened before a run, and kept
// open: a cache that goes away meanwhile is not made anew. Reports are facts about facts, and no bar
// is left out for want of one: where the folder cannot be used, lock() and keep() say why.
class RunRecords {
 public:
  static constexpr std::size_t kKept = 400;  // the newest reports

  // Precondition: the cache's root is there (Cache::make_root).
  static RunRecords open(const Cache& cache);

  // Held while a job runs; the kernel drops it with its owner. locked: the job is running, and since
  // when.
  [[nodiscard]] Result<store::File> lock(const std::string& job) const;
  // The report's name, relative to the cache's root.
  [[nodiscard]] Result<std::string> keep(const RunReport& report) const;

 private:
  explicit RunRecords(Result<store::Folder> folder) : folder_(std::move(folder)) {}
  Result<store::Folder> folder_;
};

struct RunRequest {
  std::string verb{};  // for the report
  std::string job{};   // likewise; may be empty
  std::vector<SeriesAsk> series{};
  RunOptions options{};
};

// All must outlive the run.
struct RunSurroundings {
  Cache& cache;
  const Sources& sources;
  const Selector& selector;
  RunObserver& observer;
};

[[nodiscard]] RunReport execute(const RunRequest& request, const RunSurroundings& surroundings,
                                const std::stop_token& stop);

}  // namespace chandler
