// "Did you mean": the nearest of some words.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace chandler {

// The candidate with the fewest typing mistakes (a letter missing, added, changed, or two swapped),
// when they are at most a third of the word, rounded up. The first of equals.
[[nodiscard]] std::optional<std::string> nearest(std::string_view word,
                                                 std::span<const std::string> candidates);

}  // namespace chandler
