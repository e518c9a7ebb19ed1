#include "store/mapping.h"

#include <cerrno>
#include <utility>

namespace chandler::store {

Result<Mapping> Mapping::of(const File& file, FileSystem& files) {
  CHANDLER_TRY(const FileIdentity id, file.identity());
  if (!id.is_file) return Error{ErrorKind::io, "is not a file", file.shown(), "move it away"};
  if (id.size > 0 && files.is_local(file.descriptor())) {
    if (void* at = files.map(file.descriptor(), id.size)) return Mapping(files, at, id.size);
    return io_error(errno, "mapping", file.shown());
  }
  Bytes bytes(id.size);
  CHANDLER_CHECK(file.read_exactly(bytes, 0));
  return Mapping(std::move(bytes));
}

Mapping::Mapping(Mapping&& o) noexcept
    : files_(o.files_),
      at_(std::exchange(o.at_, nullptr)),
      size_(std::exchange(o.size_, 0)),
      read_(std::move(o.read_)) {}

Mapping& Mapping::operator=(Mapping&& o) noexcept {
  if (this != &o) {
    release();
    files_ = o.files_;
    at_ = std::exchange(o.at_, nullptr);
    size_ = std::exchange(o.size_, 0);
    read_ = std::move(o.read_);
  }
  return *this;
}

Mapping::~Mapping() { release(); }

void Mapping::release() {
  if (at_ != nullptr) files_->unmap(at_, size_);
}

std::span<const std::byte> Mapping::bytes() const {
  return at_ != nullptr ? std::span(static_cast<const std::byte*>(at_), size_)
                        : std::span<const std::byte>(read_);
}

}  // namespace chandler::store
