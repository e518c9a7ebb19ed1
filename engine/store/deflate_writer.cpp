#include "store/deflate_writer.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <vector>

#include "store/huffman.h"

namespace chandler::store {
namespace {

constexpr std::size_t kLiterals = 286;  // and lengths
constexpr std::size_t kDistances = 30;
constexpr std::size_t kEndOfBlock = 256;
constexpr unsigned kLongestCode = 15;
constexpr unsigned kLongestLengthCode = 7;

struct Slot {
  std::uint8_t symbol;  // the code's place in its alphabet, less 257 for lengths
  std::uint8_t bits;    // extra ones
  std::uint16_t base;
};

// RFC 1951, 3.2.5: the code of each length of a match.
constexpr std::array<Slot, 259> make_length_slots() {
  constexpr std::array<std::uint8_t, 29> kBits = {0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2,
                                                  2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0};
  std::array<Slot, 259> slots{};
  unsigned length = 3;
  for (std::uint8_t symbol = 0; symbol < 28; ++symbol) {
    const unsigned base = length;
    for (unsigned i = 0; i < 1U << kBits[symbol]; ++i)
      slots[length++] = {symbol, kBits[symbol], static_cast<std::uint16_t>(base)};
  }
  slots[258] = {28, 0, 258};
  return slots;
}
constexpr std::array<Slot, 259> kLengthSlots = make_length_slots();

Slot distance_slot(std::size_t distance) {
  const auto d = static_cast<unsigned>(distance - 1);
  if (d < 4) return {static_cast<std::uint8_t>(d), 0, static_cast<std::uint16_t>(distance)};
  const auto bits = static_cast<unsigned>(std::bit_width(d)) - 2;
  const unsigned half = d >> bits & 1U;
  return {static_cast<std::uint8_t>(2 * bits + 2 + half), static_cast<std::uint8_t>(bits),
          static_cast<std::uint16_t>(((2U + half) << bits) + 1)};
}

struct Alphabet {
  std::array<std::uint8_t, 288> lengths{};
  std::array<std::uint16_t, 288> codes{};
};

// Writes whole words over the bytes to come: there must be room for kSpare more than there are.
class BitWriter {
 public:
  static constexpr std::size_t kSpare = 8;

  explicit BitWriter(std::byte* out) : out_(out) {}

  // At most kMost bits, the first one lowest, between two calls of flush().
  static constexpr unsigned kMost = 56;
  void add(std::uint64_t bits, unsigned count) {
    held_ |= bits << count_;
    count_ += count;
  }
  void flush() {
    std::uint64_t word = held_;
    if constexpr (std::endian::native == std::endian::big) word = __builtin_bswap64(word);
    std::memcpy(out_, &word, sizeof word);
    const unsigned whole = count_ / 8;
    out_ += whole;
    held_ >>= whole * 8;
    count_ %= 8;
  }
  void put(std::uint64_t bits, unsigned count) {
    add(bits, count);
    flush();
  }

