// What a stranger's gzip reader makes of a file: zlib, member after member, no knowledge of ours.
#pragma once

#include <zlib.h>

#include <array>
#include <cstddef>
#include <optional>
#include <span>
#include <string>

namespace chandler::test {

// Nothing unless every byte belongs to a whole gzip member.
inline std::optional<std::string> gunzip(std::span<const std::byte> data) {
  z_stream z{};
  if (inflateInit2(&z, 15 + 16) != Z_OK) return {};
  z.next_in = reinterpret_cast<Bytef*>(const_cast<std::byte*>(data.data()));
  z.avail_in = static_cast<uInt>(data.size());
  std::string text;
  std::array<Bytef, 1U << 16U> buffer{};
  bool ended = false;
  for (;;) {
    z.next_out = buffer.data();
    z.avail_out = static_cast<uInt>(buffer.size());
    const int result = inflate(&z, Z_NO_FLUSH);
    text.append(reinterpret_cast<const char*>(buffer.data()), buffer.size() - z.avail_out);
    ended = result == Z_STREAM_END;
    if (ended && z.avail_in > 0) {
      inflateReset(&z);
      continue;
    }
    if (result != Z_OK) break;
  }
  inflateEnd(&z);
  if (!ended) return {};
  return text;
}

inline std::optional<std::string> gunzip(const std::string& data) {
  return gunzip(std::as_bytes(std::span(data)));
}

}  // namespace chandler::test
