// What a program is told about the room on the disk.
#include <dlfcn.h>
#include <sys/statvfs.h>

#include "shim.h"

namespace {

int shorten(int result, struct statvfs* into) {
  const auto free = chandler::fault::Watch::instance().free_bytes();
  if (result != 0 || free < 0) return result;
  into->f_bavail = static_cast<fsblkcnt_t>(free) / into->f_frsize;
  into->f_bfree = into->f_bavail;
  return result;
}

}  // namespace

extern "C" {

int statvfs(const char* name, struct statvfs* into) noexcept {
  using Function = int (*)(const char*, struct statvfs*);
  static const auto real = reinterpret_cast<Function>(::dlsym(RTLD_NEXT, "statvfs"));
  return shorten(real(name, into), into);
}
int fstatvfs(int fd, struct statvfs* into) noexcept {
  using Function = int (*)(int, struct statvfs*);
  static const auto real = reinterpret_cast<Function>(::dlsym(RTLD_NEXT, "fstatvfs"));
  return shorten(real(fd, into), into);
}

}  // extern "C"
