#include "tests/support/faulty_file_system.h"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>

namespace chandler::test {
namespace {

constexpr std::array<std::string_view, kCallKinds> kNames = {
    "open",   "create",  "close",        "pread",      "write",        "truncate",    "sync",
    "stat",   "stat_at", "rename",       "link",       "unlink",       "make_folder", "lock",
    "unlock", "access",  "open_listing", "next_entry", "close_listing"};

template <class T>
bool is_failure(const T& result) {
  if constexpr (std::is_pointer_v<T>) {
    return result == nullptr;
  } else {
    return result == -1;
  }
}

}  // namespace

std::string_view to_string(Call call) { return kNames[static_cast<std::size_t>(call)]; }

void FaultyFileSystem::inject(const Fault& fault) {
  const std::lock_guard hold(guard_);
  faults_.push_back(fault);
}

void FaultyFileSystem::clear() {
  const std::lock_guard hold(guard_);
  faults_.clear();
  counts_.assign(kCallKinds, 0);
  total_ = 0;
  fired_ = false;
  records_.clear();
}

std::vector<CallRecord> FaultyFileSystem::records() const {
  const std::lock_guard hold(guard_);
  return records_;
}

std::size_t FaultyFileSystem::count(std::optional<Call> call) const {
  const std::lock_guard hold(guard_);
  return call ? counts_[static_cast<std::size_t>(*call)] : total_;
}

bool FaultyFileSystem::fired() const {
  const std::lock_guard hold(guard_);
  return fired_;
}

FaultyFileSystem::Open FaultyFileSystem::opened(int fd) const {
  const std::lock_guard hold(guard_);
  const auto found = open_.find(fd);
  return found == open_.end() ? Open{} : found->second;
}

std::string FaultyFileSystem::path(int folder, const char* name) const {
  if (folder == AT_FDCWD) return "";  // the root
  std::string above = opened(folder).name;
  if (std::strcmp(name, ".") == 0) return above;
  return above.empty() ? name : above + "/" + name;
}

FaultyFileSystem::Verdict FaultyFileSystem::judge(CallRecord record) {
  if (before) before(record);
  const std::lock_guard hold(guard_);
  const std::size_t ordinal = counts_[static_cast<std::size_t>(record.call)]++;
  const std::size_t overall = total_++;
  Verdict verdict;
  for (const Fault& f : faults_) {
    if (f.call && *f.call != record.call) continue;
    const std::size_t at = f.call ? ordinal : overall;
    if (f.every_time ? at < f.ordinal : at != f.ordinal) continue;
    fired_ = true;
    verdict.error_number = f.error_number;
    verdict.fail = f.effect == Effect::fail;
    verdict.lie = f.effect == Effect::lie;
    verdict.half = f.effect == Effect::shorten || f.effect == Effect::die_inside;
    verdict.die_inside = f.effect == Effect::die_inside;
    const bool writes = record.call == Call::write;
    if (f.effect == Effect::die || (verdict.die_inside && !writes)) ::_exit(kDied);
  }
  record.failed = verdict.fail || verdict.lie;
  records_.push_back(std::move(record));
  return verdict;
}

template <class Make>
auto FaultyFileSystem::judged(CallRecord record, Make make) -> decltype(make()) {
  using Answer = decltype(make());
  const Verdict verdict = judge(std::move(record));
  Answer answer{};
  if (!verdict.fail) answer = make();
  if (!verdict.fail && !(verdict.lie && !is_failure(answer))) return answer;
  errno = verdict.error_number;
  if constexpr (std::is_pointer_v<Answer>) {
    return nullptr;
  } else {
    return -1;
  }
}

int FaultyFileSystem::open_at(int folder, const char* name, int flags, mode_t mode) {
  const std::string at = path(folder, name);
  const Call call = (flags & O_CREAT) != 0 ? Call::create : Call::open;
  const int fd = judged({.call = call, .name = at},
                        [&] { return FileSystem::open_at(folder, name, flags, mode); });
  if (fd >= 0) {
    const std::lock_guard hold(guard_);
    open_[fd] = {at, next_handle_++};
  }
  return fd;
}

int FaultyFileSystem::close(int fd) {
  const Open what = opened(fd);
  // The descriptor is gone whatever close says.
  const Verdict verdict = judge({.call = Call::close, .name = what.name, .handle = what.handle});
  {
    const std::lock_guard hold(guard_);
    open_.erase(fd);
  }
  const int closed = FileSystem::close(fd);
  if (!verdict.fail && !verdict.lie) return closed;
  errno = verdict.error_number;
  return -1;
}

ssize_t FaultyFileSystem::pread(int fd, void* into, std::size_t size, off_t offset) {
  const Open what = opened(fd);
  const Verdict verdict = judge({.call = Call::pread, .name = what.name, .handle = what.handle});
  if (verdict.fail || verdict.lie) {
    errno = verdict.error_number;
    return -1;
  }
  return FileSystem::pread(fd, into, verdict.half ? (size + 1) / 2 : size, offset);
}

ssize_t FaultyFileSystem::write(int fd, const void* from, std::size_t size) {
  const Open what = opened(fd);
  const Verdict verdict = judge({.call = Call::write, .name = what.name, .handle = what.handle});
  if (verdict.fail || verdict.lie) {
    errno = verdict.error_number;
    return -1;
  }
  const ssize_t written = FileSystem::write(fd, from, verdict.half ? (size + 1) / 2 : size);
  if (verdict.die_inside) ::_exit(kDied);
  return written;
}

int FaultyFileSystem::truncate(int fd, off_t size) {
  const Open what = opened(fd);
  return judged({.call = Call::truncate, .name = what.name, .handle = what.handle},
                [&] { return FileSystem::truncate(fd, size); });
}

int FaultyFileSystem::sync(int fd) {
  const Open what = opened(fd);
  return judged({.call = Call::sync, .name = what.name, .handle = what.handle},
                [&] { return ::fcntl(fd, F_GETFD) < 0 ? -1 : 0; });
}

int FaultyFileSystem::stat(int fd, struct stat* into) {
  const Open what = opened(fd);
  return judged({.call = Call::stat, .name = what.name, .handle = what.handle},
                [&] { return FileSystem::stat(fd, into); });
}

int FaultyFileSystem::stat_at(int folder, const char* name, struct stat* into) {
  return judged({.call = Call::stat_at, .name = path(folder, name)},
                [&] { return FileSystem::stat_at(folder, name, into); });
}

int FaultyFileSystem::rename_at(int folder, const char* from, const char* to) {
  return judged({.call = Call::rename, .name = path(folder, from), .to = path(folder, to)},
                [&] { return FileSystem::rename_at(folder, from, to); });
}

int FaultyFileSystem::link_at(int folder, const char* from, const char* to) {
  return judged({.call = Call::link, .name = path(folder, from), .to = path(folder, to)},
                [&] { return FileSystem::link_at(folder, from, to); });
}

int FaultyFileSystem::unlink_at(int folder, const char* name, bool is_folder) {
  return judged({.call = Call::unlink, .name = path(folder, name)},
                [&] { return FileSystem::unlink_at(folder, name, is_folder); });
}

int FaultyFileSystem::make_folder_at(int folder, const char* name) {
  return judged({.call = Call::make_folder, .name = path(folder, name)},
                [&] { return FileSystem::make_folder_at(folder, name); });
}

int FaultyFileSystem::lock(int fd) {
  const Open what = opened(fd);
  return judged({.call = Call::lock, .name = what.name, .handle = what.handle},
                [&] { return FileSystem::lock(fd); });
}

int FaultyFileSystem::unlock(int fd) {
  const Open what = opened(fd);
  return judged({.call = Call::unlock, .name = what.name, .handle = what.handle},
                [&] { return FileSystem::unlock(fd); });
}

int FaultyFileSystem::access_at(int folder, const char* name, int mode) {
  return judged({.call = Call::access, .name = path(folder, name)},
                [&] { return FileSystem::access_at(folder, name, mode); });
}

::DIR* FaultyFileSystem::open_listing(int fd) {
  const Open what = opened(fd);
  ::DIR* listing = judged({.call = Call::open_listing, .name = what.name, .handle = what.handle},
                          [&] { return FileSystem::open_listing(fd); });
  if (listing != nullptr) {
    const std::lock_guard hold(guard_);
    open_.erase(fd);  // the listing owns it now
  }
  return listing;
}

struct dirent* FaultyFileSystem::next_entry(::DIR* listing) {
  return judged({.call = Call::next_entry}, [&] { return FileSystem::next_entry(listing); });
}

int FaultyFileSystem::close_listing(::DIR* listing) {
  const Verdict verdict = judge({.call = Call::close_listing});
  const int closed = FileSystem::close_listing(listing);
  if (!verdict.fail && !verdict.lie) return closed;
  errno = verdict.error_number;
  return -1;
}

}  // namespace chandler::test
