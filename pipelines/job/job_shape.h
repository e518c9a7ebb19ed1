// Which keys a job file may have, and how a mistake in one is pointed at.
#pragma once

#include <cstddef>
#include <string>

#include "chandler/result.h"
#include "config/shape.h"

namespace chandler {

// pipelines/job.schema.json says the same to editors.
[[nodiscard]] const Shape& job_shape();

// "nightly.json:7: series[1].timeframe: what; hint", of kind usage.
[[nodiscard]] Error job_error(const std::string& file, std::size_t line, const std::string& path,
                              std::string what, std::string hint = {});

// The first unknown key or value of a wrong type.
[[nodiscard]] Result<void> check_job_shape(const ConfigValue& root, const std::string& file);

}  // namespace chandler
