#include "interrupt.h"

#include <unistd.h>

#include <csignal>

#include "exit_code.h"

namespace chandler::cli {
namespace {

volatile std::sig_atomic_t finish_first = 0;
volatile std::sig_atomic_t seen = 0;

extern "C" void on_signal(int /*signal*/) {
  if (finish_first == 0 || seen != 0) _exit(static_cast<int>(ExitCode::interrupted));
  seen = 1;
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

void finish_first_on_signals() { finish_first = 1; }

bool interrupted() { return seen != 0; }

}  // namespace chandler::cli
