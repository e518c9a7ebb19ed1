// Hands Ctrl-C on to those who wait for the network.
#pragma once

#include <stop_token>
#include <thread>

namespace chandler::cli {

// A signal handler may stop nobody; a thread of this does, as long as it lives. After
// finish_first_on_signals().
class InterruptWatch {
 public:
  InterruptWatch();
  InterruptWatch(const InterruptWatch&) = delete;
  InterruptWatch& operator=(const InterruptWatch&) = delete;
  ~InterruptWatch();
  [[nodiscard]] std::stop_token token() const { return stop_.get_token(); }

 private:
  void watch();

  std::stop_source stop_;
  int over_;  // an eventfd: readable when the watch ends
  std::thread thread_;
};

}  // namespace chandler::cli
