#include "config/config.h"

#include <algorithm>
#include <system_error>

#include "config/config_json.h"
#include "config/config_reader.h"
#include "config/config_shape.h"
#include "config/text_file.h"

namespace chandler {
namespace {

constexpr std::size_t kMaxMebibytes = 1;

Result<Config> load(const std::filesystem::path& file) {
  auto text = read_text_file(file, kMaxMebibytes);
  if (text) return parse_config(*text, file);
  Error error = std::move(text).error();
  error.hint = "see `chandler --help` for --config";
  return error;
}

}  // namespace

const ConfiguredProvider* Config::provider(std::string_view name) const {
  const auto found = std::find_if(providers.begin(), providers.end(),
                                  [&](const ConfiguredProvider& p) { return p.name == name; });
  return found == providers.end() ? nullptr : &*found;
}

Result<Config> parse_config(std::string_view text, const std::filesystem::path& file) {
  CHANDLER_TRY(const ConfigValue root, parse_config_json(text, file.string()));
  CHANDLER_CHECK(check_config_shape(root, file.string()));
  return read_config(root, file);
}

Result<Config> load_config(const std::filesystem::path& asked, const std::filesystem::path& home) {
  if (!asked.empty()) return load(asked);
  std::vector<std::filesystem::path> places{"chandler.json"};
  if (!home.empty()) places.push_back(home / ".config" / "chandler" / "chandler.json");
  for (const auto& place : places) {
    std::error_code failed;
    const auto status = std::filesystem::status(place, failed);
    // What may not even be looked at is not passed over in silence.
    const bool absent = status.type() == std::filesystem::file_type::not_found ||
                        failed == std::errc::not_a_directory;
    if (absent) continue;
    return load(place);
  }
  return Config{};
}

}  // namespace chandler
