// A file outside the cache that appears whole or not at all: written beside its name, synced,
// renamed.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

#include "chandler/result.h"

namespace chandler::cli {

class WholeFile {
 public:
  // Nothing is seen under `path` before commit(). Compressed when the name ends with .gz.
  static Result<WholeFile> create(const std::filesystem::path& path);
  WholeFile(WholeFile&&) noexcept;
  WholeFile& operator=(WholeFile&&) noexcept;
  ~WholeFile();  // without commit() nothing remains

  [[nodiscard]] Result<void> write(std::string_view bytes);
  [[nodiscard]] Result<void> commit();

 private:
  struct State;
  explicit WholeFile(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace chandler::cli
