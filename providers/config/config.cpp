#include "config/config.h"

#include <algorithm>
#include <fstream>
#include <system_error>

#include "config/config_json.h"
#include "config/config_reader.h"
#include "config/config_shape.h"

namespace chandler {
namespace {

constexpr std::size_t kMaxFileSize = std::size_t{1} << 20U;

Error unreadable(const std::filesystem::path& file, const std::string& why) {
  return Error{ErrorKind::usage, why, file.string(), "see `chandler --help` for --config"};
}

Result<std::string> read_text(const std::filesystem::path& file) {
  std::error_code failed;
  if (std::filesystem::is_directory(file, failed))
    return unreadable(file, "is a folder, not a file");
  std::ifstream in{file, std::ios::binary};
  if (!in) return unreadable(file, "the configuration cannot be read");
  std::string text(kMaxFileSize + 1, '\0');
  in.read(text.data(), static_cast<std::streamsize>(text.size()));
  if (in.bad()) return unreadable(file, "the configuration cannot be read");
  text.resize(static_cast<std::size_t>(in.gcount()));
  if (text.size() > kMaxFileSize) return unreadable(file, "the configuration is over 1 MiB");
  return text;
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
  if (!asked.empty()) {
    CHANDLER_TRY(const std::string text, read_text(asked));
    return parse_config(text, asked);
  }
  std::vector<std::filesystem::path> places{"chandler.json"};
  if (!home.empty()) places.push_back(home / ".config" / "chandler" / "chandler.json");
  for (const auto& place : places) {
    std::error_code failed;
    const auto status = std::filesystem::status(place, failed);
    // What may not even be looked at is not passed over in silence.
    const bool absent = status.type() == std::filesystem::file_type::not_found ||
                        failed == std::errc::not_a_directory;
    if (absent) continue;
    CHANDLER_TRY(const std::string text, read_text(place));
    return parse_config(text, place);
  }
  return Config{};
}

}  // namespace chandler
