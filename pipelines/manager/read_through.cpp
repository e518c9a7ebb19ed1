#include "manager/read_through.h"

#include <fmt/format.h>
#include <oneapi/tbb/task_arena.h>

#include <algorithm>
#include <utility>

#include "manager/owed.h"
#include "run/runner.h"

namespace chandler {
namespace {

// 1d may be rolled up from 1h, and that from 1m.
constexpr int kMostLinks = 3;

Error interrupted() {
  return {ErrorKind::interrupted, "interrupted", "",
          "what has arrived is committed; asking again does the rest"};
}

bool touch(const TimeRange& a, const TimeRange& b) { return a.from <= b.to && b.from <= a.to; }

std::set<SeriesId> series_of(const auto& errands) {
  std::set<SeriesId> all;
  for (const auto& errand : errands) all.insert(errand.series());
  return all;
}

void fail(const auto& errands, const Error& error) {
  for (const auto& errand : errands) {
    for (Wanted* w : errand.wanted) w->failure = error;
  }
}

bool holds_all(const Cache& cache, const Wanted& wanted) {
  const auto missing = owed(cache, wanted);
  return missing && missing->empty();
}

// What could not be had matters only to those who miss something.
void settle_failure(const Cache& cache, Wanted& wanted) {
  if (!wanted.failure) return;
  if (wanted.failure->kind != ErrorKind::usage && holds_all(cache, wanted)) {
    wanted.note(wanted.failure->line());
  } else {
    wanted.answer->error = std::move(wanted.failure);
  }
  wanted.failure.reset();
}

}  // namespace

void ReadThrough::fetch(std::span<Wanted* const> wanted, const std::stop_token& stop) {
  const std::uint64_t released = parts_.claims.released();
  Errands list = errands(wanted);
  if (!list.empty()) {
    const auto claim = parts_.claims.take(series_of(list), stop);
    if (!claim) {
      fail(list, interrupted());
    } else {
      // An arena of its own: a thread that waits in here must not take up work of the host's, which
      // could come back to us and wait for the claim that this very thread holds.
      oneapi::tbb::task_arena{}.execute([&] {
        // Somebody else may have fetched the same meanwhile.
        if (parts_.claims.released() != released) list = errands(wanted);
        if (const auto ran = run(list, stop); !ran) fail(list, ran.error());
      });
    }
  }
  for (Wanted* w : wanted) settle_failure(parts_.cache, *w);
}

ReadThrough::Errands ReadThrough::errands(std::span<Wanted* const> wanted) const {
  Errands list;
  for (Wanted* w : wanted) {
    w->failure.reset();
    auto ask = what_to_ask(*w);
    if (!ask) {
      w->failure = std::move(ask).error();
    } else if (*ask) {
      add(list, **std::move(ask), w);
    }
  }
  return list;
}

// Nothing: all is there.
Result<std::optional<SeriesAsk>> ReadThrough::what_to_ask(const Wanted& wanted) const {
  SeriesAsk ask{wanted.symbol, wanted.series.timeframe, wanted.query().range, {}, wanted.provider};
  if (ask.range.empty()) return std::optional<SeriesAsk>{};
  SeriesPlan plan = planner_.plan(ask);
  // The finer series is asked for by its own name, so that two who need it ask once.
  for (int i = 0; i < kMostLinks && plan.series.timeframe != ask.timeframe; ++i) {
    ask.timeframe = plan.series.timeframe;
    ask.derive = plan.derive;
    plan = planner_.plan(ask);
  }
  if (plan.refused) return *plan.refused;
  if (!plan.pieces.empty() || (!ask.derive.empty() && !rolled_up(wanted)))
    return std::optional(ask);
  for (const std::string& note : plan.notes) wanted.note(note);
  return std::optional<SeriesAsk>{};
}

bool ReadThrough::rolled_up(const Wanted& wanted) const {
  if (!holds_all(parts_.cache, wanted)) return false;
  const auto status = parts_.cache.status(wanted.series);
  return status && !status->behind;
}

void ReadThrough::add(Errands& list, SeriesAsk ask, Wanted* wanted) {
  const auto same = std::find_if(list.begin(), list.end(), [&](const Errand& e) {
    return e.ask.symbol.symbol == ask.symbol.symbol && e.ask.timeframe == ask.timeframe &&
           e.ask.provider == ask.provider && touch(e.ask.range, ask.range);
  });
  if (same == list.end()) {
    list.push_back({std::move(ask), {wanted}});
    return;
  }
  TimeRange& range = same->ask.range;
  range = {std::min(range.from, ask.range.from), std::max(range.to, ask.range.to)};
  for (const Timeframe tf : ask.derive) {
    auto& derive = same->ask.derive;
    if (std::find(derive.begin(), derive.end(), tf) == derive.end()) derive.push_back(tf);
  }
  same->wanted.push_back(wanted);
}

// One errand of each series: two would not see what the other brings.
ReadThrough::Errands ReadThrough::take_round(Errands& list) {
  Errands round;
  Errands later;
  std::set<SeriesId> taken;
  for (Errand& errand : list) {
    Errands& to = taken.insert(errand.series()).second ? round : later;
    to.push_back(std::move(errand));
  }
  list = std::move(later);
  return round;
}

Result<void> ReadThrough::run(Errands list, const std::stop_token& stop) {
  if (list.empty()) return {};
  CHANDLER_CHECK(parts_.cache.check_writable());
  CHANDLER_CHECK(parts_.cache.make_root());
  const RunRecords records = RunRecords::open(parts_.cache);
  while (!list.empty()) {
    const Errands round = take_round(list);
    const RunReport report = run_round(round, stop);
    tell(round, report);
    const auto noted = [&](const Error& e) {
      for (const Errand& errand : round) {
        for (const Wanted* w : errand.wanted) w->note(e.line());
      }
    };
    if (const auto fresh = parts_.cache.refresh_summaries(); !fresh)
      noted(fresh.error().within("_metadata"));
    for (const Error& warning : parts_.cache.take_warnings()) noted(warning);
    if (const auto kept = records.keep(report); !kept) noted(kept.error());
  }
  return {};
}

RunReport ReadThrough::run_round(const Errands& round, const std::stop_token& stop) const {
  RunRequest request{.verb = "get"};
  request.options.workers = parts_.workers;
  for (const Errand& errand : round) request.series.push_back(errand.ask);
  RunObserver observer;
  return execute(request, {parts_.cache, parts_.sources, parts_.selector, observer}, stop);
}

void ReadThrough::tell(const Errands& round, const RunReport& report) {
  const auto find = [&](const SeriesId& id) {
    return std::find_if(report.series.begin(), report.series.end(),
                        [&](const SeriesReport& s) { return s.outcome.series == id; });
  };
  const auto hear = [&](Wanted& w, const SeriesId& id) {
    auto entry = find(id);
    while (entry != report.series.end()) {
      if (!w.failure) w.failure = entry->outcome.error;
      for (const std::string& note : entry->outcome.notes) w.note(note);
      if (!entry->derived_from) break;
      entry = find({id.symbol, *entry->derived_from});
    }
  };
  for (const Errand& errand : round) {
    const bool begun = find(errand.series()) != report.series.end();
    for (Wanted* w : errand.wanted) {
      if (!begun) w->failure = interrupted();
      hear(*w, errand.series());
      hear(*w, w->series);
    }
  }
}

void check_held(const Cache& cache, const Wanted& wanted) {
  const auto missing = owed(cache, wanted);
  if (!missing) {
    wanted.answer->error = missing.error();
    return;
  }
  if (missing->empty()) return;
  std::int64_t bars = 0;
  for (const Missing& m : *missing) bars += m.bars;
  const std::string who =
      bars == 0 ? "bars are" : fmt::format("{} bar{}", bars, bars == 1 ? " is" : "s are");
  wanted.answer->error =
      Error{ErrorKind::not_found,
            fmt::format("{} not in the cache, from {} on, and nobody is asked offline", who,
                        format_instant(missing->front().range.from)),
            wanted.series.text(), ""};
}

}  // namespace chandler