 private:
  std::byte* out_;
  std::uint64_t held_ = 0;
  unsigned count_ = 0;
};

struct Frequencies {
  std::array<std::uint32_t, kLiterals> literals{};
  std::array<std::uint32_t, kDistances> distances{};
};

Frequencies count_symbols(std::string_view text, std::span<const Match> matches) {
  Frequencies f;
  std::array<std::array<std::uint32_t, 256>, 4> bytes{};  // four, so that none waits for another
  const char* p = text.data();
  for (const Match& m : matches) {
    for (std::uint32_t i = 0; i < m.literals; ++i)
      ++bytes[i & 3U][static_cast<unsigned char>(p[i])];
    p += m.literals + m.length;
    if (m.length == 0) continue;
    ++f.literals[257U + kLengthSlots[m.length].symbol];
    ++f.distances[distance_slot(m.distance).symbol];
  }
  for (std::size_t b = 0; b < 256; ++b)
    f.literals[b] = bytes[0][b] + bytes[1][b] + bytes[2][b] + bytes[3][b];
  f.literals[kEndOfBlock] = 1;
  return f;
}

struct Codes {
  Alphabet literals;
  Alphabet distances;
};

// Readers want two codes at least where there are any, also if only one or none is used.
void fill_up(std::span<std::uint8_t> lengths) {
  auto used = std::count_if(lengths.begin(), lengths.end(), [](std::uint8_t l) { return l != 0; });
  for (auto l = lengths.begin(); used < 2; ++l) {
    if (*l != 0) continue;
    *l = 1;
    ++used;
  }
}

Codes best_codes(const Frequencies& f) {
  Codes codes;
  code_lengths(f.literals, kLongestCode, std::span(codes.literals.lengths).first(kLiterals));
  code_lengths(f.distances, kLongestCode, std::span(codes.distances.lengths).first(kDistances));
  fill_up(std::span(codes.literals.lengths).first(kLiterals));
  fill_up(std::span(codes.distances.lengths).first(kDistances));
  codes_of(codes.literals.lengths, codes.literals.codes);
  codes_of(codes.distances.lengths, codes.distances.codes);
  return codes;
}

Codes fixed_codes() {
  Codes codes;
  auto& lengths = codes.literals.lengths;
  std::fill(lengths.begin(), lengths.begin() + 144, std::uint8_t{8});
  std::fill(lengths.begin() + 144, lengths.begin() + 256, std::uint8_t{9});
  std::fill(lengths.begin() + 256, lengths.begin() + 280, std::uint8_t{7});
  std::fill(lengths.begin() + 280, lengths.end(), std::uint8_t{8});
  std::fill(codes.distances.lengths.begin(), codes.distances.lengths.begin() + 30, std::uint8_t{5});
  codes_of(codes.literals.lengths, codes.literals.codes);
  codes_of(codes.distances.lengths, codes.distances.codes);
  return codes;
}

// Bits of all that the frequencies count, but for the extra ones, which are the same whatever the
// codes.
std::uint64_t bits_of(const Frequencies& f, const Codes& codes) {
  std::uint64_t bits = 0;
  for (std::size_t s = 0; s < kLiterals; ++s)
    bits += std::uint64_t{f.literals[s]} * codes.literals.lengths[s];
  for (std::size_t s = 0; s < kDistances; ++s)
    bits += std::uint64_t{f.distances[s]} * codes.distances.lengths[s];
  return bits;
}

// The lengths of all codes as the header of a block says them (RFC 1951, 3.2.7).
class LengthsHeader {
 public:
  explicit LengthsHeader(const Codes& codes)
      : literals_(used(codes.literals, kLiterals, 257)),
        distances_(used(codes.distances, kDistances, 1)) {
    std::vector<std::uint8_t> lengths(codes.literals.lengths.begin(),
                                      codes.literals.lengths.begin() + to_offset(literals_));
    lengths.insert(lengths.end(), codes.distances.lengths.begin(),
                   codes.distances.lengths.begin() + to_offset(distances_));
    for (std::size_t i = 0; i < lengths.size();) i += add_run(lengths, i);
    std::array<std::uint32_t, 19> frequencies{};
    for (const Step& step : steps_) ++frequencies[step.symbol];
    code_lengths(frequencies, kLongestLengthCode, std::span(code_.lengths).first(19));
    fill_up(std::span(code_.lengths).first(19));
    codes_of(code_.lengths, code_.codes);
    while (said_ > 4 && code_.lengths[kOrder[said_ - 1]] == 0) --said_;
  }

  [[nodiscard]] std::uint64_t bits() const {
    std::uint64_t bits = 14 + 3 * said_;
    for (const Step& step : steps_) bits += code_.lengths[step.symbol] + std::uint64_t{step.bits};
    return bits;
  }

  void write(BitWriter& w) const {
    w.put(literals_ - 257, 5);
    w.put(distances_ - 1, 5);
    w.put(said_ - 4, 4);
    for (std::size_t i = 0; i < said_; ++i) w.put(code_.lengths[kOrder[i]], 3);
    for (const Step& step : steps_) {
      w.put(code_.codes[step.symbol], code_.lengths[step.symbol]);
      w.put(step.extra, step.bits);
    }
  }

 private:
  struct Step {
    std::uint8_t symbol;
    std::uint8_t bits;
    std::uint8_t extra;
  };
  static constexpr std::array<std::uint8_t, 19> kOrder = {16, 17, 18, 0, 8,  7, 9,  6, 10, 5,
                                                          11, 4,  12, 3, 13, 2, 14, 1, 15};

