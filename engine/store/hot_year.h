// One year of a series by its hot copy.
#pragma once

#include <optional>

#include "chandler/bar_view.h"
#include "store/hot_copies.h"

namespace chandler::store {

// What a view shows of the copy, looking at nothing else of it; nothing when something it needs is
// damaged.
[[nodiscard]] std::optional<BarSlice> slice_of(const HotFile& hot, const ViewRequest& request);
// The bars of the range, in memory of their own.
[[nodiscard]] std::optional<BarSeries> bars_of(const HotFile& hot, TimeRange range);

// What became of one year in `warm`.
enum class Warmed : std::uint8_t { built, kept };
struct WarmedYear {
  Warmed what = Warmed::kept;
  std::uint64_t bytes = 0;
};
// Makes sure there is a good copy: one that is there is looked at as a whole.
[[nodiscard]] Result<WarmedYear> warm_year(const Folder& root, HotWriter& writer,
                                           const SeriesId& id, const YearFile& year);

}  // namespace chandler::store
