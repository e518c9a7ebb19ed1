#include "store/sha256.h"

#include <openssl/evp.h>

#include <stdexcept>

namespace chandler::store {

Digest sha256(std::span<const std::byte> data) {
  Digest digest{};
  unsigned int size = 0;
  if (EVP_Digest(data.data(), data.size(), reinterpret_cast<unsigned char*>(digest.data()), &size,
                 EVP_sha256(), nullptr) != 1) {
    throw std::runtime_error("SHA-256 is not available in this OpenSSL");
  }
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

Digest content_sha256(std::span<const Digest> blocks) {
  std::string lines;
  lines.reserve(blocks.size() * 65);
  for (const Digest& block : blocks) lines += hex(block) + "\n";
  return sha256(std::as_bytes(std::span(lines)));
}

}  // namespace chandler::store
