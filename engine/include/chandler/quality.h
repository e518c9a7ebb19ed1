// What is wrong with bars: the rules they are held against, the gaps between them, the score of a
// file.
//
//   chandler::ValidationReport report = chandler::validate(
//       batch, {.timeframe = tf, .calendar = calendar, .asked = range, .now = clock.now()});
//   if (report.untrustworthy()) return give_up(report);
//   chandler::Coverage coverage = chandler::find_gaps(batch.timestamp, calendar, tf, range);
//
// All functions are pure and safe to call from several threads.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "chandler/bar_series.h"
#include "chandler/calendar.h"
#include "chandler/time.h"
#include "chandler/timeframe.h"

namespace chandler {

enum class Rule : std::uint8_t {
  // A bar that breaks one of these is rejected; the first broken one, in this order, is named.
  bad_number,  // a value is not finite
  non_positive_price,
  negative_volume,
  high_below_body,
  low_above_body,
  off_grid,
  out_of_range,  // outside what was asked, before 1970, or not yet over
  // Lines that never became a bar (import). Rejected.
  bad_line,  // too few or too many columns, a quote that does not end
  bad_timestamp,
  // Mended and counted.
  out_of_order,
  duplicate,        // same timestamp, same values: one kept
  conflict,         // same timestamp, other values: the later one wins
  outside_session,  // not an expected bar of the exchange (extended hours); dropped unless asked
                    // for
  // Kept, and counted as warnings.
  price_spike,
  zero_volume_run,
  stale_run,
};
inline constexpr std::size_t kRuleCount = 16;
[[nodiscard]] std::string_view to_string(Rule rule);
[[nodiscard]] std::optional<Rule> parse_rule(std::string_view name);
[[nodiscard]] bool is_rejection(Rule rule);  // bad_number .. bad_timestamp
[[nodiscard]] bool is_warning(Rule rule);    // price_spike .. stale_run

struct Finding {
  Rule rule;
  Instant at;
  std::size_t row;  // index in the batch as it came
  friend bool operator==(const Finding&, const Finding&) = default;
};

// Both versions of a bar that came twice in one batch.
struct BatchConflict {
  std::size_t kept;    // index in the mended batch
  BarSeries replaced;  // one row: the earlier version
};

struct ValidationRequest {
  Timeframe timeframe;
  Calendar calendar;
  TimeRange asked{};            // bars outside are out_of_range; default: everything
  Instant now;                  // a bar that ends after this is still open: out_of_range
  bool extended_hours = false;  // keep bars outside the sessions
};

struct ValidationReport {
  std::size_t rows_in = 0;
  std::vector<Finding> findings;  // in the order of the batch; every rule but conflict
  std::vector<BatchConflict> conflicts;
  // Of the rejected rows: those that came without numbers, where that is how the source says that
  // there is no bar. They speak neither for nor against the others.
  std::size_t blanks = 0;
  [[nodiscard]] std::size_t count(Rule rule) const;
  [[nodiscard]] std::size_t rejected() const;
  // More than half of the rows were rejected: nothing of the batch may be written.
  [[nodiscard]] bool untrustworthy() const { return (rejected() - blanks) * 2 > rows_in - blanks; }
};

// Leaves in `batch` only bars fit to be committed: valid, on the grid, sorted, unique. A batch that
// comes newest first is turned round and not counted as out_of_order (its timestamps may repeat
// where pages overlap). Of bars that share a timestamp the last one in the batch is kept: the later
// fetched. Unknown values of optional columns are fine, others are held to the rules of prices and
// volumes. Negative zeros become zeros. One pass when there is nothing to mend.
[[nodiscard]] ValidationReport validate(BarSeries& batch, const ValidationRequest& request);

// Warnings about bars as they stand together, in the order of the bars; suspicious.cpp says what is
// taken for a spike or a run. Precondition: validated bars.
[[nodiscard]] std::vector<Finding> find_suspicious(const BarSeries& bars);

// --- gaps ----------------------------------------------------------------------------------------

enum class GapState : std::uint8_t { open, confirmed };
enum class GapCause : std::uint8_t {
  unknown,
  before_listing,
  delisted,
  venue_outage,
  halt,
  no_trades,
  provider_limit,
  fetch_failed,
  rejected
};
[[nodiscard]] std::string_view to_string(GapState s);
[[nodiscard]] std::string_view to_string(GapCause c);
[[nodiscard]] std::optional<GapState> parse_gap_state(std::string_view name);
[[nodiscard]] std::optional<GapCause> parse_gap_cause(std::string_view name);

// A maximal run of expected bars that are not there. `from` and `to` are the first and the last
// missing slot.
struct Gap {
  Instant from;
  Instant to;
  std::int64_t bars;
  GapState state = GapState::open;
  GapCause cause = GapCause::unknown;
  std::optional<Instant> confirmed_at{};  // when it was asked for again, and stayed empty
  std::string confirmed_by{};             // by whom: provider names, separated by commas
  friend bool operator==(const Gap&, const Gap&) = default;

  // The same is known of both, wherever they lie.
  [[nodiscard]] bool same_story(const Gap& o) const {
    return state == o.state && cause == o.cause && confirmed_at == o.confirmed_at &&
           confirmed_by == o.confirmed_by;
  }
};

struct Coverage {
  std::int64_t expected = 0;  // expected bars in the span; 0 where nothing is expected
  std::int64_t present = 0;   // bars on expected slots
  std::int64_t missing = 0;   // bars in all gaps
  std::vector<Gap> gaps;      // all open, cause unknown
};

// What of `span` is not there. A gap may reach over closed hours, from one session into the next.
// With no expectation, gaps are reported only between two intraday bars of one UTC day.
// Precondition: timestamps as validate() leaves them, strictly increasing and on the grid; those
// that are not expected (extended hours) count for nothing. O(sessions + gaps x log bars).
[[nodiscard]] Coverage find_gaps(std::span<const Instant> timestamps, const Calendar& calendar,
                                 Timeframe tf, TimeRange span);

// Carries state and cause of known gaps (which do not overlap) over to newly found ones: the parts
// of `found` that lie in a known gap get its state and cause; a found gap is split where these
// change. Slots in `rejected` (sorted) get that cause where none is known.
[[nodiscard]] std::vector<Gap> annotate_gaps(const std::vector<Gap>& found,
                                             const std::vector<Gap>& known,
                                             std::span<const Instant> rejected,
                                             const Calendar& calendar, Timeframe tf);

// coverage x (1 - min(1, (rejected + conflicts) / max(1, rows + rejected))), rounded to 4 places.
[[nodiscard]] double quality_score(std::int64_t present, std::int64_t expected,
                                   std::int64_t confirmed_missing, std::int64_t rows,
                                   std::int64_t rejected, std::int64_t conflicts);
// present / (expected - confirmed_missing), at most 1; 1 where nothing is owed.
[[nodiscard]] double coverage_ratio(std::int64_t present, std::int64_t expected,
                                    std::int64_t confirmed_missing);

}  // namespace chandler
