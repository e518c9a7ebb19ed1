#include "store/row_matches.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstring>

namespace chandler::store {
namespace {

constexpr std::size_t kShortestMatch = 3;
constexpr std::size_t kWorthwhile = 4;  // for a value: three bytes are said as shortly as they are
constexpr std::size_t kLongestMatch = 258;
constexpr std::size_t kRemembered = 16;  // of a row that are remembered

std::uint64_t eight_bytes(const char* p) {
  std::uint64_t bytes = 0;
  std::memcpy(&bytes, p, sizeof bytes);
  if constexpr (std::endian::native == std::endian::big) bytes = __builtin_bswap64(bytes);
  return bytes;
}

// How many bytes from a and from b on are alike; b lies behind a.
std::size_t alike(const char* a, const char* b, const char* end) {
  const char* const from = b;
  const char* const most =
      b + std::min<std::size_t>(kLongestMatch, static_cast<std::size_t>(end - b));
  while (most - b >= 8) {
    const std::uint64_t differ = eight_bytes(a) ^ eight_bytes(b);
    if (differ != 0)
      return static_cast<std::size_t>(b - from) +
             static_cast<std::size_t>(std::countr_zero(differ)) / 8;
    a += 8;
    b += 8;
  }
  while (b != most && *a == *b) ++a, ++b;
  return static_cast<std::size_t>(b - from);
}

// The highest bit of each byte that is zero, up to the first one; those above it may err.
std::uint64_t zero_bytes(std::uint64_t v) {
  return (v - 0x0101010101010101) & ~v & 0x8080808080808080;
}

const char* next_separator(const char* p, const char* end) {
  constexpr std::uint64_t kCommas = 0x2C2C2C2C2C2C2C2C;
  constexpr std::uint64_t kLineFeeds = 0x0A0A0A0A0A0A0A0A;
  for (; end - p >= 8; p += 8) {
    const std::uint64_t bytes = eight_bytes(p);
    const std::uint64_t found = zero_bytes(bytes ^ kCommas) | zero_bytes(bytes ^ kLineFeeds);
    if (found != 0) return p + std::countr_zero(found) / 8;
  }
  while (p != end && *p != ',' && *p != '\n') ++p;
  return p;
}

// What a repetition costs beside its two codes: the extra bits of its distance.
unsigned distance_bits(std::size_t distance) {
  const auto bits = static_cast<unsigned>(std::bit_width(distance - 1));
  return bits < 3 ? 0 : bits - 2;
}

// In tenths of a bit: what is won by a repetition.
constexpr int kLiteral = 34;
constexpr int kCodes = 80;
int gain(std::size_t length, std::size_t distance) {
  return static_cast<int>(length) * kLiteral - kCodes -
         static_cast<int>(distance_bits(distance)) * 10;
}

// The separators that stand before the values of a row; the first is the end of the row above.
struct Row {
  std::array<const char*, kRemembered> fields{};
  std::size_t count = 0;

  void add(const char* separator) {
    if (count != kRemembered) fields[count++] = separator;
  }
};

class Finder {
 public:
  Finder(std::string_view text, std::vector<Match>& matches)
      : at_(text.data()), end_(at_ + text.size()), matches_(matches) {}

  void run() {
    const char* separator = next_separator(at_, end_);
    spell_out(separator);  // nothing stands above the first timestamp
    while (separator != end_) {
      if (*separator == '\n') {
        above_ = current_;
        current_.count = 0;
      }
      const char* const next = next_separator(separator + 1, end_);
      if (*separator == '\n') {
        take_timestamp(separator, next);
      } else {
        take_value(separator, next);
      }
      current_.add(separator);
      separator = next;
    }
    if (literals_ != 0) matches_.push_back({literals_, 0, 0});
  }

 private:
  void spell_out(const char* to) {
    literals_ += static_cast<std::uint32_t>(to - at_);
    at_ = to;
  }
  void repeat(std::size_t length, std::size_t distance) {
    matches_.push_back(
        {literals_, static_cast<std::uint16_t>(length), static_cast<std::uint16_t>(distance)});
    literals_ = 0;
    at_ += length;
  }

  // Like the one above but for a digit or two.
  void take_timestamp(const char* separator, const char* next) {
    if (above_.count == 0 || *above_.fields[0] != '\n') return spell_out(std::max(at_, next));
    const auto distance = static_cast<std::size_t>(separator - above_.fields[0]);
    if (distance > kFarthest) return spell_out(std::max(at_, next));
    while (at_ < next) {
      const std::size_t length = alike(at_ - distance, at_, next);
      if (length >= kShortestMatch) {
        repeat(length, distance);
      } else {
        spell_out(at_ + 1);
      }
    }
  }

  void take_value(const char* separator, const char* next) {
    if (at_ >= next) return;
    best_ = 0;
    const auto offset = static_cast<std::size_t>(at_ - separator);
    if (end_ - at_ >= 8) {
      const std::uint64_t here = eight_bytes(at_);
      for (std::size_t c = 1; c < current_.count; ++c) consider(current_.fields[c] + offset, here);
      for (std::size_t c = 1; c < above_.count; ++c) consider(above_.fields[c] + offset, here);
    }
    if (best_ > 0) repeat(length_, distance_);
    if (at_ < next) spell_out(next);
  }

  // `here` are the eight bytes to be said.
  void consider(const char* candidate, std::uint64_t here) {
    if (candidate >= at_) return;
    const std::uint64_t differ = eight_bytes(candidate) ^ here;
    std::size_t length = static_cast<std::size_t>(std::countr_zero(differ)) / 8;
    if (length < kWorthwhile) return;
    const auto distance = static_cast<std::size_t>(at_ - candidate);
    if (distance > kFarthest) return;
    if (differ == 0) length = alike(candidate, at_, end_);
    const int won = gain(length, distance);
    if (won <= best_) return;
    best_ = won;
    length_ = length;
    distance_ = distance;
  }

  const char* at_;
  const char* const end_;
  std::vector<Match>& matches_;
  std::uint32_t literals_ = 0;
  Row above_;
  Row current_;
  int best_ = 0;
  std::size_t length_ = 0;
  std::size_t distance_ = 0;
};

}  // namespace

void find_matches(std::string_view text, std::vector<Match>& matches) {
  matches.clear();
  Finder(text, matches).run();
}

}  // namespace chandler::store
