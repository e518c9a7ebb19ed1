// The system calls the store makes, so that tests can make each of them fail. Same contract as
// POSIX: -1 and errno. Nothing else of the project talks to the disk below the cache root.
#pragma once

#include <dirent.h>
#include <sys/stat.h>
#include <sys/types.h>

#include <cstddef>

namespace chandler {

class FileSystem {
 public:
  virtual ~FileSystem() = default;

  virtual int open_at(int folder, const char* name, int flags, mode_t mode);
  virtual int close(int fd);
  virtual ssize_t pread(int fd, void* into, std::size_t size, off_t offset);
  virtual ssize_t write(int fd, const void* from, std::size_t size);
  virtual int truncate(int fd, off_t size);
  virtual int sync(int fd);
  virtual int stat(int fd, struct stat* into);
  virtual int stat_at(int folder, const char* name, struct stat* into);
  virtual int rename_at(int folder, const char* from, const char* to);  // within one folder
  virtual int link_at(int folder, const char* from,
                      const char* to);  // a second name within one folder
  virtual int unlink_at(int folder, const char* name, bool is_folder);
  virtual int make_folder_at(int folder, const char* name);
  virtual int lock(int fd);  // flock, exclusive, without waiting
  virtual int unlock(int fd);
  virtual int access_at(int folder, const char* name, int mode);
  virtual ::DIR* open_listing(int fd);  // takes the descriptor over when it succeeds
  virtual struct dirent* next_entry(::DIR* listing);
  virtual int close_listing(::DIR* listing);
  // All of the file, to be read; nullptr and errno when it cannot be.
  virtual void* map(int fd, std::size_t size);
  virtual int unmap(void* at, std::size_t size);
  // Does it lie on a disk of this machine, as far as is known? Others are not mapped.
  virtual bool is_local(int fd);
  // Is it known to lie on another machine?
  virtual bool is_network(int fd);

  static FileSystem& system();

 protected:
  FileSystem() = default;
  FileSystem(const FileSystem&) = default;
  FileSystem& operator=(const FileSystem&) = default;
};

}  // namespace chandler
