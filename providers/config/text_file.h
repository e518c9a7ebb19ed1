// Small files that people write: configurations, jobs, lists of symbols.
#pragma once

#include <cstddef>
#include <filesystem>
#include <string>

#include "chandler/result.h"

namespace chandler {

// The whole file, of at most `max_mebibytes`; it may be a pipe. Errors, of kind usage, name it.
[[nodiscard]] Result<std::string> read_text_file(const std::filesystem::path& file,
                                                 std::size_t max_mebibytes);

}  // namespace chandler
