// chandler get SYM TF [--from] [--to] [--last N] [--provider] [--offline] [--format] [--columns]
#include <algorithm>
#include <nlohmann/json.hpp>

#include "chandler/data_manager.h"
#include "interrupt.h"
#include "interrupt_watch.h"
#include "print_bars.h"
#include "series_arguments.h"
#include "use_sources.h"
#include "verbs.h"

namespace chandler::cli {
namespace {

constexpr std::size_t kMostLast = 100'000'000;

struct GetArguments {
  SeriesArguments series;
  RangeArguments range;
  FormArguments form;
  std::size_t last = 0;
  std::string provider;
  bool offline = false;
  std::vector<std::string> plugin_places;
};

Result<DataManager> open_manager(const Context& context, const GetArguments& arguments) {
  const auto& places = arguments.plugin_places;
  auto manager = DataManager::open({.cache = context.cache_root,
                                    .config = context.config.file,
                                    .plugin_places = {places.begin(), places.end()},
                                    .offline = arguments.offline,
                                    .partial = true});
  if (!manager) return as_usage(std::move(manager).error());
  for (const Error& problem : manager->problems()) context.out.warning(problem.line());
  return manager;
}

// There is an error, and nothing to print.
ExitCode nothing_to_print(Output& out, const Error& error) {
  out.error(error);
  if (out.json()) out.document(error_document(error));
  const ExitCode code = exit_code_of(error);
  return code == ExitCode::some_failed ? ExitCode::all_failed : code;
}

Result<ExitCode> get(const Context& context, const GetArguments& arguments) {
  CHANDLER_TRY(const SeriesId id, parse_series(arguments.series));
  CHANDLER_TRY(const BarsForm form, parse_form(arguments.form, context.out.json()));
  CHANDLER_CHECK(parse_range(arguments.range, Clock::system().now()));
  if (!arguments.offline) finish_first_on_signals();
  CHANDLER_TRY(DataManager manager, open_manager(context, arguments));
  const BarsRequest request{.symbol = arguments.series.symbol,
                            .timeframe = arguments.series.timeframe,
                            .from = arguments.range.from,
                            .to = arguments.range.to,
                            .last = arguments.last,
                            .provider = arguments.provider};
  BarsAnswer answer;
  {
    const InterruptWatch watch;
    answer = std::move(manager.get_many({&request, 1}, watch.token()).front());
  }
  for (const std::string& note : answer.notes)
    context.out.warning(id.text() + ": " + printable(note, 300));
  if (answer.error && answer.bars.empty()) return nothing_to_print(context.out, *answer.error);
  CHANDLER_CHECK(print_bars(context.out, id, answer.bars, form, answer.error));
  if (!answer.error) return ExitCode::done;
  context.out.error(*answer.error);
  return answer.error->kind == ErrorKind::interrupted ? ExitCode::interrupted
                                                      : ExitCode::some_failed;
}

}  // namespace

VerbAction declare_get(CLI::App& app) {
  auto arguments = std::make_shared<GetArguments>();
  add_series(app, arguments->series);
  add_range(app, arguments->range);
  app.add_option("--last", arguments->last, "The last N bars that are over by --to (default: now)")
      ->type_name("N")
      ->check(CLI::Range(std::size_t{1}, kMostLast).description(""));
  add_form(app, arguments->form);
  app.add_option("--provider", arguments->provider, "Ask this provider and no other")
      ->type_name("NAME");
  app.add_flag("--offline", arguments->offline, "Ask nobody: only what the cache holds");
  add_plugin_places(app, arguments->plugin_places);
  return [arguments](Context& context) { return get(context, *arguments); };
}

}  // namespace chandler::cli
