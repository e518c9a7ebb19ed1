// The names of glibc that are put in front of the real ones. Each asks the watch what becomes of the
// call, makes it, and records it. Calls go to the kernel directly; only listings, which glibc keeps
// in its own memory, go through the next library.
#include <dirent.h>
#include <dlfcn.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdarg>
#include <ctime>

#include "shim.h"

namespace chandler::fault {
namespace {

// The real function, found once for each name.
template <class Function>
Function next(const char* name) {
  return reinterpret_cast<Function>(::dlsym(RTLD_NEXT, name));
}

// Makes a call that is watched, unless the plan says otherwise.
template <class Make>
auto watched(Call call, const Watch::Record& about, Make make) -> decltype(make()) {
  Watch& watch = Watch::instance();
  const Verdict verdict = watch.judge(call, about.path);
  if (verdict.effect == Effect::fail) {
    errno = verdict.error;
    return static_cast<decltype(make())>(-1);
  }
  auto result = make();
  if (verdict.effect == Effect::lie) {
    errno = verdict.error;
    return static_cast<decltype(make())>(-1);
  }
  return result;
}

// The same for a call that changes the disk: recorded in the order in which it was made.
template <class Make>
long changing(Call call, Watch::Record about, Make make) {
  Watch& watch = Watch::instance();
  if (!watch.traces()) return watched(call, about, make);
  const std::lock_guard hold(watch.order());
  return watched(call, about, [&] {
    const long result = make();
    const int error = errno;
    about.call = kCallNames[static_cast<std::size_t>(call)];
    about.result = result;
    watch.record(about);
    errno = error;
    return result;
  });
}

// Calls that only look are recorded too: a driver counts them.
template <class Make>
long looking(Call call, const std::string& path, Make make) {
  return changing(call, {.call = {}, .path = path}, make);
}

int open_watched(int folder, const char* name, int flags, mode_t mode) {
  Watch& watch = Watch::instance();
  const std::string path = watch.path_of(folder, name);
  const auto make = [&] { return ::syscall(SYS_openat, folder, name, flags, mode); };
  if (path.empty()) return static_cast<int>(make());
  const Call call = (flags & O_CREAT) != 0 ? Call::create : Call::open;
  const std::lock_guard hold(watch.order());
  const Verdict verdict = watch.judge(call, path);
  if (verdict.effect == Effect::fail) {
    errno = verdict.error;
    return -1;
  }
  const int fd = static_cast<int>(make());
  const int error = errno;
  if (fd >= 0) watch.opened(fd, path);
  if (watch.traces()) {
    watch.record({.call = kCallNames[static_cast<std::size_t>(call)],
                  .result = fd,
                  .fd = fd,
                  .flags = flags,
                  .path = path});
  }
  errno = error;
  return fd;
}

ssize_t write_watched(int fd, const void* from, std::size_t size) {
  Watch& watch = Watch::instance();
  const std::string path = watch.path_of(fd);
  const bool said = path.empty() && (fd == STDOUT_FILENO || fd == STDERR_FILENO);
  if (path.empty() && !(said && watch.traces())) return ::syscall(SYS_write, fd, from, size);
  const std::lock_guard hold(watch.order());
  const Verdict verdict =
      said ? Verdict{} : watch.judge(Call::write, path, /*can_be_halved=*/size > 1);
  if (verdict.effect == Effect::fail) {
    errno = verdict.error;
    return -1;
  }
  const bool halved = verdict.effect == Effect::half || verdict.effect == Effect::shorten;
  const off_t offset = said ? 0 : ::lseek(fd, 0, SEEK_CUR);
  const long done = ::syscall(SYS_write, fd, from, halved ? size / 2 : size);
  if (verdict.effect == Effect::half) ::syscall(SYS_kill, ::getpid(), SIGKILL);
  const int error = errno;
  if (watch.traces() && done > 0) {
    watch.record({.call = said ? "say" : "write",
                  .result = done,
                  .fd = fd,
                  .flags = offset,
                  .path = path,
                  .data = {static_cast<const char*>(from), static_cast<std::size_t>(done)}});
  }
  errno = verdict.effect == Effect::lie ? verdict.error : error;
  return verdict.effect == Effect::lie ? -1 : done;
}

ssize_t pread_watched(int fd, void* into, std::size_t size, off_t offset) {
  Watch& watch = Watch::instance();
  const std::string path = watch.path_of(fd);
  if (path.empty()) return ::syscall(SYS_pread64, fd, into, size, offset);
  const Verdict verdict = watch.judge(Call::read, path, /*can_be_halved=*/size > 1);
  if (verdict.effect == Effect::fail || verdict.effect == Effect::lie) {
    errno = verdict.error;
    return -1;
  }
  const bool halved = verdict.effect == Effect::half || verdict.effect == Effect::shorten;
  if (watch.traces()) watch.record({.call = "read", .fd = fd, .flags = offset, .path = path});
  const long done = ::syscall(SYS_pread64, fd, into, halved ? size / 2 : size, offset);
  if (verdict.effect == Effect::half) ::syscall(SYS_kill, ::getpid(), SIGKILL);
  return done;
}

int sync_watched(long number, int fd) {
  Watch& watch = Watch::instance();
  const std::string path = watch.path_of(fd);
  const auto make = [&] { return ::syscall(number, fd); };
  if (path.empty()) return static_cast<int>(make());
  if (const std::string& without = watch.without(); without.ends_with("sync")) {
    struct stat about {};
    const bool folder =
        ::syscall(SYS_fstat, fd, &about) == 0 && (about.st_mode & S_IFMT) == S_IFDIR;
    if (without == "sync" || without == (folder ? "folder_sync" : "file_sync")) return 0;
  }
  return static_cast<int>(changing(Call::sync, {.call = {}, .fd = fd, .path = path}, make));
}

int stat_watched(int folder, const char* name, struct stat* into, int flags) {
  const std::string path = Watch::instance().path_of(folder, name);
  const auto make = [&] { return ::syscall(SYS_newfstatat, folder, name, into, flags); };
  return static_cast<int>(path.empty() ? make() : looking(Call::stat, path, make));
}

int fstat_watched(int fd, struct stat* into) {
  const std::string path = Watch::instance().path_of(fd);
  const auto make = [&] { return ::syscall(SYS_fstat, fd, into); };
  return static_cast<int>(path.empty() ? make() : looking(Call::fstat, path, make));
}

int rename_watched(int from_folder, const char* from, int to_folder, const char* to,
                   unsigned flags) {
  Watch& watch = Watch::instance();
  const std::string path = watch.path_of(from_folder, from);
  const std::string target = watch.path_of(to_folder, to);
  const auto make = [&] {
    return ::syscall(SYS_renameat2, from_folder, from, to_folder, to, flags);
  };
  if (path.empty() && target.empty()) return static_cast<int>(make());
  return static_cast<int>(changing(Call::rename, {.call = {}, .path = path, .to = target}, make));
}

int unlink_watched(int folder, const char* name, int flags) {
  const std::string path = Watch::instance().path_of(folder, name);
  const auto make = [&] { return ::syscall(SYS_unlinkat, folder, name, flags); };
  if (path.empty()) return static_cast<int>(make());
  const Call call = (flags & AT_REMOVEDIR) != 0 ? Call::rmdir : Call::unlink;
  return static_cast<int>(changing(call, {.call = {}, .path = path}, make));
}

int mkdir_watched(int folder, const char* name, mode_t mode) {
  const std::string path = Watch::instance().path_of(folder, name);
  const auto make = [&] { return ::syscall(SYS_mkdirat, folder, name, mode); };
  if (path.empty()) return static_cast<int>(make());
  return static_cast<int>(changing(Call::mkdir, {.call = {}, .path = path}, make));
}

int link_watched(int from_folder, const char* from, int to_folder, const char* to, int flags) {
  Watch& watch = Watch::instance();
  const std::string path = watch.path_of(from_folder, from);
  const std::string target = watch.path_of(to_folder, to);
  const auto make = [&] { return ::syscall(SYS_linkat, from_folder, from, to_folder, to, flags); };
  if (path.empty() && target.empty()) return static_cast<int>(make());
  return static_cast<int>(changing(Call::link, {.call = {}, .path = path, .to = target}, make));
}

int access_watched(int folder, const char* name, int mode, int flags) {
  const std::string path = Watch::instance().path_of(folder, name);
  using Function = int (*)(int, const char*, int, int);
  static const auto real = next<Function>("faccessat");
  const auto make = [&] { return static_cast<long>(real(folder, name, mode, flags)); };
  return static_cast<int>(path.empty() ? make() : looking(Call::access, path, make));
}

// Linux closes the descriptor even when it reports an error.
int close_watched(int fd) {
  Watch& watch = Watch::instance();
  const std::string path = watch.path_of(fd);
  const auto make = [&] { return ::syscall(SYS_close, fd); };
  if (path.empty()) return static_cast<int>(make());
  const Verdict verdict = watch.judge(Call::close, path);
  if (watch.traces()) watch.record({.call = "close", .fd = fd, .path = path});
  watch.closed(fd);
  const int result = static_cast<int>(make());
  if (verdict.effect == Effect::none || verdict.effect == Effect::shorten) return result;
  errno = verdict.error;
  return -1;
}

void shift(timespec* now) {
  Watch& watch = Watch::instance();
  if (watch.fixed_clock() >= 0) *now = {static_cast<time_t>(watch.fixed_clock()), 0};
  now->tv_sec += static_cast<time_t>(watch.clock_offset());
}

mode_t mode_of(int flags, va_list& more) {
  return (flags & (O_CREAT | O_TMPFILE)) != 0 ? va_arg(more, mode_t) : 0;
}

}  // namespace
}  // namespace chandler::fault

