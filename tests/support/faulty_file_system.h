// A file system that misbehaves on order: fails, shortens or dies before the n-th call, and keeps a
// list of what was called on which name. The calls themselves are the system's, but for syncs:
// short of a power cut nobody can see whether they happened, and they take most of the time.
//
//   FaultyFileSystem files;
//   files.inject({.call = Call::sync, .ordinal = 2, .effect = Effect::fail, .error_number = EIO});
//
// Safe from several threads; ordinals are only meaningful when one thread calls at a time.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "chandler/file_system.h"

namespace chandler::test {

enum class Call : std::uint8_t {
  open,
  create,  // an open that makes a file
  close,
  pread,
  write,
  truncate,
  sync,
  stat,
  stat_at,
  rename,
  link,
  unlink,
  make_folder,
  lock,
  unlock,
  access,
  open_listing,
  next_entry,
  close_listing,
};
inline constexpr std::size_t kCallKinds = 19;
[[nodiscard]] std::string_view to_string(Call call);

enum class Effect : std::uint8_t {
  fail,       // -1 and the errno; nothing happens
  lie,        // it happens, and yet -1 and the errno
  shorten,    // a read or write of half the bytes; other calls are left alone
  die,        // _exit(kDied) before the call
  die_inside  // half of a write happens first; before the call for all others
};
inline constexpr int kDied = 42;

struct Fault {
  std::optional<Call> call{};  // nothing: counts calls of every kind
  std::size_t ordinal = 0;     // the first is 0
  Effect effect = Effect::fail;
  int error_number = 0;
  bool every_time = false;  // from `ordinal` on
};

struct CallRecord {
  Call call{};
  std::string name{};      // what it was about: the path below the root, as it was opened
  std::string to{};        // of renames and links
  std::size_t handle = 0;  // each successful open has its own; 0 where there is none
  bool failed = false;
};

class FaultyFileSystem final : public FileSystem {
 public:
  void inject(const Fault& fault);
  void clear();  // faults, counts and records

  // Called with each call before it is made, outside of any lock of this class.
  std::function<void(const CallRecord&)> before{};

  [[nodiscard]] std::vector<CallRecord> records() const;
  [[nodiscard]] std::size_t count(std::optional<Call> call = {}) const;
  [[nodiscard]] bool fired() const;  // some fault took effect

  int open_at(int folder, const char* name, int flags, mode_t mode) override;
  int close(int fd) override;
  ssize_t pread(int fd, void* into, std::size_t size, off_t offset) override;
  ssize_t write(int fd, const void* from, std::size_t size) override;
  int truncate(int fd, off_t size) override;
  int sync(int fd) override;
  int stat(int fd, struct stat* into) override;
  int stat_at(int folder, const char* name, struct stat* into) override;
  int rename_at(int folder, const char* from, const char* to) override;
  int link_at(int folder, const char* from, const char* to) override;
  int unlink_at(int folder, const char* name, bool is_folder) override;
  int make_folder_at(int folder, const char* name) override;
  int lock(int fd) override;
  int unlock(int fd) override;
  int access_at(int folder, const char* name, int mode) override;
  ::DIR* open_listing(int fd) override;
  struct dirent* next_entry(::DIR* listing) override;
  int close_listing(::DIR* listing) override;

 private:
  struct Open {
    std::string name{};
    std::size_t handle = 0;
  };
  struct Verdict {
    bool fail = false;  // do not make the call
    bool lie = false;   // make it, then fail
    bool half = false;
    bool die_inside = false;
    int error_number = 0;
  };
  // Counts and records the call; decides what becomes of it.
  Verdict judge(CallRecord record);
  // Makes the call unless the verdict says otherwise.
  template <class Make>
  auto judged(CallRecord record, Make make) -> decltype(make());
  [[nodiscard]] Open opened(int fd) const;
  [[nodiscard]] std::string path(int folder, const char* name) const;

  mutable std::mutex guard_;
  std::vector<Fault> faults_;
  std::vector<std::size_t> counts_ = std::vector<std::size_t>(kCallKinds);
  std::size_t total_ = 0;
  bool fired_ = false;
  std::vector<CallRecord> records_;
  std::map<int, Open> open_;
  std::size_t next_handle_ = 1;
};

}  // namespace chandler::test
