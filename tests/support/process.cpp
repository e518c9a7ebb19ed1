#include "tests/support/process.h"

#include <fcntl.h>
#include <sched.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <sstream>
#include <stdexcept>

extern char** environ;

namespace chandler::testing {
namespace {

// A file without a name: a program may write any amount to it while nobody reads.
int unnamed_file() {
  std::string name =
      (std::getenv("TMPDIR") != nullptr ? std::string{std::getenv("TMPDIR")} : "/tmp") +
      "/chandler-XXXXXX";
  const int descriptor = ::mkostemp(name.data(), O_CLOEXEC);
  if (descriptor < 0) throw std::runtime_error("no temporary file");
  ::unlink(name.c_str());
  return descriptor;
}

void write_all(int descriptor, const std::string& text) {
  if (::write(descriptor, text.data(), text.size()) != static_cast<ssize_t>(text.size())) {
    throw std::runtime_error("short write of the input");
  }
}

std::string read_all(int descriptor) {
  std::string text;
  std::array<char, 65536> piece{};
  off_t at = 0;
  for (ssize_t n = 0; (n = ::pread(descriptor, piece.data(), piece.size(), at)) > 0; at += n) {
    text.append(piece.data(), static_cast<std::size_t>(n));
  }
  return text;
}

std::vector<std::string> environment_with(const std::map<std::string, std::string>& changes) {
  std::vector<std::string> all;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string text = *entry;
    if (!changes.contains(text.substr(0, text.find('=')))) all.push_back(text);
  }
  for (const auto& [name, value] : changes) {
    if (!value.empty()) all.push_back(name + "=" + value);
  }
  return all;
}

std::vector<char*> pointers(std::vector<std::string>& texts) {
  std::vector<char*> all;
  for (std::string& text : texts) all.push_back(text.data());
  all.push_back(nullptr);
  return all;
}

// The child's end of a terminal on which `text` has been typed.
int terminal_with(const std::string& text, int& ours) {
  ours = ::posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
  if (ours < 0 || ::grantpt(ours) != 0 || ::unlockpt(ours) != 0)
    throw std::runtime_error("no terminal");
  const int theirs = ::open(::ptsname(ours), O_RDWR | O_NOCTTY | O_CLOEXEC);
  if (theirs < 0) throw std::runtime_error("no terminal");
  write_all(ours, text);
  return theirs;
}

int input_for(const ProcessOptions& options, int& terminal) {
  if (options.terminal_input) return terminal_with(options.input.value_or(""), terminal);
  if (!options.input) return ::open("/dev/null", O_RDONLY | O_CLOEXEC);
  const int descriptor = unnamed_file();
  write_all(descriptor, *options.input);
  ::lseek(descriptor, 0, SEEK_SET);
  return descriptor;
}

}  // namespace

Process::Process(const std::vector<std::string>& command, const ProcessOptions& options) {
  out_ = options.output_to.empty() ? unnamed_file()
                                   : ::open(options.output_to.c_str(), O_WRONLY | O_CLOEXEC);
  err_ = unnamed_file();
  const int input = input_for(options, terminal_);

  posix_spawn_file_actions_t actions{};
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, input, STDIN_FILENO);
  posix_spawn_file_actions_adddup2(&actions, out_, STDOUT_FILENO);
  posix_spawn_file_actions_adddup2(&actions, err_, STDERR_FILENO);
  if (!options.folder.empty())
    posix_spawn_file_actions_addchdir_np(&actions, options.folder.c_str());

  std::vector<std::string> words = command;
  std::vector<std::string> environment = environment_with(options.environment);
  const int failed = ::posix_spawnp(&pid_, words.front().c_str(), &actions, nullptr,
                                    pointers(words).data(), pointers(environment).data());
  posix_spawn_file_actions_destroy(&actions);
  ::close(input);
  if (failed != 0) throw std::runtime_error("cannot start " + command.front());
}

Process::~Process() {
  wait();
  ::close(out_);
  ::close(err_);
  if (terminal_ >= 0) ::close(terminal_);
}

bool Process::await_error(const std::string& text) const {
  for (;;) {
    siginfo_t state{};
    ::waitid(P_PID, static_cast<id_t>(pid_), &state, WEXITED | WNOHANG | WNOWAIT);
    if (read_all(err_).find(text) != std::string::npos) return true;
    if (state.si_pid == pid_) return false;
    ::sched_yield();
  }
}

ProcessResult Process::wait() {
  if (waited_) return {};
  waited_ = true;
  int status = 0;
  ::waitpid(pid_, &status, 0);
  ProcessResult result;
  result.exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  result.out = read_all(out_);
  result.err = read_all(err_);
  return result;
}

ProcessResult run_process(const std::vector<std::string>& command, const ProcessOptions& options) {
  return Process{command, options}.wait();
}

}  // namespace chandler::testing
