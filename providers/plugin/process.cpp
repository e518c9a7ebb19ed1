#include "plugin/process.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <optional>
#include <system_error>

namespace chandler::plugin {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

// How often to look whether a program has ended, where the kernel cannot tell by itself.
constexpr milliseconds kTick{20};
// Address space beyond what may be written to: runtimes reserve a lot that they never use.
constexpr std::uint64_t kReserved = 64;

Error system_error(const std::string& what) {
  return Error{ErrorKind::io, what + ": " + std::generic_category().message(errno), "", ""};
}

struct Pipe {
  Descriptor read;
  Descriptor write;
};

// Above the three descriptors whose places the child's own will take.
Result<Descriptor> lifted(Descriptor descriptor) {
  if (descriptor.get() > STDERR_FILENO) return descriptor;
  Descriptor copy(::fcntl(descriptor.get(), F_DUPFD_CLOEXEC, STDERR_FILENO + 1));
  if (!copy) return system_error("cannot make a pipe");
  return copy;
}

Result<Pipe> make_pipe() {
  std::array<int, 2> ends{-1, -1};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) return system_error("cannot make a pipe");
  Descriptor read(ends[0]);
  Descriptor write(ends[1]);
  Pipe pipe;
  CHANDLER_TRY(pipe.read, lifted(std::move(read)));
  CHANDLER_TRY(pipe.write, lifted(std::move(write)));
  return pipe;
}

std::vector<char*> pointers(std::vector<std::string>& texts) {
  std::vector<char*> all;
  all.reserve(texts.size() + 1);
  for (std::string& text : texts) all.push_back(text.data());
  all.push_back(nullptr);
  return all;
}

void limit(int which, std::uint64_t soft, std::uint64_t hard) {
  struct rlimit wanted {};
  struct rlimit now {};
  wanted.rlim_cur = static_cast<rlim_t>(soft);
  wanted.rlim_max = static_cast<rlim_t>(hard);
  // A limit that is already tighter stays: nobody may raise it anyway.
  if (::getrlimit(static_cast<__rlimit_resource>(which), &now) == 0) {
    wanted.rlim_max = std::min(wanted.rlim_max, now.rlim_max);
    wanted.rlim_cur = std::min({wanted.rlim_cur, wanted.rlim_max, now.rlim_cur});
  }
  (void)::setrlimit(static_cast<__rlimit_resource>(which), &wanted);
}

// All signals wait between fork and exec, so that no handler of ours ever runs in the child.
class SignalsHeld {
 public:
  SignalsHeld() {
    sigset_t all{};
    ::sigfillset(&all);
    ::pthread_sigmask(SIG_SETMASK, &all, &before_);
  }
  ~SignalsHeld() { ::pthread_sigmask(SIG_SETMASK, &before_, nullptr); }
  SignalsHeld(const SignalsHeld&) = delete;
  SignalsHeld& operator=(const SignalsHeld&) = delete;

 private:
  sigset_t before_{};
};

}  // namespace

std::string to_string(const Ending& ending) {
  if (ending.signal == 0) return "ended with exit code " + std::to_string(ending.code);
  const char* const name = ::sigabbrev_np(ending.signal);
  return "was killed by " +
         (name == nullptr ? "signal " + std::to_string(ending.signal) : "SIG" + std::string(name)) +
         (ending.signal == SIGXCPU ? " (it used more processor time than it may)" : "");
}

struct Process::Pipes {
  Pipe in;
  Pipe out;
  Pipe err;
  Pipe failure;  // the child's errno when it could not start the program
};

Process::Process(const ProcessLimits& limits) : limits_(limits), time_left_(limits.time) {}

