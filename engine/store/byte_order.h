// Little-endian fields of the binary headers.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "store/sha256.h"

namespace chandler::store {

using Bytes = std::vector<std::byte>;

class ByteWriter {
 public:
  explicit ByteWriter(Bytes& out) : out_(out) {}

  template <class T>
  ByteWriter& put(T value) {
    std::uint64_t bits = static_cast<std::make_unsigned_t<T>>(value);
    for (std::size_t i = 0; i < sizeof(T); ++i, bits >>= 8U)
      out_.push_back(static_cast<std::byte>(bits & 0xFFU));
    return *this;
  }
  ByteWriter& put_bytes(std::span<const std::byte> data) {
    out_.insert(out_.end(), data.begin(), data.end());
    return *this;
  }
  // A length byte, then the text. Precondition: below 256 bytes.
  ByteWriter& put_text(std::string_view text) {
    return put(static_cast<std::uint8_t>(text.size())).put_bytes(std::as_bytes(std::span(text)));
  }

 private:
  Bytes& out_;
};

// Reads past the end give zeros and ok() == false.
class ByteReader {
 public:
  explicit ByteReader(std::span<const std::byte> data) : data_(data) {}

  template <class T>
  T get() {
    std::uint64_t bits = 0;
    const auto field = get_bytes(sizeof(T));
    for (std::size_t i = field.size(); i-- > 0;)
      bits = bits << 8U | std::to_integer<std::uint64_t>(field[i]);
    return static_cast<T>(bits);
  }
  std::span<const std::byte> get_bytes(std::size_t size) {
    if (size > data_.size()) {
      ok_ = false;
      data_ = {};
      return {};
    }
    const auto field = data_.first(size);
    data_ = data_.subspan(size);
    return field;
  }
  std::string get_text() {
    const auto field = get_bytes(get<std::uint8_t>());
    return {reinterpret_cast<const char*>(field.data()), field.size()};
  }
  Digest get_digest() {
    Digest digest{};
    const auto field = get_bytes(digest.size());
    if (!field.empty()) std::memcpy(digest.data(), field.data(), digest.size());
    return digest;
  }
  [[nodiscard]] bool ok() const { return ok_; }
  [[nodiscard]] bool at_end() const { return ok_ && data_.empty(); }

 private:
  std::span<const std::byte> data_;
  bool ok_ = true;
};

}  // namespace chandler::store
