#include "http/client.h"

#include <algorithm>
#include <mutex>
#include <random>
#include <utility>

#include "http/breaker.h"
#include "http/call_counter.h"
#include "http/limits.h"
#include "http/retry_budget.h"
#include "http/waiting_line.h"

namespace chandler::http {
namespace {

using std::chrono::milliseconds;
using Act = Verdict::Act;
using Outcome = Breaker::Outcome;

// Longer than any source bans; what is beyond is a mistake, and would outlive it in the limits'
// file.
constexpr milliseconds kLongestBlock = std::chrono::hours{72};

std::function<double()> seeded_random() {
  struct Source {
    std::mutex guard{};
    std::mt19937_64 engine{std::random_device{}()};
  };
  return [source = std::make_shared<Source>()] {
    const std::lock_guard lock(source->guard);
    return std::uniform_real_distribution<double>(0, 1)(source->engine);
  };
}

std::string utc(Moment moment) {
  return format_instant(std::chrono::ceil<seconds>(moment)) + " UTC";
}

std::string listed(const std::vector<RateLimit>& limits) {
  std::string text;
  for (const RateLimit& limit : limits) text += (text.empty() ? "" : ", ") + to_string(limit);
  return text.empty() ? "none" : text;
}

}  // namespace

struct Client::State {
  State(Transport& t, SharedLimits& l, Timer& clock, ClientOptions o)
      : transport(t),
        limits(l),
        timer(clock),
        options(std::move(o)),
        limits_key(limits_name(options.provider, options.account)),
        breaker(options.breaker) {
    if (!options.random) options.random = seeded_random();
  }

  Transport& transport;
  SharedLimits& limits;
  Timer& timer;
  ClientOptions options;
  std::string limits_key;
  Breaker breaker;
  CallCounter counter{};
  WaitingLine line{};

  class Call;
};

namespace {

// What one attempt came to.
struct Attempt {
  Verdict verdict{};
  std::optional<Response> response{};
  Outcome outcome = Outcome::none;  // if the call ends with it
  bool sent = true;
};

}  // namespace

// One call, from the first attempt to the last.
class Client::State::Call {
 public:
  Call(State& state, const Request& request, const Judge& judge, const std::stop_token& stop,
       int* failed)
      : s_(state),
        request_(request),
        judge_(judge),
        stop_(stop),
        failed_(failed != nullptr ? *failed : own_failed_) {}

  Result<Response> run(std::uint32_t cost) {
    auto entered = s_.breaker.enter(now());
    if (!entered) return shown(entered.error());
    Breaker::Pass pass = *std::move(entered);
    for (;;) {
      CHANDLER_TRY(const Moment granted, take_units(cost));
      if (const auto open = s_.breaker.still_open_to(pass, now()); !open) {
        give_back(cost, granted);
        return shown(open.error());
      }
      Attempt attempt = ask();
      if (!attempt.sent) give_back(cost, granted);
      if (calls_for_another(attempt.verdict)) ++failed_;
      if (attempt.verdict.act == Act::accept) {
        pass.done(Outcome::good, now(), "");
        return *std::move(attempt.response);
      }
      const bool again = goes_on(attempt.verdict, pass);
      if (!again && attempt.verdict.act == Act::wait)
        attempt.verdict.error->hint = "try again after " + utc(now() + pause_);
      if (!again) {
        Error error = shown(*std::move(attempt.verdict.error));
        pass.done(attempt.outcome, now(), error.what);
        return error;
      }
      // A source that says "too often" is there.
      if (attempt.verdict.act == Act::wait && pass.probe()) pass.done(Outcome::good, now(), "");
      if (attempt.verdict.act == Act::retry && !wait_until(now() + pause_)) return interrupted();
    }
  }

 private:
  [[nodiscard]] Moment now() const { return std::max(s_.timer.now(), not_before_); }

  // A timer that stands still has still waited.
  bool wait_until(Moment moment) {
    const Moment from = now();
    if (!s_.timer.wait_until(moment, stop_)) return false;
    not_before_ = std::max(not_before_, moment);
    s_.counter.waited(std::max(milliseconds{0}, moment - from));
    return true;
  }

  // When they were granted.
  Result<Moment> take_units(std::uint32_t cost) {
    const WaitingLine::Turn turn(s_.line, stop_);
    const Moment latest = now() + s_.options.retry.longest_limit_wait;
    while (turn.come() && !stop_.stop_requested()) {
      const auto answer = s_.limits.reserve(s_.limits_key, s_.options.limits, cost, clock_);
      if (!answer) return shown(answer.error());
      if (answer->granted) return answer->at;
      if (answer->at > latest) return too_late(answer->at);
      if (!wait_until(answer->at)) break;
    }
    return interrupted();
  }

  void give_back(std::uint32_t cost, Moment granted) {
    if (s_.options.limits.empty()) return;
    s_.limits.give_back(s_.limits_key, s_.options.limits, cost, granted, clock_);
  }

