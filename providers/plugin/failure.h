// How an executable says why it failed: the last line of its stderr is
//
//   {"kind": "rate_limited", "message": "12 calls too many", "retry_after_seconds": 30}
//
// with kind not_found, rate_limited, auth, unavailable or bad_request, and an exit code that is
// not 0.
#pragma once

#include <string_view>

#include "plugin/process.h"
#include "plugin/run.h"

namespace chandler::plugin {

// Of a program that did not end well; `chatter` is the end of its stderr. Nothing in it is
// believed.
[[nodiscard]] Trouble failure_of(const Ending& ending, std::string_view chatter);

// The last line that is not empty.
[[nodiscard]] std::string_view last_line(std::string_view text);

}  // namespace chandler::plugin
