#include "store/sha256.h"

#include <nettle/sha2.h>

namespace chandler::store {

Digest sha256(std::span<const std::byte> data) {
  ::sha256_ctx state;
  ::nettle_sha256_init(&state);
  ::nettle_sha256_update(&state, data.size(), reinterpret_cast<const std::uint8_t*>(data.data()));
  Digest digest{};
  ::nettle_sha256_digest(&state, digest.size(), reinterpret_cast<std::uint8_t*>(digest.data()));
  return digest;
}

std::string hex(const Digest& digest) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string text;
  text.reserve(digest.size() * 2);
  for (const std::byte b : digest) {
    text += kDigits[std::to_integer<unsigned>(b) >> 4U];
    text += kDigits[std::to_integer<unsigned>(b) & 15U];
  }
  return text;
}

std::string short_digest(std::string_view text) {
  return hex(sha256(std::as_bytes(std::span(text)))).substr(0, 16);
}

Digest content_sha256(std::span<const Digest> blocks) {
  std::string lines;
  lines.reserve(blocks.size() * 65);
  for (const Digest& block : blocks) lines += hex(block) + "\n";
  return sha256(std::as_bytes(std::span(lines)));
}

}  // namespace chandler::store
