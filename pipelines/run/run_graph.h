// The pipeline: a oneTBB flow graph that takes series through
//
//   series -> plan -> fetch -> validate -> gather -> write -> resample -> finish
//
// fetch waits for the network on threads of its own (FetchLane), which also look at their pages and
// gather them; the other steps run where TBB puts them. write commits what was gathered: a version
// of a year's file every few seconds or many bars. A limiter bounds the series under way, and of one
// series one page is beyond its lane at a time: so memory does not grow with the number of series,
// years or pages, and a series' commits are in order. A series of which nobody
// brought a bar goes back from write to plan once, when what it can be rolled up from is to be had
// elsewhere. Source first, then the frames rolled up from it: these name the version they were made
// of.
#pragma once

#include <functional>
#include <stop_token>
#include <string>

#include "chandler/cache.h"
#include "job/job.h"
#include "plan/planner.h"
#include "report/run_report.h"
#include "run/fetch_lane.h"

namespace chandler {

// Told what happens, by one thread at a time. This one keeps it to itself.
class RunObserver {
 public:
  RunObserver() = default;
  virtual ~RunObserver() = default;
  RunObserver(const RunObserver&) = delete;
  RunObserver& operator=(const RunObserver&) = delete;
  virtual void on_planned(const SeriesPlan& /*plan*/) {}
  virtual void on_bars(const SeriesId& /*series*/, std::uint64_t /*bars*/) {}
  // A source, and the frames made of it.
  virtual void on_done(const SeriesReport& /*source*/,
                       const std::vector<SeriesReport>& /*derived*/) {}
};

struct RunOptions {
  PlanOptions plan{};
  LaneOptions lane{};
  std::size_t workers = kDefaultWorkers;
  bool stop_on_error = false;
  std::size_t commit_bars = std::size_t{1} << 16U;  // bars in hand at most
  std::chrono::milliseconds commit_every{2000};     // no bar waits longer than that and a page
};

// All must outlive the run.
struct RunContext {
  Cache& cache;
  const Selector& selector;
  RunObserver& observer;
};

// What became of each series, sorted; series that were not begun when it was stopped are left out.
struct RunResult {
  std::vector<SeriesReport> series{};
  std::size_t not_begun = 0;
  bool interrupted = false;
};
[[nodiscard]] RunResult run_series(const std::vector<SeriesAsk>& asks, const RunOptions& options,
                                   const RunContext& context, const std::stop_token& stop);

}  // namespace chandler
