// The rules of validation as far as a stored row can be held against them: what no file of ours
// says.
#pragma once

#include <optional>

#include "chandler/bar_series.h"
#include "store/csv_rows.h"

namespace chandler::store {

// The first row that breaks a rule; nothing when all are fine.
[[nodiscard]] std::optional<RowMistake> first_bad_row(const BarSeries& bars);

}  // namespace chandler::store
