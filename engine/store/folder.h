// Handles of the store: an open file, an open folder. They own their descriptor and turn errno into
// Errors that name the path. Paths inside a folder are single names; descriptors are close-on-exec.
// Folders, and files to be read, may be links (a symbol on another disk); what is made follows
// none.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "chandler/file_system.h"
#include "chandler/result.h"

namespace chandler::store {

// "writing BTCUSDT/1m/2024.csv.gz: No space left on device", with the kind and hint that go with
// the errno.
[[nodiscard]] Error io_error(int error_number, const std::string& doing, const std::string& where);

// What tells one version of a file from another without reading it.
struct FileIdentity {
  dev_t device = 0;
  ino_t inode = 0;
  std::uint64_t size = 0;
  std::int64_t mtime_ns = 0;
  bool is_folder = false;
  bool is_file = false;
  friend bool operator==(const FileIdentity&, const FileIdentity&) = default;
};

class File {
 public:
  File(FileSystem& files, int fd, std::string shown);
  File(File&& o) noexcept;
  File& operator=(File&& o) noexcept;
  File(const File&) = delete;
  File& operator=(const File&) = delete;
  ~File();

  [[nodiscard]] Result<FileIdentity> identity() const;
  // Exactly into.size() bytes from the offset; a file that ends before is an error of kind damaged.
  [[nodiscard]] Result<void> read_exactly(std::span<std::byte> into, std::uint64_t offset) const;
  // As many as there are; short only at the end of the file.
  [[nodiscard]] Result<std::size_t> read_some(std::span<std::byte> into,
                                              std::uint64_t offset) const;
  [[nodiscard]] Result<std::string> read_all(std::size_t cap) const;
  [[nodiscard]] Result<void> write_all(std::span<const std::byte> data);
  [[nodiscard]] Result<void> write_all(const std::string& text);
  [[nodiscard]] Result<void> truncate_to_nothing();
  [[nodiscard]] Result<void> sync();
  [[nodiscard]] Result<void>
  close();  // the error of a close counts: lack of space may show only there
  // false: another open description holds it.
  [[nodiscard]] Result<bool> try_lock();
  void unlock();

  [[nodiscard]] const std::string& shown() const { return shown_; }
  [[nodiscard]] int descriptor() const { return fd_; }

 private:
  FileSystem* files_;
  int fd_;
  std::string shown_;  // the path as users see it, relative to the root
};

class Folder {
 public:
  // A path outside any folder of ours: the cache root.
  static Result<Folder> open_root(FileSystem& files, const std::string& path);
  // The same for making one, in a folder that is there. No error if it is there already.
  static Result<void> make_path(FileSystem& files, const std::string& path);
  Folder(Folder&& o) noexcept;
  Folder& operator=(Folder&& o) noexcept;
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  ~Folder();

  [[nodiscard]] Result<Folder> open_folder(const std::string& name) const;  // not_found when absent
  // Made if absent. No bar may lie in one whose name may be lost with the power.
  enum class Durable : bool { no, yes };
  [[nodiscard]] Result<Folder> make_folder(const std::string& name,
                                           Durable durable = Durable::yes) const;
  [[nodiscard]] Result<File> open_file(
      const std::string& name) const;  // for reading; not_found when absent
  [[nodiscard]] Result<File> create_new(const std::string& name) const;  // exclusively, for writing
  [[nodiscard]] Result<File> open_lock(
      const std::string& name) const;  // for writing, made if absent

  [[nodiscard]] Result<std::optional<FileIdentity>> identity_of(const std::string& name) const;
  [[nodiscard]] Result<FileIdentity> identity() const;
  [[nodiscard]] Result<std::vector<std::string>> names() const;  // sorted, without . and ..
  [[nodiscard]] Result<void> rename(const std::string& from, const std::string& to) const;
  [[nodiscard]] Result<void> link(const std::string& from, const std::string& to) const;
  [[nodiscard]] Result<void> remove_file(const std::string& name) const;  // absent is fine
  [[nodiscard]] Result<void> remove_folder(const std::string& name) const;
  [[nodiscard]] Result<void> sync() const;
  [[nodiscard]] Result<void> check_writable() const;

  [[nodiscard]] std::string shown(const std::string& name) const;
  [[nodiscard]] const std::string& shown() const { return shown_; }
  [[nodiscard]] FileSystem& files() const { return *files_; }
  [[nodiscard]] int descriptor() const { return fd_; }

 private:
  Folder(FileSystem& files, int fd, std::string shown)
      : files_(&files), fd_(fd), shown_(std::move(shown)) {}
  [[nodiscard]] std::string here() const;  // as an error names it
  [[nodiscard]] Result<File> open_with(const std::string& name, int flags, const char* doing) const;

  FileSystem* files_;
  int fd_;
  std::string shown_;  // relative to the root; empty for the root itself
};

}  // namespace chandler::store
