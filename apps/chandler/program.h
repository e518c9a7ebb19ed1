// The program around the verbs: parses the line, prepares the context, runs the verb, says what
// failed.
#pragma once

#include <span>

#include "command_tree.h"
#include "exit_code.h"
#include "output.h"

namespace chandler::cli {

// `arguments` without the program's name. Safe to call more than once in a process but for signals.
[[nodiscard]] ExitCode run_program(std::span<const char* const> arguments, Output& out);

// For the verbs that print what the parser knows.
[[nodiscard]] ProgramDoc describe_program();

}  // namespace chandler::cli
