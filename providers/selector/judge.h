// What speaks for and against asking one provider for one series: all that does not change while a
// program runs.
#pragma once

#include <optional>
#include <string>

#include "chandler/provider.h"
#include "registry/registry.h"
#include "selector/classifier.h"
#include "selector/listings.h"

namespace chandler {

// A listing proves absence for so long; what it lists, it lists for ever.
inline constexpr std::chrono::hours kListingProves{24 * 30};

struct JudgeQuestion {
  const Classified& classified;
  Timeframe timeframe;
  bool named = false;  // by a rule or by hand: a class nobody knows is then its business
  bool by_hand = false;
};

struct Judgement {
  std::string against{};  // empty: nothing
  std::optional<Timeframe> rolled_up_from{};
};

[[nodiscard]] Judgement judge(const Registry::Entry& entry, const JudgeQuestion& question,
                              const Listings& listings, Instant now);

}  // namespace chandler
