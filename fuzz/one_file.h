// A file system in which one data file is what the fuzzer says, without a disk below it.
#pragma once

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <string>
#include <string_view>

#include "chandler/file_system.h"
#include "fuzz/require.h"

namespace chandler::fuzz {

class OneFile final : public FileSystem {
 public:
  explicit OneFile(std::string name) : name_(std::move(name)), fd_(::memfd_create("bars", 0)) {
    require(fd_ >= 0);
  }
  ~OneFile() override { ::close(fd_); }
  OneFile(const OneFile&) = delete;
  OneFile& operator=(const OneFile&) = delete;

  void put(std::string_view bytes) const {
    require(::ftruncate(fd_, 0) == 0);
    require(::pwrite(fd_, bytes.data(), bytes.size(), 0) == static_cast<ssize_t>(bytes.size()));
  }

  int open_at(int folder, const char* name, int flags, mode_t mode) override {
    if (name == name_) return ::dup(fd_);  // the store reads by offsets alone
    return FileSystem::open_at(folder, name, flags, mode);
  }

 private:
  std::string name_;
  int fd_;
};

}  // namespace chandler::fuzz
