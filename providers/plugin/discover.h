// Finds plugins: regular files that may be executed, and shared objects (*.so), by themselves or in
// a folder. Places come from --plugin-dir, CHANDLER_PLUGIN_PATH and the configuration, in this
// order.
//
// What others could have put there is not run: a file that everybody may write to, or one in a
// folder that everybody may write to, is refused. A shared object and its folder must also belong to
// us or to root.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "chandler/provider.h"
#include "plugin/executable_plugin.h"

namespace chandler::plugin {

struct PluginFile {
  enum class Kind : std::uint8_t { executable, shared_object };
  std::filesystem::path path;
  Kind kind = Kind::executable;
  friend bool operator==(const PluginFile&, const PluginFile&) = default;
};

// A failing place or plugin costs itself alone: its error names it, the others go on.
struct FoundPlugins {
  std::vector<PluginFile> files{};  // in the order of the places; by name within a folder
  std::vector<Error> errors{};
};

// Files in a folder that are neither kind are passed over, and so are those whose name begins with
// a dot; a place that is itself a file must be one of the kinds. A file that is met twice counts
// once.
[[nodiscard]] FoundPlugins find_plugins(std::span<const std::filesystem::path> places);

// "/a:/b" -> {/a, /b}; empty parts are left out.
[[nodiscard]] std::vector<std::filesystem::path> split_plugin_path(std::string_view path);

struct LoadedPlugins {
  std::vector<std::unique_ptr<Provider>> providers{};
  std::vector<Error> errors{};
};

struct LoadOptions {
  std::vector<std::string> taken{};  // the names of the built-in providers
  ExecutableLimits limits{};
};

// Finds and loads. A plugin with a name that is taken, by a built-in provider or by a plugin before
// it, is an error that names both. What the contexts refer to must outlive the providers.
[[nodiscard]] LoadedPlugins load_plugins(std::span<const std::filesystem::path> places,
                                         const Environment& environment, const ContextOf& context,
                                         const LoadOptions& options = {});

}  // namespace chandler::plugin
