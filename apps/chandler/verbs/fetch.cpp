// chandler fetch SYM... -t TF --from WHEN [--to WHEN] [...]
#include <algorithm>

#include "chandler/resample.h"
#include "run_verb.h"
#include "series_arguments.h"
#include "verbs.h"

namespace chandler::cli {
namespace {

struct FetchArguments {
  std::vector<std::string> symbols;
  std::string timeframe;
  std::vector<std::string> derive;
  std::string provider;
  bool extended_hours = false;
  RangeArguments range;
  RunArguments run;
};

Result<TimeRange> range_of(const FetchArguments& arguments, const Config& config, Instant now) {
  RangeArguments range = arguments.range;
  if (range.from.empty()) range.from = config.defaults.from.value_or("");
  if (range.from.empty()) {
    return Error{ErrorKind::usage, "is missing", "--from",
                 "write where to begin: --from 2024-01-01, --from -30d"};
  }
  if (range.to.empty()) range.to = "now";
  CHANDLER_TRY(const TimeRange parsed, parse_range(range, now));
  if (parsed.empty()) return Error{ErrorKind::usage, "the range is empty", "--from, --to", ""};
  return parsed;
}

Result<std::vector<Timeframe>> derive_of(const FetchArguments& arguments, Timeframe source,
                                         const Config& config) {
  if (!arguments.derive.empty()) return parse_targets(arguments.derive, source, "--derive");
  std::vector<Timeframe> derive;
  for (const Timeframe target : config.defaults.derive) {
    if (chain_path(source, target)) derive.push_back(target);
  }
  return derive;
}

Result<std::vector<SeriesAsk>> asks_of(const Context& context, const FetchArguments& arguments) {
  CHANDLER_TRY(const Timeframe timeframe, parse_timeframe(arguments.timeframe));
  CHANDLER_TRY(const TimeRange range, range_of(arguments, context.config, Clock::system().now()));
  CHANDLER_TRY(const auto derive, derive_of(arguments, timeframe, context.config));
  std::vector<SeriesAsk> asks;
  for (const std::string& text : arguments.symbols) {
    CHANDLER_TRY(AskedSymbol symbol, parse_asked_symbol(text));
    const bool twice = std::any_of(asks.begin(), asks.end(), [&](const SeriesAsk& a) {
      return a.symbol.symbol == symbol.symbol;
    });
    if (twice) continue;
    asks.push_back({std::move(symbol), timeframe, range, derive, arguments.provider,
                    arguments.extended_hours});
  }
  return asks;
}

Result<ExitCode> fetch(const Context& context, const FetchArguments& arguments) {
  RunCommand command = make_command("fetch", arguments.run,
                                    context.config.defaults.workers.value_or(kDefaultWorkers));
  CHANDLER_TRY(command.series, asks_of(context, arguments));
  return run_command(context, command);
}

}  // namespace

VerbAction declare_fetch(CLI::App& app) {
  auto arguments = std::make_shared<FetchArguments>();
  app.add_option("SYM", arguments->symbols, "Symbols: BTCUSDT, BTC/USDT, AAPL, ^GSPC, crypto:ABTC")
      ->required();
  app.add_option("-t,--timeframe", arguments->timeframe, "The timeframe to fetch")
      ->type_name("TF")
      ->required();
  add_range(app, arguments->range);
  app.add_option("--derive", arguments->derive,
                 "Timeframes to roll up from it, separated by commas")
      ->type_name("TF,...")
      ->delimiter(',')
      ->allow_extra_args(false);
  app.add_option("--provider", arguments->provider, "Ask this provider and no other")
      ->type_name("NAME");
  app.add_flag("--extended-hours", arguments->extended_hours,
               "Keep bars outside the exchange's sessions");
  add_run_options(app, arguments->run,
                  "Ask for all of the range again, whatever is there; replace fetched timeframes "
                  "by rolled-up ones");
  return [arguments](Context& context) { return fetch(context, *arguments); };
}

}  // namespace chandler::cli
