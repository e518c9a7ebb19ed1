// What a built-in provider is made of: the machinery it shares with the others, and its settings.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "chandler/provider.h"
#include "http/client.h"

namespace chandler {

// `providers.NAME` of the configuration.
struct ProviderSettings {
  bool enabled = true;
  std::string base_url{};     // instead of the provider's own hosts
  std::string api_key_env{};  // instead of the provider's own variable
  std::optional<RateLimit> rate_limit{};
  std::optional<double> reliability{};
  std::optional<std::chrono::milliseconds> timeout{};
};

// Value of an environment variable.
using Environment = std::function<std::optional<std::string>(std::string_view name)>;
// Of this process.
[[nodiscard]] std::optional<std::string> environment_variable(std::string_view name);

// Everything referred to must outlive the provider.
struct ProviderContext {
  http::Transport& transport;
  http::SharedLimits& limits;
  http::Timer& timer;  // also tells which bars are over
  Environment environment;
  ProviderSettings settings{};
  http::RetryPolicy retry{};
  http::BreakerPolicy breaker{};
  Environment keys{};  // where keys are looked up; empty: in the environment
  std::map<std::string, std::string> others_keys{};  // variables of other providers' keys: whose
  http::RetryBudget* retries = nullptr;              // of the run; nullptr: none

  // The value of a key's variable; nothing when it is not set.
  [[nodiscard]] std::optional<std::string> key(std::string_view variable) const;
};

[[nodiscard]] std::unique_ptr<Provider> make_binance(const ProviderContext& context);
[[nodiscard]] std::unique_ptr<Provider> make_yahoo(const ProviderContext& context);
[[nodiscard]] std::unique_ptr<Provider> make_alpha_vantage(const ProviderContext& context);
[[nodiscard]] std::unique_ptr<Provider> make_alpaca(const ProviderContext& context);
[[nodiscard]] std::unique_ptr<Provider> make_sandbox(const ProviderContext& context);

}  // namespace chandler
