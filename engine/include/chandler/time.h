// Instants and ranges. All times are UTC; an Instant has whole seconds.
#pragma once

#include <chrono>
#include <compare>
#include <optional>
#include <string>
#include <string_view>

#include "chandler/result.h"

namespace chandler {

using Instant = std::chrono::sys_seconds;  // the same type as date::sys_seconds
using std::chrono::seconds;

// Half open, always: from <= t < to.
struct TimeRange {
  Instant from = Instant::min();
  Instant to = Instant::max();

  [[nodiscard]] bool contains(Instant t) const { return from <= t && t < to; }
  [[nodiscard]] bool empty() const { return from >= to; }
  [[nodiscard]] bool overlaps(const TimeRange& o) const { return from < o.to && o.from < to; }
  [[nodiscard]] TimeRange intersect(const TimeRange& o) const {
    return {from > o.from ? from : o.from, to < o.to ? to : o.to};
  }
  friend bool operator==(const TimeRange&, const TimeRange&) = default;
};

// The smallest range that holds both; an empty one counts for none.
[[nodiscard]] std::optional<TimeRange> hull(const std::optional<TimeRange>& a,
                                            const std::optional<TimeRange>& b);

[[nodiscard]] inline std::int64_t epoch_seconds(Instant t) { return t.time_since_epoch().count(); }
[[nodiscard]] inline Instant from_epoch(std::int64_t s) { return Instant{seconds{s}}; }

// "2024-01-31 23:59:00", the form of the data files; and "2024-01-31T23:59:00", the form of the
// metadata.
[[nodiscard]] std::string format_instant(Instant t);
[[nodiscard]] std::string format_iso(Instant t);

// Strict readers of these two forms (either separator), years 0001 to 9999; nothing else is
// accepted.
[[nodiscard]] std::optional<Instant> parse_exact(std::string_view text);

// What people type: 2024-01-01, 2024-01-01T00:00, 2024-01-01 00:00:30 (a trailing Z is allowed),
// now, -30d, -12h, -2w.
[[nodiscard]] Result<Instant> parse_when(std::string_view text, Instant now);

[[nodiscard]] int utc_year(Instant t);
[[nodiscard]] Instant year_start(int year);
[[nodiscard]] inline TimeRange year_range(int year) {
  return {year_start(year), year_start(year + 1)};
}
[[nodiscard]] Instant day_start(Instant t);

// The present, as far as Chandler is concerned. Safe from several threads.
class Clock {
 public:
  virtual ~Clock() = default;
  [[nodiscard]] virtual Instant now() const = 0;
  // Waits, for lock retries. A test's clock may return at once.
  virtual void pause(std::chrono::milliseconds time) const = 0;

  static const Clock& system();

 protected:
  Clock() = default;
  Clock(const Clock&) = default;
  Clock& operator=(const Clock&) = default;
};

}  // namespace chandler
