#include "http/call_counter.h"

#include <algorithm>

namespace chandler::http {

void CallCounter::request(bool again) {
  const std::lock_guard lock(guard_);
  ++counts_.requests;
  if (again) ++counts_.retries;
}

void CallCounter::end(End end, std::uint64_t bytes, std::chrono::milliseconds took) {
  const std::lock_guard lock(guard_);
  if (end == End::failed) ++counts_.failures;
  if (end == End::rate_limited) ++counts_.rate_limited;
  counts_.bytes += bytes;
  counts_.latency_total += took;
  counts_.latency_max = std::max(counts_.latency_max, took);
}

void CallCounter::waited(std::chrono::milliseconds time) {
  const std::lock_guard lock(guard_);
  counts_.waited += time;
}

CallCounts CallCounter::counts() const {
  const std::lock_guard lock(guard_);
  return counts_;
}

}  // namespace chandler::http
