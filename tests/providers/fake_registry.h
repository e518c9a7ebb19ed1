// A registry of fakes, without network, limits or clock.
#pragma once

#include <memory>
#include <utility>
#include <vector>

#include "http/limits.h"
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

class NoMachinery {
 public:
  [[nodiscard]] ProviderMachinery get(Environment environment) {
    return {transport_, limits_, timer_, std::move(environment)};
  }

 private:
  NoTransport transport_;
  http::SharedLimits limits_;
  NoTimer timer_;
};

}  // namespace chandler::testing
