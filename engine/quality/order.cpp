#include "quality/order.h"

#include <algorithm>

namespace chandler::quality {
namespace {

using Rows = std::vector<std::size_t>;  // indices into the batch as it came

// Newest first, as many providers deliver; a timestamp may repeat where pages overlap.
bool runs_backwards(const std::vector<Instant>& times, const Rows& rows) {
  const auto rises = [&times](std::size_t a, std::size_t b) { return times[a] < times[b]; };
  return rows.size() > 1 && times[rows.front()] > times[rows.back()] &&
         std::adjacent_find(rows.begin(), rows.end(), rises) == rows.end();
}

// Turns the rows round, but leaves those that share a timestamp in the order they were delivered
// in.
void turn_round(const std::vector<Instant>& times, Rows& rows) {
  std::reverse(rows.begin(), rows.end());
  for (auto first = rows.begin(); first != rows.end();) {
    const auto last = std::find_if(first, rows.end(),
                                   [&](std::size_t row) { return times[row] != times[*first]; });
    std::reverse(first, last);
    first = last;
  }
}

void sort_and_count(const std::vector<Instant>& times, Rows& rows, ValidationReport& report) {
  Instant latest = Instant::min();
  for (const std::size_t row : rows) {
    if (times[row] < latest) report.findings.push_back({Rule::out_of_order, times[row], row});
    latest = std::max(latest, times[row]);
  }
  std::stable_sort(rows.begin(), rows.end(),
                   [&times](std::size_t a, std::size_t b) { return times[a] < times[b]; });
}

// One row for each timestamp: the last delivered.
Rows unite_equals(const BarSeries& batch, const Rows& rows, ValidationReport& report) {
  Rows united;
  united.reserve(rows.size());
  for (const std::size_t row : rows) {
    const Instant at = batch.timestamp[row];
    if (united.empty() || batch.timestamp[united.back()] != at) {
      united.push_back(row);
    } else if (BarSeries::same_row(batch, united.back(), batch, row)) {
      report.findings.push_back({Rule::duplicate, at, row});
    } else {
      report.conflicts.push_back(
          {united.size() - 1, batch.slice(united.back(), united.back() + 1)});
      united.back() = row;
    }
  }
  return united;
}

template <class T>
void gather(std::vector<T>& column, const Rows& rows) {
  std::vector<T> gathered;
  gathered.reserve(rows.size());
  for (const std::size_t row : rows) gathered.push_back(column[row]);
  column = std::move(gathered);
}

}  // namespace

void mend_order(BarSeries& batch, Rows kept, ValidationReport& report) {
  if (runs_backwards(batch.timestamp, kept)) {
    turn_round(batch.timestamp, kept);
  } else {
    sort_and_count(batch.timestamp, kept, report);
  }
  const Rows rows = unite_equals(batch, kept, report);
  gather(batch.timestamp, rows);
  for (const Column c : kAllColumns) {
    if (batch.columns.has(c)) gather(batch.column(c), rows);
  }
}

}  // namespace chandler::quality
