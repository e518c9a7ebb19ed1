// What of a range a series does not hold.
#include <algorithm>
#include <set>

#include "chandler/calendar.h"
#include "store/cache_state.h"
#include "store/derive.h"
#include "store/history.h"
#include "store/holes.h"
#include "store/recovery.h"
#include "store/status.h"
#include "store/year_scan.h"

namespace chandler {
namespace {

// From the first to the last expected slot of the piece; no bars: nothing is expected there. Where
// nobody expects anything the piece stays, on the grid.
Missing trimmed(Missing piece, const Calendar& calendar, Timeframe tf, bool extended_hours) {
  if (calendar.kind() == CalendarKind::none) {
    const Instant floor = utc_floor(tf, piece.range.from);
    if (floor < piece.range.from) piece.range.from = utc_next(tf, floor);
    return piece;
  }
  const std::vector<SlotRun> runs = calendar.expected(tf, piece.range);
  if (runs.empty()) {
    piece.range.to = piece.range.from;
    return piece;
  }
  for (const SlotRun& run : runs) piece.bars += run.count;
  if (extended_hours) return piece;
  const SlotRun& last = runs.back();
  piece.range = {runs.front().first,
                 store::next_label(calendar, tf, last.first + (last.count - 1) * last.step)};
  return piece;
}

// What of a range none of the others, which are in order, covers.
std::vector<TimeRange> without(TimeRange range, const std::vector<TimeRange>& others) {
  std::vector<TimeRange> left;
  for (const TimeRange& other : others) {
    if (!other.overlaps(range)) continue;
    if (range.from < other.from) left.push_back({range.from, other.from});
    range.from = std::max(range.from, other.to);
  }
  if (!range.empty()) left.push_back(range);
  return left;
}

// A year as a writer finds it.
struct YearHeld {
  store::YearMetadata metadata{};
  std::vector<TimeRange> holes{};  // bars the metadata know, and the file lost
};

Result<YearHeld> look_at_year(const store::Folder& folder, const SeriesId& id, int year,
                              const MissingQuery& query, const Clock& clock) {
  YearHeld held;
  CHANDLER_TRY(held.metadata, store::describe_in_place(folder, id, year, clock));
  auto holes = store::holes_of_year(folder, id, year, query.range);
  if (holes) {
    held.holes = *std::move(holes);
  } else if (holes.error().kind != ErrorKind::damaged || query.damage == Damage::is_an_error) {
    return std::move(holes).error();
  }  // else its other blocks may be filled, and whoever writes names the bad one
  return held;
}

class MissingFinder {
 public:
  MissingFinder(Calendar calendar, Timeframe tf, const MissingQuery& query, Instant now)
      : calendar_(calendar), tf_(tf), query_(query), range_(query.range) {
    range_.to = store::closed_by(calendar_, tf_, range_.to, now);
  }

  // Years in order, after those that are unknown.
  void add_year(const YearHeld& held) {
    const store::YearMetadata& m = held.metadata;
    const TimeRange rows{m.start_date, m.end_date + seconds{1}};
    const TimeRange span = *hull(rows, m.asked);
    add({range_.from, span.from}, covered_to_, false, GapState::open);
    covered_ = hull(covered_, span);
    covered_to_ = std::max(covered_to_, span.to);
    for (const Gap& gap : m.gap_list) {
      if (gap.state != GapState::open && !query_.confirmed) continue;
      for (const TimeRange& part : without({gap.from, gap.to + seconds{1}}, held.holes))
        add(part, Instant::min(), true, gap.state);
    }
    for (const TimeRange& hole : held.holes)
      add(hole.intersect(rows), Instant::min(), true, GapState::open);
  }

  // Of which nothing is asked.
  void add_unknown_year(int year) { unknown_.push_back(year_range(year)); }

  [[nodiscard]] std::optional<TimeRange> covered() const {
    std::optional<TimeRange> covered = covered_;
    for (const TimeRange& year : unknown_) covered = hull(covered, year);
    return covered;
  }

