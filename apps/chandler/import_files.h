// Which files `import` was given, and what it says of lines that did not get in.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <mutex>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <vector>

#include "chandler/importer.h"
#include "output.h"
#include "whole_file.h"

namespace chandler::cli {

// Replaces @LIST by the names in it and, when `recursive`, folders by the .csv, .gz and .zip files
// below them. Each file once, in the order given. Errors are of kind usage.
[[nodiscard]] Result<std::vector<std::filesystem::path>> expand_files(
    const std::vector<std::string>& names, bool recursive);

// Prints progress, lists rejected lines. Safe from several threads.
class ImportLog final : public ImportObserver {
 public:
  static constexpr std::size_t kShownPerFile = 20;
  static constexpr std::size_t kMostInDocument = 10'000;

  // `rejects`: where all rejected lines go, too.
  ImportLog(Output& out, std::size_t files, std::optional<WholeFile> rejects);

  void on_rejected(const RejectedLine& line) override;
  void on_note(const std::string& line) override;
  void on_file_done(const std::filesystem::path& file, std::uint64_t rows) override;
  [[nodiscard]] bool stop() override;

  // Says how many lines were not shown, and makes the file of rejected lines appear.
  [[nodiscard]] Result<void> finish();
  void add_to(Json& document) const;  // rejected_lines, rejected_lines_omitted

 private:
  void clear_progress();

  Output& out_;
  std::size_t files_;
  bool progress_;
  std::optional<WholeFile> rejects_;

  std::mutex mutex_;  // of all below
  std::size_t done_ = 0;
  std::uint64_t rows_ = 0;
  std::map<std::string, std::uint64_t> rejected_of_;
  std::vector<RejectedLine> kept_;
  std::uint64_t omitted_ = 0;
  std::optional<Error> rejects_failed_;
};

}  // namespace chandler::cli
