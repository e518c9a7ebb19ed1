// A clock that only moves when told, or when somebody waits for it: waiting takes no time.
#pragma once

#include <mutex>
#include <vector>

#include "http/client.h"

namespace chandler::http::test {

class HandTimer final : public Timer {
 public:
  // 2024-03-01 12:00:00 UTC.
  static constexpr Moment kStart{std::chrono::milliseconds{1'709'294'400'000}};

  [[nodiscard]] Moment now() const override {
    const std::lock_guard lock(guard_);
    return now_;
  }
  [[nodiscard]] bool wait_until(Moment moment, const std::stop_token& stop) override {
    const std::lock_guard lock(guard_);
    if (stop.stop_requested()) return false;
    waits_.push_back(std::max(std::chrono::milliseconds{0}, moment - now_));
    now_ = std::max(now_, moment);
    return true;
  }
  void move(std::chrono::milliseconds by) {
    const std::lock_guard lock(guard_);
    now_ += by;
  }
  // How long each wait would have taken.
  [[nodiscard]] std::vector<std::chrono::milliseconds> waits() const {
    const std::lock_guard lock(guard_);
    return waits_;
  }

 private:
  mutable std::mutex guard_;
  Moment now_ = kStart;
  std::vector<std::chrono::milliseconds> waits_;
};

}  // namespace chandler::http::test
