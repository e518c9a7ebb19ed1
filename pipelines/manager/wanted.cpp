#include "manager/wanted.h"

#include <algorithm>
#include <utility>

namespace chandler {
namespace {

// What settles best what a symbol is: a word of the user's, a listing, what the cache has recorded.
AssetClass class_of(const AskedSymbol& symbol, const RequestSurroundings& surroundings) {
  if (symbol.asset_class) return *symbol.asset_class;
  if (surroundings.selector != nullptr) {
    const AssetClass listed = surroundings.selector->classified(symbol).instrument.asset_class;
    if (listed != AssetClass::unknown) return listed;
  }
  return surroundings.cache.asset_class_of(symbol.symbol);
}

Result<Instant> when(const std::string& text, Instant now, const char* which) {
  auto parsed = parse_when(text, now);
  if (!parsed) return parsed.error().within(which);
  // "-1000000w" ends before the calendar begins.
  return std::max(*parsed, year_start(1));
}

Result<Instant> begin_of(const BarsRequest& request, const Wanted& wanted,
                         const RequestSurroundings& surroundings) {
  if (!request.from.empty()) return when(request.from, surroundings.now, "from");
  if (surroundings.default_from)
    return when(*surroundings.default_from, surroundings.now, "defaults.from");
  MissingQuery nothing = wanted.query();
  nothing.range = {surroundings.now, surroundings.now};
  CHANDLER_TRY(const Holdings there, surroundings.cache.missing(wanted.series, nothing));
  if (there.covered) return there.covered->from;
  return Error{ErrorKind::usage, "it is not said where to begin, and nothing is there yet",
               wanted.series.text(), "name a time to begin from, like 2024-01-01 or -30d"};
}

Result<void> read_range(const BarsRequest& request, const RequestSurroundings& surroundings,
                        Wanted& wanted) {
  Instant to = surroundings.now;
  if (!request.to.empty()) {
    CHANDLER_TRY(to, when(request.to, surroundings.now, "to"));
  }
  const Timeframe tf = wanted.series.timeframe;
  if (request.last != 0) {
    if (!request.from.empty()) {
      return Error{ErrorKind::usage, "the last bars and a time to begin from exclude each other",
                   wanted.series.text(), "leave one of them out"};
    }
    const Instant end = over_by(wanted.calendar, tf, std::min(to, surroundings.now));
    wanted.reach.emplace(wanted.calendar, tf, request.last, end);
    wanted.range = wanted.reach->range();
    return {};
  }
  CHANDLER_TRY(const Instant from, begin_of(request, wanted, surroundings));
  if (from > to) {
    return Error{ErrorKind::usage, "the range ends before it begins", wanted.series.text(),
                 "it goes from " + format_instant(from) + " to " + format_instant(to)};
  }
  wanted.range = {from, to};
  return {};
}

}  // namespace

MissingQuery Wanted::query() const {
  MissingQuery query{.range = whole_bars(calendar, series.timeframe, range)};
  if (asset_class != AssetClass::unknown) query.asset_class = asset_class;
  return query;
}

void Wanted::note(const std::string& line) const {
  auto& notes = answer->notes;
  if (std::find(notes.begin(), notes.end(), line) == notes.end()) notes.push_back(line);
}

Result<Wanted> read_request(const BarsRequest& request, const RequestSurroundings& surroundings) {
  CHANDLER_TRY(AskedSymbol symbol, parse_asked_symbol(request.symbol));
  CHANDLER_TRY(const Timeframe timeframe, parse_timeframe(request.timeframe));
  const SeriesId series{symbol.symbol, timeframe};
  Wanted wanted{.series = series, .symbol = std::move(symbol)};
  wanted.asset_class = class_of(wanted.symbol, surroundings);
  wanted.calendar = Calendar::of(wanted.series.symbol, wanted.asset_class);
  wanted.provider = request.provider;
  CHANDLER_CHECK(read_range(request, surroundings, wanted));
  return wanted;
}

}  // namespace chandler
