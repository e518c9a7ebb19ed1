// A record of a trace is one line, tabs between its fields, and behind it the data of a write:
//
//   CALL RESULT HANDLE ARGUMENT SIZE PATH TO
//
// HANDLE is PID.N, another one for each open; ARGUMENT the flags of an open, the offset of a write,
// the new size of a truncate; SIZE the number of bytes behind the line. Paths are below the folder
// that is watched, "." being itself. "say" records are writes to stdout and stderr: what a user was
// told, and when.
#include "shim.h"

#include <fcntl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>

namespace chandler::fault {
namespace {

struct ErrorName {
  std::string_view name;
  int number;
};
constexpr std::array<ErrorName, 7> kErrors = {{{"EIO", EIO},
                                               {"ENOSPC", ENOSPC},
                                               {"EDQUOT", EDQUOT},
                                               {"EROFS", EROFS},
                                               {"EINTR", EINTR},
                                               {"EACCES", EACCES},
                                               {"ENOLCK", ENOLCK}}};

std::string environment(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

std::int64_t number_or(const std::string& text, std::int64_t otherwise) {
  return text.empty() ? otherwise : std::strtoll(text.c_str(), nullptr, 10);
}

// A plan that cannot be read must not pass for an undisturbed run.
[[noreturn]] void give_up(std::string_view why) {
  std::fprintf(stderr, "fault shim: %.*s\n", static_cast<int>(why.size()), why.data());
  std::abort();
}

// Straight to the kernel: what goes through the interposed names would be watched itself.
void write_fully(int fd, std::string_view text) {
  while (!text.empty()) {
    const long n = ::syscall(SYS_write, fd, text.data(), text.size());
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) give_up("the trace cannot be written");
    text.remove_prefix(static_cast<std::size_t>(n));
  }
}

int open_to_append(const std::string& name) {
  return static_cast<int>(::syscall(SYS_openat, AT_FDCWD, name.c_str(),
                                    O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644));
}

// Without doubled slashes and "." parts.
std::string tidy(const std::string& path) {
  std::string out;
  std::size_t at = 0;
  while (at < path.size()) {
    const std::size_t end = std::min(path.find('/', at), path.size());
    const std::string_view part(path.data() + at, end - at);
    if (!part.empty() && part != ".") out.append("/").append(part);
    at = end + 1;
  }
  return out;
}

[[noreturn]] void die() {
  for (;;) ::syscall(SYS_kill, ::getpid(), SIGKILL);
}

}  // namespace

Watch& Watch::instance() {
  static Watch* const watch = new Watch;
  return *watch;
}

Watch::Watch()
    : root_(tidy(environment("FAULT_ROOT"))),
      fired_(environment("FAULT_FIRED")),
      without_(environment("FAULT_WITHOUT")) {
  handles_.resize(4096);
  if (const std::string plan = environment("FAULT_PLAN"); !plan.empty()) read_plan(plan);
  plan_.where = environment("FAULT_WHERE");
  fixed_clock_ = number_or(environment("FAULT_NOW"), -1);
  free_bytes_ = number_or(environment("FAULT_FREE"), -1);
  if (const std::string jump = environment("FAULT_JUMP"); !jump.empty()) {
    const std::size_t colon = jump.find(':');
    if (colon == std::string::npos) give_up("FAULT_JUMP is not N:SECONDS");
    jump_at_ = number_or(jump.substr(0, colon), 0);
    jump_by_ = number_or(jump.substr(colon + 1), 0);
  }
  if (const std::string trace = environment("FAULT_TRACE"); !trace.empty()) {
    trace_ = open_to_append(trace);
    // Out of the way of the program's own descriptors.
    const int high = static_cast<int>(::syscall(SYS_fcntl, trace_, F_DUPFD_CLOEXEC, 3000));
    if (trace_ < 0 || high < 0) give_up("FAULT_TRACE cannot be opened");
    ::syscall(SYS_close, trace_);
    trace_ = high;
  }
}

void Watch::read_plan(std::string_view text) {
  const std::size_t first = text.find(':');
  const std::size_t second = text.find(':', first + 1);
  if (first == std::string_view::npos || second == std::string_view::npos)
    give_up("FAULT_PLAN is not CALL:N:EFFECT");
  const std::string_view call = text.substr(0, first);
  std::string ordinal(text.substr(first + 1, second - first - 1));
  std::string_view effect = text.substr(second + 1);

  plan_.any = call == "any";
  bool known = plan_.any;
  for (std::size_t i = 0; i < kCallNames.size(); ++i) {
    if (kCallNames[i] != call) continue;
    plan_.call = static_cast<Call>(i);
    known = true;
  }
  if (!known) give_up("FAULT_PLAN names no call that is known");
  if (ordinal.ends_with('+')) {
    plan_.onwards = true;
    ordinal.pop_back();
  }
  plan_.ordinal = static_cast<std::uint64_t>(number_or(ordinal, 0));
  plan_.effect = effect == "kill"    ? Effect::kill
                 : effect == "half"  ? Effect::half
                 : effect == "stop"  ? Effect::stop
                 : effect == "short" ? Effect::shorten
                                     : Effect::fail;
  if (plan_.effect != Effect::fail) return;
  if (effect.starts_with("lie:")) {
    plan_.effect = Effect::lie;
    effect.remove_prefix(4);
  }
  for (const ErrorName& e : kErrors) {
    if (e.name == effect) plan_.error = e.number;
  }
  if (plan_.error == 0) give_up("FAULT_PLAN names no effect that is known");
}

std::string Watch::path_of(int fd) {
  if (fd < 0 || static_cast<std::size_t>(fd) >= handles_.size()) return {};
  const std::lock_guard hold(guard_);
  return handles_[static_cast<std::size_t>(fd)].path;
}

std::string Watch::path_of(int folder, const char* name) {
  if (root_.empty() || name == nullptr) return {};
  std::string path;
  if (name[0] == '/') {
    path = name;
  } else if (folder == AT_FDCWD) {
    std::array<char, 4096> here{};
    if (::syscall(SYS_getcwd, here.data(), here.size()) <= 0) return {};
    path = std::string(here.data()) + "/" + name;
  } else {
    const std::string above = path_of(folder);
    if (above.empty()) return {};
    path = root_ + "/" + above + "/" + name;
  }
  path = tidy(path);
  if (path == root_) return ".";
  if (!path.starts_with(root_ + "/")) return {};
  return path.substr(root_.size() + 1);
}

void Watch::opened(int fd, const std::string& path) {
  if (fd < 0 || static_cast<std::size_t>(fd) >= handles_.size()) return;
  const std::lock_guard hold(guard_);
  handles_[static_cast<std::size_t>(fd)] = {path, next_handle_++};
}

void Watch::closed(int fd) {
  if (fd < 0 || static_cast<std::size_t>(fd) >= handles_.size()) return;
  const std::lock_guard hold(guard_);
  handles_[static_cast<std::size_t>(fd)] = {};
}

void Watch::say_fired(Call call, const std::string& path) const {
  if (fired_.empty()) return;
  const int fd = open_to_append(fired_);
  if (fd < 0) give_up("FAULT_FIRED cannot be opened");
  write_fully(fd, std::string(kCallNames[static_cast<std::size_t>(call)]) + "\t" + path + "\n");
  ::syscall(SYS_close, fd);
}

Verdict Watch::judge(Call call, const std::string& path, bool can_be_halved) {
  if (plan_.effect == Effect::none || (!plan_.any && plan_.call != call)) return {};
  if (!plan_.where.empty() && path.find(plan_.where) == std::string::npos) return {};
  {
    const std::lock_guard hold(guard_);
    const std::uint64_t mine = counted_++;
    if (mine != plan_.ordinal && (!plan_.onwards || mine < plan_.ordinal)) return {};
  }
  if (plan_.effect == Effect::shorten && !can_be_halved) return {};
  const int before = errno;
  say_fired(call, path);
  errno = before;
  if (plan_.effect == Effect::kill || (plan_.effect == Effect::half && !can_be_halved)) die();
  if (plan_.effect == Effect::stop) {
    ::syscall(SYS_kill, ::getpid(), SIGSTOP);
    return {};
  }
  return {plan_.effect, plan_.error};
}

void Watch::record(const Record& r) {
  std::string handle = "-";
  if (r.fd >= 0 && static_cast<std::size_t>(r.fd) < handles_.size()) {
    const std::lock_guard hold(guard_);
    handle = std::to_string(::getpid()) + "." +
             std::to_string(handles_[static_cast<std::size_t>(r.fd)].number);
  }
  std::string line(r.call);
  for (const std::string& field : {std::to_string(r.result), handle, std::to_string(r.flags),
                                   std::to_string(r.data.size()), r.path, r.to}) {
    line.append("\t").append(field);
  }
  line += '\n';
  write_fully(trace_, line.append(r.data));  // one write: processes may share the file
}

std::int64_t Watch::clock_offset() {
  if (jump_at_ < 0) return 0;
  const std::lock_guard hold(guard_);
  return clock_readings_++ >= jump_at_ ? jump_by_ : 0;
}

}  // namespace chandler::fault
