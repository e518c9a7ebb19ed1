// Holding every file of a series against itself, its metadata and its source; and mending what can
// be mended.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "chandler/cache.h"
#include "store/folder.h"
#include "store/series_writer.h"

namespace chandler::store {

// Takes no lock and writes nothing: what is being replaced meanwhile is looked at again.
void verify_series(const Folder& root, const SeriesId& series, bool deep, const Clock& clock,
                   VerifyReport& report);

// Several series, by several threads; what is found stands in the order of the series.
[[nodiscard]] VerifyReport verify_all(const Folder& root, std::span<const SeriesId> all, bool deep,
                                      const Clock& clock);

// Under the lock of the series. Mends what verify_series would find but what concerns sources
// (derived_behind, derived_differs): those are made again by derive(). Adds what it found, marked
// as repaired where it was.
void repair_series(SeriesWriter& writer, const Folder& root, const SeriesId& series,
                   const Clock& clock, VerifyReport& report);

// Under the lock, too: the data file of one year from its good rows, when anything is wrong with it.
[[nodiscard]] Result<void> repair_data(SeriesWriter& writer, const SeriesId& series, int year,
                                       const Clock& clock);

// Problems of one year, without repairing.
[[nodiscard]] Result<std::vector<Problem>> check_year(const Folder& symbol_folder,
                                                      const Folder& folder, const SeriesId& series,
                                                      int year, bool deep, const Clock& clock);

// From which frame a rolled-up file whose metadata is lost was made: the one that reproduces its
// bars, first the frame that its sibling years name. Sets derived_from and the incomplete bars.
[[nodiscard]] Result<void> find_origin(const Folder& symbol_folder, const Folder& folder,
                                       const SeriesId& series, const YearFile& file,
                                       const Calendar& calendar, Instant modified,
                                       YearMetadata& metadata);

}  // namespace chandler::store
