#include "report/coverage_map.h"

#include <date/date.h>

#include <algorithm>

namespace chandler::html {
namespace {

constexpr int kYearsByDay = 4;  // more years than that are shown by month
constexpr seconds kDay{86400};

Instant month_after(Instant month) {
  const date::year_month_day day{date::floor<date::days>(month)};
  return date::sys_days{day.year() / day.month() / 1 + date::months{1}};
}

// The series, and what is missing before and after it.
TimeRange span_of(const SeriesStatus& status, const std::vector<Gap>& gaps) {
  TimeRange span{*status.first, *status.last};
  for (const Gap& gap : gaps) {
    span.from = std::min(span.from, gap.from);
    span.to = std::max(span.to, gap.to);
  }
  return {span.from, span.to + seconds{1}};
}

CoverageMap blank_map(TimeRange span, Timeframe tf) {
  CoverageMap map;
  map.span = span;
  map.first_year = utc_year(span.from);
  const int last_year = utc_year(span.to - seconds{1});
  map.by_day = tf <= Timeframe::d1 && last_year - map.first_year < kYearsByDay;
  const Instant end = year_start(last_year + 1);
  for (Instant at = year_start(map.first_year); at < end;) {
    const Instant next = map.by_day ? at + kDay : month_after(at);
    map.cells.push_back({.range = {at, next}, .inside = span.overlaps({at, next})});
    at = next;
  }
  return map;
}

class CellOf {
 public:
  explicit CellOf(CoverageMap& map) : map_(map) {}
  // Precondition: t lies in the years of the map.
  [[nodiscard]] std::size_t index(Instant t) const {
    if (map_.by_day) return static_cast<std::size_t>((t - map_.cells.front().range.from) / kDay);
    const date::year_month_day day{date::floor<date::days>(t)};
    return static_cast<std::size_t>((static_cast<int>(day.year()) - map_.first_year) * 12) +
           static_cast<unsigned>(day.month()) - 1;
  }

 private:
  const CoverageMap& map_;
};

void add_gap(CoverageMap& map, const Gap& gap, const CoverageRequest& request) {
  const CellOf cell_of(map);
  const std::size_t first = cell_of.index(gap.from);
  const std::size_t last = cell_of.index(gap.to);
  std::int64_t left = gap.bars;
  for (std::size_t i = first; i <= last; ++i) {
    CoverageCell& cell = map.cells[i];
    const TimeRange part = cell.range.intersect({gap.from, gap.to + seconds{1}});
    // Most gaps lie in one cell, and the calendar need not be asked.
    const std::int64_t bars =
        i == last ? left : request.calendar.count_expected(request.status.series.timeframe, part);
    (gap.state == GapState::confirmed ? cell.confirmed : cell.open) += bars;
    left -= bars;
  }
}

}  // namespace

CoverageMap map_coverage(const CoverageRequest& request) {
  if (!request.status.first || !request.status.last) return {};
  const Timeframe tf = request.status.series.timeframe;
  CoverageMap map = blank_map(span_of(request.status, request.gaps), tf);
  map.expectations = request.calendar.kind() != CalendarKind::none;

  for (const Gap& gap : request.gaps) add_gap(map, gap, request);
  if (!map.expectations) {
    const CellOf cell_of(map);
    for (CoverageCell& cell : map.cells) cell.expected = cell.open + cell.confirmed;
    for (const Instant t : request.held) {
      if (map.span.contains(t)) ++map.cells[cell_of.index(t)].expected;
    }
    // Of what came before the bars that were looked at nothing is known, not even that it is blank.
    for (CoverageCell& cell : map.cells) {
      if (request.held.empty() || cell.range.to > request.held.front()) break;
      cell.inside = cell.inside && cell.expected > 0;
    }
    return map;
  }
  for (CoverageCell& cell : map.cells) {
    if (!cell.inside) continue;
    cell.expected = request.calendar.count_expected(tf, cell.range.intersect(map.span));
  }
  return map;
}

}  // namespace chandler::html
