// What writing verbs say of the series they touched.
#pragma once

#include <span>
#include <string>

#include "chandler/cache.h"
#include "exit_code.h"
#include "output.h"

namespace chandler::cli {

[[nodiscard]] std::string outcome_table(std::span<const WriteOutcome> outcomes);
// Notes and errors, a line each, on stderr.
void report_outcomes(std::span<const WriteOutcome> outcomes, Output& out);

// How many of the outcomes failed in whole or in part, and the first of their errors.
struct Failures {
  std::size_t count = 0;
  std::size_t partial = 0;  // of `count`
  Error first;
};
[[nodiscard]] Failures failures_of(std::span<const WriteOutcome> outcomes);

}  // namespace chandler::cli
