// The timestamps of rows that follow each other. Those of one day share their first eleven bytes:
// only the time of day is read anew.
#pragma once

#include <array>
#include <bit>
#include <cstdint>
#include <cstring>
#include <string_view>

#include "chandler/time.h"

namespace chandler::store {

inline constexpr std::size_t kTimestampText = 19;  // YYYY-MM-DD HH:MM:SS

class TimestampReader {
 public:
  // False when the 19 bytes are no timestamp.
  bool read(const char* p, Instant& t) {
    if (read_same_day(p, t)) return true;
    const auto whole = parse_exact(std::string_view(p, kTimestampText));
    if (!whole || p[10] != ' ') return false;
    std::memcpy(date_.data(), p, date_.size());
    day_ = day_start(*whole);
    t = *whole;
    return true;
  }

  // The same, but false also when it lies in another day than the last one read.
  bool read_same_day(const char* p, Instant& t) const {
    if (std::memcmp(p, date_.data(), date_.size()) != 0) return false;
    std::uint64_t bytes = 0;
    std::memcpy(&bytes, p + date_.size(), sizeof bytes);
    if constexpr (std::endian::native == std::endian::big) bytes = __builtin_bswap64(bytes);
    // Digits become 0 to 9 and colons 0; what else stands there gets a highest bit by the sum.
    bytes ^= kMidnight;
    if ((((bytes + kAboveNine) | bytes) & kHighest) != 0) return false;
    const std::uint64_t pairs = bytes * 10 + (bytes >> 8U);  // no byte overflows: at most 99
    const auto h = static_cast<std::int64_t>(pairs & 0xFFU);
    const auto m = static_cast<std::int64_t>(pairs >> 24U & 0xFFU);
    const auto s = static_cast<std::int64_t>(pairs >> 48U & 0xFFU);
    if (h > 23 || m > 59 || s > 59) return false;
    t = day_ + seconds{h * 3600 + m * 60 + s};
    return true;
  }

 private:
  // "00:00:00", first byte lowest.
  static constexpr std::uint64_t kMidnight = 0x30303A30303A3030;
  static constexpr std::uint64_t kAboveNine = 0x76767F76767F7676;
  static constexpr std::uint64_t kHighest = 0x8080808080808080;

  // Both say the same day from the beginning on.
  std::array<char, 11> date_{'1', '9', '7', '0', '-', '0', '1', '-', '0', '1', ' '};
  Instant day_{};
};

}  // namespace chandler::store
