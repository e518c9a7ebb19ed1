#include "plugin/working_folder.h"

#include <cerrno>
#include <cstdlib>
#include <string>
#include <system_error>

namespace chandler::plugin {

Result<WorkingFolder> WorkingFolder::make() {
  std::error_code failed;
  const std::filesystem::path place = std::filesystem::temp_directory_path(failed);
  std::string name = ((failed ? "/tmp" : place) / "chandler-plugin-XXXXXX").string();
  if (::mkdtemp(name.data()) == nullptr) {
    return Error{ErrorKind::io,
                 "cannot make a folder for it to run in: " + std::generic_category().message(errno),
                 name, "see TMPDIR"};
  }
  return WorkingFolder(std::move(name));
}

WorkingFolder::~WorkingFolder() {
  if (path_.empty()) return;
  // What cannot be removed is in nobody's way.
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

}  // namespace chandler::plugin
