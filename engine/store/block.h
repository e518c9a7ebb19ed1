// A block: the bars of 4,096 consecutive slots of a timeframe's grid, as one gzip member
// (gzip_member.h).
//
// Block k of a year holds the bars of slots k*4096 to (k+1)*4096-1, counted from 1 January 00:00
// UTC; empty blocks are left out. The text of a file's first block begins with the header line. The
// payload of its CH field, version 1:
//
//   u8   'B'               what it is
//   u8   1                 version of this layout
//   u32  index             k
//   u32  member size       of the whole member, in bytes
//   u32  rows
//   i64  first, i64 last   open times, seconds since 1970
//   32   SHA-256           of the uncompressed text
//   u8   providers         1 to 16, then each: u8 length, name; sorted
//   u8   0 | 1 2 4         how rows are given to providers:
//        0: u16 runs, then each: u8 provider, u16 rows, in row order
//        b: b bits a row, the first row in the lowest bits of the first byte
//
// The shorter of the two is used (runs when equal), so the payload is a function of the rows and
// their providers.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "chandler/bar_series.h"
#include "chandler/timeframe.h"
#include "store/gzip_member.h"

namespace chandler::store {

inline constexpr std::int64_t kSlotsPerBlock = 4096;
inline constexpr std::size_t kMaxProviders = 16;
inline constexpr std::size_t kMaxProviderName = 32;

// Bytes that so many rows and a header line can have. Ten columns of the longest numbers are 350; what
// unpacks to more is no block, whatever its head says, and is not worth unpacking.
[[nodiscard]] constexpr std::size_t most_text(std::size_t rows) { return (rows + 1) * 512; }

[[nodiscard]] inline std::uint32_t block_index(Timeframe tf, Instant t) {
  return static_cast<std::uint32_t>(slot_of_year(tf, t) / kSlotsPerBlock);
}
// The instants of block `index`, cut at the borders of the year.
[[nodiscard]] TimeRange block_range(Timeframe tf, int year, std::uint32_t index);

// Who brought each row. Names are sorted and all used.
struct RowOwners {
  std::vector<std::string> names{};
  std::vector<std::uint8_t> of_row{};  // index into names

  [[nodiscard]] const std::string& name_of(std::size_t row) const { return names[of_row[row]]; }
  void push_back(const std::string& name);  // any order; call tidy() when done
  void tidy();                              // sorts names, drops unused ones
};

struct BlockInfo {
  std::uint32_t index = 0;
  std::uint32_t member_size = 0;
  std::uint32_t rows = 0;
  Instant first{};
  Instant last{};
  Digest sha256{};
  RowOwners owners{};
};

struct SealedBlock {
  BlockInfo info{};
  Bytes member{};
};

// Rows [first, last) of the series, all in one block. `owners` is of these rows, tidy, at most
// kMaxProviders.
[[nodiscard]] SealedBlock seal_block(const BarSeries& bars, std::size_t first, std::size_t last,
                                     RowOwners owners, std::uint32_t index, bool with_header,
                                     Deflater& deflater);

// What the member at the start of the bytes says of itself; nothing when it is not the whole head
// of a block.
[[nodiscard]] std::optional<BlockInfo> parse_block_head(std::span<const std::byte> data);

}  // namespace chandler::store
