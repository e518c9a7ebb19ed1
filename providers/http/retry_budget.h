// What a run may spend on retries, all its clients together: ten, and one for every ten requests.
// So a source in trouble is not asked many times more often than one that is well.
#pragma once

#include <cstdint>
#include <mutex>

namespace chandler::http {

// Safe from several threads.
class RetryBudget {
 public:
  // A run that begins while another is under way shares with it.
  void begin_run() {
    const std::lock_guard lock(guard_);
    requests_ = 0;
    retries_ = 0;
  }
  // One that is no retry.
  void count_request() {
    const std::lock_guard lock(guard_);
    ++requests_;
  }
  // One retry; false: there is none left.
  [[nodiscard]] bool take() {
    const std::lock_guard lock(guard_);
    if (retries_ >= kAtFirst + requests_ / kRequestsForOne) return false;
    ++retries_;
    return true;
  }

 private:
  static constexpr std::uint64_t kAtFirst = 10;
  static constexpr std::uint64_t kRequestsForOne = 10;

  std::mutex guard_;
  std::uint64_t requests_ = 0;
  std::uint64_t retries_ = 0;
};

}  // namespace chandler::http
