#include "store/huffman.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <vector>

namespace chandler::store {
namespace {

constexpr unsigned kMostBits = 15;

// Moffat and Katajainen, In-Place Calculation of Minimum-Redundancy Codes (1995): frequencies in
// ascending order become depths in descending order.
void frequencies_to_depths(std::vector<std::uint32_t>& a) {
  const std::size_t n = a.size();
  std::size_t leaf = 0;
  std::size_t root = 0;
  for (std::size_t next = 0; next + 1 < n; ++next) {  // a[root..next) become parents
    const auto take = [&] {
      if (leaf >= n || (root < next && a[root] < a[leaf])) {
        const std::uint32_t weight = a[root];
        a[root++] = static_cast<std::uint32_t>(next);
        return weight;
      }
      return a[leaf++];
    };
    const std::uint32_t first = take();
    a[next] = first + take();
  }
  a[n - 2] = 0;  // the root
  for (std::size_t i = n - 2; i-- > 0;) a[i] = a[a[i]] + 1;
  // Depths of inner nodes become those of leaves, the deepest first.
  std::size_t available = 1;
  std::size_t used = 0;
  std::uint32_t depth = 0;
  auto inner = static_cast<std::ptrdiff_t>(n) - 2;
  auto next = static_cast<std::ptrdiff_t>(n) - 1;
  while (available > 0) {
    while (inner >= 0 && a[static_cast<std::size_t>(inner)] == depth) {
      ++used;
      --inner;
    }
    while (available > used) {
      a[static_cast<std::size_t>(next--)] = depth;
      --available;
    }
    available = 2 * used;
    ++depth;
    used = 0;
  }
}

// How many codes there are of each length, after those that are too long have been shortened at the
// cost of others (the sum of 2^-length stays 1).
using Counts = std::array<std::size_t, kMostBits + 1>;

Counts counts_within(const std::vector<std::uint32_t>& depths, unsigned limit) {
  Counts counts{};
  for (const std::uint32_t depth : depths) ++counts[std::min<std::size_t>(depth, limit)];
  std::size_t used = 0;  // of 2^limit
  for (unsigned length = 1; length <= limit; ++length) used += counts[length] << (limit - length);
  const std::size_t whole = std::size_t{1} << limit;
  while (used > whole) {
    unsigned length = limit - 1;
    while (counts[length] == 0) --length;
    --counts[length];
    counts[length + 1] += 2;
    --counts[limit];
    --used;
  }
  return counts;
}

}  // namespace

void code_lengths(std::span<const std::uint32_t> frequencies, unsigned limit,
                  std::span<std::uint8_t> lengths) {
  std::fill(lengths.begin(), lengths.end(), std::uint8_t{0});
  std::vector<std::size_t> symbols;
  for (std::size_t s = 0; s < frequencies.size(); ++s) {
    if (frequencies[s] != 0) symbols.push_back(s);
  }
  if (symbols.empty()) return;
  if (symbols.size() == 1) {
    lengths[symbols[0]] = 1;
    return;
  }
  std::stable_sort(symbols.begin(), symbols.end(),
                   [&](std::size_t a, std::size_t b) { return frequencies[a] < frequencies[b]; });
  std::vector<std::uint32_t> depths;
  depths.reserve(symbols.size());
  for (const std::size_t s : symbols) depths.push_back(frequencies[s]);
  frequencies_to_depths(depths);
  const Counts counts = counts_within(depths, limit);
  auto symbol = symbols.begin();
  for (unsigned length = limit; length > 0; --length) {
    for (std::size_t i = 0; i < counts[length]; ++i)
      lengths[*symbol++] = static_cast<std::uint8_t>(length);
  }
}

void codes_of(std::span<const std::uint8_t> lengths, std::span<std::uint16_t> codes) {
  std::array<unsigned, kMostBits + 1> counts{};
  for (const std::uint8_t length : lengths) ++counts[length];
  counts[0] = 0;
  std::array<unsigned, kMostBits + 1> next{};
  for (std::size_t length = 1; length <= kMostBits; ++length)
    next[length] = (next[length - 1] + counts[length - 1]) << 1U;
  for (std::size_t s = 0; s < lengths.size(); ++s) {
    const unsigned length = lengths[s];
    codes[s] = 0;
    if (length == 0) continue;
    const unsigned code = next[length]++;  // first bit highest
    for (unsigned bit = 0; bit < length; ++bit)
      codes[s] = static_cast<std::uint16_t>(codes[s] | (code >> bit & 1U) << (length - 1 - bit));
  }
}

}  // namespace chandler::store
