// Which bars are expected, and where the borders of coarse bars lie.
//
//   always       crypto: every slot of the UTC grid
//   us_equities  09:30-16:00 America/New_York with holidays, half days and irregular closures
//   (rules from 1990 on);
//                buckets aligned to New York midnight; a 1d bar is one session, labelled with its
//                date at 00:00:00
//   forex        Sunday 17:00 to Friday 17:00 New York; buckets aligned to UTC
//   none         no expectation; UTC grid
//
// All arithmetic is per session, not per bar. A Calendar is a small value, safe to share between
// threads. Bars are expected from 1970 to 2100; before and after that nothing is.
//
//   chandler::Calendar calendar = chandler::Calendar::of(symbol, chandler::AssetClass::stock);
//   calendar.count_expected(chandler::Timeframe::m1, chandler::year_range(2024));
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "chandler/asset_class.h"
#include "chandler/symbol.h"
#include "chandler/time.h"
#include "chandler/timeframe.h"

namespace chandler {

enum class CalendarKind : std::uint8_t { always, us_equities, forex, none };
[[nodiscard]] std::string_view to_string(CalendarKind kind);

// `count` expected slots: first, first + step, ... Intraday all in one session (stocks) or one week
// (forex); from a day up as many as follow each other without a break.
struct SlotRun {
  Instant first;
  seconds step;
  std::int64_t count;
  friend bool operator==(const SlotRun&, const SlotRun&) = default;
};

struct Session {
  Instant date;   // the session date at 00:00:00
  Instant open;   // UTC
  Instant close;  // UTC, exclusive
  bool early_close;
};

class Calendar {
 public:
  explicit Calendar(CalendarKind kind) : kind_(kind) {}
  // Stocks, ETFs and indices of US exchanges keep US sessions; those of other countries (VOD.L,
  // ^FTSE) have no calendar yet.
  static Calendar of(const Symbol& symbol, AssetClass asset_class);

  [[nodiscard]] CalendarKind kind() const { return kind_; }

  // Expected slots whose open time lies in the range, in time order. Empty for `none`.
  [[nodiscard]] std::vector<SlotRun> expected(Timeframe tf, TimeRange range) const;
  [[nodiscard]] std::int64_t count_expected(Timeframe tf, TimeRange range) const;
  [[nodiscard]] bool expects(Timeframe tf, Instant slot) const;

  // Could a bar of this timeframe be labelled so? (A stock's 4h bars start at 08:00 and 12:00 New
  // York.)
  [[nodiscard]] bool on_grid(Timeframe tf, Instant t) const;

  // The label of the `coarse` bar that a `fine` bar labelled t belongs to.
  [[nodiscard]] Instant bucket(Timeframe coarse, Timeframe fine, Instant t) const;
  // The labels of `fine` bars that belong to the `coarse` bar labelled `slot`; t lies in the range
  // of its own bucket.
  [[nodiscard]] TimeRange bucket_range(Timeframe coarse, Timeframe fine, Instant slot) const;
  // When the bar labelled `slot` is over: for a stock's day the close of its session, otherwise the
  // next slot of the grid (a stock's week ends with Sunday, 24:00 UTC). Precondition: on the grid.
  [[nodiscard]] Instant bar_end(Timeframe tf, Instant slot) const;

  // Sessions whose opening lies in the range; us_equities only, else empty.
  [[nodiscard]] std::vector<Session> sessions(TimeRange range) const;

 private:
  CalendarKind kind_;
};

}  // namespace chandler
