#include "resample/aggregate.h"

#include <cmath>
#include <utility>

namespace chandler::resample {
namespace {

using Values = std::vector<double>;

// One value a bucket: what `reduce` makes of the rows [first, last) of it.
template <class Reduce>
Values each(const Buckets& buckets, Reduce reduce) {
  Values out(buckets.size());
  std::size_t first = buckets.border[0];
  for (std::size_t i = 0; i < out.size(); ++i) {
    const std::size_t last = buckets.border[i + 1];
    out[i] = reduce(first, last);
    first = last;
  }
  return out;
}

Values firsts(const Values& in, const Buckets& buckets) {
  return each(buckets, [&](std::size_t first, std::size_t) { return in[first]; });
}

Values lasts(const Values& in, const Buckets& buckets) {
  return each(buckets, [&](std::size_t, std::size_t last) { return in[last - 1]; });
}

template <class Combine>
Values folded(const Values& in, const Buckets& buckets, Combine combine) {
  return each(buckets, [&](std::size_t first, std::size_t last) {
    double value = in[first];
    for (std::size_t row = first + 1; row < last; ++row) value = combine(value, in[row]);
    return value;
  });
}

// `combine` of the known values; unknown when none is.
template <class Combine>
Values folded_known(const Values& in, const Buckets& buckets, Combine combine) {
  return folded(in, buckets, [&](double a, double b) {
    if (std::isnan(b)) return a;
    return std::isnan(a) ? b : combine(a, b);
  });
}

// The mean of the known prices, weighted by volume; unknown when nothing was traded at a known one.
Values weighted(const Values& prices, const Values& volume, const Buckets& buckets) {
  return each(buckets, [&](std::size_t first, std::size_t last) {
    double sum = 0;
    double weight = 0;
    for (std::size_t row = first; row < last; ++row) {
      if (std::isnan(prices[row]) || !(volume[row] > 0)) continue;
      sum += prices[row] * volume[row];
      weight += volume[row];
    }
    return weight > 0 ? sum / weight : kUnknown;
  });
}

double add(double a, double b) { return a + b; }
double later(double, double b) { return b; }

Values column_of(Column c, const BarSeries& rows, const Buckets& buckets) {
  const Values& in = rows.column(c);
  switch (c) {
    case Column::open:
      return firsts(in, buckets);
    case Column::high:
      return folded(in, buckets, [](double a, double b) { return b > a ? b : a; });
    case Column::low:
      return folded(in, buckets, [](double a, double b) { return b < a ? b : a; });
    case Column::close:
      return lasts(in, buckets);
    case Column::volume:
      return folded(in, buckets, [](double a, double b) { return a + b; });
    case Column::adj_close:
      return folded_known(in, buckets, later);
    case Column::vwap:
      return weighted(in, rows.volume, buckets);
    case Column::trade_count:
    case Column::turnover:
      return folded_known(in, buckets, add);
  }
  return {};
}

}  // namespace

BarSeries aggregate(const BarSeries& rows, Buckets& buckets) {
  BarSeries out;
  out.columns = rows.columns;
  for (const Column c : kAllColumns) {
    if (rows.columns.has(c)) out.column(c) = column_of(c, rows, buckets);
  }
  out.timestamp = std::move(buckets.label);
  return out;
}

}  // namespace chandler::resample
