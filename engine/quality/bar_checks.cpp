#include "quality/bar_checks.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>

#include "quality/value_checks.h"

namespace chandler::quality {
namespace {

constexpr double kLargest = std::numeric_limits<double>::max();

// Years 1 to 9998, where calendars can reckon. What lies outside is on no grid that a file could
// hold.
constexpr TimeRange kReckonable = {Instant{seconds{-62'135'596'800}},
                                   Instant{seconds{253'370'764'800}}};

// No bar of any calendar ends later than this after the nominal end of its slot (a stock's day that
// is no session ends at New York's midnight, five hours into the next UTC day).
constexpr seconds kLatestEnd = std::chrono::hours{12};

std::vector<const double*> present(const BarSeries& batch, std::initializer_list<Column> wanted) {
  std::vector<const double*> columns;
  for (const Column c : wanted) {
    if (batch.columns.has(c)) columns.push_back(batch.column(c).data());
  }
  return columns;
}

// The expected slots from one bar to another that bars may rightly lie on.
std::vector<SlotRun> runs_between(Instant first, Instant last, const ValidationRequest& request) {
  const TimeRange plausible =
      TimeRange{from_epoch(0), std::min(request.now, kReckonable.to)}.intersect(request.asked);
  const TimeRange span = {std::max(first, plausible.from), std::min(last, plausible.to)};
  if (span.from > span.to) return {};
  return request.calendar.expected(request.timeframe, {span.from, span.to + seconds{1}});
}

std::vector<SlotRun> runs_of_ordered(const BarSeries& batch, const ValidationRequest& request) {
  if (batch.empty()) return {};
  return runs_between(batch.timestamp.front(), batch.timestamp.back(), request);
}

// Instants are seconds of 64 bits, and lie in memory as these do.
std::span<const std::int64_t> as_numbers(std::span<const Instant> times) {
  static_assert(sizeof(Instant) == sizeof(std::int64_t) &&
                std::is_same_v<Instant::rep, std::int64_t>);
  return {reinterpret_cast<const std::int64_t*>(times.data()), times.size()};
}

}  // namespace

void ExpectedSlots::enter(std::size_t run) {
  current_ = run;
  begin_ = runs_[run].first;
  end_ = begin_ + (runs_[run].count - 1) * runs_[run].step + seconds{1};
}

bool ExpectedSlots::search(Instant t) {
  if (t < begin_ || t >= end_) {
    const auto after =
        std::upper_bound(runs_.begin(), runs_.end(), t,
                         [](Instant at, const SlotRun& run) { return at < run.first; });
    if (after == runs_.begin()) return false;
    enter(static_cast<std::size_t>(after - runs_.begin()) - 1);
    if (t >= end_) return false;
  }
  if ((t - begin_) % runs_[current_].step != seconds{0}) return false;
  next_ = t + runs_[current_].step;
  return true;
}

bool ExpectedSlots::hold_in_a_row(std::span<const Instant> times) {
  if (!holds(times.front())) return false;
  const seconds step = runs_[current_].step;
  const std::size_t whole = times.size() / kRowsAtOnce * kRowsAtOnce;
  if (whole != 0 && !value_checks().evenly(as_numbers(times.first(whole)), step.count()))
    return false;
  for (std::size_t i = std::max<std::size_t>(whole, 1); i < times.size(); ++i) {
    if (times[i] - times[i - 1] != step) return false;
  }
  if (times.back() >= end_) return false;
  next_ = times.back() + runs_[current_].step;
  return true;
}

BarChecks::BarChecks(const BarSeries& batch, const ValidationRequest& request)
    : batch_(batch),
      request_(request),
      optional_prices_(present(batch, {Column::adj_close, Column::vwap})),
      optional_amounts_(present(batch, {Column::trade_count, Column::turnover})),
      keeps_sessions_(!request.extended_hours &&
                      (request.calendar.kind() == CalendarKind::us_equities ||
                       request.calendar.kind() == CalendarKind::forex)),
      slots_(runs_of_ordered(batch, request)) {}

ExpectedSlots BarChecks::slots_of_all() const {
  const auto [first, last] = std::minmax_element(batch_.timestamp.begin(), batch_.timestamp.end());
  return ExpectedSlots(runs_between(*first, *last, request_));
}

// Comparisons with NaN are false and every value lies between two that are looked at, so these few
// tell all.
bool BarChecks::has_sound_values(std::size_t row) const {
  const double open = batch_.open[row];
  const double high = batch_.high[row];
  const double low = batch_.low[row];
  const double close = batch_.close[row];
  const double volume = batch_.volume[row];
  const bool bar =
      low > 0.0 && low <= open && low <= close && open <= high && close <= high && high <= kLargest;
  if (!bar || !(volume >= 0.0 && volume <= kLargest)) return false;
  // Unknown (NaN) is sound: hence the denials.
  for (const double* column : optional_prices_) {
    if (column[row] <= 0.0 || column[row] > kLargest) return false;
  }
  for (const double* column : optional_amounts_) {
    if (column[row] < 0.0 || column[row] > kLargest) return false;
  }
  return true;
}

// As broken_by(), but for bars together and without branches.
bool BarChecks::all_sound(std::size_t first, std::size_t last) {
  const ValueChecks& checks = value_checks();
  const std::size_t rows = (last - first) / kRowsAtOnce * kRowsAtOnce;
  const BarValues values = {&batch_.open[first], &batch_.high[first], &batch_.low[first],
                            &batch_.close[first], &batch_.volume[first]};
  if (!checks.bars(values, rows)) return false;
  for (const double* const column : optional_prices_) {
    if (!checks.prices({column + first, rows})) return false;
  }
  for (const double* const column : optional_amounts_) {
    if (!checks.amounts({column + first, rows})) return false;
  }
  for (std::size_t row = first + rows; row < last; ++row) {
    if (!has_sound_values(row)) return false;
  }
  // Expected slots lie in what was asked for and after 1970; the last bar is the last to be over.
  return slots_.hold_in_a_row(std::span(batch_.timestamp).subspan(first, last - first)) &&
         is_over(batch_.timestamp[last - 1]);
}

// Precondition: one of them is broken.
Rule BarChecks::broken_value(std::size_t row) const {
  const auto infinite = [row](const double* column) { return std::isinf(column[row]); };
  const auto below_zero = [row](const double* column) { return column[row] < 0.0; };
  const auto not_positive = [row](const double* column) { return column[row] <= 0.0; };
  const double* const required[] = {batch_.open.data(), batch_.high.data(), batch_.low.data(),
                                    batch_.close.data(), batch_.volume.data()};
  const auto any = [](const auto& columns, const auto& is) {
    return std::any_of(std::begin(columns), std::end(columns), is);
  };
  if (any(required, [row](const double* column) { return !std::isfinite(column[row]); }) ||
      any(optional_prices_, infinite) || any(optional_amounts_, infinite)) {
    return Rule::bad_number;
  }
  if (std::any_of(std::begin(required), std::end(required) - 1, not_positive) ||
      any(optional_prices_, not_positive)) {
    return Rule::non_positive_price;
  }
  if (batch_.volume[row] < 0.0 || any(optional_amounts_, below_zero)) return Rule::negative_volume;
  if (batch_.high[row] < std::max(batch_.open[row], batch_.close[row]))
    return Rule::high_below_body;
  return Rule::low_above_body;
}

std::optional<Rule> BarChecks::broken_time(Instant t) {
  if (!kReckonable.contains(t)) return Rule::out_of_range;
  const bool expected = slots_.holds(t);
  if (!expected && !request_.calendar.on_grid(request_.timeframe, t)) return Rule::off_grid;
  if (t < from_epoch(0) || !request_.asked.contains(t) || !is_over(t)) return Rule::out_of_range;
  if (!expected && keeps_sessions_) return Rule::outside_session;
  return {};
}

bool BarChecks::is_over(Instant t) const {
  // The exact end is dear to reckon for stocks, and needed for the latest bars only.
  if (t + nominal_length(request_.timeframe) + kLatestEnd <= request_.now) return true;
  return request_.calendar.bar_end(request_.timeframe, t) <= request_.now;
}

}  // namespace chandler::quality
