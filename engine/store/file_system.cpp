#include "chandler/file_system.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cstdio>

namespace chandler {

int FileSystem::open_at(int folder, const char* name, int flags, mode_t mode) {
  return ::openat(folder, name, flags, mode);
}
int FileSystem::close(int fd) { return ::close(fd); }
ssize_t FileSystem::pread(int fd, void* into, std::size_t size, off_t offset) {
  return ::pread(fd, into, size, offset);
}
ssize_t FileSystem::write(int fd, const void* from, std::size_t size) {
  return ::write(fd, from, size);
}
int FileSystem::truncate(int fd, off_t size) { return ::ftruncate(fd, size); }
int FileSystem::sync(int fd) { return ::fsync(fd); }
int FileSystem::stat(int fd, struct stat* into) { return ::fstat(fd, into); }
int FileSystem::stat_at(int folder, const char* name, struct stat* into) {
  return ::fstatat(folder, name, into, 0);
}
int FileSystem::rename_at(int folder, const char* from, const char* to) {
  return ::renameat(folder, from, folder, to);
}
int FileSystem::link_at(int folder, const char* from, const char* to) {
  return ::linkat(folder, from, folder, to, 0);
}
int FileSystem::unlink_at(int folder, const char* name, bool is_folder) {
  return ::unlinkat(folder, name, is_folder ? AT_REMOVEDIR : 0);
}
int FileSystem::make_folder_at(int folder, const char* name) {
  return ::mkdirat(folder, name, 0777);
}
int FileSystem::lock(int fd) { return ::flock(fd, LOCK_EX | LOCK_NB); }
int FileSystem::unlock(int fd) { return ::flock(fd, LOCK_UN); }
int FileSystem::access_at(int folder, const char* name, int mode) {
  return ::faccessat(folder, name, mode, AT_EACCESS);
}
::DIR* FileSystem::open_listing(int fd) { return ::fdopendir(fd); }
struct dirent* FileSystem::next_entry(::DIR* listing) {
  return ::readdir(listing);
}
int FileSystem::close_listing(::DIR* listing) { return ::closedir(listing); }

FileSystem& FileSystem::system() {
  static FileSystem* const instance = [] {
    struct System final : FileSystem {};
    return new System;  // NOLINT(cppcoreguidelines-owning-memory): lives as long as the process
  }();
  return *instance;
}

}  // namespace chandler
