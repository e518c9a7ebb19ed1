// What a writer does first, under the lock: finishes or undoes what a writer before it left behind,
// and finds the state a year is in. May itself be killed anywhere and started again.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "store/folder.h"
#include "store/metadata.h"
#include "store/year_file.h"

namespace chandler::store {

// A metadata temporary that is complete and names the data file's version is renamed into place;
// every other temporary is removed. So are damaged originals that the metadata names as healed.
[[nodiscard]] Result<void> recover_folder(const Folder& folder, const SeriesId& series);

struct YearState {
  std::optional<YearFile> file{};
  YearMetadata history{};            // what is known of the year beyond its rows
  bool described = false;            // the metadata in place is of the file's version
  std::string why_not{};             // "metadata missing"; empty when described or there is no file
  std::vector<std::string> notes{};  // what a user should hear
  std::optional<Instant> modified{};  // of the data file
};

// damaged when the data file is not whole (writing stops there); newer_schema when a later Chandler
// wrote the metadata. A file without any content is set aside, and what it held becomes a gap.
[[nodiscard]] Result<YearState> load_year(const Folder& folder, const SeriesId& series, int year,
                                          Instant now);

// The metadata that describes the file in place, wherever it lies: under its name, or still as a
// prepared temporary. not_found: there is none; data: what lies there is not of this file (the
// reason says so).
[[nodiscard]] Result<YearMetadata> find_metadata(const Folder& folder, const YearFile& file,
                                                 const SeriesId& series);

[[nodiscard]] Result<YearMetadata> read_metadata(const Folder& folder, const std::string& name);
// It may well be there, but cannot be read at the moment: no reason to take it for missing or
// damaged, and to let its history go.
[[nodiscard]] bool unreadable_now(const Error& error);
// The file of a year is bad, or none at all: other years are not concerned.
[[nodiscard]] bool stays_in_its_year(const Error& error);
// Of this series and year at all? (Its version may still be another one.)
[[nodiscard]] bool speaks_of(const YearMetadata& metadata, const SeriesId& series, int year);
// Of this very version of the file?
[[nodiscard]] bool describes(const YearMetadata& metadata, const YearFile& file,
                             const SeriesId& series);

struct TemporaryName {
  int year = 0;
  bool metadata = false;
};
[[nodiscard]] std::optional<TemporaryName> parse_temporary(const std::string& name);
// ".2024.damaged.1a2b3c4d"
[[nodiscard]] std::string damaged_name(int year, const std::string& nonce);
// Of names as damaged_name() makes them, and of no others: what is named in metadata may be anything.
[[nodiscard]] std::optional<int> year_of_damaged_name(const std::string& name);

}  // namespace chandler::store
