// A registry of fakes, without network, limits or clock.
#pragma once

#include <memory>
#include <utility>
#include <vector>

#include "registry/registry.h"
#include "tests/providers/fake_provider.h"

namespace chandler::testing {

class NoTransport final : public http::Transport {
 public:
  Result<http::Response> get(const http::Request& /*request*/,
                             const std::stop_token& /*stop*/) override {
    return Error{ErrorKind::unavailable, "there is no network here", "", ""};
  }
};

class NoTimer final : public http::Timer {
 public:
  [[nodiscard]] http::Moment now() const override { return {}; }
  bool wait_until(http::Moment /*moment*/, const std::stop_token& /*stop*/) override {
    return false;
  }
};

// Fakes look at none of this, so the limits need not be any.
class NoMachinery {
 public:
  [[nodiscard]] ProviderMachinery get(Environment environment) {
    auto* const limits = static_cast<http::SharedLimits*>(static_cast<void*>(&transport_));
    return {transport_, *limits, timer_, std::move(environment)};
  }

 private:
  NoTransport transport_;
  NoTimer timer_;
};

}  // namespace chandler::testing
