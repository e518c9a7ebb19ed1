// chandler warm [SYM [TF]]
#include <nlohmann/json.hpp>

#include "series_arguments.h"
#include "table.h"
#include "verbs.h"

namespace chandler::cli {
namespace {

Json as_json(const WarmReport& report, std::size_t failed) {
  Json series = Json::array();
  Json first_error;
  for (const WarmOutcome& o : report.series) {
    if (o.error && first_error.is_null()) first_error = error_object(*o.error);
    series.push_back(Json{{"symbol", o.series.symbol.name()},
                          {"timeframe", to_string(o.series.timeframe)},
                          {"built", o.built},
                          {"kept", o.kept},
                          {"bytes", o.bytes},
                          {"error", o.error ? Json(o.error->line()) : Json(nullptr)}});
  }
  Json document{{"ok", failed == 0}, {"series", std::move(series)}, {"removed", report.removed}};
  if (failed > 0) document["error"] = std::move(first_error);
  return document;
}

std::string as_text(const WarmReport& report) {
  Table table{
      {{"series"}, {"built", Align::right}, {"kept", Align::right}, {"size", Align::right}}};
  for (const WarmOutcome& o : report.series) {
    table.add({o.series.text(), std::to_string(o.built.size()), std::to_string(o.kept.size()),
               human_bytes(o.bytes)});
  }
  std::string all = report.series.empty() ? "nothing to copy\n" : table.text();
  for (const std::string& file : report.removed) all += "removed " + printable(file, 200) + "\n";
  return all;
}

Result<ExitCode> warm(const Context& context, const SeriesArguments& arguments) {
  CHANDLER_TRY(const SeriesChoice choice, parse_choice(arguments));
  CHANDLER_TRY(Cache cache, context.open_cache_to_write());
  CHANDLER_CHECK(chosen_series(cache, choice));
  CHANDLER_TRY(const WarmReport report, cache.warm(choice.symbol, choice.timeframe));
  std::size_t failed = 0;
  Error first;
  for (const WarmOutcome& o : report.series) {
    if (!o.error) continue;
    if (failed++ == 0) first = *o.error;
    context.out.error(*o.error);
  }
  if (context.out.json()) {
    context.out.document(as_json(report, failed));
  } else {
    context.out.text(as_text(report));
  }
  return exit_code_of_work(report.series.size(), failed, first);
}

}  // namespace

VerbAction declare_warm(CLI::App& app) {
  auto arguments = std::make_shared<SeriesArguments>();
  add_optional_series(app, *arguments);
  return [arguments](Context& context) { return warm(context, *arguments); };
}

}  // namespace chandler::cli
