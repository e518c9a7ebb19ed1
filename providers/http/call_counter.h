// Counts what a client's calls come to.
#pragma once

#include <chrono>
#include <cstdint>
#include <mutex>

#include "chandler/provider.h"

namespace chandler::http {

// Safe from several threads.
class CallCounter {
 public:
  enum class End : std::uint8_t { answered, rate_limited, failed, interrupted };

  void request(bool again);
  void end(End end, std::uint64_t bytes, std::chrono::milliseconds took);
  void waited(std::chrono::milliseconds time);
  [[nodiscard]] CallCounts counts() const;

 private:
  mutable std::mutex guard_;
  CallCounts counts_;
};

}  // namespace chandler::http
