// What a run did: what it asked, got, rejected and wrote, by whom, and how long each step took.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <vector>

#include "chandler/cache.h"
#include "chandler/provider.h"

namespace chandler {

// A range that was asked for, because it was missing.
struct AskedRange {
  TimeRange range{};
  std::int64_t bars = 0;  // expected; 0: nobody knows
  bool again = false;     // a hole that an earlier run left
};

struct StepTimes {
  std::chrono::microseconds fetch{}, validate{}, merge{}, resample{};
};

struct SeriesReport {
  WriteOutcome outcome;                     // its gaps: of the series as it now is
  std::optional<Timeframe> derived_from{};  // rolled up by this run
  std::vector<std::string> tried{};         // providers, in the order they were asked
  std::vector<AskedRange> asked{};
  std::map<Rule, std::uint64_t> rules{};  // how often a rule was broken, or something mended
  std::optional<double> score{};          // of the series as it now is
  std::uint64_t pages = 0;
  StepTimes times{};
};

struct ProviderReport {
  std::string name{};
  CallCounts calls{};
  BreakerState breaker = BreakerState::closed;
};

struct RunReport {
  std::string verb{};  // "fetch", "run", "heal", "get"
  std::string job{};   // its name; may be empty
  Instant started{};
  std::chrono::milliseconds duration{};
  bool interrupted = false;
  std::size_t not_begun = 0;                // series, when it was interrupted
  std::vector<SeriesReport> series{};       // sorted: a source, then the frames made of it
  std::vector<ProviderReport> providers{};  // those that were asked
};

using Json = nlohmann::ordered_json;

// One entry of `series`: what every writing verb prints, and what the report adds.
[[nodiscard]] Json series_json(const SeriesReport& series);
// The whole report, as `--json` prints it and `_metadata/runs/` keeps it.
[[nodiscard]] Json report_json(const RunReport& report);
// The fields of a series that every writing verb prints.
[[nodiscard]] Json outcome_json(const WriteOutcome& outcome);

}  // namespace chandler
