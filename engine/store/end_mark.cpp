#include "store/end_mark.h"

#include <algorithm>

namespace chandler::store {
namespace {

constexpr std::uint8_t kMarkVersion = 1;
// From the size field to the end of the member: its CRC-32, the empty deflate stream, the gzip
// trailer.
constexpr std::size_t kAfterSize = 4 + 2 + kMemberTrailer;

}  // namespace

Bytes encode_end_mark(const EndMark& mark) {
  Bytes payload;
  ByteWriter w(payload);
  w.put('E').put(kMarkVersion).put_text(mark.symbol).put_text(mark.timeframe);
  w.put(static_cast<std::uint16_t>(mark.year));
  std::uint16_t columns = 0;
  for (const Column c : kAllColumns) {
    if (mark.columns.has(c))
      columns = static_cast<std::uint16_t>(columns | 1U << static_cast<unsigned>(c));
  }
  w.put(columns).put(static_cast<std::uint8_t>(mark.rolled_up ? 1 : 0));
  w.put(static_cast<std::uint16_t>(kSlotsPerBlock))
      .put(static_cast<std::uint16_t>(mark.blocks.size()));
  w.put(mark.rows)
      .put(mark.bytes_before)
      .put(epoch_seconds(mark.first))
      .put(epoch_seconds(mark.last));
  w.put_bytes(mark.content);
  for (const BlockEntry& b : mark.blocks) {
    w.put(static_cast<std::uint16_t>(b.index))
        .put(b.size)
        .put(static_cast<std::uint16_t>(b.rows))
        .put(b.crc);
  }
  w.put(static_cast<std::uint16_t>(kMemberFixed + payload.size() + 2 + kAfterSize));
  Bytes member = member_head(payload);
  ByteWriter end(member);
  end.put(std::uint8_t{3}).put(std::uint8_t{0}).put(std::uint64_t{0});
  return member;
}

namespace {

// False when it names a block beyond the end of its year. One of a timeframe that nobody knows lies
// in no place of ours, whatever it names.
bool fits_its_year(const EndMark& mark) {
  const auto timeframe = parse_timeframe(mark.timeframe);
  const auto last =
      std::max_element(mark.blocks.begin(), mark.blocks.end(),
                       [](const BlockEntry& a, const BlockEntry& b) { return a.index < b.index; });
  return !timeframe || last == mark.blocks.end() ||
         !block_range(*timeframe, mark.year, last->index).empty();
}

}  // namespace

std::optional<EndMark> parse_end_mark(std::span<const std::byte> data) {
  const auto head = parse_member_head(data);
  if (!head) return {};
  ByteReader r(head->payload);
  if (r.get<char>() != 'E' || r.get<std::uint8_t>() != kMarkVersion) return {};
  EndMark mark;
  mark.symbol = r.get_text();
  mark.timeframe = r.get_text();
  mark.year = r.get<std::uint16_t>();
  const auto columns = r.get<std::uint16_t>();
  for (const Column c : kAllColumns) {
    if (columns >> static_cast<unsigned>(c) & 1U) mark.columns.add(c);
  }
  mark.rolled_up = r.get<std::uint8_t>() == 1;
  if (r.get<std::uint16_t>() != kSlotsPerBlock) return {};
  mark.blocks.resize(r.get<std::uint16_t>());
  mark.rows = r.get<std::uint32_t>();
  mark.bytes_before = r.get<std::uint64_t>();
  mark.first = from_epoch(r.get<std::int64_t>());
  mark.last = from_epoch(r.get<std::int64_t>());
  mark.content = r.get_digest();
  for (BlockEntry& b : mark.blocks) {
    b.index = r.get<std::uint16_t>();
    b.size = r.get<std::uint32_t>();
    b.rows = r.get<std::uint16_t>();
    b.crc = r.get<std::uint32_t>();
  }
  if (!r.ok() || !fits_its_year(mark)) return {};
  const Bytes expected = encode_end_mark(mark);
  if (data.size() < expected.size() || !std::equal(expected.begin(), expected.end(), data.begin()))
    return {};
  return mark;
}

std::optional<std::size_t> trailing_end_mark_size(std::span<const std::byte> tail) {
  if (tail.size() < kAfterSize + 2) return {};
  ByteReader r(tail.subspan(tail.size() - kAfterSize - 2));
  const std::size_t size = r.get<std::uint16_t>();
  if (size <= kMemberFixed || size > kMaxEndMark || size > tail.size()) return {};
  return size;
}

}  // namespace chandler::store
