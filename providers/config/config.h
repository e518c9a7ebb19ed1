// The configuration file: ./chandler.json, else ~/.config/chandler/chandler.json, or what --config
// names.
//
//   { "cache": "/data/bars",
//     "providers": { "yahoo": { "rate_limit": "100/hour" } },
//     "selection": [ { "class": "crypto", "timeframes": ["1m"], "providers": ["binance"] } ] }
#pragma once

#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "chandler/asset_class.h"
#include "chandler/result.h"
#include "chandler/timeframe.h"
#include "provider_context.h"

namespace chandler {

// `providers.NAME`.
struct ConfiguredProvider {
  std::string name{};
  ProviderSettings settings{};
  std::string where{};  // "chandler.json:3", for errors that only the registry can find
};

// Whom to ask, in this order, for series of a class; of all timeframes when none is named.
struct SelectionRule {
  AssetClass asset_class = AssetClass::unknown;
  std::vector<Timeframe> timeframes{};
  std::vector<std::string> providers{};  // at least one; whether they exist is not known here
  std::string where{};                   // "chandler.json:7"
};

// What a job that does not say otherwise does.
struct JobDefaults {
  std::optional<std::string> from{};  // as parse_when() takes it: "-30d" means another day tomorrow
  std::vector<Timeframe> derive{};
  std::optional<std::size_t> workers{};
};

struct Config {
  std::filesystem::path file{};                  // empty: there is none
  std::optional<std::filesystem::path> cache{};  // relative paths start at the file's folder
  bool optimistic_locking = false;
  bool hot = false;                                 // readers use hot copies, and make missing ones
  std::optional<std::filesystem::path> key_file{};  // relative paths likewise
  std::vector<std::filesystem::path> plugins{};     // likewise
  std::vector<ConfiguredProvider> providers{};      // each name once
  std::vector<SelectionRule> selection{};           // tried from the top
  JobDefaults defaults{};

  [[nodiscard]] const ConfiguredProvider* provider(std::string_view name) const;
};

// All errors are of kind usage and name file, line and key.
[[nodiscard]] Result<Config> parse_config(std::string_view text, const std::filesystem::path& file);

// `asked` is the argument of --config, `home` the value of $HOME; either may be empty.
[[nodiscard]] Result<Config> load_config(const std::filesystem::path& asked,
                                         const std::filesystem::path& home);

}  // namespace chandler
