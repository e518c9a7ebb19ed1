// A little gzip that unpacks to very much.
#pragma once

#include <zlib.h>

#include <cstddef>
#include <stdexcept>
#include <string>

namespace chandler::test {

// `head`, then `piece` again and again until there are `size` bytes of it.
inline std::string gzip_bomb(const std::string& head, const std::string& piece, std::size_t size) {
  z_stream z{};
  if (deflateInit2(&z, 1, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY) != Z_OK)
    throw std::runtime_error("zlib");
  std::string out;
  std::string buffer(1U << 16U, '\0');
  std::string many;
  while (many.size() < 1U << 20U) many += piece;
  const auto feed = [&](std::string input, int flush) {
    z.next_in = reinterpret_cast<Bytef*>(input.data());
    z.avail_in = static_cast<uInt>(input.size());
    do {
      z.next_out = reinterpret_cast<Bytef*>(buffer.data());
      z.avail_out = static_cast<uInt>(buffer.size());
      deflate(&z, flush);
      out.append(buffer, 0, buffer.size() - z.avail_out);
    } while (z.avail_out == 0);
  };
  feed(head, Z_NO_FLUSH);
  for (std::size_t done = 0; done < size; done += many.size()) feed(many, Z_NO_FLUSH);
  feed("", Z_FINISH);
  deflateEnd(&z);
  return out;
}

}  // namespace chandler::test
