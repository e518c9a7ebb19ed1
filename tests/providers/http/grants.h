// What was granted when, and the most of it in any window.
#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

#include "http/client.h"

namespace chandler::http::test {

struct Grant {
  std::int64_t at = 0;  // ms
  std::uint32_t units = 0;
};

// Over all windows [t, t + length], both ends counted. The heaviest ones begin at a grant.
[[nodiscard]] inline std::uint64_t most_in_any_window(std::vector<Grant> grants,
                                                      std::chrono::milliseconds length) {
  std::sort(grants.begin(), grants.end(),
            [](const Grant& a, const Grant& b) { return a.at < b.at; });
  std::uint64_t most = 0;
  std::uint64_t sum = 0;
  std::size_t last = 0;
  for (const Grant& first : grants) {
    while (last < grants.size() && grants[last].at <= first.at + length.count())
      sum += grants[last++].units;
    most = std::max(most, sum);
    sum -= first.units;
  }
  return most;
}

}  // namespace chandler::http::test
