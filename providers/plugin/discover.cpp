#include "plugin/discover.h"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <set>
#include <system_error>
#include <utility>

#include "plugin/shared_plugin.h"

namespace chandler::plugin {
namespace {

namespace fs = std::filesystem;

Error refuse(const fs::path& path, const std::string& what, const std::string& hint) {
  return Error{ErrorKind::usage, what, path.string(), hint};
}

bool others_may_write(const fs::path& path) {
  struct stat facts {};
  return ::stat(path.c_str(), &facts) == 0 && (facts.st_mode & S_IWOTH) != 0;
}

// Neither ours nor the system's: its owner can put anything there.
bool belongs_to_somebody_else(const fs::path& path) {
  struct stat facts {};
  return ::stat(path.c_str(), &facts) == 0 && facts.st_uid != 0 && facts.st_uid != ::geteuid();
}

// A link is as safe as both ends of it.
std::array<fs::path, 2> folders_of(const fs::path& file) {
  std::error_code failed;
  return {fs::absolute(file).parent_path(), fs::canonical(file, failed).parent_path()};
}

// Nothing when it is safe to run.
std::optional<Error> unsafe(const fs::path& file) {
  if (others_may_write(file))
    return refuse(file, "everybody may write to this plugin, so it is not run",
                  "chmod o-w " + file.string());
  for (const fs::path& folder : folders_of(file)) {
    if (others_may_write(folder))
      return refuse(file, "everybody may write to its folder, so this plugin is not run",
                    "move it to a folder of your own, or chmod o-w " + folder.string());
  }
  return {};
}

// A shared object is let into our own process, so its owner, and that of its folder, counts, too.
std::optional<Error> unsafe_to_load(const fs::path& file) {
  if (belongs_to_somebody_else(file))
    return refuse(file, "belongs to somebody else, so it is not loaded",
                  "make it your own: chown \"$(id -un)\" " + file.string());
  for (const fs::path& folder : folders_of(file)) {
    if (belongs_to_somebody_else(folder))
      return refuse(file, "its folder belongs to somebody else, so this plugin is not loaded",
                    "move it to a folder of your own");
  }
  return unsafe(file);
}

std::optional<PluginFile::Kind> kind_of(const fs::path& file) {
  std::error_code failed;
  if (!fs::is_regular_file(file, failed)) return {};
  if (file.extension() == ".so") return PluginFile::Kind::shared_object;
  if (::access(file.c_str(), X_OK) == 0) return PluginFile::Kind::executable;
  return {};
}

class Finder {
 public:
  void place(const fs::path& place) {
    std::error_code failed;
    const fs::file_status status = fs::status(place, failed);
    if (fs::is_directory(status)) {
      folder(place);
    } else if (const auto kind = kind_of(place)) {
      add(place, *kind);
    } else if (fs::exists(status)) {
      found_.errors.push_back(refuse(place, "is neither an executable nor a shared object",
                                     "chmod +x " + place.string() + ", or name it .so"));
    } else {
      found_.errors.push_back(
          refuse(place, "there is no such plugin or folder",
                 "see --plugin-dir, CHANDLER_PLUGIN_PATH and \"plugins\" in the configuration"));
    }
  }

  FoundPlugins take() { return std::move(found_); }

 private:
  void folder(const fs::path& folder) {
    std::error_code failed;
    std::vector<fs::path> names;
    for (fs::directory_iterator entry(folder, failed), end; !failed && entry != end;
         entry.increment(failed)) {
      if (!entry->path().filename().string().starts_with('.')) names.push_back(entry->path());
    }
    if (failed) {
      found_.errors.push_back(
          refuse(folder, "cannot be read: " + failed.message(), "see who may read it"));
      return;
    }
    std::sort(names.begin(), names.end());
    for (const fs::path& name : names) {
      if (const auto kind = kind_of(name)) add(name, *kind);
    }
  }

  void add(const fs::path& file, PluginFile::Kind kind) {
    std::error_code failed;
    if (!seen_.insert(fs::canonical(file, failed)).second) return;
    if (auto error =
            kind == PluginFile::Kind::shared_object ? unsafe_to_load(file) : unsafe(file)) {
      found_.errors.push_back(*std::move(error));
    } else {
      found_.files.push_back({file, kind});
    }
  }

  FoundPlugins found_;
  std::set<fs::path> seen_;
};

}  // namespace

FoundPlugins find_plugins(std::span<const fs::path> places) {
  Finder finder;
  for (const fs::path& place : places) finder.place(place);
  return finder.take();
}

std::vector<fs::path> split_plugin_path(std::string_view path) {
  std::vector<fs::path> places;
  while (!path.empty()) {
    const std::size_t colon = std::min(path.find(':'), path.size());
    if (colon > 0) places.emplace_back(path.substr(0, colon));
    path.remove_prefix(std::min(colon + 1, path.size()));
  }
  return places;
}

LoadedPlugins load_plugins(std::span<const fs::path> places, const Environment& environment,
                           const ContextOf& context, const LoadOptions& options) {
  FoundPlugins found = find_plugins(places);
  LoadedPlugins loaded{{}, std::move(found.errors)};
  std::map<std::string, std::string> owners;
  for (const std::string& name : options.taken) owners[name] = "a built-in provider";
  for (const PluginFile& file : found.files) {
    auto provider = file.kind == PluginFile::Kind::executable
                        ? make_executable_plugin(file.path, environment, context, options.limits)
                        : load_shared_plugin(file.path, context);
    if (!provider) {
      loaded.errors.push_back(std::move(provider).error());
      continue;
    }
    const std::string& name = (*provider)->capabilities().name;
    const auto [owner, is_new] = owners.emplace(name, file.path.string());
    if (is_new) {
      loaded.providers.push_back(*std::move(provider));
    } else {
      loaded.errors.push_back(refuse(file.path,
                                     "names itself \"" + name + "\", and so does " + owner->second,
                                     "give one of them another name"));
    }
  }
  return loaded;
}

}  // namespace chandler::plugin
