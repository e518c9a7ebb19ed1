// Which of the bars wanted are not there, though they may be had.
#pragma once

#include <vector>

#include "chandler/cache.h"
#include "manager/wanted.h"

namespace chandler {

// Open holes, and what was never asked for. Of a rolled-up series only what could be made of bars
// that its source holds or owes: what is confirmed to be missing there is not owed here.
[[nodiscard]] Result<std::vector<Missing>> owed(const Cache& cache, const Wanted& wanted);

}  // namespace chandler
