#include "store/roll_source.h"

#include <algorithm>

#include "store/recovery.h"

namespace chandler::store {
namespace {

constexpr std::int64_t kRowsOfStretch = std::int64_t{1} << 16U;
constexpr seconds kOneDay = std::chrono::hours{24};

// The first label at or after an instant.
Instant label_from(const Calendar& calendar, Timeframe source, Timeframe target, Instant t) {
  const Instant label = calendar.bucket(target, source, t);
  if (label >= t) return label;
  return next_label(calendar, target, label);
}

Result<std::vector<Instant>> incomplete_labels(const Folder& folder, const YearFile* file,
                                               const SeriesId& series,
                                               const std::vector<Instant>& times) {
  std::vector<Instant> labels;
  if (file == nullptr || !file->mark().rolled_up) return labels;
  CHANDLER_TRY(const YearMetadata m, find_metadata(folder, *file, series));
  for (const SlotRunLabels& run : m.incomplete_list) {
    const auto first = std::lower_bound(times.begin(), times.end(), run.from);
    labels.insert(labels.end(), first, std::upper_bound(first, times.end(), run.to));
  }
  return labels;
}

// Bars of the source as they are read back.
struct FineRows {
  BlockRows rows{};
  std::vector<Instant> incomplete{};
};

Result<FineRows> read_fine(const RollSource& from, const YearFile& file, TimeRange range) {
  FineRows fine;
  CHANDLER_TRY(fine.rows, file.read_owned(range));
  CHANDLER_TRY(fine.incomplete, incomplete_labels(*from.folder, &file, {from.symbol, from.source},
                                                  fine.rows.bars.timestamp));
  return fine;
}

void join(FineRows& into, FineRows&& more) {
  if (into.rows.bars.empty()) {
    into = std::move(more);
    return;
  }
  for (std::size_t i = 0; i < more.rows.bars.size(); ++i)
    into.rows.owners.push_back(more.rows.owners.name_of(i));
  into.rows.bars.append(more.rows.bars);
  into.incomplete.insert(into.incomplete.end(), more.incomplete.begin(), more.incomplete.end());
}

// Bars [first, last) that were rolled up, to the end of what is there. A coarse bar belongs to whoever
// brought its first fine one.
void add_rolled(Rolled& rolled, const BlockRows& fine, const BarSeries& bars, std::size_t first,
                std::size_t last) {
  std::size_t at = 0;
  for (std::size_t i = first; i < last; ++i) {
    const auto begin = fine.bars.timestamp.begin();
    at = static_cast<std::size_t>(std::lower_bound(begin + static_cast<std::ptrdiff_t>(at),
                                                   fine.bars.timestamp.end(), bars.timestamp[i]) -
                                  begin);
    at = std::min(at, fine.bars.size() - 1);
    rolled.rows.owners.push_back(fine.owners.name_of(at));
  }
  rolled.rows.bars.append(bars, first, last);
}

std::size_t rows_in(const BarSeries& bars, TimeRange range) {
  return std::max(bars.lower_bound(range.from), bars.lower_bound(range.to)) -
         bars.lower_bound(range.from);
}

// What one stretch adds to one target.
void add_stretch(const FineRows& fine, const RolledUp& up, TimeRange labels, Rolled& rolled) {
  const std::size_t first = up.bars.lower_bound(labels.from);
  const std::size_t last = std::max(first, up.bars.lower_bound(labels.to));
  add_rolled(rolled, fine.rows, up.bars, first, last);
  rolled.source_rows += rows_in(fine.rows.bars, labels);
  std::copy_if(up.incomplete.begin(), up.incomplete.end(), std::back_inserter(rolled.incomplete),
               [&](Instant label) { return labels.contains(label); });
}

}  // namespace

Instant next_label(const Calendar& calendar, Timeframe tf, Instant label) {
  return is_intraday(tf) ? calendar.bar_end(tf, label) : utc_next(tf, label);
}

TimeRange labels_of_year(const Calendar& calendar, Timeframe source, Timeframe target, int year) {
  return {label_from(calendar, source, target, year_start(year)),
          label_from(calendar, source, target, year_start(year + 1))};
}

Result<Rolled> roll_stored(const RollSource& from, TimeRange labels) {
  FineRows fine;
  for (const YearFile* file : {from.same, from.next}) {
    if (file == nullptr) continue;
    const TimeRange range = labels.intersect(year_range(file->mark().year));
    if (range.empty()) continue;
    CHANDLER_TRY(FineRows part, read_fine(from, *file, range));
    join(fine, std::move(part));
  }
  Rolled rolled;
  rolled.source_rows = fine.rows.bars.size();
  RolledUp up = roll_up(
      fine.rows.bars, fine.incomplete,
      {.source = from.source, .target = from.target, .calendar = from.calendar, .now = from.now});
  rolled.rows.bars.columns = up.bars.columns;
  add_rolled(rolled, fine.rows, up.bars, 0, up.bars.size());
  rolled.incomplete = std::move(up.incomplete);
  return rolled;
}

bool fits_into_days(Timeframe target) { return is_intraday(target) || target == Timeframe::d1; }

Result<std::vector<Rolled>> roll_stored_all(const RollSource& from,
                                            std::span<const WantedLabels> wanted) {
  std::vector<Rolled> all(wanted.size());
  std::optional<TimeRange> span;
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    all[i].rows.bars.columns = from.same->mark().columns;
    span = hull(span, wanted[i].labels);
  }
  if (!span) return all;
  const seconds step =
      std::max<seconds>(kOneDay, nominal_length(from.source) * kRowsOfStretch / kOneDay * kOneDay);
  for (Instant at = day_start(span->from); at < span->to; at += step) {
    const TimeRange stretch = TimeRange{at, at + step}.intersect(*span);
    RollUpAllRequest request{
        .source = from.source, .targets = {}, .calendar = from.calendar, .now = from.now};
    std::vector<std::size_t> asking;
    for (std::size_t i = 0; i < wanted.size(); ++i) {
      if (!wanted[i].labels.overlaps(stretch)) continue;
      request.targets.push_back(wanted[i].target);
      asking.push_back(i);
    }
    CHANDLER_TRY(const FineRows fine, read_fine(from, *from.same, stretch));
    if (asking.empty() || fine.rows.bars.empty()) continue;
    const std::vector<RolledUp> up = roll_up_all(fine.rows.bars, fine.incomplete, request);
    for (std::size_t i = 0; i < asking.size(); ++i)
      add_stretch(fine, up[i], wanted[asking[i]].labels, all[asking[i]]);
  }
  return all;
}

}  // namespace chandler::store
