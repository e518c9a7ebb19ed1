#include "job/job_shape.h"

namespace chandler {
namespace {

using Type = ConfigValue::Type;

constexpr Shape kText{"", Type::string};
constexpr Shape kSeriesKeys[] = {
    {"symbols", Type::list, {}, &kText, true},
    {"timeframe", Type::string},
    {"derive", Type::list, {}, &kText},
    {"provider", Type::string},
    {"from", Type::string},
    {"to", Type::string},
    {"extended_hours", Type::boolean},
};
constexpr Shape kSeries{"", Type::object, kSeriesKeys};
constexpr Shape kTop[] = {
    {"$schema", Type::string},   {"name", Type::string},
    {"cache", Type::string},     {"series", Type::list, {}, &kSeries},
    {"timeframe", Type::string}, {"derive", Type::list, {}, &kText},
    {"provider", Type::string},  {"from", Type::string},
    {"to", Type::string},        {"extended_hours", Type::boolean},
    {"workers", Type::number},   {"on_error", Type::string},
};
constexpr Shape kJob{"", Type::object, kTop};

}  // namespace

const Shape& job_shape() { return kJob; }

Error job_error(const std::string& file, std::size_t line, const std::string& path,
                std::string what, std::string hint) {
  const std::string where = file + ":" + std::to_string(line);
  return Error{ErrorKind::usage, std::move(what), path.empty() ? where : where + ": " + path,
               std::move(hint)};
}

Result<void> check_job_shape(const ConfigValue& root, const std::string& file) {
  const auto mistake = find_mistake(root, kJob);
  if (!mistake) return {};
  const std::string what = mistake->path.empty() ? "a job " + mistake->what : mistake->what;
  return job_error(file, mistake->line, mistake->path, what, mistake->hint);
}

}  // namespace chandler
