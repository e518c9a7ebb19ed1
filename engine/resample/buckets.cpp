#include "resample/buckets.h"

#include <algorithm>

#include "calendar/grid.h"

namespace chandler::resample {
namespace {

// Steps from bucket to bucket; where the coarse grid is even, without asking the calendar.
class Borders {
 public:
  explicit Borders(const Link& link) : link_(link), length_(nominal_length(link.coarse)) {
    const bool local = link.calendar.kind() == CalendarKind::us_equities && is_intraday(link.fine);
    const bool utc = !local || link.coarse <= Timeframe::h1;
    even_ = utc && link.coarse != Timeframe::mo1;
  }

  // The bucket of t, which lies behind the one before.
  const TimeRange& move_to(Instant t) {
    if (even_ && range_.to <= t && t < range_.to + length_) {
      label_ = range_.to;
      range_ = {label_, label_ + length_};
    } else {
      label_ = link_.calendar.bucket(link_.coarse, link_.fine, t);
      range_ = link_.calendar.bucket_range(link_.coarse, link_.fine, label_);
    }
    return range_;
  }
  [[nodiscard]] Instant label() const { return label_; }

 private:
  const Link& link_;
  seconds length_;
  bool even_ = false;
  Instant label_ = Instant{};
  TimeRange range_ = {Instant{}, Instant{}};
};

// Answers, for one bucket after the other, whether all expected fine bars are there.
class Expectation {
 public:
  Expectation(std::span<const Instant> rows, const Link& link) {
    if (rows.empty()) return;
    const auto held = [&link](Instant t) {
      return link.calendar.bucket_range(link.coarse, link.fine,
                                        link.calendar.bucket(link.coarse, link.fine, t));
    };
    runs_ = link.calendar.expected(link.fine, {held(rows.front()).from, held(rows.back()).to});
  }

  bool met(const TimeRange& bucket, std::span<const Instant> rows) {
    while (next_ < runs_.size() && end_of(runs_[next_]) <= bucket.from) ++next_;
    std::size_t row = 0;
    for (std::size_t i = next_; i < runs_.size() && runs_[i].first < bucket.to; ++i) {
      const Instant end = end_of(runs_[i]);
      std::int64_t missing = calendar::clipped(runs_[i], bucket).count;
      while (row < rows.size() && rows[row] < runs_[i].first) ++row;
      for (; row < rows.size() && rows[row] < end; ++row) --missing;
      if (missing > 0) return false;
    }
    return true;
  }

 private:
  static Instant end_of(const SlotRun& run) { return run.first + run.count * run.step; }

  std::vector<SlotRun> runs_;
  std::size_t next_ = 0;
};

// Asked for one bucket after the other, too: has it a row that is incomplete itself?
class KnownIncomplete {
 public:
  explicit KnownIncomplete(std::span<const Instant> labels) : labels_(labels) {}

  bool among(std::span<const Instant> rows) {
    while (next_ < labels_.size() && labels_[next_] < rows.front()) ++next_;
    for (; next_ < labels_.size() && labels_[next_] <= rows.back(); ++next_) {
      if (std::binary_search(rows.begin(), rows.end(), labels_[next_])) return true;
    }
    return false;
  }

 private:
  std::span<const Instant> labels_;
  std::size_t next_ = 0;
};

// Rows that still form: the buckets at the end that are not over.
void drop_open(Buckets& buckets, const Link& link, Instant now) {
  while (!buckets.label.empty() && link.calendar.bar_end(link.coarse, buckets.label.back()) > now) {
    if (!buckets.incomplete.empty() && buckets.incomplete.back() == buckets.label.back()) {
      buckets.incomplete.pop_back();
    }
    buckets.label.pop_back();
    buckets.border.pop_back();
  }
}

}  // namespace

Buckets cut(std::span<const Instant> rows, std::span<const Instant> rows_incomplete,
            const Link& link, Instant now) {
  Buckets buckets;
  const seconds step = nominal_length(link.fine);
  const auto guess =
      rows.size() / static_cast<std::size_t>(nominal_length(link.coarse) / step) + 16;
  buckets.label.reserve(guess);
  buckets.border.reserve(guess);
  buckets.border.push_back(0);
  Borders borders(link);
  Expectation expectation(rows, link);
  KnownIncomplete known(rows_incomplete);

  for (std::size_t first = 0; first < rows.size();) {
    const TimeRange& bucket = borders.move_to(rows[first]);
    const auto slots = static_cast<std::size_t>((bucket.to - bucket.from) / step);
    std::size_t last = first + slots;
    // Rows lie on the grid, one a slot: when the slot after the last has the right row, so have all
    // before it.
    bool whole =
        rows[first] == bucket.from && last <= rows.size() && rows[last - 1] + step == bucket.to;
    if (!whole) {
      last = first + 1;
      while (last < rows.size() && rows[last] < bucket.to) ++last;
      whole = expectation.met(bucket, rows.subspan(first, last - first));
    }
    if (!whole || known.among(rows.subspan(first, last - first)))
      buckets.incomplete.push_back(borders.label());
    buckets.label.push_back(borders.label());
    buckets.border.push_back(last);
    first = last;
  }
  drop_open(buckets, link, now);
  return buckets;
}

}  // namespace chandler::resample
