// The provider that a plugin of either kind becomes: asks its source for ranges, takes up where
// trouble broke a run off, and keeps back bars that are not over.
#pragma once

#include <memory>

#include "plugin/calls.h"
#include "plugin/description.h"
#include "plugin/run.h"
#include "plugin/settings.h"

namespace chandler::plugin {

// The first label of the timeframe whose bar is not over at `now`.
[[nodiscard]] Instant closed_until(const Instrument& instrument, Timeframe timeframe, Instant now);

class PluginProvider final : public Provider {
 public:
  // What the context refers to must outlive this.
  PluginProvider(const Description& description, std::unique_ptr<Source> source,
                 const ProviderContext& context);

  [[nodiscard]] const Capabilities& capabilities() const override {
    return description_.capabilities;
  }
  [[nodiscard]] Result<std::string> spelling(const Instrument& instrument) const override;
  [[nodiscard]] Result<std::unique_ptr<PageStream>> fetch(FetchRequest request) override;
  [[nodiscard]] Result<std::vector<Listed>> listing(const std::stop_token& stop) override;
  [[nodiscard]] Result<Health> probe(const std::stop_token& stop) override;
  [[nodiscard]] CallCounts calls() const override;
  [[nodiscard]] BreakerState breaker() const override;

 private:
  class Stream;

  [[nodiscard]] Instant now() const;
  [[nodiscard]] Error named(const Error& error) const;
  [[nodiscard]] Result<void> fits(const FetchRequest& request) const;
  [[nodiscard]] Result<std::string> try_out(const std::stop_token& stop);
  // Waits for limits and asks again where that helps, unless the source's calls do so themselves.
  [[nodiscard]] Result<Piece> ask(const Calls::Attempt& attempt, const std::stop_token& stop);

  Description description_;
  http::Timer& timer_;
  std::unique_ptr<Source> source_;
  Calls calls_;
};

}  // namespace chandler::plugin
