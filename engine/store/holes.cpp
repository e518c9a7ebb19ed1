#include "store/holes.h"

#include "store/verify.h"
#include "store/year_file.h"

namespace chandler::store {
namespace {

// A commit writes the metadata last. Data without metadata are described anew, and say nothing.
Result<bool> changed_in_place(const Folder& folder, int year) {
  CHANDLER_TRY(const auto data, folder.identity_of(data_name(year)));
  CHANDLER_TRY(const auto metadata, folder.identity_of(metadata_name(year)));
  return data && metadata && data->mtime_ns > metadata->mtime_ns;
}

}  // namespace

Result<std::vector<TimeRange>> holes_of_year(const Folder& folder, const SeriesId& series, int year,
                                             TimeRange range) {
  std::vector<TimeRange> holes;
  if (!range.overlaps(year_range(year))) return holes;
  CHANDLER_TRY(const bool changed, changed_in_place(folder, year));
  if (!changed) return holes;
  CHANDLER_TRY(const auto file, YearFile::open_if_good(folder, series, year));
  if (!file) return holes;
  const auto& blocks = file->mark().blocks;
  for (std::size_t b = 0; b < blocks.size(); ++b) {
    const TimeRange whole = block_range(series.timeframe, year, blocks[b].index);
    if (!whole.overlaps(range)) continue;
    CHANDLER_TRY(const bool hole, file->is_hole(b));
    if (hole) holes.push_back(whole);
  }
  return holes;
}

Result<std::optional<std::string>> clear_holes(SeriesWriter& writer, const SeriesId& series,
                                               int year, const Clock& clock) {
  const auto holes = holes_of_year(writer.folder(), series, year, year_range(year));
  // Other damage stops whoever would have to seal it anew.
  if (!holes && holes.error().kind == ErrorKind::damaged) return std::optional<std::string>{};
  if (!holes) return holes.error();
  if (holes->empty()) return std::optional<std::string>{};
  CHANDLER_CHECK(repair_data(writer, series, year, clock));
  return std::optional(writer.folder().shown(data_name(year)) +
                       ": held zeros where bars were; they are listed as gaps until they are back");
}

}  // namespace chandler::store
