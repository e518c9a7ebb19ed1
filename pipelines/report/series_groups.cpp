#include "report/series_groups.h"

#include <algorithm>

namespace chandler::html {
namespace {

int rank_of(const SeriesReport& series) {
  const WriteOutcome& outcome = series.outcome;
  if (outcome.status == WriteStatus::failed) return 0;
  if (outcome.status == WriteStatus::partial) return 1;
  if (outcome.rows_written > 0) return 2;
  return outcome.rejected > 0 || !outcome.notes.empty() ? 3 : 4;
}

int rank_of_group(const SeriesGroup& group) {
  int rank = rank_of(group.front());
  for (const SeriesReport& series : group) rank = std::min(rank, rank_of(series));
  return rank;
}

bool belongs_to(const SeriesReport& series, const SeriesReport& source) {
  return series.derived_from && series.outcome.series.symbol == source.outcome.series.symbol;
}

}  // namespace

std::vector<SeriesGroup> groups_by_interest(std::span<const SeriesReport> series) {
  std::vector<SeriesGroup> groups;
  for (std::size_t first = 0; first < series.size();) {
    std::size_t last = first + 1;
    while (last < series.size() && belongs_to(series[last], series[first])) ++last;
    groups.push_back(series.subspan(first, last - first));
    first = last;
  }
  std::stable_sort(groups.begin(), groups.end(), [](const SeriesGroup& a, const SeriesGroup& b) {
    return rank_of_group(a) < rank_of_group(b);
  });
  return groups;
}

Totals totals_of(std::span<const SeriesReport> series) {
  Totals totals;
  totals.series = series.size();
  for (const SeriesReport& s : series) {
    totals.failed += s.outcome.status == WriteStatus::failed ? 1 : 0;
    totals.partial += s.outcome.status == WriteStatus::partial ? 1 : 0;
    totals.grown += s.outcome.rows_written > 0 ? 1 : 0;
    totals.new_bars += s.outcome.rows_written;
    totals.rejected += s.outcome.rejected;
    totals.gaps += s.outcome.gaps;
    totals.times.fetch += s.times.fetch;
    totals.times.validate += s.times.validate;
    totals.times.merge += s.times.merge;
    totals.times.resample += s.times.resample;
  }
  return totals;
}

std::chrono::microseconds time_of(const StepTimes& times) {
  return times.fetch + times.validate + times.merge + times.resample;
}

}  // namespace chandler::html
