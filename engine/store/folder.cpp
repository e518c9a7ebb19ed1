#include "store/folder.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <system_error>
#include <utility>

namespace chandler::store {
namespace {

FileIdentity identity_from(const struct stat& s) {
  return {
      .device = s.st_dev,
      .inode = s.st_ino,
      .size = static_cast<std::uint64_t>(s.st_size),
      .mtime_ns = static_cast<std::int64_t>(s.st_mtim.tv_sec) * 1'000'000'000 + s.st_mtim.tv_nsec,
      .is_folder = S_ISDIR(s.st_mode),
      .is_file = S_ISREG(s.st_mode)};
}

// Calls again what a signal interrupted. Not for syncs, nor for close.
template <class Call>
auto retried(Call call) {
  auto r = call();
  while (r == -1 && errno == EINTR) r = call();
  return r;
}

Error a_folder_is_there(const std::string& where) {
  return {ErrorKind::misplaced, "is a folder, a file is expected here", where, "move it away"};
}

}  // namespace

Error io_error(int error_number, const std::string& doing, const std::string& where) {
  Error e;
  e.where = where;
  e.what = doing + ": " + std::generic_category().message(error_number);
  switch (error_number) {
    case ENOENT:
    case ESTALE:
      e.kind = ErrorKind::not_found;
      break;
    case ENOSPC:
    case EDQUOT:
    case EFBIG:
      e.kind = ErrorKind::no_space;
      e.hint = "free some space and run the same command again";
      break;
    case EROFS:
    case EACCES:
    case EPERM:
      e.kind = ErrorKind::read_only;
      e.hint = "check the owner and permissions of the cache folder";
      break;
    default:
      e.kind = ErrorKind::io;
      e.hint = "check the disk, then run the same command again";
      break;
  }
  return e;
}

// --- File ---

File::File(FileSystem& files, int fd, std::string shown)
    : files_(&files), fd_(fd), shown_(std::move(shown)) {}
File::File(File&& o) noexcept
    : files_(o.files_), fd_(std::exchange(o.fd_, -1)), shown_(std::move(o.shown_)) {}
File& File::operator=(File&& o) noexcept {
  if (this != &o) {
    if (fd_ >= 0) files_->close(fd_);
    files_ = o.files_;
    fd_ = std::exchange(o.fd_, -1);
    shown_ = std::move(o.shown_);
  }
  return *this;
}
File::~File() {
  if (fd_ >= 0) files_->close(fd_);
}

Result<FileIdentity> File::identity() const {
  struct stat s {};
  if (retried([&] { return files_->stat(fd_, &s); }) != 0)
    return io_error(errno, "looking at it", shown_);
  return identity_from(s);
}

Result<std::size_t> File::read_some(std::span<std::byte> into, std::uint64_t offset) const {
  std::size_t done = 0;
  while (done < into.size()) {
    const ssize_t n = retried([&] {
      return files_->pread(fd_, into.data() + done, into.size() - done,
                           static_cast<off_t>(offset + done));
    });
    if (n < 0) return io_error(errno, "reading", shown_);
    if (n == 0) break;
    done += static_cast<std::size_t>(n);
  }
  return done;
}

Result<void> File::read_exactly(std::span<std::byte> into, std::uint64_t offset) const {
  CHANDLER_TRY(const std::size_t done, read_some(into, offset));
  if (done != into.size()) return Error{ErrorKind::damaged, "the file ends too early", shown_, ""};
  return {};
}

Result<std::string> File::read_all(std::size_t cap) const {
  CHANDLER_TRY(const FileIdentity id, identity());
  if (id.is_folder) return a_folder_is_there(shown_);
  if (id.size > cap)
    return Error{ErrorKind::damaged, "is too big to be what it should be", shown_, ""};
  std::string text(id.size, '\0');
  CHANDLER_TRY(const std::size_t done, read_some(std::as_writable_bytes(std::span(text)), 0));
  text.resize(done);
  return text;
}

Result<void> File::write_all(std::span<const std::byte> data) {
  while (!data.empty()) {
    const ssize_t n = retried([&] { return files_->write(fd_, data.data(), data.size()); });
    if (n < 0) return io_error(errno, "writing", shown_);
    if (n == 0) return io_error(EIO, "writing", shown_);
    data = data.subspan(static_cast<std::size_t>(n));
  }
  return {};
}

Result<void> File::write_all(const std::string& text) {
  return write_all(std::as_bytes(std::span(text)));
}

Result<void> File::truncate_to_nothing() {
  if (retried([&] { return files_->truncate(fd_, 0); }) != 0)
    return io_error(errno, "emptying", shown_);
  return {};
}

Result<void> File::sync() {
  // Never repeated, not even after EINTR: after a failed sync the kernel may have dropped the data.
  if (files_->sync(fd_) != 0) return io_error(errno, "syncing", shown_);
  return {};
}

Result<void> File::close() {
  // Linux has closed the descriptor even when it reports an error.
  if (files_->close(std::exchange(fd_, -1)) != 0 && errno != EINTR)
    return io_error(errno, "closing", shown_);
  return {};
}

Result<bool> File::try_lock() {
  if (retried([&] { return files_->lock(fd_); }) == 0) return true;
  if (errno == EWOULDBLOCK) return false;
  if (errno == ENOLCK || errno == ENOSYS || errno == EOPNOTSUPP || errno == EINVAL) {
    return Error{
        ErrorKind::unsupported, "this file system has no locks", shown_,
        R"(set "locking": "optimistic" in the configuration if only one machine writes here)"};
  }
  return io_error(errno, "locking", shown_);
}

void File::unlock() { files_->unlock(fd_); }

// --- Folder ---

Folder::Folder(Folder&& o) noexcept
    : files_(o.files_), fd_(std::exchange(o.fd_, -1)), shown_(std::move(o.shown_)) {}
Folder& Folder::operator=(Folder&& o) noexcept {
  if (this != &o) {
    if (fd_ >= 0) files_->close(fd_);
    files_ = o.files_;
    fd_ = std::exchange(o.fd_, -1);
    shown_ = std::move(o.shown_);
  }
  return *this;
}
Folder::~Folder() {
  if (fd_ >= 0) files_->close(fd_);
}

std::string Folder::shown(const std::string& name) const {
  return shown_.empty() ? name : shown_ + "/" + name;
}

std::string Folder::here() const { return shown_.empty() ? "the cache folder" : shown_; }

Result<Folder> Folder::open_root(FileSystem& files, const std::string& path) {
  const int fd = retried(
      [&] { return files.open_at(AT_FDCWD, path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0); });
  if (fd < 0) return io_error(errno, "opening the cache folder", path);
  return Folder(files, fd, "");
}

Result<void> Folder::make_path(FileSystem& files, const std::string& path) {
  const auto make = [&] { return files.make_folder_at(AT_FDCWD, path.c_str()); };
  if (retried(make) != 0 && errno != EEXIST)
    return io_error(errno, "making the cache folder", path);
  return {};
}

Result<Folder> Folder::open_folder(const std::string& name) const {
  const int fd = retried(
      [&] { return files_->open_at(fd_, name.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0); });
  if (fd < 0) {
    if (errno == ENOTDIR || errno == ELOOP) {
      return Error{ErrorKind::misplaced, "is a file, a folder is expected here", shown(name),
                   "move it away"};
    }
    return io_error(errno, "opening the folder", shown(name));
  }
  return Folder(*files_, fd, shown(name));
}

Result<Folder> Folder::make_folder(const std::string& name, Durable durable) const {
  auto there = open_folder(name);
  if (there || there.error().kind != ErrorKind::not_found) return there;
  if (retried([&] { return files_->make_folder_at(fd_, name.c_str()); }) != 0 && errno != EEXIST) {
    return io_error(errno, "making the folder", shown(name));
  }
  if (durable == Durable::yes) CHANDLER_CHECK(sync());
  return open_folder(name);
}

Result<File> Folder::open_with(const std::string& name, int flags, const char* doing) const {
  const int fd = retried(
      [&] { return files_->open_at(fd_, name.c_str(), flags | O_CLOEXEC | O_NONBLOCK, 0666); });
  if (fd < 0) {
    if (errno == EISDIR) return a_folder_is_there(shown(name));
    if (errno == ELOOP)
      return Error{ErrorKind::misplaced, "is a link, a file is expected here", shown(name),
                   "move it away"};
    return io_error(errno, doing, shown(name));
  }
  return File(*files_, fd, shown(name));
}

Result<File> Folder::open_file(const std::string& name) const {
  CHANDLER_TRY(File file, open_with(name, O_RDONLY, "opening"));
  CHANDLER_TRY(const FileIdentity id, file.identity());
  if (id.is_folder) return a_folder_is_there(shown(name));
  return file;
}

Result<File> Folder::create_new(const std::string& name) const {
  return open_with(name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, "making");
}

Result<File> Folder::open_lock(const std::string& name) const {
  return open_with(name, O_RDWR | O_CREAT | O_NOFOLLOW, "opening the lock");
}

Result<std::optional<FileIdentity>> Folder::identity_of(const std::string& name) const {
  struct stat s {};
  if (retried([&] { return files_->stat_at(fd_, name.c_str(), &s); }) != 0) {
    if (errno == ENOENT) return std::optional<FileIdentity>{};
    return io_error(errno, "looking at it", shown(name));
  }
  return std::optional<FileIdentity>(identity_from(s));
}

Result<FileIdentity> Folder::identity() const {
  struct stat s {};
  if (retried([&] { return files_->stat(fd_, &s); }) != 0)
    return io_error(errno, "looking at it", here());
  return identity_from(s);
}

Result<std::vector<std::string>> Folder::names() const {
  const int fd =
      retried([&] { return files_->open_at(fd_, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0); });
  if (fd < 0) return io_error(errno, "listing the folder", here());
  ::DIR* listing = files_->open_listing(fd);
  while (listing == nullptr && errno == EINTR) listing = files_->open_listing(fd);
  if (listing == nullptr) {
    const int why = errno;
    files_->close(fd);
    return io_error(why, "listing the folder", here());
  }
  std::vector<std::string> found;
  for (;;) {
    errno = 0;
    const struct dirent* entry = files_->next_entry(listing);
    if (entry == nullptr && errno == EINTR) continue;
    if (entry == nullptr) break;
    const std::string name = static_cast<const char*>(entry->d_name);
    if (name != "." && name != "..") found.push_back(name);
  }
  const int why = errno;
  files_->close_listing(listing);
  if (why != 0) return io_error(why, "listing the folder", here());
  std::sort(found.begin(), found.end());
  return found;
}

// A rename may report failure though it happened (network folders): what lies there decides.
Result<void> Folder::rename(const std::string& from, const std::string& to) const {
  CHANDLER_TRY(const std::optional<FileIdentity> mine, identity_of(from));
  if (files_->rename_at(fd_, from.c_str(), to.c_str()) == 0) return {};
  const int why = errno;
  const auto there = identity_of(to);
  const bool happened =
      mine && there && *there && (*there)->inode == mine->inode && (*there)->device == mine->device;
  if (happened) return {};
  if (why == EINTR) return rename(from, to);
  if (why == EISDIR) return a_folder_is_there(shown(to));
  return io_error(why, "renaming it into place", shown(to));
}

Result<void> Folder::link(const std::string& from, const std::string& to) const {
  if (retried([&] { return files_->link_at(fd_, from.c_str(), to.c_str()); }) != 0)
    return io_error(errno, "linking", shown(to));
  return {};
}

Result<void> Folder::remove_file(const std::string& name) const {
  if (retried([&] { return files_->unlink_at(fd_, name.c_str(), false); }) != 0 &&
      errno != ENOENT) {
    if (errno == EISDIR) return a_folder_is_there(shown(name));
    return io_error(errno, "removing", shown(name));
  }
  return {};
}

Result<void> Folder::remove_folder(const std::string& name) const {
  if (retried([&] { return files_->unlink_at(fd_, name.c_str(), true); }) != 0 && errno != ENOENT) {
    return io_error(errno, "removing the folder", shown(name));
  }
  return {};
}

Result<void> Folder::sync() const {
  if (files_->sync(fd_) != 0) return io_error(errno, "syncing the folder", here());
  return {};
}

Result<void> Folder::check_writable() const {
  if (retried([&] { return files_->access_at(fd_, ".", W_OK | X_OK); }) != 0)
    return io_error(errno, "writing here", here());
  return {};
}

}  // namespace chandler::store
