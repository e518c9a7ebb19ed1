// A provider that is a shared object with the C border of chandler/provider_plugin.h. It is loaded
// as long as the provider lives. What it answers is checked before it is believed; what it does to
// the process is its own.
#pragma once

#include <filesystem>
#include <memory>

#include "plugin/executable_plugin.h"

namespace chandler::plugin {

// The error names the file.
[[nodiscard]] Result<std::unique_ptr<Provider>> load_shared_plugin(
    const std::filesystem::path& file, const ContextOf& context);

}  // namespace chandler::plugin
