#include "run_verb.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <optional>

#include "interrupt_watch.h"
#include "report/html_report.h"
#include "run/runner.h"
#include "run_progress.h"
#include "run_tables.h"
#include "use_sources.h"
#include "whole_file.h"
#include "write_report.h"

namespace chandler::cli {
namespace {

// Every series that was refused before anybody was asked: then nothing was done at all.
bool nothing_was_begun(const RunReport& report) {
  return std::all_of(report.series.begin(), report.series.end(), [](const SeriesReport& s) {
    return s.outcome.status == WriteStatus::unchanged ||
           (s.tried.empty() && s.outcome.error &&
            exit_code_of(*s.outcome.error) == ExitCode::usage);
  });
}

// One series alone whose files in the cache are bad, in the way, or of a later version: a failure of
// the data.
bool lies_in_the_one_series(const RunReport& report) {
  const SeriesReport* one = nullptr;
  for (const SeriesReport& s : report.series) {
    if (s.derived_from) continue;
    if (one != nullptr) return false;
    one = &s;
  }
  if (one == nullptr || !one->outcome.error) return false;
  return lies_in_the_files(one->outcome.error->kind);
}

ExitCode code_of(const RunReport& report) {
  if (report.interrupted) return ExitCode::interrupted;
  std::size_t failed = 0;
  std::size_t partial = 0;
  std::size_t all = 0;
  for (const SeriesReport& s : report.series) {
    // That a frame needed no rolling up is not something that went well.
    if (s.derived_from && s.outcome.status == WriteStatus::unchanged) continue;
    ++all;
    failed += s.outcome.status == WriteStatus::failed ? 1 : 0;
    partial += s.outcome.status == WriteStatus::partial ? 1 : 0;
  }
  if (failed + partial == 0) return ExitCode::done;
  if (failed < all) return ExitCode::some_failed;
  if (nothing_was_begun(report)) return ExitCode::usage;
  return lies_in_the_one_series(report) ? ExitCode::some_failed : ExitCode::all_failed;
}

Error interruption() {
  return {ErrorKind::interrupted, "interrupted", "",
          "what has arrived is committed; the same command again does the rest"};
}

// What a document gives as its error.
std::optional<Error> first_failure(const RunReport& report) {
  if (report.interrupted) return interruption();
  for (const SeriesReport& s : report.series) {
    const WriteOutcome& o = s.outcome;
    if (o.status != WriteStatus::failed && o.status != WriteStatus::partial) continue;
    return o.error.value_or(Error{ErrorKind::io, "failed", o.series.text(), ""});
  }
  return {};
}

void say(Output& out, const RunReport& report, const std::string& kept) {
  for (const SeriesReport& s : report.series) {
    for (const std::string& note : s.outcome.notes)
      out.warning(s.outcome.series.text() + ": " + printable(note, 300));
    const bool stopped = s.outcome.error && s.outcome.error->kind == ErrorKind::interrupted;
    if (s.outcome.error && !stopped) out.error(*s.outcome.error);
  }
  if (report.interrupted) out.error(interruption());
  out.text(run_table(report) + run_summary(report) + "\n");
  if (!kept.empty()) out.detail("report: " + kept);
}

Result<void> write_page(const Cache& cache, const RunReport& report, const std::string& name) {
  CHANDLER_TRY(WholeFile file, WholeFile::create(name));
  CHANDLER_CHECK(file.write(render_html(report, cache)));
  return file.commit();
}

// Before anything is made: a name that nobody has is wrong usage, wherever it stands.
Result<void> check_providers(const Registry& registry, const std::vector<SeriesAsk>& series) {
  for (const SeriesAsk& ask : series) {
    if (ask.provider.empty()) continue;
    if (const auto found = registry.find(ask.provider); !found)
      return found.error().within(ask.symbol.symbol.name());
  }
  return {};
}

SeriesPlan plan_of(const UnfitSeries& unfit) {
  SeriesPlan plan{.series = unfit.series, .instrument = {unfit.series.symbol}};
  plan.refused = unfit.error;
  return plan;
}

Result<ExitCode> show_plan(const Context& context, const RunCommand& command) {
  CHANDLER_TRY(const Cache cache, context.open_cache());
  CHANDLER_TRY(const auto sources, open_sources(context, command.plugin_places));
  CHANDLER_CHECK(check_providers(sources->registry(), command.series));
  CHANDLER_TRY(const auto selector, make_selector(*sources, context));
  const Planner planner{cache, *selector, command.options.plan};
  std::vector<SeriesPlan> plans;
  std::optional<Error> refused;
  bool good = false;
  for (const SeriesAsk& ask : command.series) plans.push_back(planner.plan(ask));
  for (const UnfitSeries& unfit : command.unfit) plans.push_back(plan_of(unfit));
  for (const SeriesPlan& plan : plans) {
    good = good || !plan.refused;
    if (!plan.refused) continue;
    if (!refused) refused = plan.refused;
    if (!context.out.json()) context.out.error(*plan.refused);
  }
  const SpaceNeed space = planner.space_for(plans);
  if (!space.fits()) {
    refused = planner.too_little(space);
    if (!context.out.json()) context.out.error(*refused);
  }
  if (context.out.json()) {
    Json document = plan_json(plans, space, command.job);
    if (refused) document["error"] = error_object(*refused);
    context.out.document(document);
  } else {
    context.out.data(plan_text(plans, space));
  }
  if (!refused) return ExitCode::done;
  if (!space.fits()) return ExitCode::all_failed;
  return good ? ExitCode::some_failed : exit_code_of(*refused);
}

// Nothing is wrong with what was asked for, but none of it can be done now.
ExitCode not_begun(Output& out, const Error& error) {
  out.error(error);
  if (out.json()) out.document(error_document(error));
  return ExitCode::all_failed;
}

void add_unfit(const std::vector<UnfitSeries>& unfit, RunReport& report) {
  for (const UnfitSeries& u : unfit) {
    const auto begun =
        std::find_if(report.series.begin(), report.series.end(),
                     [&](const SeriesReport& s) { return s.outcome.series == u.series; });
    if (begun == report.series.end()) {
      report.series.push_back(
          {.outcome = {.series = u.series, .status = WriteStatus::failed, .error = u.error}});
      continue;
    }
    WriteOutcome& outcome = begun->outcome;
    if (outcome.error) continue;
    outcome.status = outcome.rows_written > 0 ? WriteStatus::partial : WriteStatus::failed;
    outcome.error = u.error;
  }
  std::stable_sort(report.series.begin(), report.series.end(),
                   [](const SeriesReport& a, const SeriesReport& b) {
                     return a.outcome.series < b.outcome.series;
                   });
}

}  // namespace

Result<ExitCode> run_command(const Context& context, const RunCommand& command) {
  if (!command.html.empty()) CHANDLER_CHECK(check_target(command.html, context.cache_root));
  if (command.dry_run) return show_plan(context, command);
  CHANDLER_TRY(const auto sources, open_sources(context, command.plugin_places));
  CHANDLER_CHECK(check_providers(sources->registry(), command.series));
  CHANDLER_TRY(Cache cache, context.open_cache_to_write());
  CHANDLER_TRY(const auto selector, make_selector(*sources, context));
  const Planner planner{cache, *selector, command.options.plan};
  if (const auto fits = planner.check_space(command.series); !fits)
    return not_begun(context.out, fits.error());
  CHANDLER_CHECK(cache.make_root());
  const RunRecords records = RunRecords::open(cache);
  std::optional<store::File> lock;
  if (!command.job.empty()) {
    auto taken = records.lock(command.job);
    if (!taken) return not_begun(context.out, taken.error());
    lock.emplace(std::move(*taken));
  }

  RunProgress progress{context.out, command.series.size()};
  RunReport report;
  {
    const InterruptWatch watch;
    report = execute({command.verb, command.job, command.series, command.options},
                     {cache, *sources, *selector, progress}, watch.token());
  }
  progress.finish();
  add_unfit(command.unfit, report);
  refresh_summaries(cache, context.out);
  const auto kept = records.keep(report);
  if (!kept) context.out.warning(kept.error().line());
  say(context.out, report, kept ? *kept : "");
  ExitCode code = code_of(report);
  std::optional<Error> failure = first_failure(report);
  if (!command.html.empty()) {
    if (const auto written = write_page(cache, report, command.html); !written) {
      context.out.error(written.error());
      if (code == ExitCode::done) code = ExitCode::some_failed;
      if (!failure) failure = written.error();
    }
  }
  if (context.out.json()) {
    Json document = report_json(report);
    document["report"] = kept ? Json(*kept) : Json(nullptr);
    if (failure) {
      document["ok"] = false;
      document["error"] = error_object(*failure);
    }
    context.out.document(document);
  }
  return code;
}

void add_run_options(CLI::App& app, RunArguments& arguments, const char* force_help) {
  app.add_flag("--dry-run", arguments.dry_run, "Only show what would be asked for");
  app.add_flag("--force", arguments.force, force_help);
  app.add_option("--workers", arguments.workers, "Series fetched at once (default: 4)")
      ->type_name("N")
      ->check(CLI::Range(std::size_t{1}, kMaxWorkers));
  app.add_option("--html", arguments.html, "Also write the report as a page to this file")
      ->type_name("FILE");
  add_plugin_places(app, arguments.plugin_places);
}

RunCommand make_command(const char* verb, const RunArguments& arguments, std::size_t workers) {
  RunCommand command{.verb = verb};
  command.dry_run = arguments.dry_run;
  command.options.plan.force = arguments.force;
  command.options.workers =
      std::min(arguments.workers != 0 ? arguments.workers : workers, kMaxWorkers);
  command.html = arguments.html;
  command.plugin_places = arguments.plugin_places;
  return command;
}

}  // namespace chandler::cli
