// Adds the time it lives to a sum.
#pragma once

#include <chrono>

namespace chandler {

class Stopwatch {
 public:
  using Steady = std::chrono::steady_clock;

  explicit Stopwatch(std::chrono::microseconds& sum) : sum_(sum) {}
  Stopwatch(const Stopwatch&) = delete;
  Stopwatch& operator=(const Stopwatch&) = delete;
  ~Stopwatch() {
    sum_ += std::chrono::duration_cast<std::chrono::microseconds>(Steady::now() - begin_);
  }

 private:
  std::chrono::microseconds& sum_;
  Steady::time_point begin_ = Steady::now();
};

}  // namespace chandler
