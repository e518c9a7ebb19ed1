#include "import/gzip_source.h"

#include <zlib.h>

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

namespace chandler::foreign {
namespace {

constexpr std::size_t kInput = 128U << 10U;
constexpr int kGzipOnly = 15 + 16;  // window bits; zlib's manual, inflateInit2
constexpr std::size_t kMaxOutput = 1U << 30U;

Error damaged(const std::string& what) {
  return {ErrorKind::data, what, "", "fetch it anew: `gzip -t` tells the same"};
}

class GzipBytes final : public ByteSource {
 public:
  explicit GzipBytes(std::unique_ptr<ByteSource> packed)
      : packed_(std::move(packed)), input_(kInput) {}
  GzipBytes(const GzipBytes&) = delete;
  GzipBytes& operator=(const GzipBytes&) = delete;
  ~GzipBytes() override {
    if (started_) inflateEnd(&stream_);
  }

  Result<std::size_t> read(char* to, std::size_t size) override {
    if (!started_) CHANDLER_CHECK(start());
    const std::size_t wanted = std::min(size, kMaxOutput);
    stream_.next_out = reinterpret_cast<Bytef*>(to);
    stream_.avail_out = static_cast<uInt>(wanted);
    while (stream_.avail_out == wanted && !done_) CHANDLER_CHECK(step());
    const std::size_t made = wanted - stream_.avail_out;
    unpacked_ += made;
    CHANDLER_CHECK(check_ratio(unpacked_, read_));
    return made;
  }

 private:
  Result<void> start() {
    if (inflateInit2(&stream_, kGzipOnly) != Z_OK) {
      return Error{ErrorKind::io, "there is no memory left to unpack with", "", ""};
    }
    started_ = true;
    return {};
  }

  // More input, if there is any; false at its end.
  Result<bool> refill() {
    if (stream_.avail_in > 0) return true;
    CHANDLER_TRY(const std::size_t n, packed_->read(input_.data(), input_.size()));
    read_ += n;
    stream_.next_in = reinterpret_cast<Bytef*>(input_.data());
    stream_.avail_in = static_cast<uInt>(n);
    return n > 0;
  }

  Result<void> step() {
    CHANDLER_TRY(const bool more, refill());
    if (between_members_) {
      while (stream_.avail_in > 0 && *stream_.next_in == 0) {
        ++stream_.next_in;
        --stream_.avail_in;
      }
      done_ = !more;
      if (stream_.avail_in == 0) return {};
      between_members_ = false;
      ++member_;
    }
    if (!more) return damaged("the gzip data end in the middle");
    const int code = inflate(&stream_, Z_NO_FLUSH);
    if (code == Z_STREAM_END) {
      between_members_ = true;
      inflateReset(&stream_);
      return {};
    }
    if (code == Z_OK || code == Z_BUF_ERROR) return {};
    const std::string why = stream_.msg != nullptr ? std::string(" (") + stream_.msg + ")" : "";
    return damaged("the gzip data are damaged in member " + std::to_string(member_) + why);
  }

  std::unique_ptr<ByteSource> packed_;
  std::vector<char> input_;
  z_stream stream_{};
  bool started_ = false;
  bool between_members_ = false;
  bool done_ = false;
  std::uint64_t member_ = 1;
  std::uint64_t read_ = 0;
  std::uint64_t unpacked_ = 0;
};

}  // namespace

std::unique_ptr<ByteSource> unpack_gzip(std::unique_ptr<ByteSource> packed) {
  return std::make_unique<GzipBytes>(std::move(packed));
}

}  // namespace chandler::foreign
