// The writer's lock of one series: flock on `.lock` in the timeframe folder. The kernel drops it
// with its owner; its text (pid, host, command, since) is for people, and nothing is decided by it.
#pragma once

#include <optional>
#include <string>

#include "chandler/cache.h"
#include "store/folder.h"

namespace chandler::store {

inline constexpr const char* kLockName = ".lock";

// Who holds a lock, for people: pid, host, since when, command line.
[[nodiscard]] std::string lock_card(const Clock& clock);

struct LockRequest {
  const Folder* root = nullptr;
  SeriesId series;
  const Clock* clock = nullptr;
  bool optimistic = false;  // go on where the file system has no locks
  bool make_folders = true;
};

class SeriesLock {
 public:
  // Waits up to 30 s for another writer; then the error (kind locked) names it. Makes the folders
  // unless told not to: then a series that is not there is not_found.
  static Result<SeriesLock> take(const LockRequest& request);
  SeriesLock(SeriesLock&&) = default;
  SeriesLock& operator=(SeriesLock&&) = default;

  [[nodiscard]] const Folder& folder() const { return folder_; }  // of the timeframe
  [[nodiscard]] const Folder& symbol_folder() const { return parent_; }

 private:
  SeriesLock(Folder parent, Folder folder, std::optional<File> file)
      : parent_(std::move(parent)), folder_(std::move(folder)), file_(std::move(file)) {}
  Folder parent_;
  Folder folder_;
  std::optional<File> file_{};  // closing it releases the lock; nothing in optimistic mode
};

}  // namespace chandler::store
