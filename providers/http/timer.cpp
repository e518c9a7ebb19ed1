#include <algorithm>
#include <condition_variable>
#include <mutex>

#include "http/client.h"

namespace chandler::http {
namespace {

using std::chrono::milliseconds;

class SystemTimer final : public Timer {
 public:
  [[nodiscard]] Moment now() const override {
    return std::chrono::floor<milliseconds>(std::chrono::system_clock::now());
  }

  // In steps, so that a clock that is set, or a machine that slept, is noticed.
  [[nodiscard]] bool wait_until(Moment moment, const std::stop_token& stop) override {
    constexpr milliseconds kStep{1000};
    std::mutex mutex;
    std::condition_variable_any never;
    std::unique_lock lock(mutex);
    while (!stop.stop_requested()) {
      const milliseconds left = moment - now();
      if (left <= milliseconds{0}) return true;
      static_cast<void>(never.wait_for(lock, stop, std::min(left, kStep), [] { return false; }));
    }
    return false;
  }
};

}  // namespace

Timer& Timer::system() {
  static SystemTimer timer;
  return timer;
}

}  // namespace chandler::http
