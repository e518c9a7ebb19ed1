// The cookie and the crumb that Yahoo at times demands. They are kept as long as the provider is.
#pragma once

#include <cstdint>
#include <mutex>
#include <stop_token>
#include <string>

#include "venue/venue.h"

namespace chandler::yahoo {

// Safe from several threads.
class Session {
 public:
  Session(const ProviderContext& context, const http::ClientOptions& options);

  [[nodiscard]] CallCounts calls() const { return cookies_.calls(); }

  // Puts what there is to the request: a browser's name, cookie and crumb. The number tells which
  // pair it was.
  [[nodiscard]] std::uint64_t dress(venue::Ask& ask) const;
  // Gets another pair than that one, unless somebody else has meanwhile.
  [[nodiscard]] Result<void> renew(venue::Venue& venue, std::uint64_t pair,
                                   const std::stop_token& stop);

 private:
  venue::Hosts cookies_;
  mutable std::mutex mutex_;  // of the three below
  std::uint64_t pair_ = 0;
  std::string cookie_;
  std::string crumb_;
  std::mutex renewing_;
};

}  // namespace chandler::yahoo
