// Steering the exchange over HTTP, for programs that started it as a child.
//
//   GET  /_log[?path=/api/v3/klines]   the requests so far: [{"method", "target", "path",
//   "status"}] GET  /_control                     {"now": "2024-06-03T12:00:00", "requests": 17}
//   POST /_control                     any of
//     {"now": "2024-06-03T12:00:00",
//      "fault": {"kind": "status", "path": "/api/v3/klines", "times": 2, "after": 0, "status": 429,
//                "retry_after": 3, "bytes": 0, "pause_ms": 1, "from": "...", "to": "..."},
//      "behave": true, "clear_log": true}
#pragma once

#include <string_view>

#include "tests/support/exchange/exchange.h"

namespace chandler::testing {

[[nodiscard]] HttpResponse serve_control(const HttpRequest& request, Exchange& exchange);
// The same as a POST's body; an error says which key is wrong.
Result<void> control(std::string_view document, Exchange& exchange);

}  // namespace chandler::testing
