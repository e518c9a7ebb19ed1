// The series of a job, each with what it does not say itself filled in.
#pragma once

#include <filesystem>
#include <vector>

#include "config/config_json.h"
#include "job/job.h"

namespace chandler {

// Preconditions: as for read_job().
[[nodiscard]] Result<std::vector<SeriesAsk>> read_series(const ConfigValue& root,
                                                         const std::filesystem::path& file,
                                                         const JobSurroundings& surroundings);

}  // namespace chandler
