#include "http/lane.h"

#include <csignal>
#include <ctime>
#include <new>
#include <utility>

namespace chandler::http {
namespace {

// A connection that breaks while TLS writes to it must not kill the process. The signal goes to the
// thread that wrote, so it can be held back and taken away here.
class NoSigpipe {
 public:
  NoSigpipe() {
    ::sigemptyset(&pipe_);
    ::sigaddset(&pipe_, SIGPIPE);
    sigset_t pending{};
    ::sigpending(&pending);
    was_pending_ = ::sigismember(&pending, SIGPIPE) == 1;
    ::pthread_sigmask(SIG_BLOCK, &pipe_, &before_);
  }
  ~NoSigpipe() {
    const timespec at_once{};
    if (!was_pending_) static_cast<void>(::sigtimedwait(&pipe_, nullptr, &at_once));
    ::pthread_sigmask(SIG_SETMASK, &before_, nullptr);
  }
  NoSigpipe(const NoSigpipe&) = delete;
  NoSigpipe& operator=(const NoSigpipe&) = delete;

 private:
  sigset_t pipe_{};
  sigset_t before_{};
  bool was_pending_ = false;
};

}  // namespace

std::optional<CURLcode> perform(Lane& lane, const std::stop_token& stop) {
  constexpr int kLongestNap = 1000;  // ms; libcurl shortens it to its own timeouts
  CURLM* const multi = lane.multi.get();
  const NoSigpipe no_sigpipe;
  if (curl().multi_add_handle(multi, lane.easy.get()) != CURLM_OK) return CURLE_FAILED_INIT;
  std::optional<CURLcode> code;
  {
    const std::stop_callback wake(stop, [multi] { static_cast<void>(curl().multi_wakeup(multi)); });
    int running = 1;
    while (running > 0 && !stop.stop_requested()) {
      CURLMcode state = curl().multi_perform(multi, &running);
      if (state == CURLM_OK && running > 0)
        state = curl().multi_poll(multi, nullptr, 0, kLongestNap, nullptr);
      if (state == CURLM_OK) continue;
      code = CURLE_FAILED_INIT;
      break;
    }
    int left = 0;
    if (const CURLMsg* message = curl().multi_info_read(multi, &left);
        !code && message != nullptr && message->msg == CURLMSG_DONE)
      code = message->data.result;
  }
  static_cast<void>(curl().multi_remove_handle(multi, lane.easy.get()));
  return code;
}

Lane LanePool::take(const std::string& origin) {
  {
    const std::lock_guard lock(guard_);
    for (auto lane = idle_.end(); lane != idle_.begin();) {
      if ((--lane)->origin != origin) continue;
      Lane found = std::move(*lane);
      idle_.erase(lane);
      return found;
    }
  }
  Lane fresh;
  if (!fresh.multi || !fresh.easy) throw std::bad_alloc();
  fresh.origin = origin;
  return fresh;
}

void LanePool::give_back(Lane lane) {
  Lane oldest{nullptr, nullptr, {}};  // closed outside of the lock
  const std::lock_guard lock(guard_);
  idle_.push_back(std::move(lane));
  if (idle_.size() <= most_) return;
  oldest = std::move(idle_.front());
  idle_.erase(idle_.begin());
}

}  // namespace chandler::http
