// Runs a program and holds what it said: for tests of the command line.
#pragma once

#include <sys/types.h>

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace chandler::testing {

struct ProcessOptions {
  std::map<std::string, std::string> environment =
      {};                                 // added to ours; an empty value removes the name
  std::string folder = {};                // to run in; empty: ours
  std::optional<std::string> input = {};  // on stdin; none: /dev/null
  bool terminal_input = false;            // `input` is typed at a terminal
  std::string output_to = {};             // stdout goes to this file instead of being held
};

struct ProcessResult {
  int exit_code = -1;  // 128 + signal when a signal ended it
  std::string out;
  std::string err;
};

// A program that is running; its destructor waits for it.
class Process {
 public:
  Process(const std::vector<std::string>& command, const ProcessOptions& options);
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;
  ~Process();

  [[nodiscard]] pid_t pid() const { return pid_; }
  // Waits until stderr holds `text`. False when the program ended without.
  [[nodiscard]] bool await_error(const std::string& text) const;
  ProcessResult wait();

 private:
  pid_t pid_ = -1;
  int out_ = -1;
  int err_ = -1;
  int terminal_ = -1;
  bool waited_ = false;
};

ProcessResult run_process(const std::vector<std::string>& command,
                          const ProcessOptions& options = {});

}  // namespace chandler::testing
