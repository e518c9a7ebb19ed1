// Names as HTTP compares them.
#pragma once

#include <string>
#include <string_view>

namespace chandler::http {

// A to Z only, whatever the locale.
[[nodiscard]] constexpr char lower_case(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

[[nodiscard]] inline std::string lower_case(std::string_view text) {
  std::string out(text);
  for (char& c : out) c = lower_case(c);
  return out;
}

}  // namespace chandler::http
