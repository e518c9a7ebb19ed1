// The providers as a run gets them: built from the configuration and the environment, with the
// network behind them.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "http/curl_transport.h"
#include "http/limits.h"
#include "http/retry_budget.h"
#include "registry/registry.h"
#include "selector/selector.h"

namespace chandler {

struct SourcesRequest {
  Config config{};
  Environment environment{};
  std::vector<std::filesystem::path> plugin_places{};  // looked at before all others
};

class Sources {
 public:
  // Asks nobody anything but plugins what they are. They are looked for in `plugin_places`, then in
  // CHANDLER_PLUGIN_PATH, then where the configuration says. Errors, of kind usage: what the
  // configuration or the environment say of the providers makes no sense, or the file of keys is not
  // the user's alone.
  static Result<std::unique_ptr<Sources>> open(SourcesRequest request);
  Sources(const Sources&) = delete;
  Sources& operator=(const Sources&) = delete;
  ~Sources() = default;

  [[nodiscard]] const Registry& registry() const { return *registry_; }
  // A run, under way as long as what is returned lives; what the providers may spend on retries is
  // counted by runs.
  [[nodiscard]] http::RetryBudget::Run begin_run() const { return retries_->begin_run(); }
  // Plugins that cannot be used.
  [[nodiscard]] const std::vector<Error>& problems() const { return problems_; }

  struct SelectorMade {
    std::unique_ptr<Selector> selector;
    std::vector<Error> problems{};  // listings that cannot be read
  };
  // With the listings the cache holds. The sources must outlive it.
  [[nodiscard]] Result<SelectorMade> selector(const std::filesystem::path& cache_root) const;

 private:
  explicit Sources(SourcesRequest request);
  [[nodiscard]] std::vector<std::filesystem::path> all_places() const;
  Result<void> load();

  SourcesRequest request_;
  http::CurlTransport transport_;
  http::SharedLimits limits_;
  const std::unique_ptr<http::RetryBudget> retries_ = std::make_unique<http::RetryBudget>();
  std::unique_ptr<Registry> registry_;
  std::vector<Error> problems_;
};

}  // namespace chandler
