// An empty folder for a program to run in. It goes, with whatever is in it by then, with its owner.
#pragma once

#include <filesystem>
#include <utility>

#include "chandler/result.h"

namespace chandler::plugin {

class WorkingFolder {
 public:
  // In TMPDIR, else /tmp; nobody else may look into it.
  [[nodiscard]] static Result<WorkingFolder> make();
  WorkingFolder(WorkingFolder&& o) noexcept : path_(std::exchange(o.path_, {})) {}
  WorkingFolder& operator=(WorkingFolder&&) = delete;
  ~WorkingFolder();

  [[nodiscard]] const std::filesystem::path& path() const { return path_; }

 private:
  explicit WorkingFolder(std::filesystem::path path) : path_(std::move(path)) {}
  std::filesystem::path path_;  // empty: moved away
};

}  // namespace chandler::plugin