// In the child, between fork and exec: only what is async-signal-safe.
void Process::become(const Pipes& pipes, const Command& command, const ProcessLimits& limits,
                     char* const* arguments, char* const* environment) {
  bool ok = ::setpgid(0, 0) == 0;
  for (int number = 1; number < NSIG; ++number) (void)::signal(number, SIG_DFL);
  limit(RLIMIT_CORE, 0, 0);
  limit(RLIMIT_DATA, limits.memory, limits.memory);
  limit(RLIMIT_AS, limits.memory * kReserved, limits.memory * kReserved);
  limit(RLIMIT_NOFILE, limits.files, limits.files);
  // SIGXCPU at the soft limit says why; the hard one is for those who do not listen.
  const auto cpu = static_cast<std::uint64_t>(limits.cpu.count());
  limit(RLIMIT_CPU, cpu, cpu + 1);
  ok = ok && ::dup2(pipes.in.read.get(), STDIN_FILENO) >= 0 &&
       ::dup2(pipes.out.write.get(), STDOUT_FILENO) >= 0 &&
       ::dup2(pipes.err.write.get(), STDERR_FILENO) >= 0 && ::chdir(command.folder.c_str()) == 0;
  // What others in this process opened without close-on-exec is not the plugin's business.
  if (::close_range(STDERR_FILENO + 1, ~0U, CLOSE_RANGE_CLOEXEC) != 0) {
    for (int fd = STDERR_FILENO + 1; fd < 4096; ++fd) (void)::fcntl(fd, F_SETFD, FD_CLOEXEC);
  }
  sigset_t none{};
  ::sigemptyset(&none);
  ok = ok && ::pthread_sigmask(SIG_SETMASK, &none, nullptr) == 0;
  if (ok) (void)::execve(command.program.c_str(), arguments, environment);
  const int why = errno;
  (void)!::write(pipes.failure.write.get(), &why, sizeof why);
  ::_exit(127);
}

