#include "print_bars.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "bar_text.h"
#include "chandler/arrow.h"

namespace chandler::cli {
namespace {

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

std::string in_json(const Json& value) {
  return value.dump(-1, ' ', false, Json::error_handler_t::replace);
}

void print_json(Output& out, const SeriesId& id, const BarSeries& bars,
                const std::vector<Column>& columns, const std::optional<Error>& lacking) {
  std::string piece = std::string{"{\"ok\":"} + (lacking ? "false" : "true") +
                      ",\"symbol\":" + in_json(id.symbol.name()) + ",\"timeframe\":\"" +
                      std::string{to_string(id.timeframe)} + "\",\"bars\":[";
  BarText printer{columns};
  for (std::size_t i = 0; i < bars.size() && out.data(piece); i += kRowsPerPiece) {
    piece.clear();
    printer.append_json(bars, i, std::min(bars.size(), i + kRowsPerPiece), piece);
  }
  out.data(piece);
  out.data(lacking ? "],\"error\":" + in_json(error_object(*lacking)) + "}\n" : "]}\n");
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

}  // namespace

void add_form(CLI::App& app, FormArguments& arguments) {
  app.add_option("--format", arguments.format,
                 "How to print (default: csv; --json is --format json)")
      ->type_name("csv|json|arrow");
  app.add_option("--columns", arguments.columns,
                 "Only these columns, separated by commas, in this order")
      ->type_name("NAME,...")
      ->delimiter(',')
      ->allow_extra_args(false);
}

Result<BarsForm> parse_form(const FormArguments& arguments, bool json) {
  BarsForm form;
  CHANDLER_TRY(form.format, parse_format(arguments.format, json));
  CHANDLER_TRY(std::vector<Column> columns, parse_columns(arguments.columns));
  if (!arguments.columns.empty()) form.columns = std::move(columns);
  return form;
}

Result<void> print_bars(Output& out, const SeriesId& id, const BarSeries& bars,
                        const BarsForm& form, const std::optional<Error>& lacking) {
  const std::vector<Column> columns = form.columns ? *form.columns : columns_of(bars);
  CHANDLER_CHECK(check_columns(columns, bars, id));
  switch (form.format) {
    case Format::csv:
      print_csv(out, bars, columns);
      break;
    case Format::json:
      print_json(out, id, bars, columns, lacking);
      break;
    case Format::arrow:
      return print_arrow(out, bars, columns);
  }
  return {};
}

}  // namespace chandler::cli
