#include "chandler/file_system.h"

#include <fcntl.h>
#include <linux/magic.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <span>

namespace chandler {
namespace {

// statfs(2). XFS, ZFS, exFAT and NTFS are missing in linux/magic.h; so are GFS2, Lustre and GPFS.
constexpr std::array<unsigned long, 13> kLocalFileSystems = {EXT4_SUPER_MAGIC,
                                                             BTRFS_SUPER_MAGIC,
                                                             TMPFS_MAGIC,
                                                             RAMFS_MAGIC,
                                                             F2FS_SUPER_MAGIC,
                                                             MSDOS_SUPER_MAGIC,
                                                             OVERLAYFS_SUPER_MAGIC,
                                                             SQUASHFS_MAGIC,
                                                             ISOFS_SUPER_MAGIC,
                                                             0x58465342,
                                                             0x2FC12FC1,
                                                             0x2011BAB0,
                                                             0x7366746E};

// FUSE and 9P do not tell: on many machines they lie on a disk of the same one.
constexpr std::array<unsigned long, 11> kNetworkFileSystems = {
    NFS_SUPER_MAGIC, SMB_SUPER_MAGIC,  CIFS_SUPER_MAGIC, SMB2_SUPER_MAGIC,
    AFS_SUPER_MAGIC, CEPH_SUPER_MAGIC, CODA_SUPER_MAGIC, OCFS2_SUPER_MAGIC,
    0x01161970,   // GFS2
    0x0BD00BD0,   // Lustre
    0x47504653};  // GPFS

bool lies_on_one_of(std::span<const unsigned long> kinds, int fd) {
  struct statfs s {};
  if (::fstatfs(fd, &s) != 0) return false;
  const auto type = static_cast<unsigned long>(s.f_type) & 0xFFFFFFFFUL;
  return std::find(kinds.begin(), kinds.end(), type) != kinds.end();
}

}  // namespace

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

void* FileSystem::map(int fd, std::size_t size) {
  void* at = ::mmap(nullptr, size, PROT_READ, MAP_SHARED, fd, 0);
  return at == MAP_FAILED ? nullptr : at;
}
int FileSystem::unmap(void* at, std::size_t size) { return ::munmap(at, size); }
bool FileSystem::is_local(int fd) { return lies_on_one_of(kLocalFileSystems, fd); }
bool FileSystem::is_network(int fd) { return lies_on_one_of(kNetworkFileSystems, fd); }

FileSystem& FileSystem::system() {
  static FileSystem* const instance = [] {
    struct System final : FileSystem {};
    return new System;  // NOLINT(cppcoreguidelines-owning-memory): lives as long as the process
  }();
  return *instance;
}

}  // namespace chandler
