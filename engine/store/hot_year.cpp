#include "store/hot_year.h"

#include <algorithm>

namespace chandler::store {
namespace {

bool wanted(const ViewRequest& request, Column c) {
  return request.columns.empty() ||
         std::find(request.columns.begin(), request.columns.end(), c) != request.columns.end();
}

template <class T>
void copy_to(std::vector<T>& to, std::span<const T> from) {
  to.assign(from.begin(), from.end());
}

}  // namespace

std::optional<BarSlice> slice_of(const HotFile& hot, const ViewRequest& request) {
  const auto rows = hot.rows_of(request.range);
  if (!rows) return {};
  const auto [first, last] = *rows;
  BarSlice slice{.size = last - first};
  if (request.timestamps) {
    const auto timestamps = hot.timestamps(first, last);
    if (!timestamps) return {};
    slice.timestamp = *timestamps;
  }
  for (const Column c : kAllColumns) {
    if (!hot.columns().has(c) || !wanted(request, c)) continue;
    const auto values = hot.values(c, first, last);
    if (!values) return {};
    slice.column(c) = *values;
  }
  return slice;
}

std::optional<BarSeries> bars_of(const HotFile& hot, TimeRange range) {
  const auto slice = slice_of(hot, {.range = range});
  if (!slice) return {};
  BarSeries bars;
  bars.columns = hot.columns();
  copy_to(bars.timestamp, slice->timestamp);
  for (const Column c : kAllColumns) {
    if (bars.columns.has(c)) copy_to(bars.column(c), slice->column(c));
  }
  return bars;
}

Result<WarmedYear> warm_year(const Folder& root, HotWriter& writer, const SeriesId& id,
                             const YearFile& year) {
  if (const auto there = find_hot(root, id, year); there && there->intact())
    return WarmedYear{Warmed::kept, there->size()};
  CHANDLER_TRY(const BarSeries bars, year.read({}));
  CHANDLER_CHECK(writer.put(id, year, bars));
  const auto made = find_hot(root, id, year);
  if (!made || !made->intact()) {
    return Error{ErrorKind::io, "its hot copy reads otherwise than it was written", year.shown(),
                 "check the disk, then run the same command again"};
  }
  return WarmedYear{Warmed::built, made->size()};
}

}  // namespace chandler::store
