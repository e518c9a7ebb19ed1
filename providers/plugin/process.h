// A program that is kept on a short lead: own process group, no descriptors but its three, a small
// environment, limits on time, memory, files and output.
//
//   CHANDLER_TRY(const auto process, Process::start(command, limits));
//   for (;;) {
//     CHANDLER_TRY(const std::string_view piece, process->read(stop));
//     if (piece.empty()) break;
//     take(piece);
//   }
//   if (process->ending().ok()) ...
//
// However it ends, the whole group is killed and the program reaped; nothing it started and left in
// its group outlives this object, and nothing it started can make read() wait for it.
#pragma once

#include <sys/types.h>

#include <array>
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "chandler/result.h"
#include "plugin/descriptor.h"

namespace chandler::plugin {

struct ProcessLimits {
  std::chrono::milliseconds time{120'000};  // that we wait for it; our own work is not counted
  std::chrono::seconds cpu{120};            // of each process
  std::uint64_t memory = std::uint64_t{512} << 20U;  // bytes a process may write to (RLIMIT_DATA)
  std::uint64_t files = 256;                         // descriptors open in a process
  std::uint64_t output = std::uint64_t{64} << 20U;   // bytes of stdout
  std::uint64_t chatter = std::uint64_t{16} << 20U;  // bytes of stderr
};

struct Command {
  std::filesystem::path program{};         // absolute
  std::vector<std::string> arguments{};    // after the program's name
  std::vector<std::string> environment{};  // "NAME=value"; nothing else is handed on
  std::filesystem::path folder{};          // to run in
  std::string input{};                     // on stdin; at most kMaxInput
};

// How a program ended by itself.
struct Ending {
  int code = 0;
  int signal = 0;  // 0: it exited with `code`
  [[nodiscard]] bool ok() const { return code == 0 && signal == 0; }
};
[[nodiscard]] std::string to_string(const Ending& ending);  // "was killed by SIGSEGV"

class Process {
 public:
  static constexpr std::size_t kMaxInput = 4096;  // always fits into a pipe
  static constexpr std::size_t kErrorTail = std::size_t{64} << 10U;

  static Result<std::unique_ptr<Process>> start(const Command& command,
                                                const ProcessLimits& limits);
  ~Process();
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;

  // What it printed next, valid until the next call; empty when it has ended. The error is of kind
  // unavailable (it overran a limit and was killed), io or interrupted; after it, it is dead.
  [[nodiscard]] Result<std::string_view> read(const std::stop_token& stop);

  // The time it may take starts anew.
  void renew_time() { time_left_ = limits_.time; }
  // Once read() gave an empty piece.
  [[nodiscard]] const Ending& ending() const { return ending_; }
  // The last kErrorTail bytes it said on stderr.
  [[nodiscard]] std::string_view chatter() const { return chatter_; }

 private:
  struct Pipes;
  explicit Process(const ProcessLimits& limits);
  static void become(const Pipes& pipes, const Command& command, const ProcessLimits& limits,
                     char* const* arguments, char* const* environment);

  [[nodiscard]] Result<void> wait_for_news(const std::stop_token& stop);
  [[nodiscard]] bool has_exited() const;
  [[nodiscard]] Result<std::string_view> read_output();
  [[nodiscard]] Result<void> read_chatter();
  void finish();
  Error overran(const std::string& what, const std::string& hint);

  ProcessLimits limits_;
  std::chrono::nanoseconds time_left_;
  pid_t pid_ = -1;   // -1: reaped
  Descriptor exit_;  // a pidfd; none on kernels without
  Descriptor out_;
  Descriptor err_;
  Descriptor wake_;
  std::uint64_t output_ = 0;
  std::uint64_t said_ = 0;
  std::string chatter_;
  Ending ending_;
  std::array<char, 65536> piece_{};
};

}  // namespace chandler::plugin
