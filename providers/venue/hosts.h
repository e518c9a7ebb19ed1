// Calls to a source that has several hosts with the same content. One that does not answer hands
// over to the next, and the next call starts with the one that answered last.
//
// Each host has a client of its own, so that a broken one opens only its own breaker; the rate
// limits are shared, as the sources count per address or key, not per host. Safe from several
// threads.
#pragma once

#include <atomic>
#include <memory>
#include <stop_token>
#include <string>
#include <vector>

#include "http/client.h"
#include "provider_context.h"

namespace chandler::venue {

// One request, less the host.
struct Ask {
  std::string path{};  // "/api/v3/klines", percent-encoded
  std::vector<http::Field> query{};
  std::vector<http::Field> headers{};
  std::uint32_t cost = 1;
};

// Of two sets of calls together.
[[nodiscard]] CallCounts sum(CallCounts one, const CallCounts& other);

class Hosts {
 public:
  // `bases`: "https://api.binance.com", tried in this order; one at least. Options are those of
  // every client; with several hosts each gets two attempts of a request at most, and all together
  // no more than the policy says.
  Hosts(const ProviderContext& context, const http::ClientOptions& options,
        std::vector<std::string> bases);

  // Errors as of http::Client; only those of kind unavailable make the next host try.
  [[nodiscard]] Result<http::Response> get(const Ask& ask, const http::Judge& judge,
                                           const std::stop_token& stop);

  [[nodiscard]] CallCounts calls() const;         // of all hosts together
  [[nodiscard]] BreakerState breaker() const;     // the best of all hosts
  [[nodiscard]] const std::string& base() const;  // of the host that answered last

 private:
  std::optional<std::chrono::milliseconds> timeout_;
  int attempts_;
  http::RetryBudget* retries_;
  std::vector<std::string> bases_;
  std::vector<std::unique_ptr<http::Client>> clients_;
  std::atomic<std::size_t> current_{0};
};

}  // namespace chandler::venue
