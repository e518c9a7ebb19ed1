// Preloaded before a program, watches the calls by which it touches what lies below one folder, and
// disturbs one of them on order. What it does is told by the environment:
//
//   FAULT_ROOT=/abs/path      only paths below it count
//   FAULT_PLAN=CALL:N:EFFECT  what happens at the N-th CALL (from 0); N+ means from the N-th on.
//                             CALL: one of kCallNames, or any. EFFECT:
//       kill    SIGKILL before the call
//       half    a write of half the bytes, then SIGKILL; other calls: kill
//       stop    SIGSTOP before the call
//       short   a read or write of half the bytes; other calls are left alone
//       EIO ... the call fails and does nothing
//       lie:EIO the call is made, and yet fails
//   FAULT_WHERE=TEXT          only calls whose path holds TEXT count for the plan
//   FAULT_FIRED=FILE          gets a line when the plan takes effect
//   FAULT_TRACE=FILE          gets every call: see trace.h
//   FAULT_NOW=SECONDS         the wall clock stands still there
//   FAULT_JUMP=N:SECONDS      from its N-th reading on, the wall clock is off by so much
//   FAULT_FREE=BYTES          what statvfs says is free
//   FAULT_WITHOUT=MECHANISM   file_sync, folder_sync, sync (both) or lock: succeeds and does nothing, so
//                             that one can see a proof fail
//
// Children inherit all of it, and count for themselves.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

namespace chandler::fault {

enum class Call : std::uint8_t {
  open,
  create,  // an open with O_CREAT
  close,
  read,
  write,
  truncate,
  sync,
  fstat,
  stat,
  rename,
  link,
  unlink,
  rmdir,
  mkdir,
  lock,
  access,
  opendir,
  readdir,
  closedir,
};
inline constexpr std::array<std::string_view, 19> kCallNames = {
    "open",  "create", "close",   "read",    "write",   "truncate", "sync",
    "fstat", "stat",   "rename",  "link",    "unlink",  "rmdir",    "mkdir",
    "lock",  "access", "opendir", "readdir", "closedir"};

enum class Effect : std::uint8_t { none, kill, half, stop, shorten, fail, lie };

struct Plan {
  bool any = false;  // counts calls of every kind
  Call call = Call::open;
  std::uint64_t ordinal = 0;
  bool onwards = false;
  Effect effect = Effect::none;
  int error = 0;
  std::string where{};
};

struct Verdict {
  Effect effect = Effect::none;
  int error = 0;
};

// One per process; made at the first call, never destroyed. Safe from several threads.
class Watch {
 public:
  static Watch& instance();

  // Empty: not below the folder that is watched.
  [[nodiscard]] std::string path_of(int folder, const char* name);
  [[nodiscard]] std::string path_of(int fd);
  void opened(int fd, const std::string& path);
  void closed(int fd);

  // Counts a call on a path below the folder. Kills or stops this process if the plan says so
  // (half: only where there is nothing to be halved).
  Verdict judge(Call call, const std::string& path, bool can_be_halved = false);

  [[nodiscard]] bool traces() const { return trace_ >= 0; }
  // Held over a call and its record, so that the order of records is the order of calls.
  std::recursive_mutex& order() { return order_; }
  struct Record {
    std::string_view call;
    long result = 0;
    int fd = -1;
    long flags = 0;  // of an open; the offset of a write; the size of a truncate
    std::string path{};
    std::string to{};
    std::string_view data{};
  };
  void record(const Record& record);

  // Seconds that the wall clock is off by; fixed() says where it stands still.
  [[nodiscard]] std::int64_t clock_offset();
  [[nodiscard]] std::int64_t fixed_clock() const { return fixed_clock_; }  // -1: it goes on
  [[nodiscard]] const std::string& without() const { return without_; }
  [[nodiscard]] std::int64_t free_bytes() const { return free_bytes_; }  // -1: as it is

 private:
  Watch();
  void read_plan(std::string_view text);
  void say_fired(Call call, const std::string& path) const;

  struct Handle {
    std::string path{};
    std::uint64_t number = 0;
  };
  std::recursive_mutex order_;
  std::mutex guard_;
  std::string root_;
  Plan plan_;
  std::string fired_;
  std::string without_;
  int trace_ = -1;
  std::int64_t fixed_clock_ = -1;
  std::int64_t free_bytes_ = -1;
  std::int64_t jump_at_ = -1;
  std::int64_t jump_by_ = 0;
  std::int64_t clock_readings_ = 0;
  std::uint64_t counted_ = 0;
  std::uint64_t next_handle_ = 1;
  std::vector<Handle> handles_;
};

}  // namespace chandler::fault
