#include "store/foreign_gzip.h"

#include <zlib.h>

#include <algorithm>
#include <array>
#include <new>

namespace chandler::store {
namespace {

class Stream {
 public:
  explicit Stream(std::span<const std::byte> data) {
    if (inflateInit2(&z_, 15 + 16) != Z_OK) throw std::bad_alloc();
    z_.next_in = reinterpret_cast<Bytef*>(const_cast<std::byte*>(data.data()));
    z_.avail_in = static_cast<uInt>(data.size());
  }
  ~Stream() { inflateEnd(&z_); }
  Stream(const Stream&) = delete;
  Stream& operator=(const Stream&) = delete;

  z_stream& operator*() { return z_; }
  z_stream* operator->() { return &z_; }

 private:
  z_stream z_{};
};

}  // namespace

ForeignText unpack_foreign(std::span<const std::byte> data, std::size_t cap) {
  ForeignText out;
  if (data.size() > UINT32_MAX) {
    out.problem = "damaged_block";
    return out;
  }
  Stream z(data);
  std::array<Bytef, 1U << 16U> buffer{};
  std::size_t proven = 0;  // text of members whose checksum was right
  while (out.problem.empty() && z->avail_in > 0) {
    z->next_out = buffer.data();
    z->avail_out = buffer.size();
    const int result = inflate(&*z, Z_NO_FLUSH);
    const std::size_t size = buffer.size() - z->avail_out;
    out.too_big = out.text.size() + size > cap;
    if (out.too_big) {
      out.problem = "damaged_block";
      break;
    }
    out.text.append(reinterpret_cast<const char*>(buffer.data()), size);
    if (result == Z_STREAM_END) {
      out.bytes_used = data.size() - z->avail_in;
      proven = out.text.size();
      if (z->avail_in == 0) break;
      if (!looks_like_gzip(data.subspan(out.bytes_used))) out.problem = "trailing_bytes";
      inflateReset(&*z);
    } else if (result != Z_OK && result != Z_BUF_ERROR) {
      out.problem = "damaged_block";
    } else if (z->avail_in == 0 && z->avail_out > 0) {
      out.problem = "truncated";
    }
  }
  // The last bytes of input may have been taken while output was still waiting.
  if (out.problem.empty() && out.bytes_used != data.size()) out.problem = "truncated";
  // A wrong checksum says that something before it is wrong, not where.
  const bool damaged = out.problem == "damaged_block";
  if (damaged) out.text.resize(proven);
  // The last line before a cut may be a part of one.
  if (damaged || out.problem == "truncated") out.text.resize(out.text.rfind('\n') + 1);
  return out;
}

}  // namespace chandler::store
