// The configuration file: ./chandler.json, else ~/.config/chandler/chandler.json, or what --config
// names.
//
//   { "cache": "/data/bars", "locking": "optimistic" }
//
// The keys of providers are checked for spelling and type, and not used by this program.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include "chandler/result.h"

namespace chandler {

struct Config {
  std::filesystem::path file;                  // empty: there is none
  std::optional<std::filesystem::path> cache;  // relative paths start at the file's folder
  bool optimistic_locking = false;
};

// All errors are of kind usage and name file, line and key.
[[nodiscard]] Result<Config> parse_config(std::string_view text, const std::filesystem::path& file);

// `asked` is the argument of --config, `home` the value of $HOME; either may be empty.
[[nodiscard]] Result<Config> load_config(const std::filesystem::path& asked,
                                         const std::filesystem::path& home);

}  // namespace chandler
