// A provider's calls: rate limits, retries with backoff, Retry-After, circuit breaker, counts.
//
// One client a provider and key. Safe from several threads.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <limits>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "chandler/provider.h"
#include "chandler/result.h"
#include "http/transport.h"

namespace chandler::http {

// Time as calls need it, to the millisecond; a test's may stand still and wait for nobody.
using Moment = std::chrono::sys_time<std::chrono::milliseconds>;
class Timer {
 public:
  virtual ~Timer() = default;
  Timer(const Timer&) = delete;
  Timer& operator=(const Timer&) = delete;
  [[nodiscard]] virtual Moment now() const = 0;
  // False when asked to stop before.
  [[nodiscard]] virtual bool wait_until(Moment moment, const std::stop_token& stop) = 0;

  static Timer& system();

 protected:
  Timer() = default;
};

// What an answer means. A provider's judge turns status, headers and body into one of these; the
// client acts on it.
struct Verdict {
  enum class Act : std::uint8_t {
    accept,  // the answer is what was asked for
    retry,   // the source has trouble; the same request may do better later
    wait,    // too many requests: nobody asks before `wait`, then the same again
    fail,    // asking again would not help; counts for nothing at the breaker
  };
  Act act = Act::accept;
  std::optional<Error> error{};  // of all but accept: what is said when it is final
  std::optional<std::chrono::milliseconds> wait{};  // nullopt: the backoff's own
  // Units the source says are used up in the first limit's window (X-MBX-USED-WEIGHT-1M).
  std::optional<std::uint32_t> used{};
};
using Judge = std::function<Verdict(const Response&)>;

// By the status alone: 2xx accept; 429 wait (Retry-After), and 418 where it says for how long; 408,
// 425, 500, 502, 503 and 504 retry; other 5xx fail (unavailable); 401 and 403 fail (auth); 404 fail
// (not_found); others fail (data).
[[nodiscard]] Verdict judge_by_status(const Response& response);
// Seconds or an HTTP date.
[[nodiscard]] std::optional<std::chrono::milliseconds> retry_after(const Response& response,
                                                                   Moment now);

// What to do about an error of this kind, where nobody knows better. "" where nothing can be said.
[[nodiscard]] std::string usual_hint(ErrorKind kind);

struct RetryPolicy {
  int attempts = 5;  // in all, of one request, wherever it goes
  // Of these, with a host of several; but where it asks for patience, as the others would, too.
  int of_one_host = std::numeric_limits<int>::max();
  std::chrono::milliseconds first{1'000};  // doubled each time, with full jitter
  std::chrono::milliseconds longest{60'000};
  std::chrono::milliseconds budget{180'000};  // waiting of one call in all, limits not counted
  std::chrono::milliseconds longest_limit_wait{120'000};  // a longer wait for a limit is an error
};

struct BreakerPolicy {
  int failures = 5;  // in a row, after which nobody is asked
  std::chrono::milliseconds rest{
      30'000};  // until one probe is let through; doubled each time it fails
  std::chrono::milliseconds longest{600'000};
};

class SharedLimits;  // http/limits.h: buckets shared by all processes of this user
class RetryBudget;   // http/retry_budget.h: what a run may spend on retries

struct ClientOptions {
  std::string provider{};
  std::vector<RateLimit> limits{};
  RetryPolicy retry{};
  BreakerPolicy breaker{};
  std::string
      account{};  // tells keys apart in the limits' file; a digest, never the key; may be empty
  std::function<double()> random{};  // 0 <= x < 1, for the backoff's jitter; empty: a seeded one
  RetryBudget* retries = nullptr;    // must outlive the client; nullptr: as many as the policy says
};

class Client {
 public:
  // All must outlive the client.
  Client(Transport& transport, SharedLimits& limits, Timer& timer, ClientOptions options);
  ~Client();
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  // An answer the judge accepts. `cost` is what the request weighs against the limits. Errors: as
  // Transport::get, what the judge said, rate_limited, unavailable (breaker open, retries used up).
  // `failed`: of a request that goes to several hosts, the attempts so far that called for another;
  // those of this call are added.
  [[nodiscard]] Result<Response> get(const Request& request, const Judge& judge,
                                     const std::stop_token& stop, std::uint32_t cost = 1,
                                     int* failed = nullptr);

  [[nodiscard]] CallCounts calls() const;
  [[nodiscard]] BreakerState breaker() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace chandler::http
