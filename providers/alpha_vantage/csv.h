// Lines of comma-separated values, as Alpha Vantage sends them: LF or CRLF, quotes where a value
// holds a comma.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace chandler::alpha_vantage {

// Takes the first line off the text; without its end.
[[nodiscard]] std::string_view take_line(std::string_view& text);

// "a,\"b, c\",d" -> a | b, c | d. Doubled quotes inside of quotes are one.
[[nodiscard]] std::vector<std::string> cells_of(std::string_view line);

}  // namespace chandler::alpha_vantage
