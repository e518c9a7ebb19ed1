#include "store/hot_copies.h"

#include <algorithm>

#include "store/commit.h"
#include "store/status.h"

namespace chandler::store {
namespace {

constexpr const char* kHotFolder = "_hot";
constexpr const char* kHotLock = ".lock";
constexpr std::string_view kEnding = ".arrow";

std::string hot_name(int year) { return std::to_string(year) + std::string(kEnding); }

std::optional<int> year_of_hot_name(const std::string& name) {
  if (!name.ends_with(kEnding)) return {};
  return year_of_data_name(name.substr(0, name.size() - kEnding.size()) + ".csv.gz");
}

bool is_temporary(const std::string& name) {
  return name.starts_with('.') && name.ends_with(".tmp");
}

// Nothing where there is none.
Result<std::optional<Folder>> folder_if_there(const Folder& parent, const std::string& name) {
  auto folder = parent.open_folder(name);
  if (folder) return std::optional<Folder>(std::move(*folder));
  if (folder.error().kind == ErrorKind::not_found) return std::optional<Folder>{};
  return std::move(folder).error();
}

Result<void> remove_if_empty(const Folder& parent, const std::string& name) {
  CHANDLER_TRY(const auto folder, folder_if_there(parent, name));
  if (!folder) return {};
  CHANDLER_TRY(const std::vector<std::string> names, folder->names());
  if (!names.empty()) return {};
  auto removed = parent.remove_folder(name);
  if (removed) return {};
  // Somebody may have put something into it just now: then it stays.
  const auto now = folder->names();
  return now && !now->empty() ? Result<void>{} : std::move(removed);
}

// Nothing but folders of ours is looked into.
Result<std::vector<std::string>> folders_in(const Folder& folder) {
  CHANDLER_TRY(std::vector<std::string> names, folder.names());
  std::vector<std::string> folders;
  for (std::string& name : names) {
    CHANDLER_TRY(const auto identity, folder.identity_of(name));
    if (identity && identity->is_folder) folders.push_back(std::move(name));
  }
  return folders;
}

// The years that the series has in the cache; none when it is not there.
Result<std::vector<int>> years_there(const Folder& root, const std::string& symbol,
                                     const std::string& timeframe) {
  CHANDLER_TRY(const auto of_symbol, folder_if_there(root, symbol));
  if (!of_symbol) return std::vector<int>{};
  CHANDLER_TRY(const auto series, folder_if_there(*of_symbol, timeframe));
  if (!series) return std::vector<int>{};
  return data_years(*series);
}

// One folder of copies; what goes is added to `removed`.
Result<void> sweep_series(const Folder& folder, const std::vector<int>& years,
                          std::vector<std::string>& removed) {
  CHANDLER_TRY(const std::vector<std::string> names, folder.names());
  for (const std::string& name : names) {
    const auto year = year_of_hot_name(name);
    const bool gone = year && std::find(years.begin(), years.end(), *year) == years.end();
    if (!gone && !is_temporary(name)) continue;
    CHANDLER_CHECK(folder.remove_file(name));
    if (gone) removed.push_back(folder.shown(name));
  }
  return {};
}

}  // namespace

std::optional<HotFile> find_hot(const Folder& root, const SeriesId& id, const YearFile& year) {
  auto folder = root.open_folder(kHotFolder);
  if (folder) folder = folder->open_folder(id.symbol.folder());
  if (folder) folder = folder->open_folder(std::string(to_string(id.timeframe)));
  if (!folder) return {};
  const auto file = folder->open_file(hot_name(year.mark().year));
  if (!file) return {};
  auto bytes = Mapping::of(*file, root.files());
  if (!bytes) return {};
  return HotFile::of(std::move(*bytes), year.mark());
}

Result<std::optional<HotWriter>> HotWriter::open(const Folder& root) {
  CHANDLER_TRY(Folder hot, root.make_folder(kHotFolder, Folder::Durable::no));
  CHANDLER_TRY(File lock, hot.open_lock(kHotLock));
  CHANDLER_TRY(const bool held, lock.try_lock());
  if (!held) return std::optional<HotWriter>{};
  return std::optional<HotWriter>(HotWriter(std::move(hot), std::move(lock)));
}

Result<void> HotWriter::put(const SeriesId& id, const YearFile& year, const BarSeries& bars) {
  CHANDLER_TRY(const Folder symbol, hot_.make_folder(id.symbol.folder(), Folder::Durable::no));
  CHANDLER_TRY(const Folder folder,
               symbol.make_folder(std::string(to_string(id.timeframe)), Folder::Durable::no));
  const std::string name = hot_name(year.mark().year);
  const std::string temporary = "." + name + "." + make_nonce() + ".tmp";
  CHANDLER_TRY(File file, folder.create_new(temporary));
  auto done = write_hot(year.mark(), bars, [&file](std::span<const std::byte> bytes) {
    return file.write_all(bytes);
  });
  if (done) done = file.close();
  if (done) done = folder.rename(temporary, name);
  if (done) return done;
  // The first failure is what is told; a leftover is removed by the next sweep.
  static_cast<void>(folder.remove_file(temporary));
  return done;
}

Result<std::vector<std::string>> HotWriter::sweep(const Folder& root,
                                                  const std::optional<Symbol>& symbol,
                                                  const std::optional<Timeframe>& timeframe) {
  std::vector<std::string> removed;
  CHANDLER_TRY(const std::vector<std::string> symbols, folders_in(hot_));
  for (const std::string& of_symbol : symbols) {
    if (symbol && of_symbol != symbol->folder()) continue;
    CHANDLER_TRY(const auto folder, folder_if_there(hot_, of_symbol));
    if (!folder) continue;
    CHANDLER_TRY(const std::vector<std::string> frames, folders_in(*folder));
    for (const std::string& frame : frames) {
      if (timeframe && frame != to_string(*timeframe)) continue;
      CHANDLER_TRY(const std::vector<int> years, years_there(root, of_symbol, frame));
      CHANDLER_TRY(const auto copies, folder_if_there(*folder, frame));
      if (copies) CHANDLER_CHECK(sweep_series(*copies, years, removed));
      CHANDLER_CHECK(remove_if_empty(*folder, frame));
    }
    CHANDLER_CHECK(remove_if_empty(hot_, of_symbol));
  }
  return removed;
}

Result<void> remove_hot(const Folder& root, const SeriesId& id, const std::vector<int>& years) {
  const std::string frame(to_string(id.timeframe));
  CHANDLER_TRY(const auto hot, folder_if_there(root, kHotFolder));
  if (!hot) return {};
  CHANDLER_TRY(const auto symbol, folder_if_there(*hot, id.symbol.folder()));
  if (!symbol) return {};
  CHANDLER_TRY(const auto folder, folder_if_there(*symbol, frame));
  if (!folder) return {};
  for (const int year : years) CHANDLER_CHECK(folder->remove_file(hot_name(year)));
  CHANDLER_CHECK(remove_if_empty(*symbol, frame));
  return remove_if_empty(*hot, id.symbol.folder());
}

}  // namespace chandler::store
