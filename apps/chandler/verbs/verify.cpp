// chandler verify [SYM [TF]] [--repair] [--deep]
#include <algorithm>
#include <nlohmann/json.hpp>

#include "command_tree.h"
#include "series_arguments.h"
#include "table.h"
#include "verbs.h"

namespace chandler::cli {
namespace {

struct VerifyArguments {
  SeriesArguments series;
  bool repair = false;
  bool deep = false;
  std::string lock_file;
};

Json as_json(const VerifyReport& report, std::size_t unmended) {
  Json problems = Json::array();
  for (const Problem& p : report.problems) {
    problems.push_back(
        Json{{"file", p.file}, {"kind", p.kind}, {"detail", p.detail}, {"repaired", p.repaired}});
  }
  Json document{{"ok", unmended == 0 && report.errors.empty()},
                {"files", report.files},
                {"problems", std::move(problems)}};
  if (!report.errors.empty()) {
    document["error"] = error_object(report.errors.front());
    Json errors = Json::array();
    for (const Error& error : report.errors) errors.push_back(error.line());
    document["errors"] = std::move(errors);
  }
  return document;
}

std::string as_text(const VerifyReport& report, std::size_t unmended) {
  std::string all;
  if (!report.problems.empty()) {
    Table table{{{"file"}, {"kind"}, {"repaired"}, {"detail"}}};
    for (const Problem& p : report.problems) {
      table.add(
          {printable(p.file, 200), p.kind, p.repaired ? "yes" : "no", printable(p.detail, 500)});
    }
    all = table.text();
  }
  all += plural(report.files, "file") + " looked at, " + plural(report.problems.size(), "problem");
  if (unmended < report.problems.size()) {
    all += ", " + std::to_string(report.problems.size() - unmended) + " mended";
  }
  return all + "\n";
}

Result<ExitCode> verify(const Context& context, const VerifyArguments& arguments) {
  if (!arguments.lock_file.empty()) {
    return planned_error("verify --lock", "check files with `chandler verify`");
  }
  CHANDLER_TRY(const SeriesChoice choice, parse_choice(arguments.series));
  CHANDLER_TRY(Cache cache,
               arguments.repair ? context.open_cache_to_write() : context.open_cache());
  CHANDLER_TRY(const std::vector<SeriesId> ids, chosen_series(cache, choice));
  const VerifyReport report =
      cache.verify(ids, {.repair = arguments.repair, .deep = arguments.deep});
  if (arguments.repair) refresh_summaries(cache, context.out);

  const auto unmended =
      static_cast<std::size_t>(std::count_if(report.problems.begin(), report.problems.end(),
                                             [](const Problem& p) { return !p.repaired; }));
  Output& out = context.out;
  if (out.json()) {
    out.document(as_json(report, unmended));
  } else {
    out.data(as_text(report, unmended));
  }
  for (const Error& error : report.errors) out.error(error);
  if (unmended > 0) {
    if (!arguments.repair) out.note("run `chandler verify --repair` to mend what can be mended");
    return ExitCode::problems;
  }
  return report.errors.empty() ? ExitCode::done : ExitCode::some_failed;
}

}  // namespace

VerbAction declare_verify(CLI::App& app) {
  auto arguments = std::make_shared<VerifyArguments>();
  add_optional_series(app, arguments->series);
  app.add_flag("--repair", arguments->repair, "Mend what can be mended");
  app.add_flag("--deep", arguments->deep, "Also hold rolled-up timeframes against their source");
  app.add_option("--lock", arguments->lock_file,
                 "Compare with a pinned data set; not part of this version")
      ->type_name("FILE")
      ->group(kPlannedOptions);
  return [arguments](Context& context) { return verify(context, *arguments); };
}

}  // namespace chandler::cli
