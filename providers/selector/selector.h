// Chooses among the providers: by the rules of the configuration, then by the default ones.
//
//   CHANDLER_TRY(const auto selector, Selector::make(registry, std::move(listings), clock));
//   CHANDLER_TRY(auto asked, parse_asked_symbol("BTC/USDT"));
//   CHANDLER_TRY(const auto selection, selector->select({asked, Timeframe::m1}));
//   for (const Candidate& c : selection->candidates) ...
//
// Asks nobody anything: what it knows are capabilities, settings, keys, the state of the breakers
// and the listings it was given. An answer is remembered, and checked against what may have changed
// since (breakers, the clock), so that asking again takes well under a microsecond.
#pragma once

#include <memory>
#include <shared_mutex>
#include <string>
#include <unordered_map>
#include <vector>

#include "chandler/result.h"
#include "chandler/time.h"
#include "registry/registry.h"
#include "selector/asked_symbol.h"
#include "selector/listings.h"
#include "selector/selection.h"

namespace chandler {

struct SelectionQuery {
  AskedSymbol symbol;
  Timeframe timeframe = Timeframe::d1;
  TimeRange range{};       // an open start asks for no depth
  std::string provider{};  // asked for by name; empty: by the rules
};

// Safe from several threads.
class Selector {
 public:
  // Registry (complete) and clock must outlive it. When more answers than `most_remembered` come
  // together all are forgotten. The error, of kind usage, is that of Registry::check_names().
  static Result<std::unique_ptr<Selector>> make(const Registry& registry, Listings listings,
                                                const Clock& clock = Clock::system(),
                                                std::size_t most_remembered = std::size_t{1}
                                                                              << 16U);
  Selector(const Selector&) = delete;
  Selector& operator=(const Selector&) = delete;
  ~Selector() = default;

  // Only a provider's name that nobody has is an error. That nobody can be asked is an answer.
  [[nodiscard]] Result<std::shared_ptr<const Selection>> select(const SelectionQuery& query) const;

  [[nodiscard]] Classified classified(const AskedSymbol& symbol) const {
    return classify(symbol, listings_);
  }
  [[nodiscard]] const Listings& listings() const { return listings_; }

 private:
  using Answer = std::shared_ptr<const Selection>;

  Selector(const Registry& registry, Listings listings, const Clock& clock,
           std::size_t most_remembered)
      : registry_(registry),
        listings_(std::move(listings)),
        clock_(clock),
        most_remembered_(most_remembered) {}

  [[nodiscard]] Selection decide(const SelectionQuery& query) const;
  void add_by_rule(const SelectionQuery& query, Selection& selection) const;
  void add(const Registry::Entry& entry, const SelectionQuery& query, const std::string& because,
           bool named, Selection& selection) const;

  const Registry& registry_;
  const Listings listings_;
  const Clock& clock_;
  const std::size_t most_remembered_;
  mutable std::shared_mutex guard_;
  mutable std::unordered_map<std::string, Answer> remembered_;  // without breakers and depth
};

}  // namespace chandler
