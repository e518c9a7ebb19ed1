// chandler import FILE... [--symbol] [--timeframe] [...]
#include <fmt/format.h>
#include <oneapi/tbb/info.h>
#include <oneapi/tbb/task_arena.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>

#include "chandler/provider.h"
#include "import_files.h"
#include "report/run_report.h"
#include "series_arguments.h"
#include "table.h"
#include "verbs.h"
#include "write_report.h"

namespace chandler::cli {
namespace {

constexpr int kSeriesAtOnce = 2;  // on one core: one, for oneTBB complains about more
constexpr std::size_t kFailedFilesShown = 50;

struct ImportArguments {
  std::vector<std::string> files;
  bool recursive = false;
  std::string symbol;
  std::string timeframe;
  std::string asset_class;
  std::string provider;
  std::string preset;
  std::string mapping;
  std::string header = "auto";
  std::string delimiter = "auto";
  std::string timezone;
  std::string time_format = "auto";
  bool session_dates = false;
  bool extended_hours = false;
  RangeArguments range;
  std::string rejects;
};

Result<char> parse_delimiter(const std::string& text) {
  if (text == "auto") return '\0';
  if (text == "," || text == "comma") return ',';
  if (text == ";" || text == "semicolon") return ';';
  if (text == "\t" || text == "\\t" || text == "tab") return '\t';
  return Error{ErrorKind::usage, "\"" + printable(text) + "\" is not a delimiter", "--delimiter",
               "write comma, semicolon, tab or auto"};
}

Result<std::optional<bool>> parse_header(const std::string& text) {
  if (text == "auto") return std::optional<bool>{};
  if (text == "yes") return std::optional{true};
  if (text == "no") return std::optional{false};
  return Error{ErrorKind::usage, "must be yes, no or auto, not \"" + printable(text) + "\"",
               "--header", ""};
}

Result<ForeignFormat> parse_format(const ImportArguments& arguments) {
  ForeignFormat format;
  if (!arguments.preset.empty()) {
    CHANDLER_TRY(format.preset, parse_foreign_preset(arguments.preset));
  }
  CHANDLER_TRY(format.delimiter, parse_delimiter(arguments.delimiter));
  CHANDLER_TRY(format.header, parse_header(arguments.header));
  format.mapping = arguments.mapping;
  format.time_format = arguments.time_format;
  format.timezone = arguments.timezone;
  format.session_dates = arguments.session_dates;
  return format;
}

Result<std::string> parse_provider(const std::string& name) {
  if (is_provider_name(name)) return name;
  return Error{ErrorKind::usage, "\"" + printable(name) + "\" is not a name for a provider",
               "--provider", "write 1 to 32 of a-z 0-9 _ - . and not first: - ."};
}

Result<ImportRequest> parse_request(const ImportArguments& arguments) {
  ImportRequest request;
  CHANDLER_TRY(request.format, parse_format(arguments));
  if (!arguments.symbol.empty()) {
    CHANDLER_TRY(AskedSymbol symbol, parse_asked_symbol(arguments.symbol));
    request.symbol = std::move(symbol.symbol);
    request.asset_class = symbol.asset_class;
  }
  if (!arguments.timeframe.empty()) {
    CHANDLER_TRY(request.timeframe, parse_timeframe(arguments.timeframe));
  }
  if (!arguments.asset_class.empty()) {
    CHANDLER_TRY(request.asset_class, parse_asset_class(arguments.asset_class));
  }
  if (!arguments.provider.empty()) {
    CHANDLER_TRY(request.provider, parse_provider(arguments.provider));
  }
  CHANDLER_TRY(request.range, parse_range(arguments.range, Clock::system().now()));
  request.extended_hours = arguments.extended_hours;
  return request;
}

Result<std::optional<WholeFile>> open_rejects(const std::string& name) {
  if (name.empty()) return std::optional<WholeFile>{};
  CHANDLER_TRY(WholeFile file, WholeFile::create(name));
  return std::optional<WholeFile>{std::move(file)};
}

// Errors of files, each once, then those of series that no file is to blame for.
std::vector<Error> errors_of(const ImportResult& result) {
  std::vector<Error> errors;
  std::set<std::string> told;
  for (const FailedFile& failed : result.failed) {
    Error error = failed.error.where.find(failed.file) == std::string::npos
                      ? failed.error.within(failed.file)
                      : failed.error;
    told.insert(failed.error.line());
    errors.push_back(std::move(error));
  }
  for (const WriteOutcome& outcome : result.series) {
    if (outcome.error && told.insert(outcome.error->line()).second)
      errors.push_back(*outcome.error);
  }
  return errors;
}

Json as_json(const ImportResult& result, const std::vector<Error>& errors, const ImportLog& log) {
  Json series = Json::array();
  for (const WriteOutcome& outcome : result.series) series.push_back(outcome_json(outcome));
  Json failed = Json::array();
  for (const FailedFile& file : result.failed) {
    failed.push_back(Json{
        {"file", file.file}, {"kind", name_of(file.error.kind)}, {"error", file.error.line()}});
  }
  Json document{{"ok", errors.empty() && !result.interrupted},
                {"series", std::move(series)},
                {"files_read", result.files},
                {"failed_files", std::move(failed)}};
  if (!errors.empty()) document["error"] = error_object(errors.front());
  log.add_to(document);
  return document;
}

ExitCode code_of(const ImportResult& result, const std::vector<Error>& errors, std::size_t files) {
  if (errors.empty()) return ExitCode::done;
  const bool something_went_well = std::any_of(
      result.series.begin(), result.series.end(),
      [](const WriteOutcome& outcome) { return outcome.status != WriteStatus::failed; });
  return something_went_well ? ExitCode::some_failed
                             : exit_code_of_work(files, files, errors.front());
}

ExitCode report(Output& out, const ImportResult& result, ImportLog& log, std::size_t files) {
  std::vector<Error> errors = errors_of(result);
  if (const auto finished = log.finish(); !finished) errors.push_back(finished.error());
  for (const WriteOutcome& outcome : result.series) {
    for (const std::string& note : outcome.notes) out.warning(outcome.series.text() + ": " + note);
  }
  for (std::size_t i = 0; i < std::min(errors.size(), kFailedFilesShown); ++i) out.error(errors[i]);
  if (errors.size() > kFailedFilesShown) {
    out.warning(fmt::format("and {} more failures", errors.size() - kFailedFilesShown));
  }
  const Error stopped{
      ErrorKind::interrupted,
      fmt::format("interrupted after {} of {}", result.files, plural(files, "file")), "",
      "what was read is committed; the same command again does the rest"};
  if (result.interrupted) out.error(stopped);
  if (out.json()) {
    Json document = as_json(result, errors, log);
    if (result.interrupted) document["error"] = error_object(stopped);
    out.document(document);
  } else if (!result.series.empty()) {
    out.text(outcome_table(result.series));
  }
  return result.interrupted ? ExitCode::interrupted : code_of(result, errors, files);
}

Result<ExitCode> import(const Context& context, const ImportArguments& arguments) {
  CHANDLER_TRY(const ImportRequest request, parse_request(arguments));
  if (!arguments.rejects.empty())
    CHANDLER_CHECK(check_target(arguments.rejects, context.cache_root));
  CHANDLER_TRY(const std::vector<std::filesystem::path> files,
               expand_files(arguments.files, arguments.recursive));
  CHANDLER_TRY(const ImportPlan plan, plan_import(files, request));
  CHANDLER_TRY(Cache cache, context.open_cache_to_write());
  CHANDLER_TRY(std::optional<WholeFile> rejects, open_rejects(arguments.rejects));

  ImportLog log{context.out, files.size(), std::move(rejects)};
  for (const std::string& note : plan.notes) log.on_note(note);
  ImportResult result;
  oneapi::tbb::task_arena arena{std::min(kSeriesAtOnce, oneapi::tbb::info::default_concurrency())};
  arena.execute([&] { result = run_import(cache, plan, request, log); });
  refresh_summaries(cache, context.out);
  return report(context.out, result, log, files.size());
}

void add_format_options(CLI::App& app, ImportArguments& arguments) {
  app.add_option("--preset", arguments.preset, "Whose file it is (default: found out)")
      ->type_name("auto|generic|binance|kraken|yahoo|freqtrade|alpha_vantage");
  app.add_option(
         "--mapping", arguments.mapping,
         "Columns by position from 0 or by name: timestamp=0,open=1 or timestamp=Date,open=Open; "
         "keys: timestamp date time open high low close volume adj_close vwap trade_count "
         "turnover; "
         "none leaves one out")
      ->type_name("MAP");
  app.add_option("--header", arguments.header,
                 "Is the first line one of names? (default: found out)")
      ->type_name("yes|no|auto");
  app.add_option("--delimiter", arguments.delimiter, "What separates columns (default: found out)")
      ->type_name("comma|semicolon|tab|auto");
  app.add_option("--tz", arguments.timezone,
                 "Clock of times without an offset, such as America/New_York (default: the "
                 "preset's, else UTC)")
      ->type_name("ZONE");
  app.add_option("--time-format", arguments.time_format,
                 "auto; s, ms, us or ns since 1970; or a format of %Y %m %d %b %H %M %S %z")
      ->type_name("FORMAT");
  app.add_flag("--session-dates", arguments.session_dates,
               "A midnight on that clock stands for its date");
}

}  // namespace

VerbAction declare_import(CLI::App& app) {
  auto arguments = std::make_shared<ImportArguments>();
  app.add_option("FILE", arguments->files, "CSV files, plain, .gz or .zip; @LIST; folders with -r")
      ->required();
  app.add_flag("-r,--recursive", arguments->recursive,
               "Import the .csv, .gz and .zip files below folders");
  app.add_option("--symbol", arguments->symbol,
                 "Symbol, or crypto:ABTC, stock:ABTC (default: by the file's name)")
      ->type_name("SYM");
  app.add_option("-t,--timeframe", arguments->timeframe,
                 "Timeframe (default: by the file's name, else its rows)")
      ->type_name("TF");
  app.add_option("--class", arguments->asset_class,
                 "What the symbol is, where its spelling does not tell")
      ->type_name("crypto|stock|etf|index|forex|future|unknown");
  app.add_option("--provider", arguments->provider,
                 "Name of the source (default: the preset's, else import)")
      ->type_name("NAME");
  add_format_options(app, *arguments);
  add_range(app, arguments->range);
  app.add_flag("--extended-hours", arguments->extended_hours,
               "Keep bars outside the exchange's sessions");
  app.add_option("--rejects", arguments->rejects, "Also write all rejected lines to this CSV file")
      ->type_name("FILE");
  return [arguments](Context& context) { return import(context, *arguments); };
}

}  // namespace chandler::cli