  Attempt ask() {
    ++attempts_;
    s_.counter.request(failed_ > 0);
    if (failed_ == 0 && s_.options.retries != nullptr) s_.options.retries->count_request();
    const Moment from = now();
    Exchanged exchanged = s_.transport.exchange(request_, stop_);
    Result<Response>& response = exchanged.response;
    if (!response) {
      Attempt attempt = unanswered(std::move(response).error(), now() - from);
      attempt.sent = exchanged.sent;
      if (exchanged.unknown_host) attempt.verdict.act = Act::fail;
      return attempt;
    }

    Attempt attempt;
    attempt.verdict = judge_(*response);
    Verdict& verdict = attempt.verdict;
    if (verdict.act != Act::accept && !verdict.error) verdict.error = unexplained();
    if ((verdict.act == Act::wait || verdict.act == Act::retry) && !verdict.wait)
      verdict.wait = retry_after(*response, now());
    if (verdict.used && !s_.options.limits.empty())
      s_.limits.note_used(s_.limits_key, s_.options.limits.front(), *verdict.used, clock_);
    attempt.outcome = verdict.act == Act::retry ? Outcome::bad : Outcome::good;
    s_.counter.end(end_of(verdict.act), response->wire_bytes, response->took);
    attempt.response = *std::move(response);
    return attempt;
  }

  static CallCounter::End end_of(Act act) {
    if (act == Act::accept) return CallCounter::End::answered;
    return act == Act::wait ? CallCounter::End::rate_limited : CallCounter::End::failed;
  }

  static Error unexplained() {
    return {ErrorKind::unavailable, "did not answer as it should", "", ""};
  }

  Attempt unanswered(Error error, milliseconds took) {
    Attempt attempt;
    const bool stopped = error.kind == ErrorKind::interrupted;
    attempt.verdict.act = error.kind == ErrorKind::unavailable ? Act::retry : Act::fail;
    if (!stopped && error.kind != ErrorKind::usage) attempt.outcome = Outcome::bad;
    attempt.verdict.error = std::move(error);
    s_.counter.end(stopped ? CallCounter::End::interrupted : CallCounter::End::failed, 0, took);
    return attempt;
  }

  static bool calls_for_another(const Verdict& verdict) {
    return verdict.act == Act::retry || verdict.act == Act::wait;
  }

  // Whether the same request is sent once more; then pause_ says after what pause. Too many
  // requests are everybody's business: the pause is made known to all, and taken where limits are
  // waited for.
  bool goes_on(Verdict& verdict, const Breaker::Pass& pass) {
    if (verdict.act == Act::fail) return false;
    pause_ = std::max(backoff(), std::min(verdict.wait.value_or(milliseconds{0}), kLongestBlock));
    if (verdict.act == Act::wait) {
      s_.limits.block_until(s_.limits_key, now() + pause_, clock_);
      if (pause_ > s_.options.retry.longest_limit_wait) return false;
    } else if (pass.probe()) {
      return false;
    }
    const RetryPolicy& policy = s_.options.retry;
    if (failed_ >= policy.attempts) return false;
    if (verdict.act == Act::retry && attempts_ >= policy.of_one_host) return false;
    if (spent_ + pause_ > policy.budget) return false;
    if (s_.options.retries != nullptr && !s_.options.retries->take()) {
      verdict.error->hint = "the retries of this run are used up; run it again later";
      return false;
    }
    spent_ += pause_;
    return true;
  }

  [[nodiscard]] milliseconds backoff() const {
    const RetryPolicy& policy = s_.options.retry;
    milliseconds most = policy.first;
    for (int i = 1; i < attempts_ && most < policy.longest; ++i) most *= 2;
    most = std::min(most, policy.longest);
    return milliseconds{
        static_cast<std::int64_t>(s_.options.random() * static_cast<double>(most.count()))};
  }

  Error too_late(Moment at) {
    Error error{
        ErrorKind::rate_limited,
        "may not be asked before " + utc(at) + " (rate limit: " + listed(s_.options.limits) + ")",
        "", "try again then"};
    if (const std::string note = s_.limits.note(); !note.empty()) error.hint += "; " + note;
    return shown(std::move(error));
  }

  Error interrupted() const { return shown({ErrorKind::interrupted, "interrupted", "", ""}); }

  // With the place, the number of attempts and what to do, and without secrets.
  Error shown(Error error) const {
    if (attempts_ > 1) error.what += " (asked " + std::to_string(attempts_) + " times)";
    if (error.hint.empty()) error.hint = usual_hint(error.kind);
    std::string place = s_.options.provider + ": " + request_.shown();
    error.where = error.where.empty() ? std::move(place) : place + ", " + error.where;
    error.what = without_secrets(std::move(error.what), request_);
    error.where = without_secrets(std::move(error.where), request_);
    error.hint = without_secrets(std::move(error.hint), request_);
    return error;
  }

  State& s_;
  const Request& request_;
  const Judge& judge_;
  const std::stop_token& stop_;
  int own_failed_ = 0;
  int& failed_;
  int attempts_ = 0;
  milliseconds spent_{};
  milliseconds pause_{};
  Moment not_before_ = Moment::min();
  const SharedLimits::Now clock_ = [this] { return now(); };
};

Client::Client(Transport& transport, SharedLimits& limits, Timer& timer, ClientOptions options)
    : state_(std::make_unique<State>(transport, limits, timer, std::move(options))) {}

Client::~Client() = default;

Result<Response> Client::get(const Request& request, const Judge& judge,
                             const std::stop_token& stop, std::uint32_t cost, int* failed) {
  return State::Call(*state_, request, judge, stop, failed).run(cost);
}

CallCounts Client::calls() const { return state_->counter.counts(); }

BreakerState Client::breaker() const { return state_->breaker.state(); }

}  // namespace chandler::http
