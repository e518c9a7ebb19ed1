#include "http/unpack.h"

#include <array>
#include <new>

namespace chandler::http {
namespace {

constexpr int kGzipOnly = 16 + MAX_WBITS;
// What a packed body may have in excess of the unpacked one (which is capped).
constexpr std::size_t kOverhead = std::size_t{64} << 10U;

Error broken(std::string what) { return {ErrorKind::data, std::move(what), "", ""}; }

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

Result<std::string> BodyReader::finish() {
  if (member_open_) return broken("the answer's gzip ends early");
  return std::move(body_);
}

}  // namespace chandler::http
