// The providers as a verb gets them: built from the configuration and the environment, with the
// network behind them.
#pragma once

#include <CLI/CLI.hpp>
#include <memory>
#include <string>
#include <vector>

#include "context.h"
#include "http/curl_transport.h"
#include "http/limits.h"
#include "registry/registry.h"
#include "selector/selector.h"

namespace chandler::cli {

class Sources {
 public:
  // Asks nobody anything but plugins what they are; of those that do not say it warns. They are
  // looked for in `plugin_places`, then in CHANDLER_PLUGIN_PATH, then where the configuration says.
  // Errors, of kind usage: what the configuration or the environment say of the providers makes no
  // sense.
  static Result<std::unique_ptr<Sources>> open(const Context& context,
                                               const std::vector<std::string>& plugin_places);
  Sources(const Sources&) = delete;
  Sources& operator=(const Sources&) = delete;
  ~Sources() = default;

  [[nodiscard]] const Registry& registry() const { return *registry_; }
  // With the listings the cache holds; of those that cannot be read it warns. The sources must
  // outlive it.
  [[nodiscard]] Result<std::unique_ptr<Selector>> selector(const Context& context) const;

 private:
  explicit Sources(std::string limits_folder) : limits_(std::move(limits_folder)) {}

  http::CurlTransport transport_;
  http::SharedLimits limits_;
  std::unique_ptr<Registry> registry_;
};

// Declares --plugin-dir.
void add_plugin_places(CLI::App& app, std::vector<std::string>& places);

}  // namespace chandler::cli
