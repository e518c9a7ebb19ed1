#include "series_arguments.h"

#include <algorithm>

#include "chandler/resample.h"
#include "command_tree.h"
#include "config/suggest.h"
#include "table.h"

namespace chandler::cli {

namespace {

constexpr const char* kSymbolHelp = "Symbol: BTCUSDT, BTC/USDT, AAPL, ^GSPC";
constexpr const char* kTimeframeHelp =
    "Timeframe: 1m 3m 5m 15m 30m 1h 2h 4h 6h 8h 12h 1d 3d 1w 1M (month)";

}  // namespace

void add_series(CLI::App& app, SeriesArguments& arguments) {
  app.add_option("SYM", arguments.symbol, kSymbolHelp)->required();
  app.add_option("TF", arguments.timeframe, kTimeframeHelp)->required();
}

void add_optional_series(CLI::App& app, SeriesArguments& arguments) {
  app.add_option("SYM", arguments.symbol, std::string{kSymbolHelp} + "; default: all");
  app.add_option("TF", arguments.timeframe, std::string{kTimeframeHelp} + "; default: all");
}

void add_range(CLI::App& app, RangeArguments& arguments) {
  app.add_option("--from", arguments.from, "First time: 2024-01-31, 2024-01-31T09:30, now, -30d")
      ->type_name("WHEN");
  app.add_option("--to", arguments.to, "End, exclusive")->type_name("WHEN");
}

Result<SeriesId> parse_series(const SeriesArguments& arguments) {
  CHANDLER_TRY(AskedSymbol symbol, parse_asked_symbol(arguments.symbol));
  CHANDLER_TRY(const Timeframe timeframe, parse_timeframe(arguments.timeframe));
  return SeriesId{std::move(symbol.symbol), timeframe};
}

Result<TimeRange> parse_range(const RangeArguments& arguments, Instant now) {
  TimeRange range;
  if (!arguments.from.empty()) {
    auto from = parse_when(arguments.from, now);
    if (!from) return from.error().within("--from");
    range.from = *from;
  }
  if (!arguments.to.empty()) {
    auto to = parse_when(arguments.to, now);
    if (!to) return to.error().within("--to");
    range.to = *to;
  }
  if (range.from > range.to) {
    return Error{
        ErrorKind::usage,
        "--from (" + human_time(range.from) + ") lies after --to (" + human_time(range.to) + ")",
        "", "exchange them"};
  }
  return range;
}

Result<std::vector<Timeframe>> parse_targets(const std::vector<std::string>& texts,
                                             Timeframe source, const char* where) {
  std::vector<Timeframe> targets;
  for (const std::string& text : texts) {
    CHANDLER_TRY(const Timeframe target, parse_timeframe(text));
    if (!chain_path(source, target)) {
      return Error{ErrorKind::usage,
                   std::string{to_string(target)} + " is not rolled up from " +
                       std::string{to_string(source)},
                   where,
                   "the chain is 1m 3m; 1m 5m 15m 30m; 15m 1h; 1h 2h 4h 6h 8h 12h 1d; 1d 3d 1w 1M"};
    }
    if (std::find(targets.begin(), targets.end(), target) == targets.end())
      targets.push_back(target);
  }
  return targets;
}

Result<SeriesChoice> parse_choice(const SeriesArguments& arguments) {
  SeriesChoice choice;
  if (!arguments.symbol.empty()) {
    CHANDLER_TRY(AskedSymbol symbol, parse_asked_symbol(arguments.symbol));
    choice.symbol = std::move(symbol.symbol);
  }
  if (!arguments.timeframe.empty()) {
    CHANDLER_TRY(choice.timeframe, parse_timeframe(arguments.timeframe));
  }
  return choice;
}

Result<std::vector<SeriesId>> chosen_series(const Cache& cache, const SeriesChoice& choice) {
  CHANDLER_TRY(std::vector<SeriesId> ids, cache.list(choice.symbol, choice.timeframe));
  if (ids.empty() && choice.symbol) return absent(cache, choice);
  return ids;
}

Error absent(const Cache& cache, const SeriesChoice& choice) {
  const std::string symbol = choice.symbol ? choice.symbol->name() : std::string{};
  Error error{ErrorKind::not_found, "is not in the cache", printable(symbol),
              "`chandler status` lists what is there"};
  if (choice.timeframe) error.where += " " + std::string{to_string(*choice.timeframe)};

  const auto all = cache.list();
  if (!all) return error;
  std::vector<std::string> names;
  std::vector<std::string> timeframes;
  for (const SeriesId& id : *all) {
    if (choice.symbol && id.symbol == *choice.symbol)
      timeframes.emplace_back(to_string(id.timeframe));
    if (names.empty() || names.back() != id.symbol.name()) names.push_back(id.symbol.name());
  }
  if (!timeframes.empty()) {
    error.hint = "there is " + printable(symbol) + " in " + joined(timeframes);
  } else if (const auto near = nearest(symbol, names)) {
    error.hint = "did you mean " + printable(*near) + "? " + error.hint;
  }
  return error;
}

}  // namespace chandler::cli
