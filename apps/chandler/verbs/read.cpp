// chandler read SYM TF [--from] [--to] [--format] [--columns]
#include <algorithm>
#include <nlohmann/json.hpp>

#include "bar_text.h"
#include "chandler/arrow.h"
#include "command_tree.h"
#include "series_arguments.h"
#include "verbs.h"

namespace chandler::cli {
namespace {

enum class Format { csv, json, arrow };

struct Arguments {
  SeriesArguments series;
  RangeArguments range;
  std::string format;
  std::vector<std::string> columns;
};

Result<Format> parse_format(const std::string& text, bool json) {
  if (!text.empty() && text != "csv" && text != "json" && text != "arrow") {
    return Error{ErrorKind::usage, "\"" + printable(text) + "\" is not a format", "--format",
                 "write csv, json or arrow"};
  }
  if (json && (text == "csv" || text == "arrow")) {
    return Error{ErrorKind::usage, "--json is --format json", "--format", "leave one of them out"};
  }
  if (json || text == "json") return Format::json;
  return text == "arrow" ? Format::arrow : Format::csv;
}

// In the order asked; empty: all the series has. The timestamp always comes first.
Result<std::vector<Column>> parse_columns(const std::vector<std::string>& names) {
  std::vector<Column> columns;
  for (const std::string& name : names) {
    if (name == "timestamp") continue;
    const auto column = parse_column(name);
    if (!column) {
      return Error{ErrorKind::usage, "\"" + printable(name) + "\" is not a column", "--columns",
                   "there are open high low close volume adj_close vwap trade_count turnover"};
    }
    if (std::find(columns.begin(), columns.end(), *column) == columns.end())
      columns.push_back(*column);
  }
  return columns;
}

Result<void> check_columns(const std::vector<Column>& columns, const BarSeries& bars,
                           const SeriesId& id) {
  for (const Column column : columns) {
    if (!bars.columns.has(column)) {
      return Error{ErrorKind::not_found, "has no column " + std::string{to_string(column)},
                   id.text(), ""};
    }
  }
  return {};
}

void print_csv(Output& out, const BarSeries& bars, const std::vector<Column>& columns) {
  BarText printer{columns};
  std::string piece = printer.csv_header();
  for (std::size_t i = 0; i < bars.size() && out.data(piece); i += kRowsPerPiece) {
    piece.clear();
    printer.append_csv(bars, i, std::min(bars.size(), i + kRowsPerPiece), piece);
  }
  out.data(piece);
}

void print_json(Output& out, const BarSeries& bars, const std::vector<Column>& columns,
                const SeriesId& id) {
  const Json symbol = id.symbol.name();
  std::string piece =
      "{\"ok\":true,\"symbol\":" + symbol.dump(-1, ' ', false, Json::error_handler_t::replace) +
      ",\"timeframe\":\"" + std::string{to_string(id.timeframe)} + "\",\"bars\":[";
  BarText printer{columns};
  for (std::size_t i = 0; i < bars.size() && out.data(piece); i += kRowsPerPiece) {
    piece.clear();
    printer.append_json(bars, i, std::min(bars.size(), i + kRowsPerPiece), piece);
  }
  out.data(piece);
  out.data("]}\n");
}

Result<void> print_arrow(Output& out, const BarSeries& bars, const std::vector<Column>& columns) {
  const auto sink = [&out](std::span<const std::byte> bytes) -> Result<void> {
    // What went wrong with stdout is told when the program ends.
    out.data({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
    return {};
  };
  ArrowWriter writer{sink, {.columns = columns}};
  CHANDLER_CHECK(writer.write(bars));
  return writer.finish();
}

Result<ExitCode> read(const Context& context, const Arguments& arguments) {
  CHANDLER_TRY(const SeriesId id, parse_series(arguments.series));
  CHANDLER_TRY(const Format format, parse_format(arguments.format, context.out.json()));
  CHANDLER_TRY(std::vector<Column> columns, parse_columns(arguments.columns));
  const bool all_columns = arguments.columns.empty();
  CHANDLER_TRY(const TimeRange range, parse_range(arguments.range, Clock::system().now()));
  CHANDLER_TRY(const Cache cache, context.open_cache());

  const auto bars = cache.read(id, range);
  if (!bars && bars.error().kind == ErrorKind::not_found)
    return absent(cache, {id.symbol, id.timeframe});
  if (!bars) return bars.error();
  if (all_columns) columns = columns_of(*bars);
  CHANDLER_CHECK(check_columns(columns, *bars, id));

  switch (format) {
    case Format::csv:
      print_csv(context.out, *bars, columns);
      break;
    case Format::json:
      print_json(context.out, *bars, columns, id);
      break;
    case Format::arrow:
      CHANDLER_CHECK(print_arrow(context.out, *bars, columns));
      break;
  }
  return ExitCode::done;
}

}  // namespace

VerbAction declare_read(CLI::App& app) {
  auto arguments = std::make_shared<Arguments>();
  add_series(app, arguments->series);
  add_range(app, arguments->range);
  app.add_option("--format", arguments->format,
                 "How to print (default: csv; --json is --format json)")
      ->type_name("csv|json|arrow");
  app.add_option("--columns", arguments->columns,
                 "Only these columns, separated by commas, in this order")
      ->type_name("NAME,...")
      ->delimiter(',')
      ->allow_extra_args(false);
  return [arguments](Context& context) { return read(context, *arguments); };
}

}  // namespace chandler::cli
