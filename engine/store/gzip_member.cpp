#include "store/gzip_member.h"

#include <libdeflate.h>

#include <array>
#include <new>

namespace chandler::store {
namespace {

// Measured on a year of 1m bars: level 6 packs within 2 % of level 9 at a third of its time.
constexpr int kLevel = 6;

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

Deflater::Deflater() : compressor_(libdeflate_alloc_compressor(kLevel)) {
  if (compressor_ == nullptr) throw std::bad_alloc();
}
Deflater::~Deflater() { libdeflate_free_compressor(compressor_); }

void Deflater::deflate(std::string_view text, Bytes& out) {
  const std::size_t at = out.size();
  out.resize(at + libdeflate_deflate_compress_bound(compressor_, text.size()));
  const std::size_t size = libdeflate_deflate_compress(compressor_, text.data(), text.size(),
                                                       out.data() + at, out.size() - at);
  out.resize(at + size);
}

Inflater::Inflater() : decompressor_(libdeflate_alloc_decompressor()) {
  if (decompressor_ == nullptr) throw std::bad_alloc();
}
Inflater::~Inflater() { libdeflate_free_decompressor(decompressor_); }

bool Inflater::inflate(std::span<const std::byte> member, std::string& text) {
  if (member.size() < kMemberFixed + kMemberTrailer) return false;
  ByteReader r(member.last(4));
  const std::size_t size = r.get<std::uint32_t>();
  if (size > kMaxBlockText || size / 1040 > member.size())
    return false;  // deflate cannot pack better than 1:1032
  text.resize(size);
  std::size_t used = 0;
  const auto result = libdeflate_gzip_decompress_ex(decompressor_, member.data(), member.size(),
                                                    text.data(), size, &used, nullptr);
  return result == LIBDEFLATE_SUCCESS && used == member.size();
}

}  // namespace chandler::store
