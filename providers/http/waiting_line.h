// First come, first served, for the threads that wait for a limit: without it a cheap request could
// always slip in before a dear one.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <mutex>
#include <stop_token>

namespace chandler::http {

// Safe from several threads.
class WaitingLine {
 public:
  // One's turn lasts as long as this lives.
  class Turn {
   public:
    // Waits for it; not come() when asked to stop before.
    Turn(WaitingLine& line, const std::stop_token& stop)
        : line_(line), ticket_(line.take()), come_(line.wait_for(ticket_, stop)) {}
    ~Turn() { line_.leave(ticket_); }
    Turn(const Turn&) = delete;
    Turn& operator=(const Turn&) = delete;
    [[nodiscard]] bool come() const { return come_; }

   private:
    WaitingLine& line_;
    std::uint64_t ticket_;
    bool come_;
  };

 private:
  std::uint64_t take() {
    const std::lock_guard lock(guard_);
    tickets_.push_back(next_);
    return next_++;
  }
  bool wait_for(std::uint64_t ticket, const std::stop_token& stop) {
    std::unique_lock lock(guard_);
    return moved_.wait(lock, stop, [&] { return tickets_.front() == ticket; });
  }
  void leave(std::uint64_t ticket) {
    {
      const std::lock_guard lock(guard_);
      std::erase(tickets_, ticket);
    }
    moved_.notify_all();
  }

  std::mutex guard_;
  std::condition_variable_any moved_;
  std::deque<std::uint64_t> tickets_;
  std::uint64_t next_ = 0;
};

}  // namespace chandler::http