  std::vector<Missing> finish() {
    add({range_.from, range_.to}, covered_to_, false, GapState::open);
    std::sort(pieces_.begin(), pieces_.end(),
              [](const Missing& a, const Missing& b) { return a.range.from < b.range.from; });
    std::vector<Missing> joined;
    for (const Missing& piece : pieces_) {
      if (!joined.empty() && follows(joined.back(), piece)) {
        joined.back().range.to = piece.range.to;
        joined.back().bars += piece.bars;
      } else {
        joined.push_back(piece);
      }
    }
    return joined;
  }

 private:
  void add(TimeRange range, Instant not_before, bool asked_before, GapState state) {
    range.from = std::max(range.from, not_before);
    range = range.intersect(range_);
    if (range.empty()) return;
    for (const TimeRange& part : without(range, unknown_)) {
      const Missing piece = trimmed({.range = part, .asked_before = asked_before, .state = state},
                                    calendar_, tf_, query_.extended_hours);
      if (!piece.range.empty()) pieces_.push_back(piece);
    }
  }

  // A hole that goes on in the file of the next year.
  [[nodiscard]] bool follows(const Missing& a, const Missing& b) const {
    if (a.asked_before != b.asked_before || a.state != b.state) return false;
    if (a.range.to >= b.range.from) return true;
    return utc_year(a.range.from) != utc_year(b.range.from) &&
           calendar_.kind() != CalendarKind::none &&
           a.range.to == year_start(utc_year(a.range.to)) &&
           calendar_.count_expected(tf_, {a.range.to, b.range.from}) == 0;
  }

  Calendar calendar_;
  Timeframe tf_;
  const MissingQuery& query_;
  TimeRange range_;
  std::optional<TimeRange> covered_;
  std::vector<TimeRange> unknown_;
  Instant covered_to_ = Instant::min();
  std::vector<Missing> pieces_;
};

}  // namespace

Result<Holdings> Cache::missing(const SeriesId& id, const MissingQuery& query) const {
  Holdings holdings;
  holdings.asset_class = query.asset_class.value_or(asset_class_of(id.symbol));
  MissingFinder finder{Calendar::of(id.symbol, holdings.asset_class), id.timeframe, query, now()};
  const auto folder = state_->open_series(id);
  if (!folder && folder.error().kind != ErrorKind::not_found) return folder.error();
  std::vector<YearHeld> all;
  if (folder) {
    CHANDLER_TRY(const store::SeriesYears years, store::years_there(*folder));
    for (const int year : years.data) {
      auto known = look_at_year(*folder, id, year, query, *state_->clock);
      if (!known && known.error().kind == ErrorKind::damaged) {
        // Of a file without any content everything is missing; the next writer sets it aside.
        CHANDLER_TRY(const store::YearScan scan,
                     store::scan_year(*folder, id, year, {.check_text = false}));
        if (scan.nothing_in_it) continue;
      }
      if (!known && store::stays_in_its_year(known.error())) {
        const bool asked = !year_range(year).intersect(query.range).empty();
        if (asked && query.damage == Damage::is_an_error) {
          Error e = std::move(known).error();
          if (e.kind == ErrorKind::damaged) e.hint = store::kRepairHint;
          return e;
        }
        // Nothing is asked of it: what it holds does not matter.
        holdings.exists = true;
        finder.add_unknown_year(year);
        continue;
      }
      if (!known) return std::move(known).error();
      all.push_back(*std::move(known));
    }
    CHANDLER_TRY(std::vector<store::YearMetadata> lost, store::lost_years(*folder, id, years));
    for (store::YearMetadata& year : lost) all.push_back({.metadata = std::move(year)});
    std::sort(all.begin(), all.end(), [](const YearHeld& a, const YearHeld& b) {
      return a.metadata.year < b.metadata.year;
    });
  }
  std::set<std::string> providers;
  for (const YearHeld& held : all) {
    const store::YearMetadata& m = held.metadata;
    holdings.exists = true;
    if (!query.asset_class) holdings.asset_class = m.asset_class;
    holdings.derived_from.reset();
    if (m.derived_from) holdings.derived_from = m.derived_from->timeframe;
    for (const store::ProvenanceRun& run : m.provenance) providers.insert(run.provider);
    finder.add_year(held);
  }
  holdings.providers.assign(providers.begin(), providers.end());
  holdings.covered = finder.covered();
  holdings.missing = finder.finish();
  return holdings;
}

}  // namespace chandler
