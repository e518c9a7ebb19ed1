// What gzip members say of themselves: heads of blocks and end marks. An even first byte: the rest
// are the bytes of a file. An odd one: the rest is a payload, which gets a head that is right, since
// its checksum would keep nearly everything out.
#include "store/block.h"
#include "store/end_mark.h"

#include "fuzz/pieces.h"

namespace {

using namespace chandler;
using fuzz::require;

store::Bytes wrapped(std::string_view payload) {
  payload = payload.substr(0, store::kMaxPayload - 4);
  store::Bytes member = store::member_head(fuzz::bytes_of(payload));
  store::ByteWriter(member).put(std::uint8_t{3}).put(std::uint8_t{0}).put(std::uint64_t{0});
  return member;
}

void check_head(std::span<const std::byte> data) {
  const auto info = store::parse_block_head(data);
  if (!info) return;
  require(info->rows >= 1 && info->rows <= store::kSlotsPerBlock);
  require(info->owners.of_row.size() == info->rows);
  require(!info->owners.names.empty() && info->owners.names.size() <= store::kMaxProviders);
  for (std::size_t i = 0; i < info->rows; ++i) static_cast<void>(info->owners.name_of(i));
  require(info->member_size >= store::kMemberFixed + store::kMemberTrailer);
}

void check_mark(std::span<const std::byte> data) {
  const auto mark = store::parse_end_mark(data);
  if (!mark) return;
  // Every byte of it is as we would have written it.
  const store::Bytes again = store::encode_end_mark(*mark);
  require(again.size() <= data.size() && again.size() <= store::kMaxEndMark);
  require(std::equal(again.begin(), again.end(), data.begin()));
  require(store::trailing_end_mark_size(again) == again.size());
  require(!store::parse_block_head(data).has_value());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  fuzz::Pieces pieces(data, size);
  const bool payload = pieces.byte() % 2 == 1;
  const store::Bytes made = payload ? wrapped(pieces.rest()) : store::Bytes{};
  const auto bytes = payload ? std::span<const std::byte>(made) : fuzz::bytes_of(pieces.rest());

  check_head(bytes);
  check_mark(bytes);
  if (const auto tail = store::trailing_end_mark_size(bytes)) {
    require(*tail <= bytes.size() && *tail <= store::kMaxEndMark);
  }
  return 0;
}
