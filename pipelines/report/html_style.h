// How the page looks: in light and dark, on a phone and on paper.
#pragma once

#include <string_view>

namespace chandler::html {

// The content of the page's style element. Blue is whole, orange is missing, by lightness as well
// as by hue: readers who see no red or no green tell them apart. What is confirmed is hatched.
[[nodiscard]] std::string_view style_sheet();

// Patterns that shapes of the page refer to; once, at its beginning.
[[nodiscard]] std::string_view shared_shapes();

}  // namespace chandler::html
