#include "plan/planner.h"

#include <algorithm>
#include <atomic>
#include <filesystem>
#include <map>

#include <fmt/format.h>

#include "chandler/calendar.h"
#include "chandler/resample.h"
#include "parallel.h"
#include "selector/default_rules.h"

namespace chandler {
namespace {

// A packed bar takes about 20 bytes; while a year is written its old and its new version are there.
constexpr std::uint64_t kBytesPerBar = 48;
constexpr std::uint64_t kSpareBytes = 1U << 20U;

std::uint64_t requests_for(const PlannedPiece& piece) {
  const auto page = static_cast<std::int64_t>(
      std::max<std::size_t>(1, piece.providers.front()->capabilities().page_bars));
  return static_cast<std::uint64_t>(
      std::max<std::int64_t>(1, (piece.missing.bars + page - 1) / page));
}

// What the first of those offers who do not offer what is asked for.
std::optional<Timeframe> offered_finer(const Selection& selection) {
  for (const Candidate& c : selection.candidates) {
    if (c.usable && c.rolled_up_from) return c.rolled_up_from;
  }
  return {};
}

void put_first(std::vector<Timeframe>& frames, Timeframe frame) {
  std::erase(frames, frame);
  frames.insert(frames.begin(), frame);
}

bool is_made_up(std::string_view name) { return name == kMadeUpProvider; }

// Nobody could tell afterwards which of the bars were ever traded. Whom to ask is what is left.
Result<void> drop_mixture(const std::vector<std::string>& givers, const SeriesId& series,
                          std::vector<Provider*>& providers) {
  const bool made_up = is_made_up(providers.front()->capabilities().name);
  std::erase_if(providers,
                [&](const Provider* p) { return is_made_up(p->capabilities().name) != made_up; });
  for (const std::string& name : givers) {
    if (is_made_up(name) == made_up) continue;
    return Error{ErrorKind::usage,
                 fmt::format("the cache holds bars of {} of it; real bars and made-up ones are not "
                             "mixed",
                             name),
                 series.text(),
                 made_up ? "use another cache for the sandbox: --cache DIR"
                         : "use another cache: --cache DIR, or remove it first: chandler rm"};
  }
  return {};
}

// Whoever gave what is there ("alpaca:iex" was alpaca), then the others.
void put_first(std::vector<Provider*>& providers, const std::vector<std::string>& there) {
  std::stable_partition(providers.begin(), providers.end(), [&](const Provider* p) {
    const std::string& name = p->capabilities().name;
    return std::any_of(there.begin(), there.end(), [&](const std::string& t) {
      return t == name || t.starts_with(name + ":");
    });
  });
}

// Where holes are many, those that one request can bring are asked for together: a quiet market has
// thousands of them, and no rate limit bears that.
void join_near_holes(std::vector<PlannedPiece>& pieces, const Calendar& calendar, Timeframe tf) {
  const auto holes = std::count_if(pieces.begin(), pieces.end(),
                                   [](const PlannedPiece& p) { return p.missing.asked_before; });
  if (holes <= Planner::kExactHoles) return;
  std::vector<PlannedPiece> joined;
  for (PlannedPiece& piece : pieces) {
    const Missing& m = piece.missing;
    if (!joined.empty()) {
      Missing& last = joined.back().missing;
      const auto page =
          static_cast<std::int64_t>(joined.back().providers.front()->capabilities().page_bars);
      if (last.asked_before && m.asked_before && last.state == m.state &&
          joined.back().providers == piece.providers &&
          calendar.count_expected(tf, {last.range.from, m.range.to}) <= page) {
        last.range.to = m.range.to;
        last.bars += m.bars;
        continue;
      }
    }
    joined.push_back(std::move(piece));
  }
  pieces = std::move(joined);
}

}  // namespace

SeriesPlan Planner::plan(const SeriesAsk& ask, std::optional<Timeframe> from) const {
  SeriesPlan plan{.series = {ask.symbol.symbol, ask.timeframe},
                  .made_at = cache_.now(),
                  .instrument = {ask.symbol.symbol},
                  .extended_hours = ask.extended_hours,
                  .force = options_.force,
                  .derive = ask.derive};
  const auto made = [&]() -> Result<void> {
    CHANDLER_CHECK(choose_timeframe(ask, from, plan));
    CHANDLER_CHECK(find_pieces(ask, plan));
    const SpaceNeed space = space_for_bars(plan.bars);
    if (!space.fits()) return too_little(space);
    return {};
  }();
  if (!made) {
    plan.refused = made.error();
    plan.pieces.clear();
  }
  return plan;
}

Result<Holdings> Planner::held(const SeriesPlan& plan, TimeRange range) const {
  // Holes of the other years can be filled whatever became of one.
  MissingQuery query{.range = range,
                     .confirmed = options_.confirmed,
                     .extended_hours = plan.extended_hours,
                     .damage = options_.holes_only ? Damage::is_passed_over : Damage::is_an_error};
  if (plan.instrument.asset_class != AssetClass::unknown)
    query.asset_class = plan.instrument.asset_class;
  return cache_.missing(plan.series, query);
}

// Not what was asked for, but what it is rolled up from: when the cache already has it so, or when
// whoever is asked offers nothing else.
Result<void> Planner::choose_timeframe(const SeriesAsk& ask, std::optional<Timeframe> from,
                                       SeriesPlan& plan) const {
  CHANDLER_TRY(const auto selection,
               selector_.select({ask.symbol, ask.timeframe, ask.range, ask.provider}));
  plan.instrument = selection->classified.instrument;
  CHANDLER_TRY(const Holdings there, held(plan, {ask.range.from, ask.range.from}));
  std::optional<Timeframe> finer = from;
  if (!finer && there.exists && there.derived_from && !options_.force) {
    finer = there.derived_from;
  } else if (const Candidate* chosen = selection->chosen(); chosen != nullptr && !finer) {
    finer = chosen->rolled_up_from;
    if (!finer && !there.exists) plan.otherwise = offered_finer(*selection);
  }
  if (finer && *finer != plan.series.timeframe) {
    put_first(plan.derive, plan.series.timeframe);
    plan.series.timeframe = *finer;
  }
  return {};
}

std::vector<Missing> Planner::wanted(const SeriesAsk& ask, const Holdings& there,
                                     const SeriesPlan& plan) const {
  std::vector<Missing> missing = there.missing;
  if (options_.holes_only) {
    // What lies between two years that are there is a hole, too, though nobody asked for it yet.
    std::erase_if(missing, [&](const Missing& m) {
      return !m.asked_before && !(there.covered && there.covered->from <= m.range.from &&
                                  m.range.to <= there.covered->to);
    });
  }
  if (options_.force) {
    const Calendar calendar = Calendar::of(plan.series.symbol, there.asset_class);
    TimeRange range = ask.range;
    range.to = std::min(range.to, cache_.now());
    missing.clear();
    if (!range.empty())
      missing.push_back({range, calendar.count_expected(plan.series.timeframe, range)});
  }
  return missing;
}

Result<std::vector<std::string>> Planner::givers(const Holdings& there,
                                                 const Symbol& symbol) const {
  if (there.exists) return there.providers;
  CHANDLER_TRY(const std::vector<SeriesId> ids, cache_.list(symbol, {}));
  for (const SeriesId& id : ids) {
    const auto other = cache_.missing(id, {.range = {Instant{}, Instant{}}});
    if (other && !other->providers.empty()) return other->providers;
  }
  return std::vector<std::string>{};
}

Result<void> Planner::find_pieces(const SeriesAsk& ask, SeriesPlan& plan) const {
  CHANDLER_TRY(const Holdings there, held(plan, ask.range));
  plan.exists = there.exists;
  const std::vector<Missing> missing = wanted(ask, there, plan);
  if (missing.empty()) return {};
  CHANDLER_TRY(const std::vector<std::string> gave, givers(there, plan.series.symbol));
  for (const Missing& m : missing) {
    PlannedPiece piece{.missing = m};
    piece.leading = !m.asked_before && (!there.covered || m.range.to <= there.covered->from);
    CHANDLER_CHECK(choose_providers(ask, gave, piece, plan));
    if (!piece.missing.range.empty()) plan.pieces.push_back(std::move(piece));
  }
  join_near_holes(plan.pieces, Calendar::of(plan.series.symbol, there.asset_class),
                  plan.series.timeframe);
  for (const PlannedPiece& piece : plan.pieces) {
    plan.bars += piece.missing.bars;
    plan.requests += requests_for(piece);
  }
  return {};
}

Result<void> Planner::choose_providers(const SeriesAsk& ask, const std::vector<std::string>& givers,
                                       PlannedPiece& piece, SeriesPlan& plan) const {
  const Timeframe tf = plan.series.timeframe;
  const bool goes_on_made_up =
      ask.provider.empty() && !givers.empty() &&
      std::all_of(givers.begin(), givers.end(), [](const auto& name) { return is_made_up(name); });
  const std::string asked = goes_on_made_up ? std::string(kMadeUpProvider) : ask.provider;
  CHANDLER_TRY(const auto selection,
               selector_.select({ask.symbol, tf, piece.missing.range, asked}));
  if (goes_on_made_up && plan.reason.empty()) {
    plan.notes.emplace_back(
        "what the cache holds of it was made up by the sandbox, and so is what is added");
  }
  for (const Candidate& c : selection->candidates) {
    if (c.usable && !c.rolled_up_from) piece.providers.push_back(c.provider);
  }
  if (piece.providers.empty()) {
    return Error{ErrorKind::unsupported, selection->reason, plan.series.text(),
                 "see `chandler select`"};
  }
  CHANDLER_CHECK(drop_mixture(givers, plan.series, piece.providers));
  if (options_.holes_only) put_first(piece.providers, givers);
  if (plan.reason.empty()) plan.reason = selection->reason;
  const Capabilities& able = piece.providers.front()->capabilities();
  const Instant reach = able.reaches_back_to(tf, cache_.now());
  if (reach > piece.missing.range.from) {
    plan.notes.push_back(fmt::format("{}'s {} bars reach back to {}; nothing is asked for before",
                                     able.name, to_string(tf), format_instant(reach)));
    piece.missing.range.from = std::min(reach, piece.missing.range.to);
    const AssetClass asset_class = selection->classified.instrument.asset_class;
    piece.missing.bars =
        Calendar::of(plan.series.symbol, asset_class).count_expected(tf, piece.missing.range);
  }
  return {};
}

SpaceNeed Planner::space_for_bars(std::int64_t bars) const {
  if (bars == 0) return {};
  SpaceNeed space{.needed = static_cast<std::uint64_t>(bars) * kBytesPerBar + kSpareBytes};
  std::filesystem::path place = std::filesystem::absolute(cache_.root());
  std::error_code failed;
  while (!std::filesystem::exists(place, failed) && place.has_relative_path())
    place = place.parent_path();
  const auto there = std::filesystem::space(place, failed);
  if (!failed) space.free = there.available;  // else whoever writes will say what is wrong
  return space;
}

SpaceNeed Planner::space_for(const std::vector<SeriesPlan>& plans) const {
  std::int64_t bars = 0;
  for (const SeriesPlan& plan : plans) bars += plan.bars;
  return space_for_bars(bars);
}

Error Planner::too_little(const SpaceNeed& space) const {
  return Error{ErrorKind::no_space,
               fmt::format("about {} MB are needed, {} MB are free", (space.needed >> 20U) + 1,
                           space.free.value_or(0) >> 20U),
               cache_.root().string(), "make room, or ask for less"};
}

std::int64_t Planner::at_most(const SeriesAsk& ask) const {
  const TimeRange range{std::max(ask.range.from, from_epoch(0)),
                        std::min(ask.range.to, cache_.now())};
  if (range.from >= range.to) return 0;
  // What may be fetched in its place is finer: what it is rolled up from, by the cache or the provider.
  Timeframe finest = ask.timeframe;
  const auto selection = selector_.select({ask.symbol, ask.timeframe, ask.range, ask.provider});
  const Candidate* const chosen = selection ? (*selection)->chosen() : nullptr;
  if (chosen != nullptr) finest = std::min(finest, chosen->rolled_up_from.value_or(finest));
  if (const auto there = cache_.list(ask.symbol.symbol, {})) {
    for (const SeriesId& id : *there) finest = std::min(finest, id.timeframe);
  }
  return (range.to - range.from) / nominal_length(finest) + 1;
}

Result<void> Planner::check_space(const std::vector<SeriesAsk>& asks) const {
  std::int64_t bars = 0;
  for (const SeriesAsk& ask : asks) bars += at_most(ask);
  if (space_for_bars(bars).fits()) return {};

  std::atomic<std::int64_t> missing{0};
  parallel_for(0, asks.size(), [&](std::size_t i) { missing += plan(asks[i]).bars; });
  const SpaceNeed space = space_for_bars(missing);
  if (space.fits()) return {};
  return too_little(space);
}

std::vector<ProviderLoad> loads_of(const std::vector<SeriesPlan>& plans) {
  std::map<std::string, std::pair<const Capabilities*, std::uint64_t>> sums;
  for (const SeriesPlan& plan : plans) {
    for (const PlannedPiece& piece : plan.pieces) {
      const Capabilities& able = piece.providers.front()->capabilities();
      auto& [capabilities, requests] = sums[able.name];
      capabilities = &able;
      requests += requests_for(piece);
    }
  }
  std::vector<ProviderLoad> loads;
  for (const auto& [name, sum] : sums) {
    ProviderLoad load{.provider = name, .requests = sum.second};
    for (const RateLimit& limit : sum.first->rate_limits) {
      // The first window's worth goes at once.
      const std::uint64_t windows =
          limit.units == 0 || sum.second == 0 ? 0 : (sum.second - 1) / limit.units;
      load.least = std::max(load.least, limit.window * static_cast<std::int64_t>(windows));
    }
    loads.push_back(std::move(load));
  }
  return loads;
}

}  // namespace chandler
