// From a chart's rows to bars: which of them are bars, which are over, and how they are labelled.
//
// Intraday a row's time is its bar's. From a day up it is the session's opening, or the last
// trade's: the label is its date in the exchange's time zone (of a week the Monday, of a month the
// first). The newest row is live: its time is the last trade's, and it says nothing final.
#pragma once

#include <cstdint>
#include <vector>

#include "chandler/calendar.h"
#include "chandler/timeframe.h"
#include "yahoo/parse.h"

namespace chandler::yahoo {

struct RowsWanted {
  Timeframe timeframe = Timeframe::d1;
  TimeRange labels{};           // of the bars wanted
  TimeRange asked{};            // what the source was asked for (period1, period2)
  Instant over{};               // what ends by then is over
  bool extended_hours = false;  // then a row at the close is a bar
  Calendar calendar{CalendarKind::none};
};

struct Rows {
  BarSeries bars{};
  BarSeries neighbours{};         // labelled bars that are over and not wanted, but were asked for
  std::vector<Instant> blanks{};  // of rows with a null that would be bars with numbers
  Instant settled_to{};           // labels before this are settled, up to the end of those wanted
  std::uint64_t at_close = 0;     // rows stamped at the close: no bars of the session, left out
};

// Where there is no chart to tell: labels before this are over in every time zone.
[[nodiscard]] Instant surely_settled(const RowsWanted& wanted);

// An error of kind data: rows of another range than asked for, or an unknown time zone.
[[nodiscard]] Result<Rows> bars_of(const Chart& chart, const RowsWanted& wanted);

}  // namespace chandler::yahoo
