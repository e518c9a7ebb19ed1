// What Yahoo's answers that hold no chart mean.
#pragma once

#include "http/client.h"

namespace chandler::yahoo {

enum class Finding {
  other,        // the verdict says it all
  nothing,      // there is nothing in that range (400 "Data doesn't exist"): no error
  wants_crumb,  // 401: a cookie and its crumb are wanted, or others
};
struct Judgement {
  http::Verdict verdict{};
  Finding finding = Finding::other;
};
[[nodiscard]] Judgement judge(const http::Response& response, http::Moment now);

}  // namespace chandler::yahoo
