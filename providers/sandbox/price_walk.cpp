#include "sandbox/price_walk.h"

#include <algorithm>
#include <array>
#include <cstddef>

namespace chandler::sandbox {
namespace {

constexpr int kCalmLevel = 10;  // liveliness is drawn for intervals of 2^10 minutes
constexpr int kYearLevel = 19;  // 2^19 minutes: about a year
constexpr int kBlockLevel = 6;  // the last levels are filled in one go
constexpr std::size_t kBlock = std::size_t{1} << kBlockLevel;
constexpr std::uint64_t kLivelinessStream = kWalkLevels + 1;
constexpr std::int64_t kOrdinary = 128;

// The sum of four draws of 16 bits, around zero: nearly normal, deviation 37,837.
std::int64_t bell(std::uint64_t bits) {
  const std::uint64_t sum =
      (bits & 0xFFFFU) + ((bits >> 16U) & 0xFFFFU) + ((bits >> 32U) & 0xFFFFU) + (bits >> 48U);
  return static_cast<std::int64_t>(sum) - std::int64_t{2} * 0xFFFF;
}

std::int64_t liveliness_of(std::uint64_t seed, std::int64_t index) {
  return 77 + static_cast<std::int64_t>(
                  draw(seed, kLivelinessStream, static_cast<std::uint64_t>(index)) % 128);
}

class Filler {
 public:
  Filler(const PriceWalk& walk, std::int64_t first, std::span<std::int32_t> out)
      : seed_(walk.seed), first_(first), out_(out) {
    constexpr std::int64_t kRootOfTwo = 92682;  // times 2^16
    for (int level = 1; level <= kWalkLevels; ++level) {
      const int grown = std::min(level, kYearLevel);
      const std::int64_t odd = grown % 2 != 0 ? walk.stride * kRootOfTwo >> 16 : walk.stride;
      const std::int64_t stride = odd << (grown / 2);
      strides_[static_cast<std::size_t>(level)] = level > kYearLevel ? stride / 2 : stride;
    }
  }

  // The interval `index` of 2^level minutes, whose ends are known.
  void fill(int level, std::int64_t index, std::int64_t left, std::int64_t right,
            std::int64_t lively) {
    const std::int64_t begin = index << level;
    const std::int64_t end = (index + 1) << level;
    if (end <= first_ || begin >= first_ + static_cast<std::int64_t>(out_.size())) return;
    if (level == kCalmLevel) lively = liveliness_of(seed_, index);
    if (level == kBlockLevel) return fill_block(index, left, right, lively);
    const std::int64_t middle = between(level, index, left, right, lively);
    fill(level - 1, 2 * index, left, middle, lively);
    fill(level - 1, 2 * index + 1, middle, right, lively);
  }

 private:
  [[nodiscard]] std::int64_t between(int level, std::int64_t index, std::int64_t left,
                                     std::int64_t right, std::int64_t lively) const {
    const std::uint64_t bits =
        draw(seed_, static_cast<std::uint64_t>(level), static_cast<std::uint64_t>(index));
    const std::int64_t stride = strides_[static_cast<std::size_t>(level)] * lively >> 7;
    return ((left + right) >> 1) + (bell(bits) * stride >> 16);
  }

  void fill_block(std::int64_t block, std::int64_t left, std::int64_t right, std::int64_t lively) {
    std::array<std::int64_t, kBlock + 1> at{};
    at.front() = left;
    at.back() = right;
    for (int level = kBlockLevel; level > 0; --level) {
      const std::size_t length = std::size_t{1} << level;
      for (std::size_t from = 0; from < kBlock; from += length) {
        const std::int64_t index =
            (block << (kBlockLevel - level)) + static_cast<std::int64_t>(from / length);
        at[from + length / 2] = between(level, index, at[from], at[from + length], lively);
      }
    }
    const std::int64_t begin = block << kBlockLevel;
    const std::int64_t from = std::max(begin, first_);
    const std::int64_t to = std::min(begin + static_cast<std::int64_t>(kBlock),
                                     first_ + static_cast<std::int64_t>(out_.size()));
    for (std::int64_t minute = from; minute < to; ++minute) {
      out_[static_cast<std::size_t>(minute - first_)] =
          static_cast<std::int32_t>(at[static_cast<std::size_t>(minute - begin)]);
    }
  }

  std::uint64_t seed_;
  std::int64_t first_;
  std::span<std::int32_t> out_;
  std::array<std::int64_t, kWalkLevels + 1> strides_{};
};

}  // namespace

std::int64_t liveliness(std::uint64_t seed, std::int64_t minute) {
  return liveliness_of(seed, minute >> kCalmLevel);
}

void heights(const PriceWalk& walk, std::int64_t first, std::span<std::int32_t> out) {
  Filler(walk, first, out).fill(kWalkLevels, 0, 0, 0, kOrdinary);
}

std::int64_t price_at(std::int64_t level, std::int32_t height) {
  // 2^f for 0 <= f < 1 as a cubic that is 1 at 0 and 2 at 1: the coefficients add up to 2^30.
  constexpr std::int64_t kOne = std::int64_t{1} << 30;
  constexpr std::int64_t kCube = 83'000'000;
  constexpr std::int64_t kSquare = 244'400'000;
  constexpr std::int64_t kLine = kOne - kCube - kSquare;
  const std::int64_t f = std::int64_t{height & 0xFFFFFF} << 6;  // in units of 2^-30
  const std::int64_t power = kOne + (f * (kLine + (f * (kSquare + (f * kCube >> 30)) >> 30)) >> 30);
  const std::int64_t scaled = level * power;  // both below 2^31
  const int whole = 30 - (height >> 24);
  return std::max<std::int64_t>(1, whole > 62 ? 0 : scaled >> whole);
}

}  // namespace chandler::sandbox
