// Codes of a deflate block: as short as the frequencies allow, none longer than a limit, canonical
// (RFC 1951, 3.2.2). A function of the frequencies alone.
#pragma once

#include <cstdint>
#include <span>

namespace chandler::store {

// Gives every symbol that occurs a length of 1 to `limit` bits, and 0 to the others; a single one
// gets 1 bit. Precondition: lengths.size() == frequencies.size() <= 2^limit, and the frequencies
// add up to less than 2^32.
void code_lengths(std::span<const std::uint32_t> frequencies, unsigned limit,
                  std::span<std::uint8_t> lengths);

// The codes that belong to these lengths, as deflate writes them: first bit lowest.
void codes_of(std::span<const std::uint8_t> lengths, std::span<std::uint16_t> codes);

}  // namespace chandler::store
