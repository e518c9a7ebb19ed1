// What Alpaca's answers that hold no bars mean.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "http/client.h"

namespace chandler::alpaca {

enum class Finding {
  other,            // the verdict says it all
  recent_sip,       // the plan gives the sip feed with a delay only
  invalid_symbols,  // the whole request fails for those it names
};
struct Judgement {
  http::Verdict verdict{};
  Finding finding = Finding::other;
  std::vector<std::string> symbols{};  // that are invalid
};
// `key_variables`: what to look at when the keys are wrong.
[[nodiscard]] Judgement judge(const http::Response& response, http::Moment now,
                              const std::vector<std::string>& key_variables);

// Units of our limit that are to count as used up, by the X-RateLimit headers: no more may be left of
// it than of the source's. Nothing: that leaves more than we ask for.
[[nodiscard]] std::optional<std::uint32_t> used_requests(const http::Response& response,
                                                         const RateLimit& ours);

}  // namespace chandler::alpaca
