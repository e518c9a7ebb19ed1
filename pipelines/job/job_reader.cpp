#include "job/job_reader.h"

#include <algorithm>
#include <cmath>

#include "config/suggest.h"
#include "job/job_shape.h"
#include "job/series_reader.h"

namespace chandler {
namespace {

constexpr std::size_t kLongestName = 64;

// It becomes the name of a file.
bool is_job_name(std::string_view name) {
  const auto fits = [](char c) {
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '-' || c == '.';
  };
  return !name.empty() && name.size() <= kLongestName && name.front() != '-' &&
         name.front() != '.' && std::all_of(name.begin(), name.end(), fits);
}

std::string in_quotes(const std::string& text) { return '"' + printable(text, 80) + '"'; }

// What the top of a job says, besides its series.
class TopReader {
 public:
  TopReader(const ConfigValue& root, const std::filesystem::path& file)
      : root_(root), path_(file), file_(file.string()) {}

  [[nodiscard]] Result<Job> read(const JobDefaults& defaults) const {
    Job job;
    CHANDLER_TRY(job.name, name());
    if (const ConfigValue* cache = member(root_, "cache")) {
      if (cache->text.empty()) return error(*cache, "cache", "is empty");
      job.cache = path_.parent_path() / cache->text;
    }
    CHANDLER_TRY(job.workers, workers(defaults));
    CHANDLER_TRY(job.stop_on_error, stop_on_error());
    return job;
  }

 private:
  [[nodiscard]] Error error(const ConfigValue& value, const std::string& key, std::string what,
                            std::string hint = {}) const {
    return job_error(file_, value.line, key, std::move(what), std::move(hint));
  }

  [[nodiscard]] Result<std::string> name() const {
    const char* const rule =
        "names are 1 to 64 of A-Z a-z 0-9 _ - . and begin with neither - nor .";
    if (const ConfigValue* name = member(root_, "name")) {
      if (is_job_name(name->text)) return name->text;
      return error(*name, "name", in_quotes(name->text) + " is not a job's name", rule);
    }
    std::string stem = path_.stem().string();
    if (is_job_name(stem)) return stem;
    return error(root_, "", in_quotes(stem) + ", from the file, is not a job's name",
                 std::string("write a \"name\"; ") + rule);
  }

  [[nodiscard]] Result<std::size_t> workers(const JobDefaults& defaults) const {
    const ConfigValue* value = member(root_, "workers");
    // A configuration may allow more than any job uses.
    if (value == nullptr) return std::min(defaults.workers.value_or(kDefaultWorkers), kMaxWorkers);
    const double count = value->number;
    if (count < 1 || count > static_cast<double>(kMaxWorkers) || count != std::floor(count)) {
      return error(*value, "workers", "must be a whole number from 1 to 64");
    }
    return static_cast<std::size_t>(count);
  }

  [[nodiscard]] Result<bool> stop_on_error() const {
    const ConfigValue* value = member(root_, "on_error");
    if (value == nullptr || value->text == "continue") return false;
    if (value->text == "stop") return true;
    const std::string words[] = {"continue", "stop"};
    const auto near = nearest(value->text, words);
    return error(*value, "on_error",
                 R"(must be "continue" or "stop", not )" + in_quotes(value->text),
                 near ? "did you mean \"" + *near + "\"?" : "");
  }

  const ConfigValue& root_;
  const std::filesystem::path& path_;
  std::string file_;
};

}  // namespace

Result<Job> read_job(const ConfigValue& root, const std::filesystem::path& file,
                     const JobSurroundings& surroundings) {
  CHANDLER_TRY(Job job, (TopReader{root, file}.read(surroundings.defaults)));
  CHANDLER_TRY(job.series, read_series(root, file, surroundings));
  return job;
}

}  // namespace chandler
