// A coverage map as inline SVG: a grid of days for each year, or a row of months.
#pragma once

#include <string_view>

#include "report/coverage_map.h"
#include "report/html_text.h"

namespace chandler::html {

// `id` makes the names of its parts unique in the page; `name` is the series, as text.
void draw_coverage(Markup& page, const CoverageMap& map, std::string_view id,
                   std::string_view name);

}  // namespace chandler::html
