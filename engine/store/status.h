// What there is of a series, from its metadata; a year whose metadata cannot be used is described
// anew, in memory.
#pragma once

#include <string>
#include <vector>

#include "chandler/cache.h"
#include "store/folder.h"
#include "store/metadata.h"

namespace chandler::store {

struct YearProblem {
  int year = 0;
  Error error{};
};

struct SeriesView {
  std::vector<YearMetadata> years{};    // in order
  std::vector<Gap> gaps{};              // of the years and between them
  std::int64_t between = 0;             // expected bars between the spans of the years
  std::vector<YearProblem> problems{};  // years that could not be described
  std::uint64_t bytes = 0;
};

// not_found when the series is not there.
[[nodiscard]] Result<SeriesView> view_series(const Folder& symbol_folder, const SeriesId& series,
                                             const Clock& clock);

[[nodiscard]] SeriesStatus summarize(const SeriesView& view, const SeriesId& series, bool behind);

// How often a reader looks when what it looks for is replaced meanwhile.
inline constexpr int kReaderTries = 3;

// Metadata of a whole file, read or made anew in memory. Data and metadata are taken from one
// version (kReaderTries).
[[nodiscard]] Result<YearMetadata> describe_in_place(const Folder& folder, const SeriesId& series,
                                                     int year, const Clock& clock);

// Why a folder could not be opened; nothing when it is a stray file, or removed since it was listed.
[[nodiscard]] Result<void> unless_stray(const Folder& parent, const std::string& name,
                                        const Error& error);

// Every timeframe folder below every symbol folder; foreign names are passed over.
// Of one symbol, or of all; sorted.
[[nodiscard]] Result<std::vector<SeriesId>> list_series(const Folder& root,
                                                        const std::optional<Symbol>& symbol = {});
struct FolderSizes {
  std::uint64_t metadata = 0;  // bytes of the metadata files
  std::uint64_t text = 0;      // bytes of the data files unpacked, as their gzip trailers say
};
[[nodiscard]] Result<FolderSizes> folder_sizes(const Folder& root, const SeriesId& series);
struct SeriesYears {
  std::vector<int> data{};
  std::vector<int> without_data{};  // metadata alone
};
[[nodiscard]] Result<SeriesYears> years_there(const Folder& folder);
[[nodiscard]] Result<std::vector<int>> data_years(const Folder& folder);
// Years of which a repair could keep nothing, in order, as their metadata remember them: without a
// row, and what was lost as gaps.
[[nodiscard]] Result<std::vector<YearMetadata>> lost_years(const Folder& folder,
                                                           const SeriesId& series,
                                                           const SeriesYears& years);

}  // namespace chandler::store
