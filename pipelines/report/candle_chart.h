// Candles and their volume as inline SVG.
//
// Shapes lie in an inner SVG that stretches with the page; labels lie outside of it, placed in
// percent, so that they keep their size on a phone and on paper.
#pragma once

#include <string_view>

#include "report/chart_bars.h"
#include "report/html_text.h"

namespace chandler::html {

// `id` makes the names of its parts unique in the page; `name` is the series, as text.
void draw_candles(Markup& page, const ChartBars& chart, std::string_view id, std::string_view name);

}  // namespace chandler::html
