#include "selector/selector.h"

#include <algorithm>
#include <array>
#include <mutex>

#include "selector/default_rules.h"
#include "selector/judge.h"

namespace chandler {
namespace {

std::string key_of(const SelectionQuery& query) {
  const AskedSymbol& asked = query.symbol;
  std::string key = asked.symbol.name();
  key += '\n';
  key += static_cast<char>('a' + static_cast<int>(query.timeframe));
  key += asked.asset_class ? static_cast<char>('a' + static_cast<int>(*asked.asset_class)) : '-';
  key += asked.base;
  key += '\n';
  key += query.provider;
  return key;
}

bool speaks_of(const SelectionRule& rule, AssetClass asset_class, Timeframe timeframe) {
  return rule.asset_class == asset_class &&
         (rule.timeframes.empty() || std::find(rule.timeframes.begin(), rule.timeframes.end(),
                                               timeframe) != rule.timeframes.end());
}

const SelectionRule& rule_for(const std::vector<SelectionRule>& configured, AssetClass asset_class,
                              Timeframe timeframe) {
  for (const auto* rules : {&configured, &default_rules()}) {
    for (const SelectionRule& rule : *rules) {
      if (speaks_of(rule, asset_class, timeframe)) return rule;
    }
  }
  return default_rules().back();  // the default rules speak of everything
}

std::string name_of_rule(const SelectionRule& rule, const SelectionQuery& query) {
  if (!rule.where.empty()) return "the rule of " + rule.where;
  return "the built-in rule for " + std::string(to_string(rule.asset_class)) + " " +
         std::string(to_string(query.timeframe));
}

std::string place(std::size_t i) {
  constexpr std::array<const char*, 4> kWords = {"first", "second", "third", "fourth"};
  return i < kWords.size() ? kWords[i] : "number " + std::to_string(i + 1);
}

Instant reach(const Candidate& c, Timeframe timeframe, Instant now) {
  return c.provider->capabilities().reaches_back_to(c.rolled_up_from.value_or(timeframe), now);
}

std::string shown(Instant t) {
  const std::string text = format_instant(t);
  return text.ends_with(" 00:00:00") ? text.substr(0, 10) : text.substr(0, 16);
}

// Of two that no rule names: those that can first, and the better ones of them.
bool better(const Candidate& a, const Candidate& b) {
  if (!a.usable || !b.usable) return a.usable && !b.usable;
  if (a.rolled_up_from.has_value() != b.rolled_up_from.has_value()) return !a.rolled_up_from;
  return a.provider->capabilities().reliability > b.provider->capabilities().reliability;
}

void pass_over(Candidate& candidate, std::string reason) {
  candidate.usable = false;
  candidate.reason = std::move(reason);
}

// Passes over those whose history ends before the range does begin. When that leaves nobody, a part
// is better than nothing: whoever reaches furthest back is kept.
void apply_depth(Selection& s, const TimeRange& range, Instant now) {
  if (range.from == Instant::min()) return;
  std::vector<Candidate> partial;
  bool whole = false;
  for (Candidate& c : s.candidates) {
    if (!c.usable) continue;
    const Instant first = reach(c, s.timeframe, now);
    if (first <= range.from) {
      whole = true;
      continue;
    }
    const std::string short_by = "history too short: reaches back to " + shown(first);
    if (first < range.to && first < now) {
      partial.push_back(c);
      partial.back().reason += "; " + short_by + ", and nobody further";
    }
    pass_over(c, short_by);
  }
  if (whole || partial.empty()) return;
  std::stable_sort(partial.begin(), partial.end(), [&](const Candidate& a, const Candidate& b) {
    return reach(a, s.timeframe, now) < reach(b, s.timeframe, now);
  });
  std::erase_if(s.candidates, [&](const Candidate& c) {
    return std::any_of(partial.begin(), partial.end(),
                       [&](const Candidate& p) { return p.provider == c.provider; });
  });
  s.candidates.insert(s.candidates.begin(), partial.begin(), partial.end());
}

void apply_breakers(Selection& s) {
  for (Candidate& c : s.candidates) {
    if (c.usable && c.provider->breaker() == BreakerState::open) pass_over(c, "breaker open");
  }
}

// True when nothing that changes speaks against any candidate of a remembered answer.
bool still_holds(const Selection& s, const TimeRange& range, const Clock& clock) {
  const bool deep = range.from != Instant::min();
  const Instant now = deep ? clock.now() : Instant{};
  return std::all_of(s.candidates.begin(), s.candidates.end(), [&](const Candidate& c) {
    if (!c.usable) return true;
    if (c.provider->breaker() == BreakerState::open) return false;
    return !deep || reach(c, s.timeframe, now) <= range.from;
  });
}

void say_why(Selection& s) {
  s.reason.clear();
  const Candidate* chosen = s.chosen();
  std::string passed_over;
  for (const Candidate& c : s.candidates) {
    if (&c == chosen) break;
    if (c.name() == kMadeUpProvider) continue;  // nobody expects it
    passed_over += (passed_over.empty() ? "" : "; ") + c.name() + ": " + c.reason;
  }
  if (chosen == nullptr) {
    s.reason = "nobody can be asked" + (passed_over.empty() ? "" : "; " + passed_over);
    return;
  }
  s.reason = chosen->reason;
  if (!passed_over.empty()) s.reason += "; " + passed_over;
}

}  // namespace

Result<std::unique_ptr<Selector>> Selector::make(const Registry& registry, Listings listings,
                                                 const Clock& clock, std::size_t most_remembered) {
  CHANDLER_CHECK(registry.check_names());
  return std::unique_ptr<Selector>(
      new Selector(registry, std::move(listings), clock, most_remembered));
}

Result<std::shared_ptr<const Selection>> Selector::select(const SelectionQuery& query) const {
  const std::string key = key_of(query);
  Answer known;
  {
    const std::shared_lock lock{guard_};
    if (const auto found = remembered_.find(key); found != remembered_.end()) known = found->second;
  }
  if (!known) {
    if (!query.provider.empty() && registry_.entry(query.provider) == nullptr) {
      return registry_.unknown(query.provider);
    }
    known = std::make_shared<const Selection>(decide(query));
    const std::unique_lock lock{guard_};
    if (remembered_.size() >= most_remembered_) remembered_.clear();
    remembered_.insert_or_assign(key, known);
  }
  if (still_holds(*known, query.range, clock_)) return known;
  auto fresh = std::make_shared<Selection>(*known);
  apply_breakers(*fresh);
  apply_depth(*fresh, query.range, clock_.now());
  say_why(*fresh);
  return Answer{std::move(fresh)};
}

Selection Selector::decide(const SelectionQuery& query) const {
  Selection s{.classified = classify(query.symbol, listings_), .timeframe = query.timeframe};
  if (!query.provider.empty()) {
    add(*registry_.entry(query.provider), query, "asked for by name", true, s);
  } else {
    add_by_rule(query, s);
  }
  say_why(s);
  return s;
}

void Selector::add_by_rule(const SelectionQuery& query, Selection& s) const {
  const SelectionRule& rule =
      rule_for(registry_.config().selection, s.classified.instrument.asset_class, query.timeframe);
  const std::string rule_name = name_of_rule(rule, query);
  const auto is_named = [&rule](const std::string& name) {
    return std::find(rule.providers.begin(), rule.providers.end(), name) != rule.providers.end();
  };
  std::size_t i = 0;
  for (const std::string& name : rule.providers) {
    // A default rule may name a provider that this program was built without.
    if (const Registry::Entry* entry = registry_.entry(name)) {
      add(*entry, query, "named " + place(i++) + " by " + rule_name, true, s);
    }
  }
  const auto first_unnamed = static_cast<std::ptrdiff_t>(s.candidates.size());
  for (const Registry::Entry& entry : registry_.entries()) {
    if (is_named(entry.name())) continue;
    add(entry, query, "not named by " + rule_name + ", but able", false, s);
    Candidate& c = s.candidates.back();
    if (!rule.where.empty()) {
      pass_over(c, "not named by " + rule_name);
    } else if (entry.name() == kMadeUpProvider) {
      pass_over(c, "made up: only when a rule names it, or when asked for by name");
    }
  }
  std::stable_sort(s.candidates.begin() + first_unnamed, s.candidates.end(), better);
}

void Selector::add(const Registry::Entry& entry, const SelectionQuery& query,
                   const std::string& because, bool named, Selection& s) const {
  const JudgeQuestion question{s.classified, query.timeframe, named, !query.provider.empty()};
  Judgement judgement = judge(entry, question, listings_, clock_.now());
  Candidate c{.provider = entry.provider.get()};
  if (!judgement.against.empty()) {
    pass_over(c, std::move(judgement.against));
  } else {
    c.usable = true;
    c.reason = because;
    c.rolled_up_from = judgement.rolled_up_from;
    if (c.rolled_up_from) {
      c.reason += "; timeframe " + std::string(to_string(query.timeframe)) +
                  " not offered, rolled up from its " + std::string(to_string(*c.rolled_up_from));
    }
  }
  s.candidates.push_back(std::move(c));
}

}  // namespace chandler
