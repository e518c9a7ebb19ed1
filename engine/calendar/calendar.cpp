#include "chandler/calendar.h"

#include <array>

#include "calendar/grid.h"

namespace chandler {
namespace {

using namespace calendar;

constexpr std::array<std::string_view, 4> kKindNames = {"always", "us_equities", "forex", "none"};

Instant utc_ceil(Timeframe tf, Instant t) {
  const Instant slot = utc_floor(tf, t);
  return slot == t ? t : utc_next(tf, slot);
}

bool us_has_session(Timeframe tf, Instant label) {  // of a day or longer
  return UsSessions::table().trades_within(day_of_label(label), day_of_label(utc_next(tf, label)));
}

SlotRun slots_of(const Session& session, Timeframe tf) {
  return run_until(us_floor(tf, session.open), session.close, nominal_length(tf));
}

// Each of these hands the runs of expected slots in the range to `take`, in time order; the range
// is within the horizon.

template <class Take>
void visit_utc_grid(Timeframe tf, TimeRange range, Take take) {
  const Instant first = utc_ceil(tf, range.from);
  if (tf != Timeframe::mo1) return take(run_until(first, range.to, nominal_length(tf)));
  for (Instant label = first; label < range.to; label = utc_next(tf, label))
    take({label, nominal_length(tf), 1});
}

template <class Take>
void visit_us_intraday(Timeframe tf, TimeRange range, Take take) {
  const LocalDay last = NewYork::clock().day_of(range.to);
  for (LocalDay day = NewYork::clock().day_of(range.from); day <= last; day += date::days{1}) {
    if (const auto session = UsSessions::table().on(day))
      take(clipped(slots_of(*session, tf), range));
  }
}

template <class Take>
void visit_us_labels(Timeframe tf, TimeRange range, Take take) {
  for (Instant label = utc_ceil(tf, range.from); label < range.to; label = utc_next(tf, label)) {
    if (us_has_session(tf, label)) take({label, nominal_length(tf), 1});
  }
}

template <class Take>
void visit_forex(Timeframe tf, TimeRange range, Take take) {
  const LocalDay last = day_of_label(range.to);
  for (LocalDay sunday = sunday_before(day_of_label(range.from)); sunday <= last;
       sunday += date::weeks{1}) {
    const TimeRange week = forex_week(sunday);
    take(clipped(run_until(utc_floor(tf, week.from), week.to, nominal_length(tf)), range));
  }
}

template <class Take>
void visit(CalendarKind kind, Timeframe tf, TimeRange asked, Take take) {
  const TimeRange range = asked.intersect(horizon());
  if (range.empty() || kind == CalendarKind::none) return;
  const auto take_some = [&take](const SlotRun& run) {
    if (run.count > 0) take(run);
  };
  if (kind == CalendarKind::us_equities) {
    return is_intraday(tf) ? visit_us_intraday(tf, range, take_some)
                           : visit_us_labels(tf, range, take_some);
  }
  if (kind == CalendarKind::forex && forex_closes_for(tf)) return visit_forex(tf, range, take_some);
  visit_utc_grid(tf, range, take_some);
}

}  // namespace

std::string_view to_string(CalendarKind kind) { return kKindNames[static_cast<std::size_t>(kind)]; }

std::vector<SlotRun> Calendar::expected(Timeframe tf, TimeRange range) const {
  std::vector<SlotRun> runs;
  visit(kind_, tf, range, [&](const SlotRun& run) {
    const bool joins = !is_intraday(tf) && tf != Timeframe::mo1 && !runs.empty() &&
                       runs.back().first + runs.back().count * runs.back().step == run.first;
    if (joins) {
      runs.back().count += run.count;
    } else {
      runs.push_back(run);
    }
  });
  return runs;
}

std::int64_t Calendar::count_expected(Timeframe tf, TimeRange range) const {
  std::int64_t count = 0;
  visit(kind_, tf, range, [&count](const SlotRun& run) { count += run.count; });
  return count;
}

bool Calendar::expects(Timeframe tf, Instant slot) const {
  if (kind_ == CalendarKind::none || !horizon().contains(slot) || !on_grid(tf, slot)) return false;
  if (kind_ == CalendarKind::us_equities) {
    if (!is_intraday(tf)) return us_has_session(tf, slot);
    const auto session = UsSessions::table().on(NewYork::clock().day_of(slot));
    return session && slot < session->close && session->open < us_next(tf, slot);
  }
  if (kind_ == CalendarKind::forex && forex_closes_for(tf)) {
    const Instant last = utc_next(tf, slot) - seconds{1};
    return forex_week(sunday_before(day_of_label(last))).overlaps({slot, last + seconds{1}});
  }
  return true;
}

bool Calendar::on_grid(Timeframe tf, Instant t) const {
  return (kind_ == CalendarKind::us_equities ? us_floor(tf, t) : utc_floor(tf, t)) == t;
}

Instant Calendar::bucket(Timeframe coarse, Timeframe fine, Instant t) const {
  if (kind_ != CalendarKind::us_equities || !is_intraday(fine)) return utc_floor(coarse, t);
  if (is_intraday(coarse)) return us_floor(coarse, t);
  return utc_floor(coarse, label_of(NewYork::clock().day_of(t)));
}

TimeRange Calendar::bucket_range(Timeframe coarse, Timeframe fine, Instant slot) const {
  if (kind_ != CalendarKind::us_equities || !is_intraday(fine))
    return {slot, utc_next(coarse, slot)};
  if (is_intraday(coarse)) return {slot, us_next(coarse, slot)};
  const NewYork& clock = NewYork::clock();
  return {clock.midnight(day_of_label(slot)), clock.midnight(day_of_label(utc_next(coarse, slot)))};
}

Instant Calendar::bar_end(Timeframe tf, Instant slot) const {
  if (kind_ != CalendarKind::us_equities) return utc_next(tf, slot);
  if (is_intraday(tf)) return us_next(tf, slot);
  if (tf != Timeframe::d1) return utc_next(tf, slot);
  const LocalDay day = day_of_label(slot);
  const auto session = UsSessions::table().on(day);
  return session ? session->close : NewYork::clock().midnight(day + date::days{1});
}

std::vector<Session> Calendar::sessions(TimeRange asked) const {
  std::vector<Session> found;
  const TimeRange range = asked.intersect(horizon());
  if (kind_ != CalendarKind::us_equities || range.empty()) return found;
  const LocalDay last = NewYork::clock().day_of(range.to);
  for (LocalDay day = NewYork::clock().day_of(range.from); day <= last; day += date::days{1}) {
    const auto session = UsSessions::table().on(day);
    if (session && range.contains(session->open)) found.push_back(*session);
  }
  return found;
}

}  // namespace chandler
