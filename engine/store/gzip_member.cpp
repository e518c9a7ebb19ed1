#include "store/gzip_member.h"

#include <isa-l/igzip_lib.h>
#include <libdeflate.h>

#include <array>

#include "store/deflate_writer.h"

namespace chandler::store {
namespace {

constexpr std::array<std::byte, 10> kFixed = {
    std::byte{0x1f}, std::byte{0x8b}, std::byte{8}, std::byte{4}, std::byte{0},
    std::byte{0},    std::byte{0},    std::byte{0}, std::byte{0}, std::byte{0xff}};

}  // namespace

std::uint32_t crc32(std::span<const std::byte> data) {
  return libdeflate_crc32(0, data.data(), data.size());
}

Bytes member_head(std::span<const std::byte> payload) {
  Bytes head(kFixed.begin(), kFixed.end());
  const std::size_t size = payload.size() + 4;
  ByteWriter w(head);
  w.put(static_cast<std::uint16_t>(size + 4))
      .put('C')
      .put('H')
      .put(static_cast<std::uint16_t>(size));
  w.put_bytes(payload).put(crc32(payload));
  return head;
}

std::optional<MemberHead> parse_member_head(std::span<const std::byte> data) {
  if (data.size() < kMemberFixed || !std::equal(kFixed.begin(), kFixed.end(), data.begin()))
    return {};
  ByteReader r(data.subspan(kFixed.size()));
  const auto extra = r.get<std::uint16_t>();
  const bool ours = r.get<char>() == 'C' && r.get<char>() == 'H';
  const auto size = r.get<std::uint16_t>();
  if (!ours || size < 4 || extra != size + 4 || size > kMaxPayload ||
      kMemberFixed + size > data.size())
    return {};
  const auto payload = data.subspan(kMemberFixed, size - 4U);
  ByteReader check(data.subspan(kMemberFixed + payload.size()));
  if (check.get<std::uint32_t>() != crc32(payload)) return {};
  return MemberHead{payload, kMemberFixed + size};
}

bool looks_like_gzip(std::span<const std::byte> data) {
  return data.size() >= 3 && std::equal(data.begin(), data.begin() + 3, kFixed.begin());
}

bool begins_like_gzip(std::span<const std::byte> data) {
  return data.size() < 3 && std::equal(data.begin(), data.end(), kFixed.begin());
}

void Deflater::deflate(std::string_view text, Bytes& out) {
  find_matches(text, matches_);
  write_deflate(text, matches_, out);
}

// ISA-L unpacks a year of bars in three quarters of libdeflate's time, a third of zlib's.
Inflater::Inflater() : state_(new inflate_state) {}
Inflater::~Inflater() = default;

bool Inflater::inflate(std::span<const std::byte> member, std::size_t most, std::string& text) {
  const auto head = parse_member_head(member);
  if (!head || member.size() < head->size + kMemberTrailer) return false;
  const auto packed = member.subspan(head->size, member.size() - head->size - kMemberTrailer);
  ByteReader trailer(member.last(kMemberTrailer));
  const auto crc = trailer.get<std::uint32_t>();
  const std::size_t size = trailer.get<std::uint32_t>();
  if (size > most || size / 1040 > member.size())
    return false;  // deflate cannot pack better than 1:1032
  text.resize(size);

  isal_inflate_init(state_.get());
  state_->crc_flag = ISAL_DEFLATE;
  // The library does not write to what it reads; its interface lacks the const.
  state_->next_in = const_cast<std::uint8_t*>(reinterpret_cast<const std::uint8_t*>(packed.data()));
  state_->avail_in = static_cast<std::uint32_t>(packed.size());
  state_->next_out = reinterpret_cast<std::uint8_t*>(text.data());
  state_->avail_out = static_cast<std::uint32_t>(size);
  return isal_inflate_stateless(state_.get()) == ISAL_DECOMP_OK && state_->avail_in == 0 &&
         state_->avail_out == 0 && crc32(std::as_bytes(std::span(text))) == crc;
}

}  // namespace chandler::store
