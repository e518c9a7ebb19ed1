// A provider that can do what a test says, and asks nobody.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "chandler/provider.h"

namespace chandler::testing {

class FakeProvider final : public Provider {
 public:
  explicit FakeProvider(Capabilities capabilities) : capabilities_(std::move(capabilities)) {}

  [[nodiscard]] const Capabilities& capabilities() const override { return capabilities_; }
  [[nodiscard]] Result<std::string> spelling(const Instrument& instrument) const override {
    if (instrument.symbol.name() == unspeakable) {
      return Error{ErrorKind::unsupported, "no way to spell it", "", ""};
    }
    return instrument.symbol.name();
  }
  [[nodiscard]] Result<std::unique_ptr<PageStream>> fetch(FetchRequest /*request*/) override {
    return Error{ErrorKind::unsupported, "a fake has no bars", "", ""};
  }
  [[nodiscard]] Result<std::vector<Listed>> listing(const std::stop_token& /*stop*/) override {
    ++listings_asked;
    return listed;
  }
  [[nodiscard]] Result<Health> probe(const std::stop_token& /*stop*/) override {
    return Health{.ok = true, .latency = std::chrono::milliseconds{7}, .detail = "answered"};
  }
  [[nodiscard]] CallCounts calls() const override { return {}; }
  [[nodiscard]] BreakerState breaker() const override { return state; }

  BreakerState state = BreakerState::closed;
  std::string unspeakable{};
  Result<std::vector<Listed>> listed =
      Error{ErrorKind::unsupported, "a fake has no listing", "", ""};
  int listings_asked = 0;

 private:
  Capabilities capabilities_;
};

// Covers everything, every timeframe, without a key.
inline Capabilities able(std::string name) {
  return Capabilities{
      .name = std::move(name),
      .classes = {AssetClass::unknown, AssetClass::crypto, AssetClass::stock, AssetClass::etf,
                  AssetClass::index, AssetClass::forex, AssetClass::future},
      .timeframes = {kAllTimeframes.begin(), kAllTimeframes.end()}};
}

}  // namespace chandler::testing
