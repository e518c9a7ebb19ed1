#include "store/history.h"

#include <algorithm>
#include <iterator>
#include <map>
#include <utility>

namespace chandler::store {
namespace {

bool has_time(Rule rule) { return rule != Rule::bad_line && rule != Rule::bad_timestamp; }

// Findings of one rule from one delivery into what is known of the rule.
void add_rule(RuleCount& known, std::vector<Instant> found, std::uint64_t lines) {
  if (!has_time(known.rule)) {
    known.count = std::max(known.count, lines);
    return;
  }
  std::uint64_t fresh = 0;
  for (const Instant t : found)
    fresh += std::binary_search(known.at.begin(), known.at.end(), t) ? 0 : 1;
  if (known.at.size() >= kMaxListed) {
    known.count = std::max<std::uint64_t>(known.count, lines);
    return;
  }
  known.count += fresh;
  known.at.insert(known.at.end(), found.begin(), found.end());
  std::sort(known.at.begin(), known.at.end());
  known.at.erase(std::unique(known.at.begin(), known.at.end()), known.at.end());
  if (known.at.size() > kMaxListed) known.at.resize(kMaxListed);
  known.first = known.at.front();
}

bool same_replaced(const ReplacedRow& a, const ReplacedRow& b) {
  return a.provider == b.provider && a.row.columns == b.row.columns &&
         BarSeries::same_row(a.row, 0, b.row, 0);
}

}  // namespace

RuleCount& count_of(std::vector<RuleCount>& list, Rule rule) {
  const auto at =
      std::find_if(list.begin(), list.end(), [&](const RuleCount& r) { return r.rule >= rule; });
  if (at != list.end() && at->rule == rule) return *at;
  return *list.insert(at, RuleCount{.rule = rule, .count = 0, .first = {}, .at = {}});
}

Instant closed_by(const Calendar& calendar, Timeframe tf, Instant to, Instant now) {
  to = std::min(to, now);
  const Instant slot = calendar.bucket(tf, Timeframe::m1, to - seconds{1});
  return calendar.bar_end(tf, slot) > now ? slot : to;
}

void judge_gaps(std::vector<Gap>& known, const GapVerdict& verdict, Instant now,
                const std::string& by) {
  const auto judged = [&](Gap story, TimeRange range) {
    story.from = range.from;
    story.to = range.to - seconds{1};
    if (verdict.cause != GapCause::unknown) story.cause = verdict.cause;
    if (verdict.state == GapState::confirmed && story.state == GapState::open) {
      story.state = GapState::confirmed;
      story.confirmed_at = now;
      story.confirmed_by = verdict.by.empty() ? by : verdict.by;
    }
    return story;
  };
  std::vector<Gap> next;
  Instant at = verdict.range.from;
  std::sort(known.begin(), known.end(), [](const Gap& a, const Gap& b) { return a.from < b.from; });
  for (const Gap& gap : known) {
    const TimeRange range{gap.from, gap.to + seconds{1}};
    const TimeRange inside = range.intersect(verdict.range);
    if (inside.empty()) {
      next.push_back(gap);
      continue;
    }
    if (at < inside.from) next.push_back(judged({}, {at, inside.from}));
    const auto part = [&](TimeRange outside) {
      if (outside.empty()) return;
      next.push_back(gap);
      next.back().from = outside.from;
      next.back().to = outside.to - seconds{1};
    };
    part({range.from, inside.from});
    next.push_back(judged(gap, inside));
    part({inside.to, range.to});
    at = std::max(at, inside.to);
  }
  if (at < verdict.range.to) next.push_back(judged({}, {at, verdict.range.to}));
  known = std::move(next);
}

void add_findings(YearMetadata& metadata, const std::vector<Finding>& findings) {
  std::map<Rule, std::vector<Instant>> by_rule;
  for (const Finding& f : findings) by_rule[f.rule].push_back(f.at);
  for (auto& [rule, at] : by_rule) {
    if (is_warning(rule) || rule == Rule::conflict) continue;
    auto& list = is_rejection(rule) ? metadata.validation_errors : metadata.mended;
    const auto lines = static_cast<std::uint64_t>(at.size());
    add_rule(count_of(list, rule), std::move(at), lines);
  }
}

std::vector<RuleCount> findings_within(const std::vector<RuleCount>& list, TimeRange range) {
  std::vector<RuleCount> within;
  for (const RuleCount& rule : list) {
    RuleCount part{.rule = rule.rule, .count = 0, .first = {}, .at = {}};
    std::copy_if(rule.at.begin(), rule.at.end(), std::back_inserter(part.at),
                 [&](Instant t) { return range.contains(t); });
    if (part.at.empty()) continue;
    part.count = part.at.size();
    part.first = part.at.front();
    within.push_back(std::move(part));
  }
  return within;
}

void drop_findings_within(std::vector<RuleCount>& list, TimeRange range) {
  for (RuleCount& rule : list) {
    const auto gone = std::erase_if(rule.at, [&](Instant t) { return range.contains(t); });
    rule.count -= std::min<std::uint64_t>(rule.count, gone);
    if (gone > 0) rule.first = rule.at.empty() ? std::nullopt : std::optional(rule.at.front());
  }
  std::erase_if(list, [](const RuleCount& rule) { return rule.count == 0; });
}

void add_counts(std::vector<RuleCount>& list, const std::vector<RuleCount>& more) {
  for (const RuleCount& rule : more) add_rule(count_of(list, rule.rule), rule.at, rule.count);
}

void add_conflicts(YearMetadata& metadata, const std::vector<ConflictEntry>& conflicts) {
  auto& list = metadata.conflict_list;
  for (const ConflictEntry& c : conflicts) {
    const auto at = std::lower_bound(list.begin(), list.end(), c.at,
                                     [](const ConflictEntry& e, Instant t) { return e.at < t; });
    if (at == list.end() || at->at != c.at) {
      list.insert(at, c);
      continue;
    }
    bool news = false;
    for (const ReplacedRow& row : c.replaced) {
      const bool known = std::any_of(at->replaced.begin(), at->replaced.end(),
                                     [&](const ReplacedRow& r) { return same_replaced(r, row); });
      if (known) continue;
      at->replaced.push_back(row);
      news = true;
    }
    if (news || at->new_close != c.new_close) {
      at->kept = c.kept;
      at->old_close = c.old_close;
      at->new_close = c.new_close;
    }
  }
}

}  // namespace chandler::store
