#include "plugin/calls.h"

#include <algorithm>
#include <utility>

namespace chandler::plugin {
namespace {

using http::Breaker;
using http::CallCounter;
using http::Moment;
using std::chrono::milliseconds;

CallCounter::End end_of(const Piece& piece) {
  if (!piece.trouble || piece.trouble->act == Trouble::Act::fail) {
    const bool stopped = piece.trouble && piece.trouble->error.kind == ErrorKind::interrupted;
    return stopped ? CallCounter::End::interrupted : CallCounter::End::answered;
  }
  return piece.trouble->act == Trouble::Act::wait ? CallCounter::End::rate_limited
                                                  : CallCounter::End::failed;
}

}  // namespace

Calls::Calls(http::SharedLimits& limits, http::Timer& timer, CallOptions options)
    : limits_(limits), timer_(timer), options_(std::move(options)), breaker_(options_.breaker) {}

void Calls::received(std::uint64_t bytes) { bytes_ += bytes; }

CallCounts Calls::counts() const {
  CallCounts counts = counter_.counts();
  counts.bytes += bytes_;
  return counts;
}

Result<void> Calls::wait(Moment until, const std::stop_token& stop) {
  const Moment before = timer_.now();
  const bool waited = timer_.wait_until(until, stop);
  counter_.waited(std::max(milliseconds{0}, timer_.now() - before));
  if (!waited) return Error{ErrorKind::interrupted, "interrupted", "", ""};
  return {};
}

Result<void> Calls::wait_for_limit(const std::stop_token& stop) {
  if (options_.limits.empty()) return {};
  const Moment patience = timer_.now() + options_.retry.longest_limit_wait;
  for (;;) {
    const Moment now = timer_.now();
    CHANDLER_TRY(const auto answer, limits_.reserve(options_.name, options_.limits, 1,
                                                    [this] { return timer_.now(); }));
    if (answer.granted) return {};
    if (answer.at > patience)
      return Error{
          ErrorKind::rate_limited,
          "its rate limit of " + to_string(options_.limits.front()) + " is used up", "",
          "ask again after " + format_instant(std::chrono::ceil<seconds>(answer.at)) + " UTC"};
    CHANDLER_CHECK(wait(std::max(answer.at, now + milliseconds{1}), stop));
  }
}

Piece Calls::attempt_counted(const Attempt& attempt, bool again, const std::stop_token& stop) {
  counter_.request(again);
  if (!again && options_.retries != nullptr) options_.retries->count_request();
  const Moment before = timer_.now();
  Piece piece = attempt(stop);
  counter_.end(end_of(piece), piece.bytes, std::max(milliseconds{0}, timer_.now() - before));
  return piece;
}

milliseconds Calls::backoff(int attempt) {
  milliseconds most = options_.retry.first;
  for (int i = 1; i < attempt && most < options_.retry.longest; ++i) most *= 2;
  most = std::min(most, options_.retry.longest);
  const std::lock_guard lock(dice_guard_);
  return milliseconds{std::uniform_int_distribution<std::int64_t>(1, most.count() + 1)(dice_)};
}

Result<Piece> Calls::make(const Attempt& attempt, const std::stop_token& stop) {
  CHANDLER_TRY(Breaker::Pass pass, breaker_.enter(timer_.now()));
  milliseconds waited{0};
  for (int tried = 1;; ++tried) {
    CHANDLER_CHECK(breaker_.still_open_to(pass, timer_.now()));
    CHANDLER_CHECK(wait_for_limit(stop));
    Piece piece = attempt_counted(attempt, tried > 1, stop);
    const Moment now = timer_.now();
    if (!piece.trouble) {
      pass.done(Breaker::Outcome::good, now, "");
      return piece;
    }
    const Trouble& trouble = *piece.trouble;
    if (trouble.error.kind == ErrorKind::interrupted) return trouble.error;
    if (trouble.act == Trouble::Act::fail) {
      pass.done(Breaker::Outcome::good, now, "");
      return trouble.error;
    }
    const milliseconds pause = trouble.wait.value_or(backoff(tried));
    if (trouble.act == Trouble::Act::wait)
      limits_.block_until(options_.name, now + pause, [this] { return timer_.now(); });
    waited += pause;
    if (trouble.act == Trouble::Act::broken || tried >= options_.retry.attempts ||
        waited > options_.retry.budget ||
        (options_.retries != nullptr && !options_.retries->take())) {
      pass.done(Breaker::Outcome::bad, now, trouble.error.what);
      return trouble.error;
    }
    CHANDLER_CHECK(wait(now + pause, stop));
  }
}

}  // namespace chandler::plugin
