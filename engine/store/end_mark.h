// The end mark: the last gzip member of a year file, without rows. It proves the file whole and in
// its place, and says where every block lies, so that a reader needs one read at the end of the
// file before it can go anywhere.
//
// It is a gzip_member.h member whose text is empty (deflate bytes 03 00, CRC-32 0, length 0). Its
// CH payload, version 1:
//
//   u8   'E'                  what it is
//   u8   1                    version of this layout
//   u8   length, symbol       the folder's name
//   u8   length, timeframe
//   u16  year
//   u16  columns              bit i: column i of open high low close volume adj_close vwap
//                             trade_count turnover
//   u8                        1 when the bars were rolled up from a finer frame, else 0
//   u16  slots per block      4096
//   u16  blocks
//   u32  rows
//   u64  bytes before         length of everything before this member
//   i64  first, i64 last      open times, seconds since 1970
//   32   content_sha256       SHA-256 of the blocks' SHA-256, in order, each as lower-case hex and a
//                             line feed
//   per block:                u16 index, u32 size, u16 rows, u32 CRC-32 of the whole member
//   u16  size of this member  so that the last bytes of the file lead to its start
//
// followed by the CRC-32 that closes every CH payload.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "chandler/bar_series.h"
#include "chandler/timeframe.h"
#include "store/block.h"

namespace chandler::store {

struct BlockEntry {
  std::uint32_t index = 0;
  std::uint32_t size = 0;
  std::uint32_t rows = 0;
  std::uint32_t crc = 0;  // of the whole member
  friend bool operator==(const BlockEntry&, const BlockEntry&) = default;
};

struct EndMark {
  std::string symbol;  // the folder's name
  std::string timeframe;
  int year = 0;
  ColumnSet columns;
  bool rolled_up = false;
  std::uint32_t rows = 0;
  std::uint64_t bytes_before = 0;
  Instant first{};
  Instant last{};
  Digest content{};
  std::vector<BlockEntry> blocks{};
};

[[nodiscard]] Bytes encode_end_mark(const EndMark& mark);
// The end mark that the bytes begin with; nothing unless every byte is as encode_end_mark would
// write it.
[[nodiscard]] std::optional<EndMark> parse_end_mark(std::span<const std::byte> data);
// Length of the end mark that the bytes end with, if they end with one.
[[nodiscard]] std::optional<std::size_t> trailing_end_mark_size(std::span<const std::byte> tail);

inline constexpr std::size_t kMaxEndMark = kMemberFixed + kMaxPayload + 2 + kMemberTrailer;

}  // namespace chandler::store
