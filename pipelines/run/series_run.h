// One series on its way through the graph, and what travels with it.
#pragma once

#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "chandler/calendar.h"
#include "job/job.h"
#include "parallel.h"
#include "plan/planner.h"
#include "report/run_report.h"

namespace chandler {

using SteadyTime = std::chrono::steady_clock::time_point;

// What became of a page, for the lane that brought it.
enum class PageVerdict : std::uint8_t {
  taken,
  refused,  // more than half of its bars break a rule: its provider has failed
  stop,     // the cache does not take more of this series
};

// Of one series at most one page is beyond its lane, so that its pages are taken in order and no
// step but the handing over of the verdict needs a lock.
struct SeriesRun {
  // Nobody brought what was asked for.
  struct FirstTry {
    SeriesPlan plan;
    std::vector<AskedRange> asked{};
    Error error;
  };

  explicit SeriesRun(const SeriesAsk& what);

  const SeriesAsk& ask;
  SeriesPlan plan;
  Calendar calendar{CalendarKind::none};

  // Written by the lane until the last page, then by nobody.
  std::vector<std::string> tried{};
  std::optional<Error> error{};
  std::vector<std::string> notes{};
  std::chrono::microseconds fetching{};
  bool interrupted = false;

  // Written by the steps, one after the other.
  std::optional<FirstTry> first_try{};  // before what it can be rolled up from was asked for
  SeriesReport report;
  std::vector<SeriesReport> derived{};
  std::optional<Error> refused_by_cache{};
  Delivery pending{};                  // what waits for more
  std::vector<Delivery> due{};         // what is to be committed now, in this order
  const Provider* on_scale = nullptr;  // its prices were seen to go together with those kept
  bool scale_unknown = false;          // nothing was there to see it by
  bool keep_times = false;             // the lane wants to know which bars were taken
  std::vector<Instant> taken{};        // of the page the verdict is on
  SteadyTime pending_since{};
  std::set<std::string> providers{};
  std::set<std::string> files{};

  HandOff hand_off{};  // from step to step

  // Hands the verdict on the page in flight to the lane that waits for it.
  void give(PageVerdict verdict);
  PageVerdict await();

 private:
  std::mutex guard_;
  std::condition_variable given_;
  std::optional<PageVerdict> verdict_;
};

using RunPtr = std::shared_ptr<SeriesRun>;

// A page between two steps.
struct PageWork {
  RunPtr run;
  Provider* provider = nullptr;  // nullptr: no bars, only what is to be said at the end
  TimeRange asked{};             // of the request the page answers
  BarPage page{};
  ValidationReport report{};
  std::vector<GapVerdict> verdicts{};
  bool last = false;  // nothing comes behind it
};
using PagePtr = std::shared_ptr<PageWork>;

}  // namespace chandler
