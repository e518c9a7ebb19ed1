#include "http/limits_file.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <system_error>
#include <utility>

#include "chandler/time.h"

namespace chandler::http {
namespace {

constexpr int kTries = 5000;  // of a millisecond each
constexpr std::size_t kLargest = std::size_t{1} << 20U;
constexpr std::size_t kPage = 4096;

Error failed(const std::string& what, const std::string& path) {
  return {errno == ENOENT ? ErrorKind::not_found : ErrorKind::io,
          what + ": " + std::generic_category().message(errno), path, ""};
}

}  // namespace

LimitsFile::LimitsFile(LimitsFile&& other) noexcept
    : files_(other.files_),
      path_(std::move(other.path_)),
      lock_(std::exchange(other.lock_, -1)),
      size_(other.size_) {}

LimitsFile::~LimitsFile() { release(); }

void LimitsFile::release() {
  if (lock_ < 0) return;
  // A child that was forked meanwhile shares the open file, so closing it is not enough. That
  // neither can fail in a way that matters: nothing was written through it.
  static_cast<void>(files_->unlock(lock_));
  static_cast<void>(files_->close(lock_));
  lock_ = -1;
}

// False: somebody else has it.
Result<bool> LimitsFile::lock_once() {
  const std::string name = path_ + ".lock";
  lock_ = files_->open_at(AT_FDCWD, name.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (lock_ < 0) return failed("cannot open the lock", name);
  if (files_->lock(lock_) != 0) {
    const bool held = errno == EWOULDBLOCK || errno == EINTR;
    const Error error = failed("cannot lock", name);
    static_cast<void>(files_->close(std::exchange(lock_, -1)));
    if (!held) return error;
    return false;
  }
  // Somebody may have removed the file since it was opened: then others lock another one.
  struct stat mine {};
  struct stat there {};
  const bool same = files_->stat(lock_, &mine) == 0 &&
                    files_->stat_at(AT_FDCWD, name.c_str(), &there) == 0 &&
                    mine.st_ino == there.st_ino && mine.st_dev == there.st_dev;
  if (!same) release();
  return same;
}

Result<LimitsFile> LimitsFile::open(FileSystem& files, const std::string& folder,
                                    const std::string& name) {
  LimitsFile file(files, folder + "/" + name);
  for (int i = 0; i < kTries; ++i) {
    CHANDLER_TRY(const bool locked, file.lock_once());
    if (locked) return file;
    Clock::system().pause(std::chrono::milliseconds{1});
  }
  return Error{ErrorKind::locked, "another process keeps the lock", file.path_ + ".lock", ""};
}

Result<std::optional<std::string>> LimitsFile::read() {
  const std::string name = path_ + ".limits";
  const int fd = files_->open_at(AT_FDCWD, name.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW, 0);
  if (fd < 0) {
    if (errno == ENOENT) return std::optional<std::string>{};
    return failed("cannot open", name);
  }
  std::string text;
  ssize_t got = 0;
  do {
    const std::size_t size = text.size();
    text.resize(size + 16384);
    got = files_->pread(fd, text.data() + size, 16384, static_cast<off_t>(size));
    text.resize(size + static_cast<std::size_t>(got > 0 ? got : 0));
  } while ((got > 0 && text.size() <= kLargest) || (got < 0 && errno == EINTR));
  const Error error = failed("cannot read", name);
  static_cast<void>(files_->close(fd));  // only read from
  if (got < 0) return error;
  size_ = text.size();
  return std::optional<std::string>{std::move(text)};
}

Result<void> LimitsFile::replace(const std::string& text) const {
  const bool fits = size_ > 0 && size_ <= kPage && text.size() <= kPage;
  if (fits && write_over(text)) return {};
  return write_anew(text);
}

// False: it is not, or not wholly, written.
bool LimitsFile::write_over(std::string text) const {
  const std::string name = path_ + ".limits";
  const int fd = files_->open_at(AT_FDCWD, name.c_str(), O_WRONLY | O_CLOEXEC | O_NOFOLLOW, 0);
  if (fd < 0) return false;
  text.resize(std::max(text.size(), size_), '\n');
  ssize_t wrote = 0;
  do wrote = files_->write(fd, text.data(), text.size());
  while (wrote < 0 && errno == EINTR);
  const bool closed = files_->close(fd) == 0;
  return closed && wrote == static_cast<ssize_t>(text.size());
}

Result<void> LimitsFile::write_anew(const std::string& text) const {
  const std::string name = path_ + ".limits";
  const std::string draft = path_ + ".new";
  const int fd = files_->open_at(AT_FDCWD, draft.c_str(),
                                 O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (fd < 0) return failed("cannot make", draft);
  for (std::size_t done = 0; done < text.size();) {
    const ssize_t wrote = files_->write(fd, text.data() + done, text.size() - done);
    if (wrote < 0 && errno == EINTR) continue;
    if (wrote <= 0) {
      const Error error = failed("cannot write", draft);
      static_cast<void>(files_->close(fd));
      return error;
    }
    done += static_cast<std::size_t>(wrote);
  }
  if (files_->close(fd) != 0) return failed("cannot write", draft);
  if (files_->rename_at(AT_FDCWD, draft.c_str(), name.c_str()) != 0)
    return failed("cannot replace", name);
  return {};
}

}  // namespace chandler::http
