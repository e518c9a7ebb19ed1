#include "venue/hosts.h"

#include <algorithm>
#include <utility>

#include "http/retry_budget.h"

namespace chandler::venue {
namespace {

constexpr int kAttemptsOfManyHosts = 2;

// How much of a breaker is shut; the least counts.
int severity(BreakerState state) {
  switch (state) {
    case BreakerState::closed:
      return 0;
    case BreakerState::half_open:
      return 1;
    case BreakerState::open:
      return 2;
  }
  return 0;
}

}  // namespace

Hosts::Hosts(const ProviderContext& context, const http::ClientOptions& options,
             std::vector<std::string> bases)
    : timeout_(context.settings.timeout),
      attempts_(options.retry.attempts),
      retries_(options.retries),
      bases_(std::move(bases)) {
  http::ClientOptions each = options;
  if (bases_.size() > 1) each.retry.of_one_host = kAttemptsOfManyHosts;
  for (std::string& base : bases_) {
    while (base.ends_with('/')) base.pop_back();
    clients_.push_back(
        std::make_unique<http::Client>(context.transport, context.limits, context.timer, each));
  }
}

Result<http::Response> Hosts::get(const Ask& ask, const http::Judge& judge,
                                  const std::stop_token& stop) {
  http::Request request{.query = ask.query, .headers = ask.headers};
  if (timeout_) request.total_timeout = *timeout_;
  const std::size_t first = current_;
  std::optional<Error> trouble;
  int failed = 0;
  for (std::size_t i = 0; i < bases_.size(); ++i) {
    const std::size_t host = (first + i) % bases_.size();
    // What failed there and may do better here is tried again like anywhere else.
    const bool retry = failed > 0;
    if (retry && (failed >= attempts_ || (retries_ != nullptr && !retries_->take()))) break;
    request.url = bases_[host] + ask.path;
    auto answer = clients_[host]->get(request, judge, stop, ask.cost, &failed);
    if (answer) current_ = host;
    if (answer || answer.error().kind != ErrorKind::unavailable) return answer;
    if (!trouble) trouble = answer.error();
  }
  return *trouble;
}

CallCounts sum(CallCounts one, const CallCounts& other) {
  one.requests += other.requests;
  one.retries += other.retries;
  one.failures += other.failures;
  one.rate_limited += other.rate_limited;
  one.bytes += other.bytes;
  one.waited += other.waited;
  one.latency_total += other.latency_total;
  one.latency_max = std::max(one.latency_max, other.latency_max);
  return one;
}

CallCounts Hosts::calls() const {
  CallCounts all;
  for (const auto& client : clients_) all = sum(all, client->calls());
  return all;
}

BreakerState Hosts::breaker() const {
  BreakerState best = BreakerState::open;
  for (const auto& client : clients_) {
    const BreakerState state = client->breaker();
    if (severity(state) < severity(best)) best = state;
  }
  return best;
}

const std::string& Hosts::base() const { return bases_[current_]; }

}  // namespace chandler::venue
