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

  void plan(SeriesRun& run);  // what may be asked for in its place, after a first try
  void validate(PageWork& work) const;
  // Puts the page to those that wait to be committed with it. True: something is due, or nothing
  // comes behind; write() has to follow. Otherwise the lane has its answer.
  [[nodiscard]] bool gather(PageWork& work);
  // Commits what is due, and answers the lane.
  void write(PageWork& work);
  // Behind the last page: nothing came, but somebody else has what it can be rolled up from. plan() has to follow.
  [[nodiscard]] bool goes_another_way(SeriesRun& run) const;
  void resample(SeriesRun& run);  // clears up first, where nothing was committed
  // Sums up.
  void finish(SeriesRun& run);

 private:
  void clear_up(SeriesRun& run);
  static void tell_first_try(SeriesRun& run);
  // Sees to it that no bars are written that do not go together with those kept.
  void compare_scale(const PageWork& work) const;
  [[nodiscard]] Error other_scale(const PageWork& work, double scale) const;
  [[nodiscard]] std::string how_to_begin_anew(const SeriesId& series,
                                              const Capabilities& able) const;
  void take(PageWork& work);
  void commit(SeriesRun& run, Delivery delivery);
  [[nodiscard]] bool is_enough(const SeriesRun& run) const;
  void count(SeriesRun& run, const PageWork& work) const;

  const RunOptions& options_;
  const RunContext& context_;
  Planner planner_;
  std::mutex observer_;
};

}  // namespace chandler
