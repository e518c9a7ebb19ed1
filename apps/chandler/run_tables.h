// Plans and reports as people, and other programs, read them.
#pragma once

#include <string>
#include <vector>

#include "output.h"
#include "plan/planner.h"
#include "report/run_report.h"

namespace chandler::cli {

[[nodiscard]] std::string run_table(const RunReport& report);
[[nodiscard]] std::string run_summary(const RunReport& report);  // one line

[[nodiscard]] std::string plan_text(const std::vector<SeriesPlan>& plans, const SpaceNeed& space);
[[nodiscard]] Json plan_json(const std::vector<SeriesPlan>& plans, const SpaceNeed& space,
                             const std::string& job);

}  // namespace chandler::cli
