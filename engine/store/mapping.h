// The bytes of a file as memory: mapped where the file lies on a disk of this machine, else read. A
// file on a network is not mapped: should its server go away, the program would be killed at the
// next look at it.
#pragma once

#include <cstddef>
#include <span>

#include "store/byte_order.h"
#include "store/folder.h"

namespace chandler::store {

class Mapping {
 public:
  // All of the file, as it is now. Precondition: nobody changes it in place.
  static Result<Mapping> of(const File& file, FileSystem& files);
  Mapping(Mapping&& o) noexcept;
  Mapping& operator=(Mapping&& o) noexcept;
  Mapping(const Mapping&) = delete;
  Mapping& operator=(const Mapping&) = delete;
  ~Mapping();

  // Starts on a multiple of 16; stays where it is when the Mapping is moved.
  [[nodiscard]] std::span<const std::byte> bytes() const;

 private:
  Mapping(FileSystem& files, void* at, std::size_t size) : files_(&files), at_(at), size_(size) {}
  explicit Mapping(Bytes read) : read_(std::move(read)) {}
  void release();

  FileSystem* files_ = nullptr;
  void* at_ = nullptr;
  std::size_t size_ = 0;
  Bytes read_;
};

}  // namespace chandler::store
