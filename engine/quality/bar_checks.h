// What can be said of one bar alone: its values, its place on the grid, its time. Not part of the
// public face.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "chandler/quality.h"

namespace chandler::quality {

// The expected slots of a stretch of time, for questions that mostly come in time order: a question
// about the slot after the last one costs a comparison.
class ExpectedSlots {
 public:
  explicit ExpectedSlots(std::vector<SlotRun> runs) : runs_(std::move(runs)) {}
  [[nodiscard]] bool holds(Instant t) {
    if (t == next_ && t < end_) {
      next_ += runs_[current_].step;
      return true;
    }
    return search(t);
  }
  // They are slots that follow each other without a hole. Precondition: there are some.
  [[nodiscard]] bool hold_in_a_row(std::span<const Instant> times);

 private:
  bool search(Instant t);
  void enter(std::size_t run);

  std::vector<SlotRun> runs_;
  std::size_t current_ = 0;
  Instant begin_ = Instant::max();  // of the current run
  Instant end_ = Instant::min();    // just after its last slot
  Instant next_ = Instant::max();
};

// Reads the batch, which must outlive it. Not for several threads at once.
class BarChecks {
 public:
  BarChecks(const BarSeries& batch, const ValidationRequest& request);

  // The first rule that this bar breaks; outside_session for a sound bar that is not wanted.
  [[nodiscard]] std::optional<Rule> broken_by(std::size_t row) {
    if (!has_sound_values(row)) return broken_value(row);
    if (!std::exchange(slots_are_all_, true)) slots_ = slots_of_all();
    return broken_time(batch_.timestamp[row]);
  }

  // No bar of [first, last) breaks a rule, and each follows the one before. False also where that is
  // not plain to see. Precondition: there are some.
  [[nodiscard]] bool all_sound(std::size_t first, std::size_t last);

 private:
  [[nodiscard]] bool has_sound_values(std::size_t row) const;
  [[nodiscard]] Rule broken_value(std::size_t row) const;
  [[nodiscard]] std::optional<Rule> broken_time(Instant t);
  [[nodiscard]] ExpectedSlots slots_of_all() const;
  [[nodiscard]] bool is_over(Instant t) const;

  const BarSeries& batch_;
  const ValidationRequest& request_;
  std::vector<const double*> optional_prices_;
  std::vector<const double*> optional_amounts_;
  bool keeps_sessions_;
  // From the first bar of the batch to its last: all there are in a batch that is in order. For one
  // bar among them is looked for once one is not, as that means another pass over all times.
  ExpectedSlots slots_;
  bool slots_are_all_ = false;
};

}  // namespace chandler::quality
