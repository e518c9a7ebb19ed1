// Where hot copies (hot_file.h) lie: _hot/SYMBOL/TIMEFRAME/YEAR.arrow. All of _hot may be deleted at
// any time, nothing in it is believed without the csv.gz it was made of, and nothing is synced.
//
// Whoever writes below _hot holds _hot/.lock, so that temporaries of others are leftovers. Removing
// needs no lock: a file that is in use stays readable to who has it open.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "store/folder.h"
#include "store/hot_file.h"
#include "store/year_file.h"

namespace chandler::store {

// The copy of this very version of the year, if there is one to be believed. Whatever else lies
// there, or nothing, is the same to the caller: the year is read from its csv.gz.
[[nodiscard]] std::optional<HotFile> find_hot(const Folder& root, const SeriesId& id,
                                              const YearFile& year);

// The right to write below _hot; given back at the end of its life.
class HotWriter {
 public:
  // Makes _hot where it is not there, and clears up after writers that died. Nothing when somebody
  // else is writing.
  static Result<std::optional<HotWriter>> open(const Folder& root);

  // Replaces the copy. Precondition: `bars` are all rows of the year.
  [[nodiscard]] Result<void> put(const SeriesId& id, const YearFile& year, const BarSeries& bars);
  // Removes copies whose series or year is not in the cache any more; of all symbols and
  // timeframes, or those named. Answers the files, relative to the root.
  [[nodiscard]] Result<std::vector<std::string>> sweep(const Folder& root,
                                                       const std::optional<Symbol>& symbol,
                                                       const std::optional<Timeframe>& timeframe);

 private:
  HotWriter(Folder hot, File lock) : hot_(std::move(hot)), lock_(std::move(lock)) {}
  Folder hot_;
  File lock_;
};

// Removes the copies of these years, and folders that are empty then.
[[nodiscard]] Result<void> remove_hot(const Folder& root, const SeriesId& id,
                                      const std::vector<int>& years);

}  // namespace chandler::store
