// What the nodes of the graph do with a series and its pages; see run_graph.h.
#pragma once

#include <mutex>

#include "run/run_graph.h"
#include "run/series_run.h"

namespace chandler {

class RunSteps {
 public:
  RunSteps(const RunOptions& options, const RunContext& context)
      : options_(options),
        context_(context),
        planner_(context.cache, context.selector, options.plan) {}

  void plan(SeriesRun& run);
  void validate(PageWork& work) const;
  // Whether merge() will commit, which takes its time.
  [[nodiscard]] bool is_commit_due(const PageWork& work) const;
  // Gathers pages, and commits what is gathered when it is time; answers the lane.
  void merge(PageWork& work);
  void resample(SeriesRun& run);  // clears up first, where nothing was committed
  // Sums up.
  void finish(SeriesRun& run);

 private:
  void clear_up(SeriesRun& run);
  void gather(PageWork& work);
  void commit(SeriesRun& run);
  [[nodiscard]] bool is_enough(const SeriesRun& run, std::size_t bars) const;
  void count(SeriesRun& run, const PageWork& work) const;

  const RunOptions& options_;
  const RunContext& context_;
  Planner planner_;
  std::mutex observer_;
};

}  // namespace chandler
