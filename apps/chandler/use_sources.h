// The providers as a verb gets them, with what is wrong with some of them said as warnings.
#pragma once

#include <CLI/CLI.hpp>
#include <memory>
#include <string>
#include <vector>

#include "context.h"
#include "plan/sources.h"

namespace chandler::cli {

[[nodiscard]] Result<std::unique_ptr<Sources>> open_sources(
    const Context& context, const std::vector<std::string>& plugin_places);
[[nodiscard]] Result<std::unique_ptr<Selector>> make_selector(const Sources& sources,
                                                              const Context& context);

// Declares --plugin-dir.
void add_plugin_places(CLI::App& app, std::vector<std::string>& places);

}  // namespace chandler::cli
