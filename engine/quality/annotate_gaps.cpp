#include <algorithm>

#include "chandler/quality.h"

namespace chandler {
namespace {

// A part of a gap, half open, of which one thing is known.
struct Piece {
  TimeRange range;
  Gap story;  // its times and bars mean nothing
};

// The expected slots of a range as a gap; of no bars where there is none.
class SlotCounter {
 public:
  SlotCounter(const Calendar& calendar, Timeframe tf) : calendar_(calendar), tf_(tf) {}

  [[nodiscard]] Gap count(const Piece& piece) const {
    Gap gap = piece.story;
    gap.from = gap.to = piece.range.from;
    gap.bars = 0;
    if (calendar_.kind() == CalendarKind::none) return count_on_grid(piece.range, gap);
    for (const SlotRun& run : calendar_.expected(tf_, piece.range)) {
      if (gap.bars == 0) gap.from = run.first;
      gap.to = run.first + (run.count - 1) * run.step;
      gap.bars += run.count;
    }
    return gap;
  }

 private:
  // Nothing is expected, but gaps lie within days, on a grid of equal steps.
  [[nodiscard]] Gap count_on_grid(TimeRange range, Gap gap) const {
    gap.to = utc_floor(tf_, range.to - seconds{1});
    gap.from = utc_floor(tf_, range.from);
    if (gap.from < range.from) gap.from = utc_next(tf_, gap.from);
    gap.bars = gap.to < gap.from ? 0 : (gap.to - gap.from) / nominal_length(tf_) + 1;
    return gap;
  }

  const Calendar& calendar_;
  Timeframe tf_;
};

// `known` is sorted.
std::vector<Piece> split_by_known(const Gap& gap, const std::vector<Gap>& known) {
  std::vector<Piece> pieces;
  Instant at = gap.from;
  const Instant end = gap.to + seconds{1};
  const auto first = std::partition_point(known.begin(), known.end(),
                                          [&gap](const Gap& k) { return k.to < gap.from; });
  for (auto k = first; k != known.end() && k->from < end; ++k) {
    const TimeRange part{std::max(at, k->from), std::min(end, k->to + seconds{1})};
    if (part.empty()) continue;
    if (at < part.from) pieces.push_back({{at, part.from}, gap});
    pieces.push_back({part, *k});
    at = part.to;
  }
  if (at < end) pieces.push_back({{at, end}, gap});
  return pieces;
}

void split_by_rejected(const Piece& piece, std::span<const Instant> rejected,
                       std::vector<Piece>& into) {
  Instant at = piece.range.from;
  if (piece.story.cause == GapCause::unknown) {
    Gap named = piece.story;
    named.cause = GapCause::rejected;
    auto slot = std::lower_bound(rejected.begin(), rejected.end(), at);
    for (; slot != rejected.end() && *slot < piece.range.to; ++slot) {
      if (*slot < at) continue;  // named twice
      if (at < *slot) into.push_back({{at, *slot}, piece.story});
      at = *slot + seconds{1};
      into.push_back({{*slot, at}, named});
    }
  }
  if (at < piece.range.to) into.push_back({{at, piece.range.to}, piece.story});
}

}  // namespace

std::vector<Gap> annotate_gaps(const std::vector<Gap>& found, const std::vector<Gap>& known,
                               std::span<const Instant> rejected, const Calendar& calendar,
                               Timeframe tf) {
  std::vector<Gap> sorted = known;
  std::stable_sort(sorted.begin(), sorted.end(),
                   [](const Gap& a, const Gap& b) { return a.from < b.from; });

  const SlotCounter slots(calendar, tf);
  std::vector<Gap> annotated;
  std::vector<Piece> pieces;
  for (const Gap& gap : found) {
    pieces.clear();
    for (const Piece& piece : split_by_known(gap, sorted))
      split_by_rejected(piece, rejected, pieces);
    const std::size_t before = annotated.size();
    for (const Piece& piece : pieces) {
      const Gap part = slots.count(piece);
      if (part.bars == 0) continue;
      const bool joins = annotated.size() > before && annotated.back().same_story(part);
      if (!joins) {
        annotated.push_back(part);
        continue;
      }
      annotated.back().to = part.to;
      annotated.back().bars += part.bars;
    }
  }
  return annotated;
}

}  // namespace chandler
