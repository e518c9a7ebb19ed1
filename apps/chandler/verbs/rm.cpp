// chandler rm SYM [TF]
#include <nlohmann/json.hpp>

#include "confirm.h"
#include "interrupt.h"
#include "removal.h"
#include "series_arguments.h"
#include "table.h"
#include "verbs.h"

namespace chandler::cli {
namespace {

struct RmArguments {
  SeriesArguments series;
  bool yes = false;
};

std::string question(const std::vector<SeriesId>& ids) {
  std::vector<std::string> names;
  names.reserve(ids.size());
  for (const SeriesId& id : ids) names.emplace_back(to_string(id.timeframe));
  return "remove " + ids.front().symbol.name() + " " + joined(names) + "?";
}

Result<ExitCode> rm(const Context& context, const RmArguments& arguments) {
  CHANDLER_TRY(const SeriesChoice choice, parse_choice(arguments.series));
  CHANDLER_TRY(Cache cache, context.open_cache_to_write());
  const auto chosen = chosen_series(cache, choice);
  if (!chosen) {
    // Whoever removed it may have died before the summaries told so.
    refresh_summaries(cache, context.out);
    return chosen.error();
  }
  const std::vector<SeriesId>& ids = *chosen;
  CHANDLER_TRY(const bool yes, confirmed(context.out, question(ids), arguments.yes));
  Removal removal;
  for (const SeriesId& id : yes ? ids : std::vector<SeriesId>{}) {
    if (!removal.go_on()) break;
    removal.add(cache.remove(id));
  }
  refresh_summaries(cache, context.out);
  return removal.report(context.out);
}

}  // namespace

VerbAction declare_rm(CLI::App& app) {
  auto arguments = std::make_shared<RmArguments>();
  app.add_option("SYM", arguments->series.symbol, "Symbol: BTCUSDT, BTC/USDT, AAPL, ^GSPC")
      ->required();
  app.add_option("TF", arguments->series.timeframe, "Timeframe; default: all of the symbol");
  app.add_flag("-y,--yes", arguments->yes, "Do not ask");
  return [arguments](Context& context) { return rm(context, *arguments); };
}

}  // namespace chandler::cli
