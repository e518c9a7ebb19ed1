#include "store/huffman.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <queue>
#include <random>
#include <vector>

namespace chandler::store {
namespace {

using Lengths = std::vector<std::uint8_t>;

Lengths lengths_of(const std::vector<std::uint32_t>& frequencies, unsigned limit) {
  Lengths lengths(frequencies.size(), 99);
  code_lengths(frequencies, limit, lengths);
  return lengths;
}

// Of 2^limit: a code uses up 2^(limit - length).
std::uint64_t used_up(const Lengths& lengths, unsigned limit) {
  std::uint64_t used = 0;
  for (const unsigned length : lengths) {
    if (length != 0) used += std::uint64_t{1} << (limit - length);
  }
  return used;
}

// What the best code without a limit needs, by Huffman's own construction.
std::uint64_t fewest_bits(const std::vector<std::uint32_t>& frequencies) {
  std::priority_queue<std::uint64_t, std::vector<std::uint64_t>, std::greater<>> nodes;
  for (const std::uint32_t f : frequencies) {
    if (f != 0) nodes.push(f);
  }
  std::uint64_t bits = 0;
  while (nodes.size() > 1) {
    std::uint64_t joint = nodes.top();
    nodes.pop();
    joint += nodes.top();
    nodes.pop();
    bits += joint;
    nodes.push(joint);
  }
  return bits;
}

TEST(Huffman, GivesTheShortestCodesThereAre) {
  std::mt19937_64 random(1);
  for (int round = 0; round < 500; ++round) {
    std::vector<std::uint32_t> frequencies(2 + random() % 285);
    for (auto& f : frequencies)
      f = random() % 3 == 0 ? 0 : 1 + static_cast<std::uint32_t>(random() % 100);
    frequencies[0] = frequencies[1] = 7;

    const Lengths lengths = lengths_of(frequencies, 15);

    std::uint64_t bits = 0;
    for (std::size_t s = 0; s < lengths.size(); ++s) {
      ASSERT_EQ(lengths[s] == 0, frequencies[s] == 0) << s;
      bits += std::uint64_t{frequencies[s]} * lengths[s];
    }
    ASSERT_EQ(bits, fewest_bits(frequencies));
    ASSERT_EQ(used_up(lengths, 15), 1U << 15U);
  }
}

TEST(Huffman, KeepsTheLimitAndLeavesNoCodeUnused) {
  for (const unsigned limit : {5U, 7U, 15U}) {
    // Fibonacci numbers make the longest codes.
    std::vector<std::uint32_t> frequencies = {1, 1};
    while (frequencies.size() < 30)
      frequencies.push_back(frequencies.back() + frequencies[frequencies.size() - 2]);
    if (limit == 5) frequencies.resize(32, 1);

    const Lengths lengths = lengths_of(frequencies, limit);

    EXPECT_LE(*std::max_element(lengths.begin(), lengths.end()), limit);
    EXPECT_GE(*std::min_element(lengths.begin(), lengths.end()), 1);
    EXPECT_EQ(used_up(lengths, limit), std::uint64_t{1} << limit);
  }
}

TEST(Huffman, OneSymbolGetsOneBitAndNoneNone) {
  EXPECT_EQ(lengths_of({0, 5, 0}, 15), (Lengths{0, 1, 0}));
  EXPECT_EQ(lengths_of({0, 0}, 15), (Lengths{0, 0}));
  EXPECT_EQ(lengths_of({3, 900}, 15), (Lengths{1, 1}));
}

// The example of RFC 1951, 3.2.2: A to H with these lengths have the codes 010 011 100 101 110 00
// 1110 1111; deflate writes a code's first bit first.
TEST(Huffman, CodesAreThoseOfTheStandardsExample) {
  const Lengths lengths = {3, 3, 3, 3, 3, 2, 4, 4};
  std::vector<std::uint16_t> codes(lengths.size());

  codes_of(lengths, codes);

  EXPECT_EQ(codes,
            (std::vector<std::uint16_t>{0b010, 0b110, 0b001, 0b101, 0b011, 0b00, 0b0111, 0b1111}));
}

}  // namespace
}  // namespace chandler::store
