// The verbs and their options as plain data, read off the parser: what help, the manual page and
// the completions are made from, so that they cannot disagree with what is accepted.
#pragma once

#include <CLI/CLI.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace chandler::cli {

// Groups of options.
inline constexpr const char* kOptions = "Options";
inline constexpr const char* kCommonOptions = "Common options";
inline constexpr const char* kPlannedOptions = "Planned";

struct OptionDoc {
  std::vector<std::string> names;  // "-t", "--timeframe"; of a positional its name
  std::string value;               // "TF", "csv|json|arrow"; empty for a flag
  std::string help;
  std::string group;
  bool required = false;
  bool repeated = false;

  [[nodiscard]] std::vector<std::string> choices() const;  // of "csv|json|arrow"
};

struct VerbDoc {
  std::string name;
  std::string summary;
  std::string details;
  std::string examples;
  bool planned = false;
  std::vector<OptionDoc> positionals;
  std::vector<OptionDoc> options;

  [[nodiscard]] std::string usage() const;  // "chandler read [OPTIONS] SYM TF"
};

struct ProgramDoc {
  std::string version;
  std::vector<OptionDoc> options;
  std::vector<VerbDoc> verbs;
};

struct ExitCodeDoc {
  int code;
  const char* meaning;
};
struct FactDoc {
  const char* name;
  const char* text;
};
[[nodiscard]] const std::vector<ExitCodeDoc>& exit_code_docs();
[[nodiscard]] const std::vector<FactDoc>& environment_docs();

[[nodiscard]] ProgramDoc describe(const CLI::App& root);

// For `chandler --help` and `chandler VERB --help`.
[[nodiscard]] std::string help_text(const ProgramDoc& program);
[[nodiscard]] std::string help_text(const VerbDoc& verb);

[[nodiscard]] std::string man_page(const ProgramDoc& program);  // roff
[[nodiscard]] std::string bash_completion(const ProgramDoc& program);
[[nodiscard]] std::string zsh_completion(const ProgramDoc& program);
[[nodiscard]] std::string fish_completion(const ProgramDoc& program);

}  // namespace chandler::cli
