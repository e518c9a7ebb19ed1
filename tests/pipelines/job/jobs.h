// Jobs read from texts: the clock stands at noon of 1 June 2025, a few variables are set, and files
// of symbols come out of a map.
#pragma once

#include <gtest/gtest.h>

#include <map>
#include <string>

#include "job/job.h"

namespace chandler {

inline Instant noon_of_june() { return *parse_exact("2025-06-01 12:00:00"); }

struct Around {
  JobDefaults defaults{};
  std::map<std::string, std::string> files{};  // by path: "dir/alts.txt"

  [[nodiscard]] JobSurroundings surroundings() const {
    return {.defaults = defaults,
            .now = noon_of_june(),
            .environment = [](std::string_view name) -> std::optional<std::string> {
              if (name == "COIN") return "SOLUSDT";
              if (name == "PLACE" || name == "HOME") return "/data";
              if (name == "DOLLARS") return "$${COIN}";
              if (name == "EMPTY") return "";
              return {};
            },
            .symbol_files = [files = files](const std::filesystem::path& f) -> Result<std::string> {
              if (const auto found = files.find(f.string()); found != files.end()) {
                return found->second;
              }
              return Error{ErrorKind::usage, "cannot be read: No such file", f.string(), ""};
            }};
  }
};

inline Result<Job> read_job_text(const std::string& text, const Around& around = {}) {
  return parse_job(text, "dir/nightly.json", around.surroundings());
}

inline Job good_job(const std::string& text, const Around& around = {}) {
  auto job = read_job_text(text, around);
  EXPECT_TRUE(job) << job.error().line() << "\n" << text;
  return job ? std::move(*job) : Job{};
}

// The line a user sees; every mistake is of kind usage.
inline std::string job_mistake(const std::string& text, const Around& around = {}) {
  const auto job = read_job_text(text, around);
  EXPECT_FALSE(job) << text;
  if (job) return "";
  EXPECT_EQ(job.error().kind, ErrorKind::usage);
  return job.error().line();
}

// A job of these series, for tests that speak of nothing else.
inline std::string series_job(const std::string& series) {
  return R"({"from": "2024-01-01", "series": [)" + series + "]}";
}

}  // namespace chandler
