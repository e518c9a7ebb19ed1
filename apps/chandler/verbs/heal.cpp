// chandler heal [SYM [TF]]
#include <fmt/format.h>

#include <algorithm>

#include "run_verb.h"
#include "series_arguments.h"
#include "table.h"
#include "verbs.h"

namespace chandler::cli {
namespace {

struct HealArguments {
  SeriesArguments series;
  RangeArguments range;
  std::string provider;
  RunArguments run;
};

// The gaps of some series.
struct GapSums {
  std::uint64_t gaps = 0;
  std::int64_t bars = 0;
  std::int64_t confirmed = 0;  // of these bars

  GapSums& operator+=(const GapSums& other) {
    gaps += other.gaps;
    bars += other.bars;
    confirmed += other.confirmed;
    return *this;
  }
  [[nodiscard]] std::string text() const {
    return plural(gaps, "gap") + ", " + plural(static_cast<std::uint64_t>(bars), "bar") +
           " missing";
  }
};

Error unfit(const SeriesStatus& s) {
  Error problem = s.problems.front();
  if (problem.hint.empty()) problem.hint = "run `chandler verify --repair`";
  return problem.within(s.series.text());
}

Result<GapSums> gaps_of(const Cache& cache, const SeriesAsk& ask) {
  CHANDLER_TRY(const std::vector<Gap> gaps,
               cache.gaps({ask.symbol.symbol, ask.timeframe}, TimeRange{}, Damage::is_passed_over));
  GapSums sums{.gaps = gaps.size()};
  for (const Gap& gap : gaps) {
    sums.bars += gap.bars;
    if (gap.state == GapState::confirmed) sums.confirmed += gap.bars;
  }
  return sums;
}

// A series whose gaps nobody can tell is not asked for.
GapSums gaps_before(const Cache& cache, RunCommand& command) {
  GapSums sums;
  std::erase_if(command.series, [&](const SeriesAsk& ask) {
    const auto gaps = gaps_of(cache, ask);
    if (gaps) {
      sums += *gaps;
    } else {
      command.unfit.push_back({{ask.symbol.symbol, ask.timeframe}, gaps.error()});
    }
    return !gaps;
  });
  return sums;
}

GapSums gaps_after(const Context& context, const Cache& cache, const RunCommand& command) {
  GapSums sums;
  for (const SeriesAsk& ask : command.series) {
    if (const auto gaps = gaps_of(cache, ask)) {
      sums += *gaps;
    } else {
      context.out.warning(gaps.error().line());
    }
  }
  return sums;
}

// It was chosen, or something that is rolled up from it.
bool is_meant(const SeriesStatus& s, const std::vector<SeriesStatus>& all,
              const std::vector<SeriesId>& chosen) {
  const auto among = [&](const SeriesId& id) {
    return std::find(chosen.begin(), chosen.end(), id) != chosen.end();
  };
  return among(s.series) || std::any_of(all.begin(), all.end(), [&](const SeriesStatus& d) {
           return d.series.symbol == s.series.symbol && d.derived_from == s.series.timeframe &&
                  among(d.series);
         });
}

// Series that were fetched or imported; what is rolled up from them follows its source.
Result<void> choose(const Cache& cache, const HealArguments& arguments, RunCommand& command) {
  CHANDLER_TRY(const SeriesChoice choice, parse_choice(arguments.series));
  CHANDLER_TRY(const std::vector<SeriesId> ids, chosen_series(cache, choice));
  CHANDLER_TRY(TimeRange range, parse_range(arguments.range, cache.now()));
  CHANDLER_TRY(const auto all, cache.status_all(choice.symbol, {}));
  for (const SeriesStatus& s : all) {
    if (s.derived_from || !is_meant(s, all, ids)) continue;
    // The years that can be read are healed all the same.
    if (!s.problems.empty()) command.unfit.push_back({s.series, unfit(s)});
    if (s.rows == 0 && s.gaps == 0) continue;
    SeriesAsk ask{.symbol = {s.series.symbol}, .timeframe = s.series.timeframe};
    if (s.asset_class != AssetClass::unknown) ask.symbol.asset_class = s.asset_class;
    ask.range = {std::max(range.from, from_epoch(0)), std::min(range.to, cache.now())};
    ask.provider = arguments.provider;
    for (const SeriesStatus& d : all) {
      if (d.series.symbol == s.series.symbol && d.derived_from == s.series.timeframe)
        ask.derive.push_back(d.series.timeframe);
    }
    command.series.push_back(std::move(ask));
  }
  return {};
}

// What is not there has no gaps, and a misspelt name must not become a cache.
Result<void> check_there(const std::filesystem::path& root) {
  std::error_code failed;
  if (std::filesystem::exists(root, failed) || failed) return {};
  return Error{ErrorKind::usage, "there is no cache there", root.string(),
               "see --cache; the first fetch or import makes one"};
}

Result<ExitCode> heal(const Context& context, const HealArguments& arguments) {
  CHANDLER_CHECK(check_there(context.cache_root));
  RunCommand command = make_command("heal", arguments.run,
                                    context.config.defaults.workers.value_or(kDefaultWorkers));
  command.options.plan = {.holes_only = true, .confirmed = arguments.run.force};
  command.options.lane.everybody = true;
  CHANDLER_TRY(const Cache cache, context.open_cache());
  CHANDLER_CHECK(choose(cache, arguments, command));
  const GapSums before = gaps_before(cache, command);
  CHANDLER_TRY(const ExitCode code, run_command(context, command));
  if (command.dry_run) return code;
  const GapSums after = gaps_after(context, cache, command);
  context.out.text(fmt::format("before: {}\nafter:  {}, of which {} confirmed\n", before.text(),
                               after.text(), after.confirmed));
  return code;
}

}  // namespace

VerbAction declare_heal(CLI::App& app) {
  auto arguments = std::make_shared<HealArguments>();
  add_optional_series(app, arguments->series);
  add_range(app, arguments->range);
  app.add_option("--provider", arguments->provider, "Ask this provider and no other")
      ->type_name("NAME");
  add_run_options(app, arguments->run, "Ask also for gaps that are known to stay empty");
  return [arguments](Context& context) { return heal(context, *arguments); };
}

}  // namespace chandler::cli