// --- the names ------------------------------------------------------------------------------------

namespace fault = chandler::fault;

extern "C" {

int open(const char* name, int flags, ...) {
  va_list more;
  va_start(more, flags);
  const mode_t mode = fault::mode_of(flags, more);
  va_end(more);
  return fault::open_watched(AT_FDCWD, name, flags, mode);
}
int openat(int folder, const char* name, int flags, ...) {
  va_list more;
  va_start(more, flags);
  const mode_t mode = fault::mode_of(flags, more);
  va_end(more);
  return fault::open_watched(folder, name, flags, mode);
}
int open64(const char* name, int flags, ...) __attribute__((alias("open")));
int openat64(int folder, const char* name, int flags, ...) __attribute__((alias("openat")));

int close(int fd) { return fault::close_watched(fd); }

ssize_t write(int fd, const void* from, std::size_t size) {
  return fault::write_watched(fd, from, size);
}
ssize_t pread(int fd, void* into, std::size_t size, off_t offset) {
  return fault::pread_watched(fd, into, size, offset);
}
ssize_t pread64(int fd, void* into, std::size_t size, off_t offset) __attribute__((alias("pread")));

int fsync(int fd) { return fault::sync_watched(SYS_fsync, fd); }
int fdatasync(int fd) { return fault::sync_watched(SYS_fdatasync, fd); }

int ftruncate(int fd, off_t size) noexcept {
  const std::string path = fault::Watch::instance().path_of(fd);
  const auto make = [&] { return ::syscall(SYS_ftruncate, fd, size); };
  if (path.empty()) return static_cast<int>(make());
  return static_cast<int>(fault::changing(
      fault::Call::truncate, {.call = {}, .fd = fd, .flags = size, .path = path}, make));
}
int ftruncate64(int fd, off_t size) noexcept __attribute__((alias("ftruncate")));

int fstat(int fd, struct stat* into) noexcept { return fault::fstat_watched(fd, into); }
int stat(const char* name, struct stat* into) noexcept {
  return fault::stat_watched(AT_FDCWD, name, into, 0);
}
int lstat(const char* name, struct stat* into) noexcept {
  return fault::stat_watched(AT_FDCWD, name, into, AT_SYMLINK_NOFOLLOW);
}
int fstatat(int folder, const char* name, struct stat* into, int flags) noexcept {
  return fault::stat_watched(folder, name, into, flags);
}

int rename(const char* from, const char* to) noexcept {
  return fault::rename_watched(AT_FDCWD, from, AT_FDCWD, to, 0);
}
int renameat(int from_folder, const char* from, int to_folder, const char* to) noexcept {
  return fault::rename_watched(from_folder, from, to_folder, to, 0);
}
int renameat2(int from_folder, const char* from, int to_folder, const char* to,
              unsigned flags) noexcept {
  return fault::rename_watched(from_folder, from, to_folder, to, flags);
}
int unlink(const char* name) noexcept { return fault::unlink_watched(AT_FDCWD, name, 0); }
int rmdir(const char* name) noexcept { return fault::unlink_watched(AT_FDCWD, name, AT_REMOVEDIR); }
int unlinkat(int folder, const char* name, int flags) noexcept {
  return fault::unlink_watched(folder, name, flags);
}
int mkdir(const char* name, mode_t mode) noexcept {
  return fault::mkdir_watched(AT_FDCWD, name, mode);
}
int mkdirat(int folder, const char* name, mode_t mode) noexcept {
  return fault::mkdir_watched(folder, name, mode);
}
int link(const char* from, const char* to) noexcept {
  return fault::link_watched(AT_FDCWD, from, AT_FDCWD, to, 0);
}
int linkat(int from_folder, const char* from, int to_folder, const char* to, int flags) noexcept {
  return fault::link_watched(from_folder, from, to_folder, to, flags);
}
int access(const char* name, int mode) noexcept {
  return fault::access_watched(AT_FDCWD, name, mode, 0);
}
int faccessat(int folder, const char* name, int mode, int flags) noexcept {
  return fault::access_watched(folder, name, mode, flags);
}

int flock(int fd, int operation) noexcept {
  const std::string path = fault::Watch::instance().path_of(fd);
  const auto make = [&] { return ::syscall(SYS_flock, fd, operation); };
  if (!path.empty() && fault::Watch::instance().without() == "lock") return 0;
  return static_cast<int>(path.empty() ? make() : fault::looking(fault::Call::lock, path, make));
}

DIR* fdopendir(int fd) {
  using Function = DIR* (*)(int);
  static const auto real = fault::next<Function>("fdopendir");
  const std::string path = fault::Watch::instance().path_of(fd);
  if (path.empty()) return real(fd);
  DIR* listing = nullptr;
  fault::looking(fault::Call::opendir, path, [&] {
    listing = real(fd);
    return listing == nullptr ? -1L : 0L;
  });
  return listing;
}

struct dirent* readdir(DIR* listing) {
  using Function = struct dirent* (*)(DIR*);
  static const auto real = fault::next<Function>("readdir");
  const std::string path = fault::Watch::instance().path_of(::dirfd(listing));
  if (path.empty()) return real(listing);
  struct dirent* entry = nullptr;
  fault::looking(fault::Call::readdir, path, [&] {
    entry = real(listing);
    return 0L;
  });
  return entry;
}

int closedir(DIR* listing) {
  using Function = int (*)(DIR*);
  static const auto real = fault::next<Function>("closedir");
  const int fd = ::dirfd(listing);
  const std::string path = fault::Watch::instance().path_of(fd);
  if (path.empty()) return real(listing);
  fault::Watch::instance().closed(fd);
  return static_cast<int>(fault::looking(fault::Call::closedir, path,
                                         [&] { return static_cast<long>(real(listing)); }));
}

// --- the wall clock, and the room on the disk ---

int clock_gettime(clockid_t which, timespec* now) noexcept {
  const int result = static_cast<int>(::syscall(SYS_clock_gettime, which, now));
  if (result == 0 && (which == CLOCK_REALTIME || which == CLOCK_REALTIME_COARSE)) fault::shift(now);
  return result;
}
int gettimeofday(timeval* into, void* /*zone*/) noexcept {
  timespec now{};
  const int result = ::clock_gettime(CLOCK_REALTIME, &now);
  *into = {now.tv_sec, static_cast<suseconds_t>(now.tv_nsec / 1000)};
  return result;
}
time_t time(time_t* into) noexcept {
  timespec now{};
  ::clock_gettime(CLOCK_REALTIME, &now);
  if (into != nullptr) *into = now.tv_sec;
  return now.tv_sec;
}

}  // extern "C"
