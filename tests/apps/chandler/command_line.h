// A cache of its own for every test, and the program to fill and ask it.
#pragma once

#include <gtest/gtest.h>

#include <cstdint>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tests/support/process.h"

namespace chandler::cli {

using Json = nlohmann::ordered_json;
using testing::ProcessOptions;
using testing::ProcessResult;

// Runs `chandler` in an empty folder, with a home of its own and the cache in ./cache.
class CommandLine : public ::testing::Test {
 protected:
  CommandLine();
  ~CommandLine() override;

  ProcessResult run(std::vector<std::string> words, ProcessOptions options = {}) const;
  // As somebody who may not write what is not his: root may write everywhere. Nothing: only root can
  // start the program here.
  std::optional<ProcessResult> run_as_somebody(const std::vector<std::string>& words) const;
  // With --json; fails the test when stdout is not exactly one document.
  Json run_json(std::vector<std::string> words, int expected_code = 0) const;

  [[nodiscard]] std::filesystem::path path(std::string_view name) const { return folder_ / name; }
  [[nodiscard]] std::filesystem::path cache(std::string_view name = "") const {
    return folder_ / "cache" / name;
  }
  std::string write(std::string_view name, std::string_view content) const;
  [[nodiscard]] std::string content_of(const std::filesystem::path& file) const;
  // Imports `count` bars of a made-up market that never closes; returns the CSV.
  std::string fill(const std::string& symbol, const std::string& timeframe, std::string_view first,
                   std::size_t count) const;
  // Every file of the cache but the lock files, with its bytes.
  [[nodiscard]] std::vector<std::pair<std::string, std::string>> cache_content() const;
  [[nodiscard]] ProcessOptions defaults(ProcessOptions options = {}) const;
  [[nodiscard]] static std::vector<std::string> program(std::vector<std::string> words);

 private:
  std::filesystem::path folder_;
};

// "timestamp,open,high,low,close,volume" and `count` bars; the same for the same arguments.
[[nodiscard]] std::string bars_csv(std::string_view first, std::int64_t step_seconds,
                                   std::size_t count);
[[nodiscard]] std::string gzipped(std::string_view text);

}  // namespace chandler::cli
