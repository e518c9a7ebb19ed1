// Hands Ctrl-C on to those who wait for the network.
#pragma once

#include <chrono>
#include <stop_token>
#include <thread>

#include "interrupt.h"

namespace chandler::cli {

// A signal handler may only set a flag; this looks at it. After finish_first_on_signals().
class InterruptWatch {
 public:
  InterruptWatch()
      : thread_([this](const std::stop_token& over) {
          while (!over.stop_requested() && !stop_.stop_requested()) {
            if (interrupted()) stop_.request_stop();
            std::this_thread::sleep_for(std::chrono::milliseconds{20});
          }
        }) {}
  [[nodiscard]] std::stop_token token() const { return stop_.get_token(); }

 private:
  std::stop_source stop_;
  std::jthread thread_;  // last: it uses the one above
};

}  // namespace chandler::cli
