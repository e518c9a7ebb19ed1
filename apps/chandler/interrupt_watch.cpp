#include "interrupt_watch.h"

#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <array>
#include <cerrno>

#include "interrupt.h"

namespace chandler::cli {

// Without a descriptor to end it (there are none left) nobody watches: a second signal still ends
// the program.
InterruptWatch::InterruptWatch() : over_(::eventfd(0, EFD_CLOEXEC)) {
  if (over_ >= 0) thread_ = std::thread([this] { watch(); });
}

InterruptWatch::~InterruptWatch() {
  if (over_ < 0) return;
  static_cast<void>(::eventfd_write(over_, 1));  // cannot fail: nobody wrote before
  thread_.join();
  ::close(over_);
}

void InterruptWatch::watch() {
  std::array<pollfd, 2> both{{{interrupt_descriptor(), POLLIN, 0}, {over_, POLLIN, 0}}};
  while (::poll(both.data(), both.size(), -1) < 0 && errno == EINTR) {
  }
  if (interrupted()) stop_.request_stop();
}

}  // namespace chandler::cli
