// The circuit breaker: a source that failed several calls in a row is left alone for a while; then
// one call is let through, and its fate is everybody's.
#pragma once

#include <cstdint>
#include <mutex>
#include <optional>
#include <string>

#include "chandler/provider.h"
#include "chandler/result.h"
#include "http/client.h"

namespace chandler::http {

// Safe from several threads.
class Breaker {
 public:
  explicit Breaker(BreakerPolicy policy) : policy_(policy) {}

  enum class Outcome : std::uint8_t {
    good,  // the source answered, whatever it said
    bad,   // it did not, or not usefully
    none,  // it was not asked, or we hung up
  };

  // A call that was let through. Without an outcome it counts for nothing when it goes.
  class Pass {
   public:
    Pass(Breaker& breaker, bool probe) : breaker_(&breaker), probe_(probe) {}
    ~Pass() { done(Outcome::none, {}, ""); }
    Pass(const Pass&) = delete;
    Pass& operator=(const Pass&) = delete;
    Pass& operator=(Pass&&) = delete;
    Pass(Pass&& other) noexcept : breaker_(other.breaker_), probe_(other.probe_) {
      other.breaker_ = nullptr;
    }
    // The one call of a half-open breaker.
    [[nodiscard]] bool probe() const { return probe_; }
    void done(Outcome outcome, Moment now, const std::string& why);

   private:
    Breaker* breaker_;
    bool probe_;
  };

  // Error of kind unavailable: nobody is to ask now; it says when somebody may.
  [[nodiscard]] Result<Pass> enter(Moment now);
  // Whether a call that was let through before may still ask.
  [[nodiscard]] Result<void> still_open_to(const Pass& pass, Moment now) const;
  [[nodiscard]] BreakerState state() const;

 private:
  void leave(bool probe, Outcome outcome, Moment now, const std::string& why);
  [[nodiscard]] Error refusal(Moment now) const;

  const BreakerPolicy policy_;
  mutable std::mutex guard_;
  std::atomic<BreakerState> state_ = BreakerState::closed;  // written under the guard
  int failures_ = 0;                                        // in a row
  std::chrono::milliseconds rest_{};                        // the last one
  Moment open_until_{};
  std::string why_;  // the last failure
};

}  // namespace chandler::http
