// The sessions of US equities, one look-up a day.
#pragma once

#include <optional>
#include <vector>

#include "calendar/new_york.h"
#include "calendar/us_holidays.h"
#include "chandler/calendar.h"

namespace chandler::calendar {

// Immutable, so safe to share. Days outside kFirstYear to kLastYear have no session.
class UsSessions {
 public:
  static const UsSessions& table();

  [[nodiscard]] bool trades(LocalDay day) const { return kind(day) != UsDay::closed; }
  [[nodiscard]] bool trades_within(LocalDay first,
                                   LocalDay end) const;  // on any day of [first, end)
  [[nodiscard]] std::optional<Session> on(LocalDay day) const;

 private:
  UsSessions();
  [[nodiscard]] UsDay kind(LocalDay day) const;
  std::vector<UsDay> kinds_;  // of every day from 1 January of kFirstYear
};

}  // namespace chandler::calendar
