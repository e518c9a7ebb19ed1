#include "chandler/importer.h"

#include <fmt/format.h>
#include <oneapi/tbb/task_arena.h>

#include <algorithm>
#include <iterator>
#include <map>
#include <utility>

#include "chandler/calendar.h"
#include "import/import_job.h"
#include "import/outcomes.h"
#include "parallel.h"

namespace chandler {

ImportResult run_import(Cache& cache, const ImportPlan& plan, const ImportRequest& request,
                        ImportObserver& observer) {
  std::vector<foreign::JobResult> results(plan.jobs.size());
  parallel_for(0, plan.jobs.size(), [&](std::size_t i) {
    foreign::JobRunner runner{cache, request, observer};
    results[i] = runner.run(plan.jobs[i]);
  });

  ImportResult result;
  result.failed = plan.failed;
  std::map<SeriesId, foreign::Tally> series;
  for (foreign::JobResult& job : results) {
    result.files += job.files;
    result.interrupted = result.interrupted || job.interrupted;
    std::move(job.failed.begin(), job.failed.end(), std::back_inserter(result.failed));
    // A zip of many series may have brought something for the series of another job.
    for (const auto& [id, tally] : job.series) series.try_emplace(id).first->second.add(tally);
  }
  for (const auto& [id, tally] : series) result.series.push_back(tally.outcome(id, cache));
  return result;
}

}  // namespace chandler
