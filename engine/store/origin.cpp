#include <algorithm>

#include "chandler/resample.h"
#include "store/derive.h"
#include "store/recovery.h"
#include "store/verify.h"

namespace chandler::store {
namespace {

// Frames of the symbol that could be the source, the likely ones first.
Result<std::vector<Timeframe>> candidates(const Folder& symbol_folder, const Folder& folder,
                                          Timeframe target) {
  std::vector<Timeframe> found;
  CHANDLER_TRY(const std::vector<std::string> names, folder.names());
  for (const std::string& name : names) {
    if (!year_of_metadata_name(name)) continue;
    const auto sibling = read_metadata(folder, name);
    if (sibling && sibling->derived_from) found.push_back(sibling->derived_from->timeframe);
  }
  CHANDLER_TRY(const std::vector<std::string> frames, symbol_folder.names());
  std::vector<Timeframe> finer;
  for (const std::string& frame : frames) {
    if (const auto tf = parse_timeframe(frame); tf && *tf < target && chain_path(*tf, target))
      finer.push_back(*tf);
  }
  std::sort(finer.begin(), finer.end());
  for (const Timeframe tf : finer) {
    if (std::find(found.begin(), found.end(), tf) == found.end()) found.push_back(tf);
  }
  return found;
}

}  // namespace

Result<void> find_origin(const Folder& symbol_folder, const Folder& folder, const SeriesId& series,
                         const YearFile& file, const Calendar& calendar, Instant modified,
                         YearMetadata& metadata) {
  const int year = file.mark().year;
  CHANDLER_TRY(const std::vector<Timeframe> frames,
               candidates(symbol_folder, folder, series.timeframe));
  CHANDLER_TRY(const BarSeries bars, file.read({}));
  for (const Timeframe frame : frames) {
    const SeriesId source{series.symbol, frame};
    const auto source_folder = symbol_folder.open_folder(std::string(to_string(frame)));
    if (!source_folder) continue;
    CHANDLER_TRY(const auto same, YearFile::open_if_good(*source_folder, source, year));
    CHANDLER_TRY(const auto next, YearFile::open_if_good(*source_folder, source, year + 1));
    if (!same && !next) continue;
    const RollSource roll{.symbol = series.symbol,
                          .source = frame,
                          .target = series.timeframe,
                          .calendar = calendar,
                          .same = same ? &*same : nullptr,
                          .next = next ? &*next : nullptr,
                          .folder = &*source_folder,
                          .now = modified};
    const auto rolled = roll_stored(roll, labels_of_year(calendar, frame, series.timeframe, year));
    if (!rolled && unreadable_now(rolled.error())) return rolled.error();
    if (!rolled || !identical(rolled->rows.bars, bars)) continue;
    metadata.derived_from =
        origin_of(calendar, frame, series.timeframe, year, roll.same, roll.next, modified);
    metadata.incomplete_list = label_runs(rolled->incomplete, bars.timestamp);
    return {};
  }
  // Nothing reproduces it: its source has changed since. It counts as behind and is made again.
  if (!frames.empty()) {
    metadata.derived_from = DerivedFrom{
        .timeframe = frames.front(), .content_sha256 = "", .blocks = {}, .next = {}, .pending = {}};
  }
  return {};
}

}  // namespace chandler::store