Result<std::unique_ptr<Process>> Process::start(const Command& command,
                                                const ProcessLimits& limits) {
  if (command.input.size() > kMaxInput)
    return Error{ErrorKind::usage, "the request is too long for a plugin", "", ""};
  Pipes pipes;
  for (Pipe* pipe : {&pipes.in, &pipes.out, &pipes.err, &pipes.failure}) {
    CHANDLER_TRY(*pipe, make_pipe());
  }
  std::unique_ptr<Process> process(new Process(limits));
  process->wake_ = Descriptor(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
  if (!process->wake_) return system_error("cannot make an event");
  // Both ends are ours still: this neither waits nor raises SIGPIPE.
  if (::write(pipes.in.write.get(), command.input.data(), command.input.size()) !=
      static_cast<ssize_t>(command.input.size()))
    return system_error("cannot hand over the request");

  std::vector<std::string> words{command.program.string()};
  words.insert(words.end(), command.arguments.begin(), command.arguments.end());
  std::vector<std::string> environment = command.environment;
  const std::vector<char*> argv = pointers(words);
  const std::vector<char*> envp = pointers(environment);
  {
    const SignalsHeld held;
    process->pid_ = ::fork();
    if (process->pid_ == 0) become(pipes, command, limits, argv.data(), envp.data());
  }
  if (process->pid_ < 0) return system_error("cannot start a process");
  (void)::setpgid(process->pid_, process->pid_);  // whoever of the two comes first
  pipes.failure.write.reset();
  int why = 0;
  ssize_t got = 0;
  do {
    got = ::read(pipes.failure.read.get(), &why, sizeof why);
  } while (got < 0 && errno == EINTR);
  if (got == sizeof why) {
    process->finish();
    errno = why;
    return system_error("cannot be started");
  }
  process->exit_ = Descriptor(static_cast<int>(::syscall(SYS_pidfd_open, process->pid_, 0)));
  process->out_ = std::move(pipes.out.read);
  process->err_ = std::move(pipes.err.read);
  for (const Descriptor* end : {&process->out_, &process->err_}) {
    if (::fcntl(end->get(), F_SETFL, O_NONBLOCK) != 0) return system_error("cannot read a pipe");
  }
  return process;
}

Process::~Process() { finish(); }

// Kills what is left of the group, then reaps its leader: as long as that is not reaped, its id
// cannot be anybody else's.
void Process::finish() {
  if (pid_ < 0) return;
  (void)::kill(-pid_, SIGKILL);
  (void)::kill(pid_, SIGKILL);
  int status = 0;
  pid_t got = 0;
  do {
    got = ::waitpid(pid_, &status, 0);
  } while (got < 0 && errno == EINTR);
  // Else somebody in this process reaps all children; then nobody knows how it ended.
  if (got == pid_ && WIFEXITED(status)) ending_ = {WEXITSTATUS(status), 0};
  if (got == pid_ && WIFSIGNALED(status)) ending_ = {0, WTERMSIG(status)};
  if (got != pid_) ending_ = {-1, 0};
  pid_ = -1;
  out_.reset();
  err_.reset();
}

Error Process::overran(const std::string& what, const std::string& hint) {
  finish();
  return Error{ErrorKind::unavailable, what, "", hint};
}

bool Process::has_exited() const {
  siginfo_t state{};
  const int got = ::waitid(P_PID, static_cast<id_t>(pid_), &state, WEXITED | WNOHANG | WNOWAIT);
  return got != 0 || state.si_pid == pid_;
}

Result<void> Process::wait_for_news(const std::stop_token& stop) {
  const std::stop_callback callback(stop, [this] {
    const std::uint64_t one = 1;
    (void)!::write(wake_.get(), &one, sizeof one);
  });
  if (stop.stop_requested()) {
    finish();
    return Error{ErrorKind::interrupted, "interrupted", "", ""};
  }
  if (time_left_ <= Clock::duration::zero()) {
    const auto tenths = limits_.time.count() / 100;
    const std::string seconds = std::to_string(tenths / 10) + "." + std::to_string(tenths % 10);
    return overran("took longer than " + seconds + " s and was killed",
                   "mend the plugin, or raise its timeout_seconds in the configuration");
  }
  std::array<pollfd, 4> all{{{out_.get(), POLLIN, 0},
                             {err_.get(), POLLIN, 0},
                             {exit_.get(), POLLIN, 0},
                             {wake_.get(), POLLIN, 0}}};
  auto patience = std::chrono::ceil<milliseconds>(time_left_);
  if (!exit_) patience = std::min(patience, kTick);
  const auto before = Clock::now();
  const int got = ::poll(all.data(), all.size(), static_cast<int>(patience.count()));
  time_left_ -= Clock::now() - before;
  if (got < 0 && errno != EINTR) {
    const Error error = system_error("cannot wait for it");
    finish();
    return error;
  }
  return {};
}

Result<void> Process::read_chatter() {
  std::array<char, 16384> text{};
  while (err_) {
    const ssize_t got = ::read(err_.get(), text.data(), text.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) break;
    if (got == 0) {
      err_.reset();
      break;
    }
    said_ += static_cast<std::uint64_t>(got);
    chatter_.append(text.data(), static_cast<std::size_t>(got));
    if (chatter_.size() > 2 * kErrorTail) chatter_.erase(0, chatter_.size() - kErrorTail);
    if (said_ > limits_.chatter)
      return overran("said more than " + std::to_string(limits_.chatter >> 10U) +
                         " KiB on stderr and was killed",
                     "mend the plugin");
  }
  if (chatter_.size() > kErrorTail) chatter_.erase(0, chatter_.size() - kErrorTail);
  return {};
}

// Empty when there is nothing now, or never again (then out_ is closed).
Result<std::string_view> Process::read_output() {
  if (!out_) return std::string_view{};
  ssize_t got = 0;
  do {
    got = ::read(out_.get(), piece_.data(), piece_.size());
  } while (got < 0 && errno == EINTR);
  if (got == 0) out_.reset();
  if (got <= 0) return std::string_view{};
  output_ += static_cast<std::uint64_t>(got);
  if (output_ > limits_.output)
    return overran("printed more than " + std::to_string(limits_.output >> 10U) +
                       " KiB for one request and was killed",
                   "mend the plugin");
  return std::string_view(piece_.data(), static_cast<std::size_t>(got));
}

Result<std::string_view> Process::read(const std::stop_token& stop) {
  while (pid_ >= 0) {
    CHANDLER_CHECK(wait_for_news(stop));
    // Asked before reading: what it printed before it ended is in the pipe by then. A grandchild
    // that keeps the pipe open is not waited for.
    const bool over = has_exited();
    CHANDLER_CHECK(read_chatter());
    CHANDLER_TRY(const std::string_view piece, read_output());
    if (!piece.empty()) return piece;
    if (over) finish();
  }
  return std::string_view{};
}

}  // namespace chandler::plugin
