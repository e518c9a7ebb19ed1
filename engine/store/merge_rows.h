// Joining new bars with those that are there, bar by bar.
//
//   same time, same values       one is kept; it belongs to the provider whose name sorts first, so
//   that the order in
//                                which two providers came does not show
//   same, but one side has an    the known value fills the unknown one; no conflict
//   optional value more
//   same time, other values      the new bar wins, the old one goes to the conflict list
#pragma once

#include <string>
#include <vector>

#include "store/metadata.h"
#include "store/year_file.h"

namespace chandler::store {

struct MergedRows {
  BlockRows rows;
  std::vector<ConflictEntry> conflicts;
  std::uint64_t written = 0;  // bars that are new or differ
  bool changed = false;       // some byte of the block will differ
};

// Rows [first, last) of `fresh` from one provider into the rows of one block.
[[nodiscard]] MergedRows merge_rows(const BlockRows& old, const BarSeries& fresh, std::size_t first,
                                    std::size_t last, const std::string& provider);

}  // namespace chandler::store
