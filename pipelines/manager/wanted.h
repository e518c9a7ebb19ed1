// A request on its way through a DataManager: which bars it means, and what became of it.
#pragma once

#include <optional>
#include <string>

#include "chandler/calendar.h"
#include "chandler/data_manager.h"
#include "manager/reach.h"
#include "selector/selector.h"

namespace chandler {

struct Wanted {
  SeriesId series;
  AskedSymbol symbol;
  AssetClass asset_class = AssetClass::unknown;
  Calendar calendar{CalendarKind::none};
  std::string provider{};
  TimeRange range{};               // of open times; both ends finite
  std::optional<Reach> reach{};    // the last bars are wanted, however far back they lie
  std::optional<Error> failure{};  // of the last attempt to fetch
  BarsAnswer* answer = nullptr;    // whoever made the request owns it

  [[nodiscard]] MissingQuery query() const;
  // Once each.
  void note(const std::string& line) const;
};

// What a request is read against. All must outlive the call.
struct RequestSurroundings {
  const Cache& cache;
  const Selector* selector = nullptr;  // nullptr: offline
  const std::optional<std::string>& default_from;
  Instant now{};
};

// Errors are of kind usage, or say that the cache cannot be read.
[[nodiscard]] Result<Wanted> read_request(const BarsRequest& request,
                                          const RequestSurroundings& surroundings);

}  // namespace chandler
