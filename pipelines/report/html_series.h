// The part of the page about one series and the frames rolled up from it.
#pragma once

#include <string>

#include "chandler/cache.h"
#include "report/html_text.h"
#include "report/series_groups.h"

namespace chandler::html {

// "✓ ok", coloured.
void write_status(Markup& page, WriteStatus status);
// The time each step took, as a bar and in words; nothing when none took any.
void write_steps(Markup& page, const StepTimes& times);

// Reads what it shows of the series from the cache and keeps none of it; what cannot be read is
// said in its place. `id` is unique in the page.
void write_series(Markup& page, SeriesGroup group, const Cache& cache, const std::string& id);

}  // namespace chandler::html
