// One gzip member with a CH extra field, as both blocks and the end mark are:
//
//   1f 8b 08 04   magic, deflate, FEXTRA and no other flag
//   00 00 00 00   no time
//   00 ff         no hints, no operating system
//   XLEN          2 bytes: 4 + length of the payload
//   'C' 'H' LEN   subfield id, 2 bytes length of the payload
//   payload       what the member says of itself; its last 4 bytes are the CRC-32 of the bytes
//                 before them
//   deflate ...   the rows
//   CRC-32 ISIZE  of the rows, 4 bytes each
//
// All numbers are little-endian. Nothing in it depends on the time, the machine or the path.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "store/byte_order.h"
#include "store/row_matches.h"

struct inflate_state;  // ISA-L's

namespace chandler::store {

inline constexpr std::size_t kMemberFixed = 16;  // bytes before the payload
inline constexpr std::size_t kMemberTrailer = 8;
inline constexpr std::size_t kMaxPayload =
    4096 - 5;  // with its 4 bytes of subfield head: below 4 KiB

[[nodiscard]] std::uint32_t crc32(std::span<const std::byte> data);

// The bytes of a member up to its deflate stream. `payload` comes without its CRC-32.
[[nodiscard]] Bytes member_head(std::span<const std::byte> payload);

struct MemberHead {
  std::span<const std::byte> payload;  // without its CRC-32
  std::size_t size;                    // bytes before the deflate stream
};
// Nothing when the bytes do not begin with a member of ours whose head is whole.
[[nodiscard]] std::optional<MemberHead> parse_member_head(std::span<const std::byte> data);
// Do the bytes begin like any gzip member?
[[nodiscard]] bool looks_like_gzip(std::span<const std::byte> data);
// Are the bytes too few to tell, but right so far?
[[nodiscard]] bool begins_like_gzip(std::span<const std::byte> data);

// Not for several threads at once; cheap enough to have one each.
class Deflater {
 public:
  // Appends the raw deflate stream of the text, which any inflater reads: a function of the text
  // alone.
  void deflate(std::string_view text, Bytes& out);

 private:
  std::vector<Match> matches_;
};

class Inflater {
 public:
  Inflater();
  ~Inflater();
  Inflater(const Inflater&) = delete;
  Inflater& operator=(const Inflater&) = delete;
  // Unpacks exactly one whole member of ours; checks its head, its CRC-32 and its length. False
  // when anything is wrong, or when the text would have more than `most` bytes: then nothing is
  // unpacked.
  [[nodiscard]] bool inflate(std::span<const std::byte> member, std::size_t most,
                             std::string& text);

 private:
  std::unique_ptr<inflate_state> state_;
};

}  // namespace chandler::store
