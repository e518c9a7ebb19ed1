// What fetch, run and heal have in common: from series that are wanted to the exit code.
#pragma once

#include <CLI/CLI.hpp>
#include <string>
#include <vector>

#include "context.h"
#include "exit_code.h"
#include "job/job.h"
#include "run/run_graph.h"

namespace chandler::cli {

// A series that was meant, and of which something cannot be worked on.
struct UnfitSeries {
  SeriesId series;
  Error error;
};

struct RunCommand {
  std::string verb;
  std::string job{};  // with a lock of that name; empty: none
  std::vector<SeriesAsk> series{};
  // Count as failed, or as done in part where `series` has them, too.
  std::vector<UnfitSeries> unfit{};
  RunOptions options{};
  bool dry_run = false;
  std::string html{};  // where to write the report as a page; empty: nowhere
  std::vector<std::string> plugin_places{};
};

[[nodiscard]] Result<ExitCode> run_command(const Context& context, const RunCommand& command);

// Options of these verbs.
struct RunArguments {
  bool dry_run = false;
  bool force = false;
  std::size_t workers = 0;  // 0: as configured
  std::string html;
  std::vector<std::string> plugin_places;
};
void add_run_options(CLI::App& app, RunArguments& arguments, const char* force_help);
[[nodiscard]] RunCommand make_command(const char* verb, const RunArguments& arguments,
                                      std::size_t workers);

}  // namespace chandler::cli
