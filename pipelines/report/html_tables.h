// The tables of the page.
#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <vector>

#include "report/html_text.h"
#include "report/series_groups.h"

namespace chandler::html {

inline constexpr std::size_t kMostGaps = 50;  // listed; of the rest the number is said

// One line a series. The first `detailed` groups are linked to their part of the page: "s1", ...
void write_overview(Markup& page, std::span<const SeriesGroup> groups, std::size_t detailed);
void write_frames(Markup& page, SeriesGroup frames);
void write_gaps(Markup& page, const std::vector<Gap>& gaps);
void write_rules(Markup& page, const std::map<Rule, std::uint64_t>& rules);
void write_providers(Markup& page, std::span<const ProviderReport> providers);

}  // namespace chandler::html
