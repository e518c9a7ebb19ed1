// A random walk that can be entered anywhere.
//
// The height at a minute is found by halving: the whole span of 2^27 minutes (1970 to 2225) hangs
// between two zeros; the middle of an interval of 2^k minutes is the mean of its ends plus a
// displacement drawn from (seed, k, index) that grows with the square root of the length, as a
// Brownian motion's does. So one height costs 27 draws wherever it lies, and a stretch of n minutes
// little more than n. From half a year up the displacements stop growing: prices come back.
//
// Whole numbers only, so the same on every machine and compiler. Heights are logarithms to base 2
// of the price relative to its level, in units of 2^-24.
#pragma once

#include <cstdint>
#include <span>

namespace chandler::sandbox {

inline constexpr int kWalkLevels = 27;
inline constexpr std::int64_t kWalkMinutes = std::int64_t{1} << kWalkLevels;

struct PriceWalk {
  std::uint64_t seed;
  std::int64_t stride;  // of one minute: 0.87 standard deviations, in units of 2^-24
};

// 64 well mixed bits of (seed, stream, index). Streams 0 to kWalkLevels are the walk's own.
[[nodiscard]] constexpr std::uint64_t draw(std::uint64_t seed, std::uint64_t stream,
                                           std::uint64_t index) {
  std::uint64_t x = seed + ((stream << 32U) + index) * 0x9E3779B97F4A7C15U;
  x = (x ^ (x >> 30U)) * 0xBF58476D1CE4E5B9U;
  x = (x ^ (x >> 27U)) * 0x94D049BB133111EBU;
  return x ^ (x >> 31U);
}

// How lively the 1024 minutes around this one are, 128 being ordinary: 77 to 204.
[[nodiscard]] std::int64_t liveliness(std::uint64_t seed, std::int64_t minute);

// The heights at the minutes first, first + 1, ... Precondition: all of them in [0, kWalkMinutes).
void heights(const PriceWalk& walk, std::int64_t first, std::span<std::int32_t> out);

// level * 2^height, at least 1; continuous, and within a thousandth of the true value.
[[nodiscard]] std::int64_t price_at(std::int64_t level, std::int32_t height);

}  // namespace chandler::sandbox
