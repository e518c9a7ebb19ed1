#include "http/unpack.h"

#include <libdeflate.h>

#include <array>
#include <new>
#include <utility>

namespace chandler::http {
namespace {

constexpr int kGzipOnly = 16 + MAX_WBITS;
// What a packed body may have in excess of the unpacked one (which is capped).
constexpr std::size_t kOverhead = std::size_t{64} << 10U;
// Packed bodies up to this are unpacked in one go.
constexpr std::size_t kAtOnce = std::size_t{1} << 20U;
// Deflate packs no better than 1 to 1032.
constexpr std::size_t kBestRatio = 1032;

Error broken(std::string what) { return {ErrorKind::data, std::move(what), "", ""}; }

// The size that a gzip's last four bytes, lowest first, give.
std::size_t size_in_trailer(std::string_view gzip) {
  std::size_t size = 0;
  for (std::size_t i = 1; i <= 4; ++i)
    size = size << 8U | static_cast<unsigned char>(gzip[gzip.size() - i]);
  return size;
}

// Header without options, the only kind there is in practice, and a trailer.
bool is_plain_gzip(std::string_view bytes) {
  constexpr std::string_view kPlain("\x1f\x8b\x08\x00", 4);
  constexpr std::size_t kLeast = 18;
  return bytes.size() >= kLeast && bytes.starts_with(kPlain);
}

// One a thread; it keeps no state from one text to the next.
libdeflate_decompressor* decompressor() {
  struct Free {
    void operator()(libdeflate_decompressor* d) const { libdeflate_free_decompressor(d); }
  };
  thread_local const std::unique_ptr<libdeflate_decompressor, Free> mine{
      libdeflate_alloc_decompressor()};
  if (!mine) throw std::bad_alloc();
  return mine.get();
}

}  // namespace

void BodyReader::InflaterDeleter::operator()(z_stream* stream) const {
  ::inflateEnd(stream);
  delete stream;  // NOLINT(cppcoreguidelines-owning-memory): this is the owner's deleter
}

void BodyReader::set_encoding(std::string_view encoding) {
  encoding_ = encoding;
  if (encoding_ == "gzip" || encoding_ == "x-gzip") {
    auto stream = std::make_unique<z_stream>();
    if (::inflateInit2(stream.get(), kGzipOnly) != Z_OK) throw std::bad_alloc();
    gzip_.reset(stream.release());
  }
}

Error BodyReader::too_large() const {
  return broken("the answer is larger than " + std::to_string(most_) + " bytes");
}

Result<void> BodyReader::add(std::string_view bytes) {
  received_ += bytes.size();
  if (gzip_) {
    if (received_ > most_ + kOverhead) return too_large();
    if (!piecewise_ && received_ <= kAtOnce) {
      packed_ += bytes;
      return {};
    }
    if (!std::exchange(piecewise_, true)) CHANDLER_CHECK(unpack(packed_));
    return unpack(bytes);
  }
  if (!encoding_.empty() && encoding_ != "identity") {
    return broken("the answer is packed as \"" + printable(encoding_, 20) +
                  "\", which was not asked for");
  }
  return keep(bytes);
}

Result<void> BodyReader::keep(std::string_view bytes) {
  if (bytes.size() > most_ - body_.size()) return too_large();
  body_ += bytes;
  return {};
}

Result<void> BodyReader::unpack(std::string_view bytes) {
  std::string input(bytes);  // zlib wants to be able to write to it
  gzip_->next_in = reinterpret_cast<Bytef*>(input.data());
  gzip_->avail_in = static_cast<uInt>(input.size());
  std::array<char, 65536> piece{};
  int code = Z_OK;
  do {
    if (!member_open_ && gzip_->avail_in == 0) break;
    if (!member_open_) ::inflateReset(gzip_.get());
    member_open_ = true;
    gzip_->next_out = reinterpret_cast<Bytef*>(piece.data());
    gzip_->avail_out = static_cast<uInt>(piece.size());
    code = ::inflate(gzip_.get(), Z_NO_FLUSH);
    if (code != Z_OK && code != Z_STREAM_END && code != Z_BUF_ERROR)
      return broken("the answer's gzip cannot be unpacked");
    CHANDLER_CHECK(keep({piece.data(), piece.size() - gzip_->avail_out}));
    if (code == Z_STREAM_END) member_open_ = false;
  } while (gzip_->avail_in > 0 || gzip_->avail_out == 0);
  return {};
}

bool BodyReader::unpack_at_once() {
  if (!is_plain_gzip(packed_)) return false;
  const std::size_t size = size_in_trailer(packed_);
  if (size > most_ || size / kBestRatio > packed_.size()) return false;
  std::string text(size, '\0');
  std::size_t used = 0;
  const auto done = libdeflate_gzip_decompress_ex(decompressor(), packed_.data(), packed_.size(),
                                                  text.data(), size, &used, nullptr);
  if (done != LIBDEFLATE_SUCCESS || used != packed_.size()) return false;
  body_ = std::move(text);
  return true;
}

Result<std::string> BodyReader::finish() {
  // What cannot be unpacked in one go has its error from the other way.
  if (gzip_ && !piecewise_ && !packed_.empty() && !unpack_at_once())
    CHANDLER_CHECK(unpack(packed_));
  if (member_open_) return broken("the answer's gzip ends early");
  return std::move(body_);
}

}  // namespace chandler::http
