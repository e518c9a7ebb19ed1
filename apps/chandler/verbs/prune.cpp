// chandler prune [SYM [TF]] --older-than WHEN | --keep-years N
#include <charconv>
#include <nlohmann/json.hpp>

#include "confirm.h"
#include "removal.h"
#include "series_arguments.h"
#include "table.h"
#include "verbs.h"

namespace chandler::cli {
namespace {

struct PruneArguments {
  SeriesArguments series;
  std::string older_than;
  std::string keep_years;
  bool yes = false;
  bool dry_run = false;
};

Result<PruneRule> parse_rule(const PruneArguments& arguments, Instant now) {
  PruneRule rule;
  if (!arguments.older_than.empty()) {
    auto when = parse_when(arguments.older_than, now);
    if (!when) return when.error().within("--older-than");
    rule.older_than = *when;
  }
  if (const std::string& text = arguments.keep_years; !text.empty()) {
    int years = 0;
    const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), years);
    if (failed != std::errc{} || end != text.data() + text.size() || years < 1) {
      return Error{ErrorKind::usage, "\"" + printable(text) + "\" is not a number of years",
                   "--keep-years", "write 1 or more; `chandler rm` removes everything"};
    }
    rule.keep_years = years;
  }
  if (!rule.older_than && !rule.keep_years) {
    return Error{ErrorKind::usage, "nothing says what is old", "prune",
                 "give --older-than or --keep-years"};
  }
  return rule;
}

// What would go, asked of the cache itself.
Removal rehearse(const Cache& cache, const std::vector<SeriesId>& ids, const PruneRule& rule) {
  Removal removal;
  for (const SeriesId& id : ids) {
    auto files = cache.prunable(id, rule);
    removal.add(files ? RemoveOutcome{std::move(*files), {}} : RemoveOutcome{{}, {files.error()}});
  }
  return removal;
}

Result<ExitCode> prune(const Context& context, const PruneArguments& arguments) {
  CHANDLER_TRY(const SeriesChoice choice, parse_choice(arguments.series));
  CHANDLER_TRY(const PruneRule rule, parse_rule(arguments, Clock::system().now()));
  CHANDLER_TRY(Cache cache,
               arguments.dry_run ? context.open_cache() : context.open_cache_to_write());
  CHANDLER_TRY(const std::vector<SeriesId> ids, chosen_series(cache, choice));
  const Removal plan = rehearse(cache, ids, rule);
  if (arguments.dry_run || plan.files() == 0) {
    if (!arguments.dry_run) {
      // Whoever removed it may have died before all of it was gone, or before the summaries told so.
      for (const SeriesId& id : ids) CHANDLER_CHECK(cache.recover(id));
      refresh_summaries(cache, context.out);
    }
    return plan.report(context.out, arguments.dry_run);
  }

  const std::string question =
      "remove " + plural(plan.files(), "file") + ", " + plan.first() + " to " + plan.last() + "?";
  CHANDLER_TRY(const bool yes, confirmed(context.out, question, arguments.yes));
  Removal removal;
  for (const SeriesId& id : yes ? ids : std::vector<SeriesId>{}) {
    if (!removal.go_on()) break;
    removal.add(cache.prune(id, rule));
  }
  refresh_summaries(cache, context.out);
  return removal.report(context.out);
}

}  // namespace

VerbAction declare_prune(CLI::App& app) {
  auto arguments = std::make_shared<PruneArguments>();
  add_optional_series(app, arguments->series);
  app.add_option("--older-than", arguments->older_than,
                 "Remove years that end at or before this time")
      ->type_name("WHEN");
  app.add_option("--keep-years", arguments->keep_years, "Keep the newest N years of each series")
      ->type_name("N");
  app.add_flag("-n,--dry-run", arguments->dry_run, "Only say what would be removed");
  app.add_flag("-y,--yes", arguments->yes, "Do not ask");
  return [arguments](Context& context) { return prune(context, *arguments); };
}

}  // namespace chandler::cli
