// _metadata/quality_scores.json: the summaries as text, one series a line, and back.
//
// The text proves itself: its hash stands in it, taken with zeros in its own place. So it is read by
// its exact layout and by nothing else.
#pragma once

#include <optional>
#include <string>

#include "store/summaries.h"

namespace chandler::store {

[[nodiscard]] std::string print_summaries(const Summaries& summaries);
// Nothing when it is not, to the last byte, what print_summaries() gave.
[[nodiscard]] std::optional<Summaries> parse_summaries(std::string text);

}  // namespace chandler::store
