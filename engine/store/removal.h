// Taking years and series away. Killed anywhere, the next writer finds either everything or nothing
// of a year: its metadata is first renamed to a temporary, which recovery puts back while the data
// is there and removes when it is not.
#pragma once

#include <string>
#include <vector>

#include "chandler/cache.h"
#include "store/lock.h"
#include "store/series_writer.h"

namespace chandler::store {

// The years given; the folders as well when nothing is left in them.
[[nodiscard]] RemoveOutcome remove_years(SeriesWriter& writer, const SeriesId& series,
                                         const Folder& root, const std::vector<int>& years);
// Everything of the series, whatever lies in its folder that Chandler made.
[[nodiscard]] RemoveOutcome remove_series(SeriesWriter& writer, const SeriesId& series,
                                          const Folder& root);

}  // namespace chandler::store
