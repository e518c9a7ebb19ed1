// A process of the test's own that does some work, says lines and waits to be told to go on. Both
// sides talk through pipes; nobody sleeps. The child never comes back into the test.
#pragma once

#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <functional>
#include <string>

namespace chandler::test {

class Child {
 public:
  class Side {
   public:
    void say(const std::string& line) const {
      const std::string text = line + "\n";
      if (::write(out_, text.data(), text.size()) < 0) ::_exit(1);
    }
    void wait() const {
      char go = 0;
      if (::read(in_, &go, 1) != 1) ::_exit(1);
    }

   private:
    friend class Child;
    int in_ = -1;
    int out_ = -1;
  };

  explicit Child(const std::function<void(Side&)>& work) {
    int down[2] = {-1, -1};
    int up[2] = {-1, -1};
    if (::pipe(down) != 0 || ::pipe(up) != 0) return;
    pid_ = ::fork();
    if (pid_ == 0) {
      ::close(down[1]);
      ::close(up[0]);
      Side side;
      side.in_ = down[0];
      side.out_ = up[1];
      work(side);
      ::_exit(0);
    }
    ::close(down[0]);
    ::close(up[1]);
    in_ = up[0];
    out_ = down[1];
  }
  ~Child() {
    kill();
    ::close(in_);
    ::close(out_);
  }
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;

  [[nodiscard]] pid_t pid() const { return pid_; }
  // The next line; empty when the child is gone.
  [[nodiscard]] std::string hear() const {
    std::string line;
    char c = 0;
    while (::read(in_, &c, 1) == 1 && c != '\n') line += c;
    return line;
  }
  void go_on() const {
    if (::write(out_, "", 1) != 1) return;
  }
  void kill() {
    if (pid_ <= 0) return;
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
    pid_ = -1;
  }

  // Runs the work in a process and gives its exit code; -1 when a signal ended it.
  static int run(const std::function<int()>& work) {
    const pid_t pid = ::fork();
    if (pid == 0) ::_exit(work());
    int status = 0;
    if (::waitpid(pid, &status, 0) != pid || !WIFEXITED(status)) return -1;
    return WEXITSTATUS(status);
  }

 private:
  pid_t pid_ = -1;
  int in_ = -1;
  int out_ = -1;
};

}  // namespace chandler::test
