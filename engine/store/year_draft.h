// The next version of a year file, in memory: kept blocks as the bytes they were, changed ones
// sealed anew.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <vector>

#include "store/year_file.h"

namespace chandler::store {

struct DraftBlock {
  BlockInfo info{};
  Bytes member{};
  bool kept = false;                  // bytes of the version before
  std::vector<Instant> timestamps{};  // of blocks sealed anew; empty for kept ones
  std::vector<Finding> suspicious{};  // likewise
};

// Blocks that change, by index. A block without rows goes away.
using BlockChanges = std::map<std::uint32_t, BlockRows>;

struct YearDraft {
  SeriesId series;
  int year = 0;
  ColumnSet columns{};
  bool rolled_up = false;
  std::vector<DraftBlock> blocks{};

  [[nodiscard]] EndMark mark() const;
  [[nodiscard]] std::uint64_t rows() const;
};

// `old` is the version in place, or nullptr. Kept blocks are read and checked on the way: damage is
// never sealed anew. When the columns differ from the old file's, or the first block changes, what
// must be sealed anew is. An empty draft (no blocks) is possible when every row went away.
[[nodiscard]] Result<YearDraft> draft_year(const SeriesId& series, int year, const YearFile* old,
                                           BlockChanges changes, ColumnSet columns, bool rolled_up);

// Cuts rows of one year into changes; every block is replaced by what is here of it.
[[nodiscard]] BlockChanges cut_into_blocks(Timeframe tf, const BarSeries& bars,
                                           const RowOwners& owners);

}  // namespace chandler::store
