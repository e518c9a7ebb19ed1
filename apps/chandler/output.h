// Everything that leaves the program: data and tables on stdout, or exactly one JSON document
// there; errors, warnings and notes as single lines on stderr.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>

#include "chandler/result.h"

namespace chandler::cli {

using Json = nlohmann::ordered_json;

enum class Verbosity { quiet, normal, verbose };

// Buffers stdout; one thread at a time, but for the lines to stderr, which any thread may print.
class Output {
 public:
  Output(int out_descriptor, int error_descriptor) : out_(out_descriptor), err_(error_descriptor) {}
  Output(const Output&) = delete;
  Output& operator=(const Output&) = delete;
  ~Output() = default;

  void configure(bool json, Verbosity verbosity) {
    json_ = json;
    verbosity_ = verbosity;
  }
  [[nodiscard]] bool json() const { return json_; }
  [[nodiscard]] Verbosity verbosity() const { return verbosity_; }
  [[nodiscard]] bool errors_on_terminal() const;

  // Data, as they are. False when writing makes no more sense: the reader left, or the disk is
  // full.
  bool data(std::string_view bytes);
  // What was done, for people, on stdout: dropped under --json and -q.
  void text(std::string_view lines);
  void document(const Json& document);

  void error(const Error& error);             // chandler: where: what; hint
  void warning(std::string_view line) const;  // chandler: warning: line
  void note(std::string_view line) const;     // dropped under -q
  void detail(std::string_view line) const;   // only under -v
  // Overwrites the terminal's last line; empty: clears it.
  void progress(std::string_view line) const;

  // Writes what is buffered. A reader that went away (`| head`) is no error.
  [[nodiscard]] Result<void> finish();

 private:
  void flush();
  void line(std::string_view prefix, std::string_view text) const;

  int out_;
  int err_;
  bool json_ = false;
  Verbosity verbosity_ = Verbosity::normal;
  std::string buffer_;
  int failure_ = 0;  // errno of the first write that failed
};

// {"ok": false, "error": {"kind": ..., "message": ...}}
[[nodiscard]] Json error_document(const Error& error);
[[nodiscard]] Json error_object(const Error& error);

}  // namespace chandler::cli
