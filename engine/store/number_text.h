// Numbers as text: exactly rounded in, shortest round trip out. std::from_chars and to_chars define
// the truth; the fast paths below give the same results for the decimals that markets use.
//
// Reading: a mantissa below 2^53 divided by a power of ten up to 10^22 is one exactly rounded
// operation. Printing: if v * 10^d rounds to an integer below 10^15 that divides back to v, then
// those digits are the shortest, because two different decimals of up to 15 digits never read back
// to the same double.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

namespace chandler::store {

inline constexpr std::size_t kMaxNumberText = 40;

// Prints the shortest decimal that reads back to v; fixed notation for |v| in [1e-12, 1e15] and
// zero. `decimals` is a guess for the number of decimals, carried from value to value. Needs
// kMaxNumberText bytes. Precondition: finite.
char* print_number(char* out, double v, int& decimals);

// Whether print_number() prints just this text for v. Precondition: finite.
[[nodiscard]] bool is_printed(double v, std::string_view text);

// Reads one number at the start of [p, end); returns the first byte after it, or nullptr when there
// is none. No leading + or space, no nan, inf or hex.
const char* parse_number(const char* p, const char* end, double& value);

// All of the text is one number.
[[nodiscard]] std::optional<double> parse_number(std::string_view text);

}  // namespace chandler::store
