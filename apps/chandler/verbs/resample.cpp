// chandler resample SYM --source TF -t TF,...
#include <nlohmann/json.hpp>

#include "report/run_report.h"
#include "series_arguments.h"
#include "table.h"
#include "verbs.h"
#include "write_report.h"

namespace chandler::cli {
namespace {

struct ResampleArguments {
  std::string symbol;
  std::string source;
  std::vector<std::string> targets;
  bool force = false;
};

struct Request {
  SeriesId source;
  std::vector<Timeframe> targets;
};

Result<Request> parse(const ResampleArguments& arguments) {
  CHANDLER_TRY(SeriesId source, parse_series({arguments.symbol, arguments.source}));
  CHANDLER_TRY(std::vector<Timeframe> targets,
               parse_targets(arguments.targets, source.timeframe, "-t"));
  return Request{std::move(source), std::move(targets)};
}

Result<ExitCode> resample(const Context& context, const ResampleArguments& arguments) {
  CHANDLER_TRY(const Request request, parse(arguments));
  CHANDLER_TRY(Cache cache, context.open_cache_to_write());
  CHANDLER_CHECK(chosen_series(cache, {request.source.symbol, request.source.timeframe}));

  // One call for all: the frames on the way are computed once. It is a matter of seconds, and a
  // signal meanwhile finds nothing left to stop.
  const std::vector<WriteOutcome> outcomes = cache.resample(
      request.source.symbol, request.source.timeframe, request.targets, arguments.force);
  refresh_summaries(cache, context.out);

  const Failures failures = failures_of(outcomes);
  Output& out = context.out;
  report_outcomes(outcomes, out);
  if (out.json()) {
    Json series = Json::array();
    for (const WriteOutcome& outcome : outcomes) series.push_back(outcome_json(outcome));
    Json document{{"ok", failures.count == 0}, {"series", std::move(series)}};
    if (failures.count > 0) document["error"] = error_object(failures.first);
    out.document(document);
  } else {
    out.text(outcome_table(outcomes));
  }
  return exit_code_of_work(outcomes.size() + failures.partial, failures.count, failures.first);
}

}  // namespace

VerbAction declare_resample(CLI::App& app) {
  auto arguments = std::make_shared<ResampleArguments>();
  app.add_option("SYM", arguments->symbol, "Symbol: BTCUSDT, BTC/USDT, AAPL, ^GSPC")->required();
  app.add_option("--source", arguments->source, "The timeframe to roll up")
      ->type_name("TF")
      ->required();
  app.add_option("-t,--timeframe", arguments->targets,
                 "The timeframes to make, separated by commas")
      ->type_name("TF,...")
      ->delimiter(',')
      ->allow_extra_args(false)
      ->required();
  app.add_flag("--force", arguments->force, "Replace timeframes that were imported, too");
  return [arguments](Context& context) { return resample(context, *arguments); };
}

}  // namespace chandler::cli