  static std::ptrdiff_t to_offset(std::size_t n) { return static_cast<std::ptrdiff_t>(n); }
  static std::size_t used(const Alphabet& alphabet, std::size_t most, std::size_t least) {
    while (most > least && alphabet.lengths[most - 1] == 0) --most;
    return most;
  }

  // Says how often a length stands from i on; returns how many are said.
  std::size_t add_run(const std::vector<std::uint8_t>& lengths, std::size_t i) {
    const std::uint8_t length = lengths[i];
    std::size_t run = 1;
    while (i + run < lengths.size() && lengths[i + run] == length) ++run;
    if (length == 0 && run >= 3) {
      run = std::min<std::size_t>(run, 138);
      steps_.push_back(run < 11 ? Step{17, 3, static_cast<std::uint8_t>(run - 3)}
                                : Step{18, 7, static_cast<std::uint8_t>(run - 11)});
      return run;
    }
    steps_.push_back({length, 0, 0});
    if (length == 0 || run < 4) return 1;
    run = std::min<std::size_t>(run - 1, 6);
    steps_.push_back({16, 2, static_cast<std::uint8_t>(run - 3)});
    return run + 1;
  }

  std::size_t literals_ = 0;
  std::size_t distances_ = 0;
  std::size_t said_ = kOrder.size();
  std::vector<Step> steps_;
  Alphabet code_;
};

void write_body(BitWriter& w, std::string_view text, std::span<const Match> matches,
                const Codes& codes) {
  const auto* p = reinterpret_cast<const unsigned char*>(text.data());
  for (const Match& m : matches) {
    const unsigned char* const end = p + m.literals;
    const auto add = [&](unsigned char byte) {
      w.add(codes.literals.codes[byte], codes.literals.lengths[byte]);
    };
    static_assert(3 * kLongestCode <= BitWriter::kMost);
    for (; end - p >= 3; p += 3) {
      add(p[0]);
      add(p[1]);
      add(p[2]);
      w.flush();
    }
    while (p != end) add(*p++);
    w.flush();
    if (m.length == 0) continue;
    p += m.length;
    const Slot length = kLengthSlots[m.length];
    const std::size_t symbol = 257U + length.symbol;
    const unsigned size = codes.literals.lengths[symbol];
    w.add(codes.literals.codes[symbol] | (std::uint64_t{m.length} - length.base) << size,
          size + length.bits);
    const Slot distance = distance_slot(m.distance);
    const unsigned distance_size = codes.distances.lengths[distance.symbol];
    w.put(codes.distances.codes[distance.symbol] | (std::uint64_t{m.distance} - distance.base)
                                                       << distance_size,
          distance_size + distance.bits);
  }
  w.put(codes.literals.codes[kEndOfBlock], codes.literals.lengths[kEndOfBlock]);
}

// Extra bits of all matches.
std::uint64_t extra_bits(std::span<const Match> matches) {
  std::uint64_t bits = 0;
  for (const Match& m : matches) {
    if (m.length != 0) bits += kLengthSlots[m.length].bits + distance_slot(m.distance).bits;
  }
  return bits;
}

}  // namespace

void write_deflate(std::string_view text, std::span<const Match> matches, Bytes& out) {
  const Frequencies frequencies = count_symbols(text, matches);
  const Codes own = best_codes(frequencies);
  const LengthsHeader header(own);
  static const Codes fixed = fixed_codes();
  const std::uint64_t own_bits = header.bits() + bits_of(frequencies, own);
  const std::uint64_t fixed_bits = bits_of(frequencies, fixed);
  const bool use_own = own_bits < fixed_bits;
  const std::uint64_t bits = 3 + std::min(own_bits, fixed_bits) + extra_bits(matches);

  const std::size_t before = out.size();
  const auto size = static_cast<std::size_t>((bits + 7) / 8);
  out.resize(before + size + BitWriter::kSpare);
  BitWriter w(out.data() + before);
  w.put(1, 1);  // the last block
  w.put(use_own ? 2 : 1, 2);
  if (use_own) header.write(w);
  write_body(w, text, matches, use_own ? own : fixed);
  w.flush();
  out.resize(before + size);
}

}  // namespace chandler::store
