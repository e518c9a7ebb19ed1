// chandler read SYM TF [--from] [--to] [--format] [--columns]
#include "print_bars.h"
#include "series_arguments.h"
#include "verbs.h"

namespace chandler::cli {
namespace {

struct ReadArguments {
  SeriesArguments series;
  RangeArguments range;
  FormArguments form;
};

Result<ExitCode> read(const Context& context, const ReadArguments& arguments) {
  CHANDLER_TRY(const SeriesId id, parse_series(arguments.series));
  CHANDLER_TRY(const BarsForm form, parse_form(arguments.form, context.out.json()));
  CHANDLER_TRY(const TimeRange range, parse_range(arguments.range, Clock::system().now()));
  CHANDLER_TRY(const Cache cache, context.open_cache());

  const auto bars = cache.read(id, range);
  if (!bars && bars.error().kind == ErrorKind::not_found)
    return absent(cache, {id.symbol, id.timeframe});
  if (!bars) return bars.error();
  CHANDLER_CHECK(print_bars(context.out, id, *bars, form));
  return ExitCode::done;
}

}  // namespace

VerbAction declare_read(CLI::App& app) {
  auto arguments = std::make_shared<ReadArguments>();
  add_series(app, arguments->series);
  add_range(app, arguments->range);
  add_form(app, arguments->form);
  return [arguments](Context& context) { return read(context, *arguments); };
}

}  // namespace chandler::cli
