// Who would be asked for a series, in which order, and why.
#pragma once

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include "chandler/provider.h"
#include "chandler/timeframe.h"
#include "selector/classifier.h"

namespace chandler {

struct Candidate {
  Provider* provider = nullptr;  // the registry's
  bool usable = false;
  std::string reason{};  // why it is kept or passed over, for people
  // The provider does not offer the timeframe itself, but this one, from which it is rolled up.
  std::optional<Timeframe> rolled_up_from{};

  [[nodiscard]] const std::string& name() const { return provider->capabilities().name; }
};

struct Selection {
  Classified classified;
  Timeframe timeframe = Timeframe::d1;
  std::vector<Candidate> candidates{};  // usable ones in failover order, the others among them
  std::string reason{};                 // of the choice, or why there is none

  // Whom to ask first; nullptr when nobody can be asked.
  [[nodiscard]] const Candidate* chosen() const {
    const auto first = std::find_if(candidates.begin(), candidates.end(),
                                    [](const Candidate& c) { return c.usable; });
    return first == candidates.end() ? nullptr : &*first;
  }
};

}  // namespace chandler
