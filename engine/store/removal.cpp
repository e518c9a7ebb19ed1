#include "store/removal.h"

#include <algorithm>

#include "store/hot_copies.h"
#include "store/recovery.h"

namespace chandler::store {
namespace {

Result<void> remove_year(const Folder& folder, int year) {
  const std::string hidden = metadata_temporary(year, make_nonce());
  CHANDLER_TRY(const auto metadata, folder.identity_of(metadata_name(year)));
  if (metadata) CHANDLER_CHECK(folder.rename(metadata_name(year), hidden));
  CHANDLER_CHECK(folder.remove_file(data_name(year)));
  CHANDLER_CHECK(folder.sync());
  return folder.remove_file(hidden);
}

// Frames rolled up are not synced when they are made: they can be made again. Once their source is gone
// they cannot, so they have to be there to stay before it goes.
Result<void> sync_roll_ups(const Folder& symbol, Timeframe source) {
  CHANDLER_TRY(const std::vector<std::string> frames, symbol.names());
  for (const std::string& frame : frames) {
    const auto tf = parse_timeframe(frame);
    if (!tf || *tf == source) continue;
    auto folder = symbol.open_folder(frame);
    if (!folder && folder.error().kind == ErrorKind::not_found) continue;  // removed meanwhile
    if (!folder) return std::move(folder).error();
    CHANDLER_TRY(const std::vector<std::string> names, folder->names());
    for (const std::string& name : names) {
      if (!year_of_data_name(name) && !year_of_metadata_name(name)) continue;
      auto file = folder->open_file(name);
      if (!file && file.error().kind == ErrorKind::not_found) continue;
      if (!file) return std::move(file).error();
      CHANDLER_CHECK(file->sync());
    }
    CHANDLER_CHECK(folder->sync());
  }
  return {};
}

bool is_set_aside(const std::string& name, int year) {
  return name.starts_with("." + std::to_string(year) + ".damaged.");
}

// ".2024.damaged.1a2b3c4d", of any year.
bool is_set_aside(const std::string& name) {
  return name.size() > 5 && name.front() == '.' && name.compare(5, 9, ".damaged.") == 0 &&
         std::all_of(name.begin() + 1, name.begin() + 5,
                     [](char c) { return c >= '0' && c <= '9'; });
}

// The lock file and the folders, if nothing else lies there.
Result<void> remove_empty_folders(SeriesWriter& writer, const SeriesId& series,
                                  const Folder& root) {
  CHANDLER_TRY(const std::vector<std::string> left, writer.folder().names());
  for (const std::string& name : left) {
    if (name != kLockName) return {};
  }
  CHANDLER_CHECK(writer.folder().remove_file(kLockName));
  const Folder& parent = writer.lock().symbol_folder();
  CHANDLER_CHECK(parent.remove_folder(std::string(to_string(series.timeframe))));
  CHANDLER_CHECK(parent.sync());
  CHANDLER_TRY(const std::vector<std::string> others, parent.names());
  if (!others.empty()) return {};
  // Another writer may be making a timeframe in it right now: then it is not empty, and stays.
  if (auto removed = root.remove_folder(series.symbol.folder()); removed) return root.sync();
  return {};
}

}  // namespace

RemoveOutcome remove_years(SeriesWriter& writer, const SeriesId& series, const Folder& root,
                           const std::vector<int>& years) {
  RemoveOutcome outcome;
  if (!years.empty()) {
    if (auto synced = sync_roll_ups(writer.lock().symbol_folder(), series.timeframe); !synced) {
      outcome.errors.push_back(std::move(synced).error());
      return outcome;
    }
  }
  const auto names = writer.folder().names();
  for (const int year : years) {
    if (auto removed = remove_year(writer.folder(), year); !removed) {
      // Not the next year either: a sync that failed is not repeated on the same descriptor.
      outcome.errors.push_back(std::move(removed).error());
      return outcome;
    }
    outcome.removed.push_back(series.folder() + "/" + data_name(year));
    if (!names) continue;
    for (const std::string& name : *names) {
      if (!is_set_aside(name, year)) continue;
      if (auto removed = writer.folder().remove_file(name); !removed)
        outcome.errors.push_back(removed.error());
    }
  }
  if (auto removed = remove_hot(root, series, years); !removed)
    outcome.errors.push_back(std::move(removed).error());
  if (auto cleaned = remove_empty_folders(writer, series, root); !cleaned) {
    outcome.errors.push_back(std::move(cleaned).error());
  }
  return outcome;
}

RemoveOutcome remove_series(SeriesWriter& writer, const SeriesId& series, const Folder& root) {
  const auto years = writer.years();
  if (!years) return {{}, {years.error()}};
  // Originals set aside of years that have nothing else.
  if (const auto names = writer.folder().names()) {
    for (const std::string& name : *names) {
      if (!is_set_aside(name)) continue;
      if (auto removed = writer.folder().remove_file(name); !removed)
        return {{}, {removed.error()}};
    }
  }
  return remove_years(writer, series, root, *years);
}

}  // namespace chandler::store
