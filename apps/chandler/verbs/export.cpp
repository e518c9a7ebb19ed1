// chandler export SYM TF --format csv --out FILE_OR_FOLDER [--from] [--to]
#include <algorithm>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "bar_text.h"
#include "series_arguments.h"
#include "table.h"
#include "verbs.h"
#include "whole_file.h"

namespace chandler::cli {
namespace {

namespace fs = std::filesystem;

struct ExportArguments {
  SeriesArguments series;
  RangeArguments range;
  std::string format = "csv";
  std::string out;
};

Result<void> check_format(const std::string& format) {
  if (format == "csv") return {};
  for (const char* later :
       {"parquet", "feather", "arrow", "lean", "nautilus", "freqtrade", "zipline", "backtrader"}) {
    if (format == later) {
      return Error{ErrorKind::unsupported, "the format " + format + " is not part of this version",
                   "--format", "csv is"};
    }
  }
  return Error{ErrorKind::usage, "\"" + printable(format) + "\" is not a format", "--format",
               "write csv"};
}

Result<fs::path> target_of(const ExportArguments& arguments, const SeriesId& id) {
  const fs::path out = arguments.out;
  std::error_code failed;
  const bool names_folder = !out.has_filename();
  if (names_folder) fs::create_directories(out, failed);
  if (failed) return Error{ErrorKind::usage, failed.message(), out.string(), ""};
  if (!names_folder && !fs::is_directory(out, failed)) return out;
  return out / (id.symbol.folder() + "-" + std::string{to_string(id.timeframe)} + ".csv");
}

Result<void> write_csv(const BarSeries& bars, const fs::path& path) {
  CHANDLER_TRY(WholeFile file, WholeFile::create(path));
  BarText printer{columns_of(bars)};
  std::string piece = printer.csv_header();
  for (std::size_t i = 0; i < bars.size(); i += kRowsPerPiece) {
    printer.append_csv(bars, i, std::min(bars.size(), i + kRowsPerPiece), piece);
    CHANDLER_CHECK(file.write(piece));
    piece.clear();
  }
  CHANDLER_CHECK(file.write(piece));
  return file.commit();
}

Result<ExitCode> export_series(const Context& context, const ExportArguments& arguments) {
  CHANDLER_TRY(const SeriesId id, parse_series(arguments.series));
  CHANDLER_CHECK(check_format(arguments.format));
  CHANDLER_TRY(const TimeRange range, parse_range(arguments.range, Clock::system().now()));
  CHANDLER_CHECK(check_outside(arguments.out, context.cache_root));
  CHANDLER_TRY(const Cache cache, context.open_cache());
  const auto bars = cache.read(id, range);
  if (!bars && bars.error().kind == ErrorKind::not_found)
    return absent(cache, {id.symbol, id.timeframe});
  if (!bars) return bars.error();

  CHANDLER_TRY(const fs::path path, target_of(arguments, id));
  CHANDLER_CHECK(write_csv(*bars, path));
  if (context.out.json()) {
    context.out.document(Json{{"ok", true}, {"files", {path.string()}}, {"rows", bars->size()}});
  } else {
    context.out.text(printable(path.string(), 500) + ": " + plural(bars->size(), "bar") + "\n");
  }
  return ExitCode::done;
}

}  // namespace

VerbAction declare_export(CLI::App& app) {
  auto arguments = std::make_shared<ExportArguments>();
  add_series(app, arguments->series);
  add_range(app, arguments->range);
  app.add_option("--format", arguments->format, "csv (the default; others are planned)")
      ->type_name("FORMAT");
  app.add_option("-o,--out", arguments->out, "The file, or a folder to put it in")
      ->type_name("PATH")
      ->required();
  return [arguments](Context& context) { return export_series(context, *arguments); };
}

}  // namespace chandler::cli
