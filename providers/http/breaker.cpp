#include "http/breaker.h"

#include <algorithm>

namespace chandler::http {

void Breaker::Pass::done(Outcome outcome, Moment now, const std::string& why) {
  if (breaker_ == nullptr) return;
  breaker_->leave(probe_, outcome, now, why);
  breaker_ = nullptr;
}

Error Breaker::refusal(Moment now) const {
  Error error{ErrorKind::unavailable,
              "not asked, because it failed " + std::to_string(failures_) +
                  (failures_ == 1 ? " time" : " times in a row"),
              "", ""};
  if (!why_.empty()) error.what += " (" + why_ + ")";
  error.hint = state_ == BreakerState::half_open || open_until_ <= now
                   ? "one call is finding out whether it is back; try again in a moment"
                   : "it is asked again at " +
                         format_instant(std::chrono::ceil<seconds>(open_until_)) + " UTC";
  return error;
}

Result<Breaker::Pass> Breaker::enter(Moment now) {
  const std::lock_guard lock(guard_);
  if (state_ == BreakerState::closed) return Pass(*this, false);
  if (state_ == BreakerState::half_open || now < open_until_) return refusal(now);
  state_ = BreakerState::half_open;
  return Pass(*this, true);
}

Result<void> Breaker::still_open_to(const Pass& pass, Moment now) const {
  const std::lock_guard lock(guard_);
  if (pass.probe() || state_ == BreakerState::closed) return {};
  return refusal(now);
}

// Without the guard: whoever chooses among providers asks each time.
BreakerState Breaker::state() const { return state_; }

void Breaker::leave(bool probe, Outcome outcome, Moment now, const std::string& why) {
  const std::lock_guard lock(guard_);
  // Calls from before the breaker opened have no say any more.
  if (!probe && state_ != BreakerState::closed) return;
  if (outcome == Outcome::good) {
    state_ = BreakerState::closed;
    failures_ = 0;
    rest_ = {};
    why_.clear();
    return;
  }
  if (outcome == Outcome::none) {
    if (probe) state_ = BreakerState::open;  // the next one is the probe
    return;
  }
  ++failures_;
  why_ = why;
  if (!probe && failures_ < policy_.failures) return;
  rest_ = rest_.count() == 0 ? policy_.rest : std::min(rest_ * 2, policy_.longest);
  open_until_ = now + rest_;
  state_ = BreakerState::open;
}

}  // namespace chandler::http
