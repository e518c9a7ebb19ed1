// What the two kinds of plugins have in common: a source that is asked for the bars of a range, and
// gives them piece by piece.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "chandler/provider.h"

namespace chandler::plugin {

// Why there is no piece, and what helps.
struct Trouble {
  enum class Act : std::uint8_t {
    retry,  // the source has trouble; the same may do better later
    wait,   // too many requests: nobody asks before `wait`, then the same again
    fail,   // asking again would not help
    broken  // nor here; and the plugin is to blame for it, so it counts at the breaker
  };
  Act act = Act::fail;
  Error error{};
  std::optional<std::chrono::milliseconds> wait{};
};

struct Piece {
  std::optional<Trouble> trouble{};
  BarSeries bars{};                  // without trouble
  bool last = false;                 // nothing comes after this one
  std::uint64_t bytes = 0;           // received for it
  std::vector<std::string> notes{};  // what the plugin said besides
};

struct RunRequest {
  Instrument instrument;
  Timeframe timeframe = Timeframe::d1;
  TimeRange range{};
};

// The answer to one request. After trouble it is over. Used by one thread at a time.
class Run {
 public:
  virtual ~Run() = default;
  Run(const Run&) = delete;
  Run& operator=(const Run&) = delete;
  // Bars are within the range, oldest first, later than those of the pieces before.
  [[nodiscard]] virtual Piece next(const std::stop_token& stop) = 0;

 protected:
  Run() = default;
};

// Safe from several threads. Must outlive its runs.
class Source {
 public:
  virtual ~Source() = default;
  Source(const Source&) = delete;
  Source& operator=(const Source&) = delete;

  // Nothing is asked before the first next().
  [[nodiscard]] virtual std::unique_ptr<Run> start(RunRequest request) = 0;
  // Whether the plugin itself is alive, without asking its source for bars.
  [[nodiscard]] virtual Result<void> greet(const std::stop_token& stop) = 0;
  // Does it reach its source by ways that the host neither sees nor limits?
  [[nodiscard]] virtual bool own_network() const = 0;

  // Of what it asked through the host; zeros and closed with a network of its own.
  [[nodiscard]] virtual CallCounts calls() const = 0;
  [[nodiscard]] virtual BreakerState breaker() const = 0;

 protected:
  Source() = default;
};

}  // namespace chandler::plugin
