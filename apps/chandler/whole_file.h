// A file outside the cache that appears whole or not at all: written beside its name, synced,
// renamed.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

#include "chandler/result.h"

namespace chandler::cli {

// Errors, of kind usage: `path` lies in the cache, where it would be taken for a damaged file of its own, or replace
// one. What it is through links counts, and what it is by name.
[[nodiscard]] Result<void> check_outside(const std::filesystem::path& path,
                                         const std::filesystem::path& cache_root);
// Errors, of kind usage: no file outside the cache can be written there. For verbs that write it last, asked first.
[[nodiscard]] Result<void> check_target(const std::filesystem::path& path,
                                        const std::filesystem::path& cache_root);

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
