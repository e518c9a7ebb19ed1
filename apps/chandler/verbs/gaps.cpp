// chandler gaps SYM TF [--from] [--to]
#include <nlohmann/json.hpp>

#include "series_arguments.h"
#include "table.h"
#include "verbs.h"

namespace chandler::cli {
namespace {

struct GapsArguments {
  SeriesArguments series;
  RangeArguments range;
};

Json as_json(const Gap& gap) {
  Json json{{"from", format_iso(gap.from)},
            {"to", format_iso(gap.to)},
            {"bars", gap.bars},
            {"state", to_string(gap.state)},
            {"cause", to_string(gap.cause)}};
  if (gap.confirmed_at) json["confirmed_at"] = format_iso(*gap.confirmed_at);
  if (!gap.confirmed_by.empty()) json["confirmed_by"] = gap.confirmed_by;
  return json;
}

std::string as_table(const std::vector<Gap>& gaps) {
  Table table{{{"from"}, {"to"}, {"bars", Align::right}, {"state"}, {"cause"}}};
  std::int64_t bars = 0;
  for (const Gap& gap : gaps) {
    table.add({human_time(gap.from), human_time(gap.to), std::to_string(gap.bars),
               std::string{to_string(gap.state)}, std::string{to_string(gap.cause)}});
    bars += gap.bars;
  }
  return table.text() + plural(gaps.size(), "gap") + ", " +
         plural(static_cast<std::uint64_t>(bars), "bar") + " missing\n";
}

Result<ExitCode> gaps(const Context& context, const GapsArguments& arguments) {
  CHANDLER_TRY(const SeriesId id, parse_series(arguments.series));
  CHANDLER_TRY(const TimeRange range, parse_range(arguments.range, Clock::system().now()));
  CHANDLER_TRY(const Cache cache, context.open_cache());
  CHANDLER_CHECK(chosen_series(cache, {id.symbol, id.timeframe}));
  CHANDLER_TRY(const std::vector<Gap> found, cache.gaps(id, range));

  Output& out = context.out;
  if (out.json()) {
    Json list = Json::array();
    for (const Gap& gap : found) list.push_back(as_json(gap));
    out.document(Json{{"ok", true},
                      {"symbol", id.symbol.name()},
                      {"timeframe", to_string(id.timeframe)},
                      {"gaps", std::move(list)}});
  } else {
    out.data(found.empty() ? std::string{"no gaps\n"} : as_table(found));
  }
  return ExitCode::done;
}

}  // namespace

VerbAction declare_gaps(CLI::App& app) {
  auto arguments = std::make_shared<GapsArguments>();
  add_series(app, arguments->series);
  add_range(app, arguments->range);
  return [arguments](Context& context) { return gaps(context, *arguments); };
}

}  // namespace chandler::cli
