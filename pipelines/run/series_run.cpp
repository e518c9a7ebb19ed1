#include "run/series_run.h"

namespace chandler {

SeriesRun::SeriesRun(const SeriesAsk& what)
    : ask(what),
      plan{.series = {what.symbol.symbol, what.timeframe}, .instrument = {what.symbol.symbol}},
      report{.outcome = {.series = plan.series}} {}

void SeriesRun::give(PageVerdict verdict) {
  {
    const std::lock_guard hold(guard_);
    verdict_ = verdict;
  }
  given_.notify_one();
}

PageVerdict SeriesRun::await() {
  std::unique_lock lock(guard_);
  given_.wait(lock, [this] { return verdict_.has_value(); });
  return *std::exchange(verdict_, std::nullopt);
}

}  // namespace chandler
