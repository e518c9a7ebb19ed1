#include "run/steps.h"

#include <fmt/format.h>
#include <oneapi/tbb/task_arena.h>

#include <algorithm>
#include <utility>

#include "run/scale.h"
#include "run/stopwatch.h"

namespace chandler {
namespace {

using FirstTry = SeriesRun::FirstTry;
using SteadyClock = std::chrono::steady_clock;

ProviderFacts facts_of(const PageWork& work) {
  const Capabilities& able = work.provider->capabilities();
  ProviderFacts facts{.name = work.page.source.empty() ? able.name : work.page.source,
                      .reliability = able.reliability,
                      .adjustment = std::string(to_string(able.adjustment))};
  if (!able.rate_limits.empty()) facts.rate_limit = to_string(able.rate_limits.front());
  return facts;
}

// What may be committed together with what is waiting.
bool follows(const Delivery& waiting, const Delivery& page) {
  return waiting.provider.name == page.provider.name &&
         (waiting.bars.empty() || page.bars.empty() ||
          waiting.bars.timestamp.back() < page.bars.timestamp.front());
}

// Rows that came without numbers are findings behind those of the bars. Where no bar is expected they say what the
// calendar says.
void add_blanks(PageWork& work) {
  const SeriesRun& run = *work.run;
  const auto expected = [&](Instant t) {
    return run.calendar.kind() == CalendarKind::none || run.plan.extended_hours ||
           run.calendar.expects(run.plan.series.timeframe, t);
  };
  ValidationReport& report = work.report;
  for (const Instant t : work.page.blanks) {
    if (!work.asked.contains(t)) continue;
    const Rule rule = expected(t) ? Rule::bad_number : Rule::outside_session;
    report.findings.push_back({rule, t, report.rows_in++});
    if (rule == Rule::bad_number) ++report.blanks;
  }
}

PageVerdict verdict_on(const PageWork& work) {
  if (work.report.untrustworthy()) return PageVerdict::refused;
  return work.run->refused_by_cache ? PageVerdict::stop : PageVerdict::taken;
}

std::string joined(const std::set<std::string>& names) {
  std::string text;
  for (const std::string& name : names) text += (text.empty() ? "" : ",") + name;
  return text;
}

bool is_failure(WriteStatus status) {
  return status == WriteStatus::failed || status == WriteStatus::partial;
}

// A thread that waits inside a commit must not take up another series: it would hold two locks.
template <class Work>
auto alone(const Work& work) {
  return oneapi::tbb::this_task_arena::isolate(work);
}

}  // namespace

void RunSteps::plan(SeriesRun& run) {
  const FirstTry* const before = run.first_try ? &*run.first_try : nullptr;
  run.plan = planner_.plan(run.ask, before != nullptr ? before->plan.otherwise : std::nullopt);
  run.calendar = Calendar::of(run.plan.series.symbol, run.plan.instrument.asset_class);
  run.report.outcome.series = run.plan.series;
  for (const PlannedPiece& piece : run.plan.pieces) {
    const Missing& m = piece.missing;
    run.report.asked.push_back({m.range, m.bars, m.asked_before});
  }
  run.error = run.plan.refused;
  run.notes.insert(run.notes.end(), run.plan.notes.begin(), run.plan.notes.end());
  const std::lock_guard hold(observer_);
  context_.observer.on_planned(run.plan);
}

void RunSteps::validate(PageWork& work) const {
  if (work.provider == nullptr) return;
  SeriesRun& run = *work.run;
  const Stopwatch watch{run.report.times.validate};
  work.report = chandler::validate(work.page.bars, {.timeframe = run.plan.series.timeframe,
                                                    .calendar = run.calendar,
                                                    .asked = work.asked,
                                                    .now = context_.cache.now(),
                                                    .extended_hours = run.plan.extended_hours});
  add_blanks(work);
}

void RunSteps::count(SeriesRun& run, const PageWork& work) const {
  SeriesReport& report = run.report;
  ++report.pages;
  report.outcome.rows_fetched += work.report.rows_in + work.page.unreadable;
  report.outcome.rejected += work.report.rejected() + work.page.unreadable;
  for (const Finding& finding : work.report.findings) ++report.rules[finding.rule];
  if (!work.report.conflicts.empty()) report.rules[Rule::conflict] += work.report.conflicts.size();
  if (work.page.unreadable > 0) report.rules[Rule::bad_line] += work.page.unreadable;
  for (const std::string& note : work.page.notes) {
    auto& notes = report.outcome.notes;
    if (std::find(notes.begin(), notes.end(), note) == notes.end()) notes.push_back(note);
  }
}

bool RunSteps::gather(PageWork& work) {
  SeriesRun& run = *work.run;
  if (work.provider == nullptr) {
    for (GapVerdict& verdict : work.verdicts) run.pending.verdicts.push_back(std::move(verdict));
    run.due.push_back(std::exchange(run.pending, {}));
    return true;
  }
  count(run, work);
  {
    const std::lock_guard hold(observer_);
    context_.observer.on_bars(run.plan.series, work.report.rows_in);
  }
  run.taken.clear();
  compare_scale(work);
  if (!work.report.untrustworthy() && !run.refused_by_cache) {
    if (run.keep_times) run.taken = work.page.bars.timestamp;
    take(work);
    if (work.last || is_enough(run)) run.due.push_back(std::exchange(run.pending, {}));
  }
  if (work.last || !run.due.empty()) return true;
  run.give(verdict_on(work));
  return false;
}

void RunSteps::compare_scale(const PageWork& work) const {
  SeriesRun& run = *work.run;
  const BarSeries& now = work.page.neighbours;
  if (now.empty() || work.page.bars.empty() || !run.plan.exists || run.on_scale == work.provider)
    return;
  const auto [first, last] = std::minmax_element(now.timestamp.begin(), now.timestamp.end());
  const TimeRange around{*first, *last + seconds{1}};
  const auto kept = alone([&] { return context_.cache.read(run.plan.series, around); });
  // Damage is told of by who needs these bars.
  const auto scale = kept ? scale_between(*kept, now) : std::nullopt;
  if (!scale) {
    run.scale_unknown = true;
  } else if (same_scale(*scale, 1)) {
    run.on_scale = work.provider;
  } else {
    run.refused_by_cache = other_scale(work, *scale);
  }
}

Error RunSteps::other_scale(const PageWork& work, double scale) const {
  const SeriesId& series = work.run->plan.series;
  const Capabilities& able = work.provider->capabilities();
  std::string what =
      fmt::format("the prices of {} are now {:.6g} times those kept", able.name, scale);
  if (const auto split = split_behind(scale, work.page.splits)) {
    what += fmt::format(" (a split {:g}:{:g} on {})", split->numerator, split->denominator,
                        format_instant(split->at).substr(0, 10));
  }
  return {ErrorKind::data, what + ": no new bar was written, as they do not go together",
          series.text(), how_to_begin_anew(series, able)};
}

std::string RunSteps::how_to_begin_anew(const SeriesId& series, const Capabilities& able) const {
  const auto status = context_.cache.status(series);
  const bool is_all_its_own =
      status && status->first && status->providers == std::vector<std::string>{able.name} &&
      able.reaches_back_to(series.timeframe, context_.cache.now()) <= *status->first;
  if (!is_all_its_own) {
    return fmt::format(
        "fetch them into another cache (--cache DIR): not all that is kept here can be had from {} "
        "again",
        able.name);
  }
  return fmt::format(
      "fetch all of them anew: chandler rm {0} {1} --yes && chandler fetch {0} -t {1} --from {2} "
      "--provider {3}",
      series.symbol.name(), to_string(series.timeframe),
      format_instant(*status->first).substr(0, 10), able.name);
}

void RunSteps::take(PageWork& work) {
  SeriesRun& run = *work.run;
  Delivery page{.provider = facts_of(work),
                .bars = std::move(work.page.bars),
                .report = work.report,
                .asked = {},
                .verdicts = std::move(work.verdicts),
                .asset_class = {}};
  if (!work.page.settles.empty()) page.asked = work.page.settles;
  if (run.plan.instrument.asset_class != AssetClass::unknown)
    page.asset_class = run.plan.instrument.asset_class;
  const bool is_first = run.pending.provider.name.empty();
  if (!is_first && follows(run.pending, page)) {
    run.pending.append(std::move(page));
    return;
  }
  Delivery before = std::exchange(run.pending, std::move(page));
  run.pending_since = SteadyClock::now();
  if (is_first) {  // it holds nothing but verdicts
    run.pending.verdicts.insert(run.pending.verdicts.end(), before.verdicts.begin(),
                                before.verdicts.end());
  } else {
    run.due.push_back(std::move(before));
  }
}

bool RunSteps::is_enough(const SeriesRun& run) const {
  return run.pending.bars.size() >= options_.commit_bars ||
         SteadyClock::now() - run.pending_since >= options_.commit_every;
}

void RunSteps::write(PageWork& work) {
  SeriesRun& run = *work.run;
  for (Delivery& delivery : std::exchange(run.due, {})) commit(run, std::move(delivery));
  if (work.provider != nullptr) run.give(verdict_on(work));
}

void RunSteps::commit(SeriesRun& run, Delivery delivery) {
  if (run.refused_by_cache) return;
  if (delivery.provider.name.empty()) {
    if (delivery.verdicts.empty()) return;
    // Nobody brought anything, but somebody was asked.
    delivery.provider.name = run.tried.empty() ? "nobody" : run.tried.back();
  }
  const bool brings_bars = !delivery.bars.empty();
  // A series without a bar has no file that could remember what was asked for.
  if (!brings_bars && !run.plan.exists && run.files.empty()) return;
  const Stopwatch watch{run.report.times.merge};
  const WriteOutcome written =
      alone([&] { return context_.cache.merge(run.plan.series, delivery); });
  WriteOutcome& sum = run.report.outcome;
  sum.rows_written += written.rows_written;
  sum.notes.insert(sum.notes.end(), written.notes.begin(), written.notes.end());
  run.files.insert(written.files.begin(), written.files.end());
  if (brings_bars) run.providers.insert(delivery.provider.name);
  if (written.status == WriteStatus::ok) sum.status = WriteStatus::ok;
  if (is_failure(written.status)) run.refused_by_cache = written.error;
}

bool RunSteps::goes_another_way(SeriesRun& run) const {
  if (!run.error || !run.plan.otherwise || run.first_try) return false;
  if (run.plan.refused || run.interrupted || run.refused_by_cache || !run.files.empty())
    return false;
  run.first_try.emplace(FirstTry{.plan = std::move(run.plan),
                                 .asked = std::exchange(run.report.asked, {}),
                                 .error = *std::exchange(run.error, {})});
  run.pending = {};
  return true;
}

// Where the other way led to nothing, too, what was asked for has failed, and for its own reason.
void RunSteps::tell_first_try(SeriesRun& run) {
  if (!run.first_try) return;
  FirstTry& first = *run.first_try;
  if (!run.error || !run.files.empty()) {
    run.notes.push_back(fmt::format("{} was rolled up from {}: {}", first.plan.series.text(),
                                    to_string(run.plan.series.timeframe), first.error.line()));
    return;
  }
  run.notes.push_back(run.error->line());
  run.error = std::move(first.error);
  run.report.asked = std::move(first.asked);
  run.plan = std::move(first.plan);
  run.report.outcome.series = run.plan.series;
}

// A run before this one may have died, or failed, behind its last commit: then nothing is missing, and nobody else
// would clear up.
void RunSteps::clear_up(SeriesRun& run) {
  if (!run.plan.exists || run.plan.refused || run.interrupted || run.refused_by_cache) return;
  if (!run.files.empty()) return;
  const auto recovered = alone([&] { return context_.cache.recover(run.plan.series); });
  if (!recovered) run.refused_by_cache = recovered.error();
}

void RunSteps::resample(SeriesRun& run) {
  clear_up(run);
  if (run.plan.derive.empty() || run.interrupted || run.refused_by_cache) return;
  if (run.plan.refused && run.plan.refused->kind != ErrorKind::unsupported) return;
  std::chrono::microseconds time{};
  std::vector<WriteOutcome> outcomes;
  {
    const Stopwatch watch{time};
    outcomes = alone([&] {
      return context_.cache.resample(run.plan.series.symbol, run.plan.series.timeframe,
                                     run.plan.derive, run.plan.force);
    });
  }
  for (WriteOutcome& outcome : outcomes) {
    // Without a source there is nothing to say of what would be made of it. One that was there a moment ago is
    // another matter: the disk is gone.
    const bool no_source = !run.plan.exists && run.files.empty();
    if (no_source && outcome.error && outcome.error->kind == ErrorKind::not_found) continue;
    SeriesReport report{.outcome = std::move(outcome), .derived_from = run.plan.series.timeframe};
    report.times.resample = time / static_cast<std::int64_t>(outcomes.size());
    run.derived.push_back(std::move(report));
  }
  run.report.times.resample = time;
}

void RunSteps::finish(SeriesRun& run) {
  tell_first_try(run);
  SeriesReport& report = run.report;
  WriteOutcome& outcome = report.outcome;
  report.tried = std::move(run.tried);
  report.times.fetch = run.fetching;
  outcome.provider = joined(run.providers);
  outcome.files.assign(run.files.begin(), run.files.end());
  outcome.notes.insert(outcome.notes.begin(), run.notes.begin(), run.notes.end());
  outcome.error = run.refused_by_cache ? run.refused_by_cache : run.error;
  if (outcome.error && outcome.error->where.empty()) outcome.error->where = run.plan.series.text();
  if (!outcome.error && run.interrupted) {
    outcome.error = Error{ErrorKind::interrupted, "interrupted", run.plan.series.text(),
                          "what has arrived is committed; the same command again does the rest"};
  }
  if (!outcome.error && !run.plan.exists && outcome.files.empty() && !report.asked.empty())
    outcome.notes.emplace_back(
        "nobody has a bar of this range; it is asked for again the next time");
  if (run.scale_unknown && run.on_scale == nullptr && !outcome.error && !run.plan.force) {
    outcome.notes.emplace_back(
        "no bar kept stands beside the new ones: if there was a split between, their prices do not "
        "go together");
  }
  if (outcome.error) {
    outcome.status = outcome.files.empty() ? WriteStatus::failed : WriteStatus::partial;
  }
  const auto describe = [&](SeriesReport& r) {
    const auto status = context_.cache.status(r.outcome.series);
    if (!status || status->rows == 0) return;
    r.score = status->score;
    r.outcome.gaps = status->gaps;
  };
  describe(report);
  for (SeriesReport& r : run.derived) {
    r.outcome.provider = outcome.provider;
    describe(r);
  }
  const std::lock_guard hold(observer_);
  context_.observer.on_done(report, run.derived);
}

}  // namespace chandler
