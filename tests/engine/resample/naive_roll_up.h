// The oracle of the resampling tests: a map from label to rows, one link at a time, every slot
// asked for by itself. Slow, and plain to read.
#pragma once

#include <algorithm>
#include <cmath>
#include <map>
#include <set>
#include <vector>

#include "chandler/resample.h"

namespace chandler {

struct NaiveBar {
  double open, high, low, close, volume, adj_close, vwap, trade_count, turnover;
};

inline NaiveBar naive_bar(const BarSeries& bars, const std::vector<std::size_t>& rows) {
  NaiveBar bar{bars.open[rows.front()],
               -HUGE_VAL,
               HUGE_VAL,
               bars.close[rows.back()],
               0,
               kUnknown,
               kUnknown,
               kUnknown,
               kUnknown};
  const auto sum = [](double& total, double value) {
    if (!std::isnan(value)) total = std::isnan(total) ? value : total + value;
  };
  double weight = 0;
  double product = 0;
  for (const std::size_t row : rows) {
    bar.high = std::max(bar.high, bars.high[row]);
    bar.low = std::min(bar.low, bars.low[row]);
    bar.volume += bars.volume[row];
    if (bars.columns.has(Column::adj_close) && !std::isnan(bars.adj_close[row]))
      bar.adj_close = bars.adj_close[row];
    if (bars.columns.has(Column::trade_count)) sum(bar.trade_count, bars.trade_count[row]);
    if (bars.columns.has(Column::turnover)) sum(bar.turnover, bars.turnover[row]);
    if (bars.columns.has(Column::vwap) && !std::isnan(bars.vwap[row])) {
      weight += bars.volume[row];
      product += bars.vwap[row] * bars.volume[row];
    }
  }
  if (weight > 0) bar.vwap = product / weight;
  return bar;
}

inline void push(BarSeries& bars, Instant label, const NaiveBar& bar) {
  bars.timestamp.push_back(label);
  const double values[] = {bar.open,      bar.high, bar.low,         bar.close,   bar.volume,
                           bar.adj_close, bar.vwap, bar.trade_count, bar.turnover};
  for (const Column c : kAllColumns) {
    if (bars.columns.has(c)) bars.column(c).push_back(values[static_cast<std::size_t>(c)]);
  }
}

inline RolledUp naive_link(const RolledUp& source, const RollUpRequest& link) {
  const BarSeries& bars = source.bars;
  const Calendar& calendar = link.calendar;
  const Timeframe fine = link.source;
  const Timeframe coarse = link.target;
  std::map<Instant, std::vector<std::size_t>> buckets;
  for (std::size_t row = 0; row < bars.size(); ++row) {
    const Instant t = bars.timestamp[row];
    if (calendar.kind() == CalendarKind::us_equities && !calendar.expects(fine, t)) continue;
    buckets[calendar.bucket(coarse, fine, t)].push_back(row);
  }
  const std::set<Instant> there(bars.timestamp.begin(), bars.timestamp.end());
  const std::set<Instant> known(source.incomplete.begin(), source.incomplete.end());

  RolledUp out;
  out.bars.columns = bars.columns;
  for (const auto& [label, rows] : buckets) {
    if (calendar.bar_end(coarse, label) > link.now) continue;
    push(out.bars, label, naive_bar(bars, rows));
    bool whole = std::none_of(rows.begin(), rows.end(),
                              [&](std::size_t r) { return known.count(bars.timestamp[r]) > 0; });
    const TimeRange range = calendar.bucket_range(coarse, fine, label);
    for (Instant slot = range.from; slot < range.to; slot += nominal_length(fine)) {
      if (calendar.expects(fine, slot) && there.count(slot) == 0) whole = false;
    }
    if (!whole) out.incomplete.push_back(label);
  }
  return out;
}

}  // namespace chandler
