#include "interrupt.h"

#include <sys/eventfd.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdint>

#include "exit_code.h"

namespace chandler::cli {
namespace {

volatile std::sig_atomic_t finish_first = 0;
volatile std::sig_atomic_t seen = 0;
volatile int wakes = -1;  // an eventfd

extern "C" void on_signal(int /*signal*/) {
  if (finish_first == 0 || seen != 0) _exit(static_cast<int>(ExitCode::interrupted));
  seen = 1;
  const int before = errno;
  const std::uint64_t one = 1;
  if (wakes >= 0 && ::write(wakes, &one, sizeof one) < 0) {
    // Nobody is woken; interrupted() says it all the same.
  }
  errno = before;
}

void handle(int signal) {
  struct sigaction now {};
  // nohup stays in force. (Shells start background jobs with SIGINT ignored; who sends it means
  // it.)
  if (sigaction(signal, nullptr, &now) != 0) return;
  if (signal == SIGHUP && now.sa_handler == SIG_IGN) return;
  struct sigaction action {};
  action.sa_handler = on_signal;
  action.sa_flags = SA_RESTART;
  sigemptyset(&action.sa_mask);
  sigaction(signal, &action, nullptr);
}

}  // namespace

void end_at_once_on_signals() {
  struct sigaction ignore {};
  ignore.sa_handler = SIG_IGN;
  sigaction(SIGPIPE, &ignore, nullptr);
  for (const int signal : {SIGINT, SIGTERM, SIGHUP}) handle(signal);
}

void finish_first_on_signals() {
  if (wakes < 0) wakes = ::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  finish_first = 1;
}

bool interrupted() { return seen != 0; }

int interrupt_descriptor() { return wakes; }

}  // namespace chandler::cli
