// Brings the cache up to what is wanted: plans, puts together what is one series, runs the
// pipeline, and tells each request what became of it.
#pragma once

#include <functional>
#include <optional>
#include <set>
#include <span>
#include <stop_token>
#include <vector>

#include "chandler/cache.h"
#include "manager/series_claims.h"
#include "manager/wanted.h"
#include "plan/planner.h"
#include "plan/sources.h"
#include "report/run_report.h"

namespace chandler {

// All must outlive it.
struct ReadThroughParts {
  Cache& cache;
  const Sources& sources;
  const Selector& selector;
  SeriesClaims& claims;
  std::size_t workers;
};

class ReadThrough {
 public:
  explicit ReadThrough(const ReadThroughParts& parts)
      : parts_(parts), planner_(parts.cache, parts.selector, {}) {}

  // Fetches what is missing. What could not be had is the answer's error where bars are missing
  // for it, else a note.
  void fetch(std::span<Wanted* const> wanted, const std::stop_token& stop);

 private:
  // What has to be asked for of one series, and for whom.
  struct Errand {
    SeriesAsk ask;
    std::vector<Wanted*> wanted;
    [[nodiscard]] SeriesId series() const { return {ask.symbol.symbol, ask.timeframe}; }
  };
  using Errands = std::vector<Errand>;

  [[nodiscard]] Errands errands(std::span<Wanted* const> wanted) const;
  [[nodiscard]] Result<std::optional<SeriesAsk>> what_to_ask(const Wanted& wanted) const;
  [[nodiscard]] bool rolled_up(const Wanted& wanted) const;
  static void add(Errands& list, SeriesAsk ask, Wanted* wanted);
  static Errands take_round(Errands& list);

  Result<void> run(Errands list, const std::stop_token& stop);
  [[nodiscard]] RunReport run_round(const Errands& round, const std::stop_token& stop) const;
  static void tell(const Errands& round, const RunReport& report);

  ReadThroughParts parts_;
  Planner planner_;
};

// Nobody is asked: says what is missing.
void check_held(const Cache& cache, const Wanted& wanted);

}  // namespace chandler
