#include <unistd.h>

#include "core_dump.h"
#include "program.h"

int main(int argc, char** argv) {
  chandler::cli::leave_no_core_dump();
  chandler::cli::Output out{STDOUT_FILENO, STDERR_FILENO};
  const std::span<const char* const> all{argv, static_cast<std::size_t>(argc)};
  return static_cast<int>(chandler::cli::run_program(all.subspan(argc > 0 ? 1 : 0), out));
}
