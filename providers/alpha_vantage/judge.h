// What Alpha Vantage's notes mean. They come with status 200.
#pragma once

#include "http/client.h"

namespace chandler::alpha_vantage {

struct Judgement {
  http::Verdict verdict{};
  // There is nothing: an unknown symbol, or no data for that month. The verdict then is an error of
  // kind not_found.
  bool nothing = false;
};
[[nodiscard]] Judgement judge(const http::Response& response, http::Moment now);

}  // namespace chandler::alpha_vantage
