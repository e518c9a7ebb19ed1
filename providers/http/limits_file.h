// The file in which all processes of a user keep one provider's usage, and its lock.
//
// A process that is killed leaves the old text or the new one, never half of one: what lies within
// one page is written over by a single call, which no signal cuts in two; a first or a longer text
// is written beside and renamed, which costs many times as much, and was a tenth of all that a bar
// costs. NAME.lock is held meanwhile. Nothing is synced: a power cut may take the last seconds with
// it, or leave what cannot be understood.
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
  [[nodiscard]] Result<std::optional<std::string>> read();
  // Line feeds may come behind the text.
  [[nodiscard]] Result<void> replace(const std::string& text) const;
  [[nodiscard]] const std::string& path() const { return path_; }

 private:
  LimitsFile(FileSystem& files, std::string path) : files_(&files), path_(std::move(path)) {}
  [[nodiscard]] Result<bool> lock_once();
  void release();
  [[nodiscard]] bool write_over(std::string text) const;
  [[nodiscard]] Result<void> write_anew(const std::string& text) const;

  FileSystem* files_;
  std::string path_;
  int lock_ = -1;
  std::size_t size_ = 0;  // of what read() found
};

}  // namespace chandler::http
