#include "plan/planner.h"

#include <algorithm>
#include <filesystem>
#include <map>

#include <fmt/format.h>

#include "chandler/calendar.h"
#include "chandler/resample.h"
#include "selector/default_rules.h"

namespace chandler {
namespace {

// A packed bar takes about 20 bytes; while a year is written its old and its new version are there.
constexpr std::uint64_t kBytesPerBar = 48;
constexpr std::uint64_t kSpareBytes = 16U << 20U;

std::uint64_t requests_for(const PlannedPiece& piece) {
  const auto page = static_cast<std::int64_t>(
      std::max<std::size_t>(1, piece.providers.front()->capabilities().page_bars));
  return static_cast<std::uint64_t>(
      std::max<std::int64_t>(1, (piece.missing.bars + page - 1) / page));
}

void put_first(std::vector<Timeframe>& frames, Timeframe frame) {
  std::erase(frames, frame);
  frames.insert(frames.begin(), frame);
}

bool is_made_up(const Holdings& there) {
  return there.providers.size() == 1 && there.providers.front() == kMadeUpProvider;
}

// Nobody could tell afterwards which of the bars were ever traded.
Result<void> check_no_mixture(const Holdings& there, const Provider& provider,
                              const SeriesId& series) {
  const bool made_up = provider.capabilities().name == kMadeUpProvider;
  for (const std::string& name : there.providers) {
    if ((name == kMadeUpProvider) == made_up) continue;
    return Error{ErrorKind::usage,
                 fmt::format("holds bars of {}; real bars and made-up ones are not mixed", name),
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

}  // namespace

SeriesPlan Planner::plan(const SeriesAsk& ask) const {
  SeriesPlan plan{.series = {ask.symbol.symbol, ask.timeframe},
                  .instrument = {ask.symbol.symbol},
                  .extended_hours = ask.extended_hours,
                  .force = options_.force,
                  .derive = ask.derive};
  const auto made = [&]() -> Result<void> {
    CHANDLER_CHECK(choose_timeframe(ask, plan));
    CHANDLER_CHECK(find_pieces(ask, plan));
    return check_space(plan);
  }();
  if (!made) {
    plan.refused = made.error();
    plan.pieces.clear();
  }
  return plan;
}

Result<Holdings> Planner::held(const SeriesPlan& plan, TimeRange range) const {
  MissingQuery query{.range = range,
                     .confirmed = options_.confirmed || options_.force,
                     .extended_hours = plan.extended_hours};
  if (plan.instrument.asset_class != AssetClass::unknown)
    query.asset_class = plan.instrument.asset_class;
  return cache_.missing(plan.series, query);
}

// Not what was asked for, but what it is rolled up from: when the cache already has it so, or when
// whoever is asked offers nothing else.
Result<void> Planner::choose_timeframe(const SeriesAsk& ask, SeriesPlan& plan) const {
  CHANDLER_TRY(const auto selection,
               selector_.select({ask.symbol, ask.timeframe, ask.range, ask.provider}));
  plan.instrument = selection->classified.instrument;
  CHANDLER_TRY(const Holdings there, held(plan, {ask.range.from, ask.range.from}));
  std::optional<Timeframe> finer;
  if (there.exists && there.derived_from && !options_.force) {
    finer = there.derived_from;
  } else if (const Candidate* chosen = selection->chosen()) {
    finer = chosen->rolled_up_from;
  }
  if (finer && *finer != plan.series.timeframe) {
    put_first(plan.derive, plan.series.timeframe);
    plan.series.timeframe = *finer;
  }
  return {};
}

Result<void> Planner::find_pieces(const SeriesAsk& ask, SeriesPlan& plan) const {
  CHANDLER_TRY(const Holdings there, held(plan, ask.range));
  std::vector<Missing> missing = there.missing;
  if (options_.holes_only) std::erase_if(missing, [](const Missing& m) { return !m.asked_before; });
  if (options_.force && !options_.holes_only) {
    const Calendar calendar = Calendar::of(plan.series.symbol, there.asset_class);
    TimeRange range = ask.range;
    range.to = std::min(range.to, cache_.now());
    missing.clear();
    if (!range.empty())
      missing.push_back({range, calendar.count_expected(plan.series.timeframe, range)});
  }
  for (const Missing& m : missing) {
    PlannedPiece piece{.missing = m};
    piece.leading = !m.asked_before && (!there.covered || m.range.to <= there.covered->from);
    CHANDLER_CHECK(choose_providers(ask, there, piece, plan));
    if (piece.missing.range.empty()) continue;
    plan.bars += piece.missing.bars;
    plan.requests += requests_for(piece);
    plan.pieces.push_back(std::move(piece));
  }
  return {};
}

Result<void> Planner::choose_providers(const SeriesAsk& ask, const Holdings& there,
                                       PlannedPiece& piece, SeriesPlan& plan) const {
  const Timeframe tf = plan.series.timeframe;
  // What was made up goes on being made up.
  const std::string asked =
      ask.provider.empty() && is_made_up(there) ? std::string(kMadeUpProvider) : ask.provider;
  CHANDLER_TRY(const auto selection,
               selector_.select({ask.symbol, tf, piece.missing.range, asked}));
  for (const Candidate& c : selection->candidates) {
    if (c.usable && !c.rolled_up_from) piece.providers.push_back(c.provider);
  }
  if (piece.providers.empty()) {
    return Error{ErrorKind::unsupported, selection->reason, plan.series.text(),
                 "see `chandler select`"};
  }
  CHANDLER_CHECK(check_no_mixture(there, *piece.providers.front(), plan.series));
  if (options_.holes_only) put_first(piece.providers, there.providers);
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

Result<void> Planner::check_space(const SeriesPlan& plan) const {
  if (plan.bars == 0) return {};
  std::filesystem::path place = std::filesystem::absolute(cache_.root());
  std::error_code failed;
  while (!std::filesystem::exists(place, failed) && place.has_relative_path())
    place = place.parent_path();
  const auto space = std::filesystem::space(place, failed);
  if (failed) return {};  // whoever writes will say what is wrong
  const std::uint64_t needed = static_cast<std::uint64_t>(plan.bars) * kBytesPerBar + kSpareBytes;
  if (space.available >= needed) return {};
  return Error{ErrorKind::no_space,
               fmt::format("about {} MB are needed, {} MB are free", (needed >> 20U) + 1,
                           space.available >> 20U),
               cache_.root().string(), "make room, or ask for less"};
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
