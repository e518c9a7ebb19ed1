// What repeats in the text of rows, for the packer. A general one looks everywhere and finds much
// that is longer to say than to spell out. Rows repeat themselves in known places: a timestamp is
// like the one above it, a price like those beside it and above it. Only there we look, and only
// what is shorter said as a repetition is taken (Deflate's literals cost about 3.4 bits a digit, a
// match 8 plus the extra bits of its distance).
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

namespace chandler::store {

// `literals` bytes as they are, then `length` bytes (3 to 258) again that stand `distance` before.
// The last of a text may have no length.
struct Match {
  std::uint32_t literals = 0;
  std::uint16_t length = 0;
  std::uint16_t distance = 0;
};

inline constexpr std::size_t kFarthest = 32768;  // distance

// Any text will do; that of rows is what it is good at. A function of the text alone.
void find_matches(std::string_view text, std::vector<Match>& matches);

}  // namespace chandler::store
