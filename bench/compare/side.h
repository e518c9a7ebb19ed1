// One side of the comparison: a process that does tasks when told to, and times itself. Every side,
// in whatever language, speaks like this:
//
//   it says    {"side": "chandler", "version": "0.1.0", "threads": 1, "tasks": ["read_year", ...]}
//   it hears   read_year
//   it says    {"wall": 0.0472, "cpu": 0.0471, "rows": 525600, "sum": 21950938.1}
//
// wall and cpu are seconds; rows and sum (of all closes) are what it found, so that nobody wins by
// doing something else; further keys (bytes, allocated) are as the task has them. An empty line or
// the end of input ends it. What goes before the clock is started (data in memory, a fresh folder)
// is not counted.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "chandler/result.h"

namespace chandler::bench {

struct Found {
  double rows = 0;
  double sum = 0;
  std::map<std::string, double> more{};
};

// Times what lies between its making and stop().
class Stopwatch {
 public:
  Stopwatch();
  void stop();
  [[nodiscard]] double wall() const { return wall_; }
  [[nodiscard]] double cpu() const { return cpu_; }

 private:
  double wall_;
  double cpu_;
};

// Does its untimed part, makes the clock, does the timed part, stops the clock.
using Task = std::function<Result<Found>(std::optional<Stopwatch>&)>;

struct Side {
  std::string name;
  std::string version;
  int threads = 1;
  std::vector<std::pair<std::string, Task>> tasks{};
};

// Serves standard input; the exit code.
int serve(const Side& side);

[[nodiscard]] double sum_of(std::span<const double> values);

}  // namespace chandler::bench
