// chandler status [SYM [TF]]
#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "series_arguments.h"
#include "table.h"
#include "verbs.h"

namespace chandler::cli {
namespace {

Json time_or_null(const std::optional<Instant>& t) {
  return t ? Json(format_iso(*t)) : Json(nullptr);
}

Json as_json(const SeriesStatus& s, Instant now) {
  Json derived_from = nullptr;
  if (s.derived_from) derived_from = to_string(*s.derived_from);
  Json age = nullptr;
  if (s.last) age = (now - *s.last).count();
  return Json{{"symbol", s.series.symbol.name()},
              {"timeframe", to_string(s.series.timeframe)},
              {"class", to_string(s.asset_class)},
              {"derived_from", std::move(derived_from)},
              {"behind", s.behind},
              {"years", s.years},
              {"rows", s.rows},
              {"first", time_or_null(s.first)},
              {"last", time_or_null(s.last)},
              {"age_seconds", std::move(age)},
              {"expected_bars", s.expected_bars},
              {"missing_bars", s.missing_bars},
              {"gaps", s.gaps},
              {"coverage", s.coverage},
              {"score", s.score},
              {"bytes", s.bytes},
              {"providers", s.providers},
              {"problems", s.problems}};
}

std::string as_table(const std::vector<SeriesStatus>& all, Instant now) {
  Table table{{{"symbol"},
               {"timeframe"},
               {"from"},
               {"rows", Align::right},
               {"first"},
               {"last"},
               {"age", Align::right},
               {"coverage", Align::right},
               {"gaps", Align::right},
               {"score", Align::right},
               {"size", Align::right},
               {"providers"}}};
  for (const SeriesStatus& s : all) {
    std::string from = s.derived_from ? std::string{to_string(*s.derived_from)} : "-";
    if (s.behind) from += " (behind)";
    table.add({printable(s.series.symbol.name()), std::string{to_string(s.series.timeframe)}, from,
               std::to_string(s.rows), s.first ? human_time(*s.first) : "-",
               s.last ? human_time(*s.last) : "-", s.last ? human_age(now - *s.last) : "-",
               human_percent(s.coverage), std::to_string(s.gaps), fmt::format("{:.4f}", s.score),
               human_bytes(s.bytes), printable(joined(s.providers))});
  }
  return table.text();
}

Result<ExitCode> status(const Context& context, const SeriesArguments& arguments) {
  CHANDLER_TRY(const SeriesChoice choice, parse_choice(arguments));
  CHANDLER_TRY(const Cache cache, context.open_cache());
  CHANDLER_TRY(const std::vector<SeriesStatus> all,
               cache.status_all(choice.symbol, choice.timeframe));
  if (all.empty() && choice.symbol) return absent(cache, choice);

  Output& out = context.out;
  std::size_t problems = 0;
  for (const SeriesStatus& s : all) {
    problems += s.problems.size();
    for (const std::string& problem : s.problems) {
      out.error({ErrorKind::damaged, problem, "", "run `chandler verify`"});
    }
  }
  if (out.json()) {
    Json series = Json::array();
    for (const SeriesStatus& s : all) series.push_back(as_json(s, cache.now()));
    out.document(Json{{"ok", problems == 0}, {"series", std::move(series)}});
  } else if (all.empty()) {
    out.data("no series in " + context.cache_root.string() + "\n");
  } else {
    out.data(as_table(all, cache.now()));
  }
  return problems == 0 ? ExitCode::done : ExitCode::some_failed;
}

}  // namespace

VerbAction declare_status(CLI::App& app) {
  auto arguments = std::make_shared<SeriesArguments>();
  add_optional_series(app, *arguments);
  return [arguments](Context& context) { return status(context, *arguments); };
}

}  // namespace chandler::cli
