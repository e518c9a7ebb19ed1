#include "confirm.h"

#include <unistd.h>

#include <iostream>

namespace chandler::cli {

Result<bool> confirmed(const Output& out, const std::string& question, bool yes) {
  if (yes) return true;
  if (::isatty(STDIN_FILENO) != 1) {
    return Error{ErrorKind::usage,
                 "asks before it removes anything, and there is no terminal to ask on", "",
                 "add --yes"};
  }
  out.progress(printable(question, 2000) + " [y/N] ");
  std::string answer;
  std::getline(std::cin, answer);
  return answer == "y" || answer == "Y" || answer == "yes";
}

}  // namespace chandler::cli
