// A provider that is a program in any language:
//
//   NAME describe   prints the document of description.h
//   NAME fetch      reads {"symbol", "timeframe", "from", "to"} on stdin (times like
//                   2024-01-01T00:00:00, UTC, `to` exclusive), prints the CSV of csv_stream.h and
//                   ends with exit code 0; or fails as failure.h says
//
// It runs in an empty folder, under the limits of process.h, and sees of the environment what its
// description names. What it does wrong costs its request one error and nothing else.
#pragma once

#include <chrono>
#include <filesystem>
#include <memory>

#include "plugin/process.h"
#include "provider_context.h"

namespace chandler::plugin {

struct ExecutableLimits {
  std::chrono::milliseconds describe{10'000};
  // For each 10,000 bars; the settings' timeout goes before it.
  std::chrono::milliseconds fetch{120'000};
  ProcessLimits process{};  // its `time` and `output` do not count
};

// What a plugin is made in: its settings are found by the name that it gives itself.
using ContextOf = std::function<Result<ProviderContext>(const std::string& name)>;

// Runs `describe`. The error names the file.
[[nodiscard]] Result<std::unique_ptr<Provider>> make_executable_plugin(
    const std::filesystem::path& file, const Environment& environment, const ContextOf& context,
    const ExecutableLimits& limits = {});

}  // namespace chandler::plugin
