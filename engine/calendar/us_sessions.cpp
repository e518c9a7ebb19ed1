#include "calendar/us_sessions.h"

#include <cstddef>

namespace chandler::calendar {
namespace {

constexpr date::sys_days kFirstDay = date::year{kFirstYear} / date::January / 1;
constexpr date::sys_days kEndDay = date::year{kLastYear + 1} / date::January / 1;

constexpr seconds kOpen = std::chrono::minutes{9 * 60 + 30};

seconds close_of(UsDay kind) {
  switch (kind) {
    case UsDay::until_13:
      return std::chrono::hours{13};
    case UsDay::until_14:
      return std::chrono::hours{14};
    default:
      return std::chrono::hours{16};
  }
}

}  // namespace

UsSessions::UsSessions() {
  kinds_.reserve(static_cast<std::size_t>((kEndDay - kFirstDay).count()));
  for (date::sys_days day = kFirstDay; day < kEndDay; day += date::days{1})
    kinds_.push_back(us_day(day));
}

const UsSessions& UsSessions::table() {
  static const UsSessions table;
  return table;
}

UsDay UsSessions::kind(LocalDay day) const {
  const auto index = day.time_since_epoch().count() - kFirstDay.time_since_epoch().count();
  if (index < 0 || index >= static_cast<std::ptrdiff_t>(kinds_.size())) return UsDay::closed;
  return kinds_[static_cast<std::size_t>(index)];
}

bool UsSessions::trades_within(LocalDay first, LocalDay end) const {
  for (LocalDay day = first; day < end; day += date::days{1}) {
    if (trades(day)) return true;
  }
  return false;
}

std::optional<Session> UsSessions::on(LocalDay day) const {
  const UsDay k = kind(day);
  if (k == UsDay::closed) return {};
  const NewYork& clock = NewYork::clock();
  return Session{label_of(day), clock.to_utc(day, kOpen), clock.to_utc(day, close_of(k)),
                 k != UsDay::full};
}

}  // namespace chandler::calendar
