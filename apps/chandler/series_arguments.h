// Arguments that several verbs share: SYM, TF, --from, --to.
#pragma once

#include <CLI/CLI.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "chandler/cache.h"
#include "selector/asked_symbol.h"

namespace chandler::cli {

struct SeriesArguments {
  std::string symbol;
  std::string timeframe;
};
struct RangeArguments {
  std::string from;
  std::string to;
};

// SYM TF, both required.
void add_series(CLI::App& app, SeriesArguments& arguments);
// [SYM [TF]].
void add_optional_series(CLI::App& app, SeriesArguments& arguments);
void add_range(CLI::App& app, RangeArguments& arguments);

[[nodiscard]] Result<SeriesId> parse_series(const SeriesArguments& arguments);
// Open where an end is not given. An error when from lies after to.
[[nodiscard]] Result<TimeRange> parse_range(const RangeArguments& arguments, Instant now);

// Timeframes to roll up from `source`, each once; `where` names the option in errors.
[[nodiscard]] Result<std::vector<Timeframe>> parse_targets(const std::vector<std::string>& texts,
                                                           Timeframe source, const char* where);

struct SeriesChoice {
  std::optional<Symbol> symbol;
  std::optional<Timeframe> timeframe;
};
[[nodiscard]] Result<SeriesChoice> parse_choice(const SeriesArguments& arguments);

// The series meant; not_found when something was named and is not there.
[[nodiscard]] Result<std::vector<SeriesId>> chosen_series(const Cache& cache,
                                                          const SeriesChoice& choice);

// What to say when this series is not there: near names, its other timeframes.
[[nodiscard]] Error absent(const Cache& cache, const SeriesChoice& choice);

}  // namespace chandler::cli
