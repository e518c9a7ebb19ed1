// Blocks of which zeros are left where bytes were, in a file whose end mark is good: what a disk that
// lost power, or a copy that was broken off, makes of it. Their bars are gone for good, as those of a
// file without content are, so they are missing, and need not stop a writer.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "chandler/cache.h"
#include "store/folder.h"
#include "store/series_writer.h"

namespace chandler::store {

// The ranges of such blocks that overlap `range`. Looks into the file only when it was changed after
// its metadata were written: nobody who keeps to the rules does that. damaged: a block of the range is
// bad, and no hole.
[[nodiscard]] Result<std::vector<TimeRange>> holes_of_year(const Folder& folder,
                                                           const SeriesId& series, int year,
                                                           TimeRange range);

// Under the lock of the series: keeps the good blocks of a year with holes, sets the original aside and
// lists what is lost as open gaps, like a repair. Says so; nothing when there was nothing to do.
[[nodiscard]] Result<std::optional<std::string>> clear_holes(SeriesWriter& writer,
                                                             const SeriesId& series, int year,
                                                             const Clock& clock);

}  // namespace chandler::store
