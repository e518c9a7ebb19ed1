// The table of verbs: the one place that knows them all.
#pragma once

#include <CLI/CLI.hpp>
#include <functional>
#include <span>

#include "context.h"
#include "exit_code.h"

namespace chandler::cli {

// Runs a verb whose options have been parsed. An error ends it: the program prints it, as a line
// and, under --json, as the document.
using VerbAction = std::function<Result<ExitCode>(Context&)>;

struct Verb {
  const char* name;
  const char* summary;   // one line
  const char* details;   // a paragraph; may be empty
  const char* examples;  // one a line
  // Adds the verb's options to its parser and returns what works with them.
  VerbAction (*declare)(CLI::App& app);
  bool uses_cache = true;  // else neither cache nor configuration are looked at
};

// In the contract, not in this version.
struct PlannedVerb {
  const char* name;
  const char* summary;
  const char* instead;  // what to do today
};

[[nodiscard]] std::span<const Verb> all_verbs();
[[nodiscard]] std::span<const PlannedVerb> planned_verbs();
[[nodiscard]] Error planned_error(std::string_view name, std::string_view instead);

// One in each file of verbs/.
VerbAction declare_export(CLI::App& app);
VerbAction declare_fetch(CLI::App& app);
VerbAction declare_gaps(CLI::App& app);
VerbAction declare_get(CLI::App& app);
VerbAction declare_heal(CLI::App& app);
VerbAction declare_import(CLI::App& app);
VerbAction declare_providers(CLI::App& app);
VerbAction declare_prune(CLI::App& app);
VerbAction declare_read(CLI::App& app);
VerbAction declare_resample(CLI::App& app);
VerbAction declare_run(CLI::App& app);
VerbAction declare_rm(CLI::App& app);
VerbAction declare_select(CLI::App& app);
VerbAction declare_stats(CLI::App& app);
VerbAction declare_status(CLI::App& app);
VerbAction declare_verify(CLI::App& app);
VerbAction declare_warm(CLI::App& app);
VerbAction declare_completion(CLI::App& app);
VerbAction declare_man(CLI::App& app);

}  // namespace chandler::cli
