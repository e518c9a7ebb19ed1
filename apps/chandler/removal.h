// What rm and prune removed, and what they say of it.
#pragma once

#include <string>
#include <vector>

#include "chandler/cache.h"
#include "exit_code.h"
#include "output.h"

namespace chandler::cli {

class Removal {
 public:
  // False once a signal came: the rest stays.
  [[nodiscard]] bool go_on();
  void add(RemoveOutcome outcome);  // of one series

  [[nodiscard]] std::size_t files() const { return removed_.size(); }
  // Precondition of both: files() > 0.
  [[nodiscard]] const std::string& first() const { return removed_.front(); }
  [[nodiscard]] const std::string& last() const { return removed_.back(); }

  [[nodiscard]] ExitCode report(Output& out, bool dry_run = false) const;

 private:
  std::vector<std::string> removed_;
  std::vector<Error> errors_;
  std::size_t series_ = 0;
  std::size_t failed_ = 0;
  bool cut_short_ = false;
};

}  // namespace chandler::cli
