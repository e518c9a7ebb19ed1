#include "selector/judge.h"

#include <algorithm>

#include "chandler/resample.h"

namespace chandler {
namespace {

// The next finer timeframe that is offered and that this one is rolled up from.
std::optional<Timeframe> source_of(Timeframe timeframe, const Capabilities& able) {
  auto finer = chain_parent(timeframe);
  while (finer && !able.offers(*finer)) finer = chain_parent(*finer);
  return finer;
}

bool is_missing(const JudgeQuestion& question, const std::string& provider,
                const Listings& listings, Instant now) {
  const Listings::Source* source = listings.source(provider);
  if (source == nullptr || now - source->fetched_at > kListingProves) return false;
  const Instrument& wanted = question.classified.instrument;
  const auto entries = listings.find(wanted.symbol);
  return std::none_of(entries.begin(), entries.end(), [&](const Listings::Entry& e) {
    return listings.sources()[e.source].provider == provider &&
           (wanted.asset_class == AssetClass::unknown ||
            same_kind(e.asset_class, wanted.asset_class));
  });
}

std::string no_key(const Capabilities& able) {
  std::string names;
  for (const std::string& variable : able.key_variables) {
    names += (names.empty() ? "" : " and ") + variable;
  }
  return names.empty() ? "no key" : "no key (set " + names + ")";
}

}  // namespace

Judgement judge(const Registry::Entry& entry, const JudgeQuestion& question,
                const Listings& listings, Instant now) {
  const Capabilities& able = entry.provider->capabilities();
  const Instrument& wanted = question.classified.instrument;
  if (!entry.enabled) return {"switched off in the configuration"};
  const bool left_to_it = wanted.asset_class == AssetClass::unknown && question.named;
  if (!left_to_it && !able.covers(wanted.asset_class)) {
    return {"class " + std::string(to_string(wanted.asset_class)) + " not covered"};
  }
  Judgement judgement;
  if (!able.offers(question.timeframe)) {
    judgement.rolled_up_from = source_of(question.timeframe, able);
    if (!judgement.rolled_up_from) {
      return {"timeframe " + std::string(to_string(question.timeframe)) + " not offered"};
    }
  }
  // Who asks by name may know more than a listing of last week.
  if (!question.by_hand && is_missing(question, able.name, listings, now)) {
    return {"not in its listing"};
  }
  if (const auto spelling = entry.provider->spelling(wanted); !spelling) {
    return {printable(spelling.error().what)};
  }
  if (!able.may_ask(wanted.asset_class)) return {no_key(able)};
  return judgement;
}

}  // namespace chandler
