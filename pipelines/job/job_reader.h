// Turns a document of the right shape into a Job, and checks what its values mean.
#pragma once

#include <filesystem>

#include "config/config_json.h"
#include "job/job.h"

namespace chandler {

// Preconditions: check_job_shape() found nothing, the texts are filled in, and the surroundings
// have symbol_files.
[[nodiscard]] Result<Job> read_job(const ConfigValue& root, const std::filesystem::path& file,
                                   const JobSurroundings& surroundings);

}  // namespace chandler
