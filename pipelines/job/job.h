// What a run is to do: a job file, or the one-line job of `fetch`.
//
//   { "name": "nightly", "cache": "data-cache", "from": "2024-01-01", "to": "now",
//     "series": [ {"symbols": ["BTCUSDT", "@alts.txt"], "timeframe": "1m", "derive": ["5m", "1h"]},
//                 {"symbols": ["AAPL"], "timeframe": "1d", "provider": "yahoo"} ],
//     "workers": 4, "on_error": "continue" }
#pragma once

#include <cstddef>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "chandler/result.h"
#include "chandler/time.h"
#include "chandler/timeframe.h"
#include "config/config.h"
#include "selector/asked_symbol.h"

namespace chandler {

inline constexpr std::size_t kDefaultWorkers = 4;
inline constexpr std::size_t kMaxWorkers = 64;
inline constexpr std::size_t kMaxSeries = 100'000;

// One series that is wanted.
struct SeriesAsk {
  AskedSymbol symbol;
  Timeframe timeframe = Timeframe::d1;
  TimeRange range{};  // of open times; both ends finite
  std::vector<Timeframe> derive{};
  std::string provider{};       // ask this one and no other; empty: by the rules
  bool extended_hours = false;  // keep bars outside the sessions
};

struct Job {
  std::string name{};
  std::optional<std::filesystem::path> cache{};  // relative paths start at the job file's folder
  std::vector<SeriesAsk> series{};               // each symbol and timeframe once
  std::size_t workers = kDefaultWorkers;         // series in flight at once
  bool stop_on_error = false;                    // "on_error": "stop"
};

// The text of a file.
using TextReader = std::function<Result<std::string>(const std::filesystem::path& file)>;

// What a job file may refer to.
struct JobSurroundings {
  JobDefaults defaults{};  // of the configuration
  Instant now{};
  Environment environment{};  // for ${NAME} in texts; empty: nothing is set
  TextReader symbol_files{};  // for "@FILE" in symbols; empty: from the disk
};

// All errors are of kind usage and name the file, the line and the path of the mistake:
// `nightly.json:7: series[1].timeframe: "5min" is not a timeframe; did you mean "5m"?`
[[nodiscard]] Result<Job> parse_job(std::string_view text, const std::filesystem::path& file,
                                    const JobSurroundings& surroundings);
[[nodiscard]] Result<Job> load_job(const std::filesystem::path& file,
                                   const JobSurroundings& surroundings);

}  // namespace chandler
