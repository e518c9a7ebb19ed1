// The file in which all processes of a user keep one provider's usage, and its lock.
//
// NAME.limits is replaced as a whole (written beside, then renamed), so a process that is killed
// leaves the old one or the new one, never half of one. NAME.lock is held meanwhile. Nothing is
// synced: a power cut may take the last seconds with it.
#pragma once

#include <optional>
#include <string>

#include "chandler/file_system.h"
#include "chandler/result.h"

namespace chandler::http {

class LimitsFile {
 public:
  // Holds the lock until it goes. Waits for another holder, but not for long: nobody keeps it for
  // more than a moment, and a process that was stopped meanwhile must not stop all others.
  [[nodiscard]] static Result<LimitsFile> open(FileSystem& files, const std::string& folder,
                                               const std::string& name);
  ~LimitsFile();
  LimitsFile(LimitsFile&& other) noexcept;
  LimitsFile(const LimitsFile&) = delete;
  LimitsFile& operator=(const LimitsFile&) = delete;
  LimitsFile& operator=(LimitsFile&&) = delete;

  // nullopt: there is none yet.
  [[nodiscard]] Result<std::optional<std::string>> read() const;
  [[nodiscard]] Result<void> replace(const std::string& text) const;
  [[nodiscard]] const std::string& path() const { return path_; }

 private:
  LimitsFile(FileSystem& files, std::string path) : files_(&files), path_(std::move(path)) {}
  [[nodiscard]] Result<bool> lock_once();
  void release();

  FileSystem* files_;
  std::string path_;
  int lock_ = -1;
};

}  // namespace chandler::http
