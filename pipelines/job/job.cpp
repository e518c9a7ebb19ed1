#include "job/job.h"

#include "config/config_json.h"
#include "config/text_file.h"
#include "job/job_reader.h"
#include "job/job_shape.h"
#include "job/variables.h"

namespace chandler {
namespace {

constexpr std::size_t kMaxMebibytes = 16;

Result<std::string> read_from_disk(const std::filesystem::path& file) {
  return read_text_file(file, kMaxMebibytes);
}

}  // namespace

Result<Job> parse_job(std::string_view text, const std::filesystem::path& file,
                      const JobSurroundings& surroundings) {
  const std::string name = file.string();
  if (text.size() > kMaxMebibytes << 20U) {
    return Error{ErrorKind::usage, "is over " + std::to_string(kMaxMebibytes) + " MiB", name, ""};
  }
  CHANDLER_TRY(ConfigValue root, parse_config_json(text, name));
  CHANDLER_CHECK(check_job_shape(root, name));
  CHANDLER_CHECK(fill_in_all(root, name, surroundings.environment));
  if (surroundings.symbol_files) return read_job(root, file, surroundings);
  JobSurroundings on_disk = surroundings;
  on_disk.symbol_files = read_from_disk;
  return read_job(root, file, on_disk);
}

Result<Job> load_job(const std::filesystem::path& file, const JobSurroundings& surroundings) {
  CHANDLER_TRY(const std::string text, read_from_disk(file));
  return parse_job(text, file, surroundings);
}

}  // namespace chandler
