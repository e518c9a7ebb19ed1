// From what is wanted and what is there: what has to be asked for, and of whom.
//
//   Planner planner{cache, selector, {.force = false}};
//   SeriesPlan plan = planner.plan(ask);      // touches nothing, asks nobody
//   if (plan.refused) ...
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "chandler/cache.h"
#include "job/job.h"
#include "selector/selector.h"

namespace chandler {

struct PlanOptions {
  bool force = false;  // ask for all of the range again, whatever is there; not with holes_only
  bool holes_only = false;  // only for open gaps inside (heal)
  bool confirmed = false;   // also for gaps that are known to stay empty
};

// A missing range, and who is asked for it, in this order. At least one.
struct PlannedPiece {
  Missing missing{};
  bool leading = false;  // nothing older was ever asked for
  std::vector<Provider*> providers{};
};

struct SeriesPlan {
  SeriesId series;  // that is fetched; may be finer than what was asked for
  Instant made_at{};
  bool exists = false;  // something is there
  Instrument instrument;
  bool extended_hours = false;
  bool force = false;
  std::vector<Timeframe> derive{};
  std::optional<Timeframe> otherwise{};  // what somebody else has to roll it up from
  std::vector<PlannedPiece> pieces{};    // in time order; empty: nothing is missing
  std::string reason{};            // of the choice of the provider; empty when nobody is asked
  std::optional<Error> refused{};  // it cannot be done
  std::vector<std::string> notes{};

  std::int64_t bars = 0;  // expected
  std::uint64_t requests = 0;
};

// What some plans come to for one provider.
struct ProviderLoad {
  std::string provider{};
  std::uint64_t requests = 0;
  std::chrono::seconds least{};  // as long as it takes under its rate limits
};

// Room on the cache's disk, in bytes.
struct SpaceNeed {
  std::uint64_t needed = 0;             // about
  std::optional<std::uint64_t> free{};  // nothing: nobody can tell

  [[nodiscard]] bool fits() const { return !free || needed <= *free; }
};

class Planner {
 public:
  // More holes than that in one series, and near ones are asked for together.
  static constexpr std::ptrdiff_t kExactHoles = 16;

  // All must outlive it.
  Planner(const Cache& cache, const Selector& selector, PlanOptions options)
      : cache_(cache), selector_(selector), options_(options) {}

  // Safe from several threads. `from`: this is fetched in its place, and rolled up.
  [[nodiscard]] SeriesPlan plan(const SeriesAsk& ask, std::optional<Timeframe> from = {}) const;
  // Of all together; those that were refused for want of room count, too.
  [[nodiscard]] SpaceNeed space_for(const std::vector<SeriesPlan>& plans) const;
  // no_space: what is missing of all of them together is more than the disk holds. Plans them to find out only where
  // the whole of their ranges would be.
  [[nodiscard]] Result<void> check_space(const std::vector<SeriesAsk>& asks) const;
  [[nodiscard]] Error too_little(const SpaceNeed& space) const;

 private:
  Result<void> choose_timeframe(const SeriesAsk& ask, std::optional<Timeframe> from,
                                SeriesPlan& plan) const;
  Result<void> find_pieces(const SeriesAsk& ask, SeriesPlan& plan) const;
  [[nodiscard]] std::vector<Missing> wanted(const SeriesAsk& ask, const Holdings& there,
                                            const SeriesPlan& plan) const;
  // Who gave the bars of the symbol, in any timeframe.
  [[nodiscard]] Result<std::vector<std::string>> givers(const Holdings& there,
                                                        const Symbol& symbol) const;
  Result<void> choose_providers(const SeriesAsk& ask, const std::vector<std::string>& givers,
                                PlannedPiece& piece, SeriesPlan& plan) const;
  [[nodiscard]] SpaceNeed space_for_bars(std::int64_t bars) const;
  // No fewer than its plan can come to.
  [[nodiscard]] std::int64_t at_most(const SeriesAsk& ask) const;
  [[nodiscard]] Result<Holdings> held(const SeriesPlan& plan, TimeRange range) const;

  const Cache& cache_;
  const Selector& selector_;
  PlanOptions options_;
};

// The load of these plans' first choices, by provider.
[[nodiscard]] std::vector<ProviderLoad> loads_of(const std::vector<SeriesPlan>& plans);

}  // namespace chandler
