// Keys of providers in a file of the user's own:
//
//   # providers' keys; chmod 600
//   ALPHA_VANTAGE_API_KEY=demo
//   APCA_API_KEY_ID=...
//
// A line is NAME=value with the name of the variable that would hold the key; blank lines and lines
// that begin with # are passed over. Blanks around the value are not part of it, nor is one pair of
// quotes around all of it.
//
// The file must be a regular one, ours, and nobody else's to read or write. No error shows anything
// of what is in it.
#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "chandler/result.h"
#include "config/config.h"

namespace chandler {

class KeyFile {
 public:
  KeyFile() = default;  // no file, no keys
  // Errors, of kind usage, name the file and what to do.
  [[nodiscard]] static Result<KeyFile> read(const std::filesystem::path& file);

  [[nodiscard]] std::optional<std::string> key(std::string_view name) const;

 private:
  friend Result<KeyFile> parse_key_file(std::string_view text, const std::filesystem::path& file);
  std::map<std::string, std::string, std::less<>> keys_;
};

// The text alone, whoever it belongs to.
[[nodiscard]] Result<KeyFile> parse_key_file(std::string_view text,
                                             const std::filesystem::path& file);

// CHANDLER_KEY_FILE of the environment, else `key_file` of the configuration, else
// ~/.config/chandler/keys when it is there. One that is named must be there.
[[nodiscard]] Result<KeyFile> find_key_file(const Config& config, const Environment& environment);

// Looks keys up: in the environment, and those that are not set or empty there, in the file.
[[nodiscard]] Environment keys_from(Environment environment, KeyFile file);

}  // namespace chandler
