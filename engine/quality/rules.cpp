#include <algorithm>
#include <array>

#include "chandler/quality.h"

namespace chandler {
namespace {

using std::string_view;

// In the order of the enums; the metadata files hold these words.
constexpr std::array<string_view, kRuleCount> kRules = {
    "bad_number",      "non_positive_price", "negative_volume", "high_below_body",
    "low_above_body",  "off_grid",           "out_of_range",    "bad_line",
    "bad_timestamp",   "out_of_order",       "duplicate",       "conflict",
    "outside_session", "price_spike",        "zero_volume_run", "stale_run"};
constexpr std::array<string_view, 2> kStates = {"open", "confirmed"};
constexpr std::array<string_view, 9> kCauses = {"unknown",        "before_listing", "delisted",
                                                "venue_outage",   "halt",           "no_trades",
                                                "provider_limit", "fetch_failed",   "rejected"};

template <class Enum, std::size_t N>
std::optional<Enum> find(const std::array<string_view, N>& names, string_view name) {
  const auto* const found = std::find(names.begin(), names.end(), name);
  if (found == names.end()) return {};
  return static_cast<Enum>(found - names.begin());
}

}  // namespace

string_view to_string(Rule rule) { return kRules[static_cast<std::size_t>(rule)]; }
std::optional<Rule> parse_rule(string_view name) { return find<Rule>(kRules, name); }
bool is_rejection(Rule rule) { return rule <= Rule::bad_timestamp; }
bool is_warning(Rule rule) { return rule >= Rule::price_spike; }

string_view to_string(GapState s) { return kStates[static_cast<std::size_t>(s)]; }
string_view to_string(GapCause c) { return kCauses[static_cast<std::size_t>(c)]; }
std::optional<GapState> parse_gap_state(string_view name) { return find<GapState>(kStates, name); }
std::optional<GapCause> parse_gap_cause(string_view name) { return find<GapCause>(kCauses, name); }

}  // namespace chandler
