#include "report/chart_bars.h"

#include <algorithm>
#include <iterator>
#include <optional>

namespace chandler::html {
namespace {

struct Source {
  Timeframe timeframe;
  std::int64_t rows;
};

struct Choice {
  Timeframe frame;
  Timeframe stored;
  TimeRange range;
};

// A frame that speaks of the same time as the series: one that is behind would draw an old end.
bool reaches_as_far(const SeriesStatus& frame, const SeriesStatus& series) {
  if (!frame.first || !frame.last || frame.behind) return false;
  const seconds slack = 2 * nominal_length(frame.series.timeframe);
  return *frame.first <= *series.first + slack && *frame.last >= *series.last - slack;
}

std::vector<Source> sources_of(const SeriesStatus& series, std::span<const SeriesStatus> frames) {
  std::vector<Source> sources;
  for (const SeriesStatus& frame : frames) {
    const Timeframe tf = frame.series.timeframe;
    const bool itself = tf == series.series.timeframe;
    if (!itself && (tf < series.series.timeframe || !reaches_as_far(frame, series))) continue;
    sources.push_back({tf, static_cast<std::int64_t>(frame.rows)});
  }
  return sources;
}

class Chooser {
 public:
  Chooser(std::vector<Source> sources, Calendar calendar)
      : sources_(std::move(sources)), calendar_(calendar) {}

  [[nodiscard]] std::optional<Choice> choose(TimeRange range) const {
    for (const Timeframe frame : kAllTimeframes) {
      if (slots(frame, range) > static_cast<std::int64_t>(kMostCandles)) continue;
      if (const auto stored = cheapest(frame, range)) return Choice{frame, *stored, range};
    }
    return {};
  }

 private:
  [[nodiscard]] std::int64_t slots(Timeframe frame, TimeRange range) const {
    if (calendar_.kind() != CalendarKind::none) return calendar_.count_expected(frame, range);
    return (range.to - range.from) / nominal_length(frame);
  }

  [[nodiscard]] std::optional<Timeframe> cheapest(Timeframe frame, TimeRange range) const {
    std::optional<Timeframe> best;
    std::int64_t fewest = kMostBarsRead;
    for (const Source& source : sources_) {
      // No more can be there, extended hours or not, wherever in the series its bars lie.
      const std::int64_t slots = (range.to - range.from) / nominal_length(source.timeframe) + 1;
      const std::int64_t bars = std::min(source.rows, slots);
      const bool fits = source.timeframe == frame || chain_path(source.timeframe, frame);
      if (!fits || bars > fewest) continue;
      fewest = bars;
      best = source.timeframe;
    }
    return best;
  }

  std::vector<Source> sources_;
  Calendar calendar_;
};

std::vector<Instant> slots_of(const BarSeries& bars, const Calendar& calendar, Timeframe frame) {
  if (bars.empty()) return {};
  std::vector<Instant> expected;
  const TimeRange range{bars.timestamp.front(), bars.timestamp.back() + seconds{1}};
  for (const SlotRun& run : calendar.expected(frame, range)) {
    for (std::int64_t i = 0; i < run.count; ++i) expected.push_back(run.first + run.step * i);
  }
  std::vector<Instant> slots;
  std::set_union(expected.begin(), expected.end(), bars.timestamp.begin(), bars.timestamp.end(),
                 std::back_inserter(slots));
  return slots;
}

Result<BarSeries> candles_of(const Cache& cache, const SeriesId& series, const Calendar& calendar,
                             const Choice& choice) {
  const SeriesId stored{series.symbol, choice.stored};
  // From a border of the candles on, or the first one would be half a candle, or not there.
  Instant from = choice.range.from;
  if (chain_path(series.timeframe, choice.frame)) {
    from = std::min(from, calendar.bucket(choice.frame, series.timeframe, from));
  }
  if (choice.stored == choice.frame) return cache.read(stored, {from, choice.range.to});
  from = std::min(from, calendar.bucket_range(choice.frame, choice.stored, from).from);
  CHANDLER_TRY(const BarSeries bars, cache.read(stored, {from, choice.range.to}));
  return roll_up(bars, {}, {choice.stored, choice.frame, calendar, cache.now()}).bars;
}

}  // namespace

Result<ChartBars> chart_bars(const Cache& cache, const SeriesStatus& series,
                             std::span<const SeriesStatus> frames) {
  const Calendar calendar = Calendar::of(series.series.symbol, series.asset_class);
  const Chooser chooser(sources_of(series, frames), calendar);
  const TimeRange all{*series.first, *series.last + seconds{1}};
  TimeRange range = all;
  std::optional<Choice> choice = chooser.choose(range);
  while (!choice && range.to - range.from > seconds{60}) {
    range.from = range.to - (range.to - range.from) * 4 / 5;
    choice = chooser.choose(range);
  }
  if (!choice) {  // extended hours only, say: what is there, as far as it is worth looking
    range.from = std::max(all.from, all.to - nominal_length(series.series.timeframe) * 200);
    choice = Choice{series.series.timeframe, series.series.timeframe, range};
  }
  CHANDLER_TRY(BarSeries bars, candles_of(cache, series.series, calendar, *choice));
  std::vector<Instant> slots = slots_of(bars, calendar, choice->frame);
  return ChartBars{.frame = choice->frame,
                   .stored = choice->stored,
                   .whole = range.from == all.from,
                   .bars = std::move(bars),
                   .slots = std::move(slots)};
}

}  // namespace chandler::html
