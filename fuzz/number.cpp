// Numbers as text, both ways, held against the standard library.
#include <array>
#include <charconv>
#include <cmath>
#include <cstring>
#include <string>

#include "fuzz/require.h"
#include "store/number_text.h"

namespace {

using namespace chandler;
using fuzz::require;

bool same_bits(double a, double b) { return std::memcmp(&a, &b, sizeof a) == 0; }

// What the text is as a number by the rules of the data files: no sign but a minus, no blanks, no
// names and no hexadecimal digits.
void check_reading(std::string_view text) {
  double value = 0;
  const char* const end = text.data() + text.size();
  const char* const stopped = store::parse_number(text.data(), end, value);
  double expected = 0;
  const auto [rest, failed] = std::from_chars(text.data(), end, expected);
  const char* first = text.data();
  if (first != end && *first == '-') ++first;
  const bool begins = first != end && (*first == '.' || (*first >= '0' && *first <= '9'));
  const bool number = failed == std::errc{} && begins && std::isfinite(expected);
  if (failed == std::errc::result_out_of_range) return;  // the libraries differ near the ends
  require((stopped != nullptr) == number);
  if (!number) return;
  require(stopped == rest);
  require(same_bits(value, expected) || (value == 0 && expected == 0));
  require(store::parse_number(text).has_value() == (rest == end));
}

void check_printing(double value, int guess) {
  if (!std::isfinite(value)) return;
  std::array<char, store::kMaxNumberText> buffer{};
  int decimals = guess;
  const char* const end = store::print_number(buffer.data(), value, decimals);
  const std::string_view text(buffer.data(), static_cast<std::size_t>(end - buffer.data()));
  require(decimals >= 0 && decimals <= 22);

  const auto back = store::parse_number(text);
  require(back.has_value() && (same_bits(*back, value) || (*back == 0 && value == 0)));
  const double magnitude = std::fabs(value);
  const bool plain = magnitude == 0 || (magnitude >= 1e-12 && magnitude <= 1e15);
  if (!plain) return;
  require(text.find_first_of("eE+") == std::string_view::npos);
  std::array<char, 400> shortest{};
  const auto fixed = std::to_chars(shortest.data(), shortest.data() + shortest.size(), magnitude,
                                   std::chars_format::fixed);
  const auto digits = static_cast<std::size_t>(fixed.ptr - shortest.data());
  require(text.size() <= digits + (value < 0 ? 1 : 0));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  const std::string_view text = fuzz::text_of(data, size);
  check_reading(text);
  if (size < sizeof(double)) return 0;
  double value = 0;
  std::memcpy(&value, data, sizeof value);
  check_printing(value, data[0] % 9);
  // What markets print: few decimals.
  check_printing(std::round(value * 1e4) / 1e4, data[0] % 9);
  return 0;
}
