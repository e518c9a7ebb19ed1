// The requests of a plugin that has a network of its own: limited, repeated, broken off and counted
// like those of the built-in providers, though what happens in between is not HTTP.
#pragma once

#include <functional>
#include <random>
#include <string>

#include "http/breaker.h"
#include "http/call_counter.h"
#include "http/limits.h"
#include "http/retry_budget.h"
#include "plugin/run.h"

namespace chandler::plugin {

struct CallOptions {
  std::string name{};  // in the limits' file
  std::vector<RateLimit> limits{};
  http::RetryPolicy retry{};
  http::BreakerPolicy breaker{};
  http::RetryBudget* retries = nullptr;  // of the run; must outlive the calls; nullptr: none
};

// Safe from several threads.
class Calls {
 public:
  // Makes one request; the piece tells how it went.
  using Attempt = std::function<Piece(const std::stop_token&)>;

  // Limits and timer must outlive this.
  Calls(http::SharedLimits& limits, http::Timer& timer, CallOptions options);

  // The first piece without trouble. Errors: the trouble's own; rate_limited; unavailable (the
  // breaker is open); interrupted.
  [[nodiscard]] Result<Piece> make(const Attempt& attempt, const std::stop_token& stop);

  // Bytes that came without a request of their own.
  void received(std::uint64_t bytes);

  [[nodiscard]] CallCounts counts() const;
  [[nodiscard]] BreakerState breaker() const { return breaker_.state(); }

 private:
  [[nodiscard]] Result<void> wait_for_limit(const std::stop_token& stop);
  [[nodiscard]] Result<void> wait(http::Moment until, const std::stop_token& stop);
  [[nodiscard]] Piece attempt_counted(const Attempt& attempt, bool again,
                                      const std::stop_token& stop);
  [[nodiscard]] std::chrono::milliseconds backoff(int attempt);

  http::SharedLimits& limits_;
  http::Timer& timer_;
  const CallOptions options_;
  http::Breaker breaker_;
  http::CallCounter counter_;
  std::atomic<std::uint64_t> bytes_{0};
  std::mutex dice_guard_;
  std::minstd_rand dice_{std::random_device{}()};
};

}  // namespace chandler::plugin
