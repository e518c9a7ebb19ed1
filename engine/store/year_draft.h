// The next version of a year file: changed blocks sealed anew, in memory; kept ones as the bytes that
// they are, in the old file.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <vector>

#include "store/year_file.h"

namespace chandler::store {

struct DraftBlock {
  BlockInfo info{};
  Bytes member{};                     // of blocks sealed anew; empty for kept ones
  bool kept = false;                  // bytes of the version before
  std::size_t place = 0;              // of a kept block in the old file
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
  const YearFile* old = nullptr;  // where the kept blocks lie; must outlive the draft
  std::vector<DraftBlock> blocks{};

  [[nodiscard]] EndMark mark() const;
  [[nodiscard]] std::uint64_t rows() const;
};

// What is looked at of a block that is kept.
enum class KeptBlocks : std::uint8_t {
  checked,  // all its bytes
  named,    // what its head says: whoever copies it checks it on the way
};

// `old` is the version in place, or nullptr. When the columns differ from the old file's, or the first block changes, what
// must be sealed anew is. An empty draft (no blocks) is possible when every row went away.
[[nodiscard]] Result<YearDraft> draft_year(const SeriesId& series, int year, const YearFile* old,
                                           BlockChanges changes, ColumnSet columns, bool rolled_up,
                                           KeptBlocks kept = KeptBlocks::checked);

// Cuts rows of one year into changes; every block is replaced by what is here of it.
[[nodiscard]] BlockChanges cut_into_blocks(Timeframe tf, const BarSeries& bars,
                                           const RowOwners& owners);

}  // namespace chandler::store
