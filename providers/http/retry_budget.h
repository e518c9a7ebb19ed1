// What runs may spend on retries, all their clients together: each of them ten, and one for every
// ten requests. So a source in trouble is not asked many times more often than one that is well.
//
//   const RetryBudget::Run run = budget.begin_run();
//   ... requests ...
//
// Runs under way at the same time put together what they have. A run that ends takes its ten along,
// spent or not; what was spent is forgotten when all have ended.
#pragma once

#include <algorithm>
#include <cstdint>
#include <mutex>

namespace chandler::http {

// Safe from several threads.
class RetryBudget {
 public:
  // A run, under way as long as this lives. The budget must outlive it.
  class Run {
   public:
    explicit Run(RetryBudget& budget) : budget_(budget) { budget_.begin(); }
    ~Run() { budget_.end(); }
    Run(const Run&) = delete;
    Run& operator=(const Run&) = delete;

   private:
    RetryBudget& budget_;
  };
  [[nodiscard]] Run begin_run() { return Run(*this); }

  // One that is no retry.
  void count_request() {
    const std::lock_guard lock(guard_);
    ++requests_;
  }
  // One retry; false: there is none left. Who asks outside of a run has what one run would have.
  [[nodiscard]] bool take() {
    const std::lock_guard lock(guard_);
    const std::uint64_t runs = std::max<std::uint64_t>(1, runs_);
    if (retries_ >= kOfARun * runs + requests_ / kRequestsForOne) return false;
    ++retries_;
    return true;
  }

 private:
  static constexpr std::uint64_t kOfARun = 10;
  static constexpr std::uint64_t kRequestsForOne = 10;

  void begin() {
    const std::lock_guard lock(guard_);
    if (runs_++ > 0) return;
    requests_ = 0;
    retries_ = 0;
  }
  void end() {
    const std::lock_guard lock(guard_);
    --runs_;
  }

  std::mutex guard_;
  std::uint64_t runs_ = 0;  // under way
  std::uint64_t requests_ = 0;
  std::uint64_t retries_ = 0;
};

}  // namespace chandler::http
