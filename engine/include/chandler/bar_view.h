// Bars to look at where they lie: in the memory of a hot copy (docs/decisions/0007), or, where there
// is none, in memory that they were read into.
//
//   auto view = cache.view(id, {.range = range, .columns = {chandler::Column::close}});
//   for (const chandler::BarSlice& year : view->slices()) sum = add(sum, year.close);
//
// Values are proved before they are handed out, as those of Cache::read are.
#pragma once

#include <memory>
#include <span>
#include <vector>

#include "chandler/bar_series.h"
#include "chandler/time.h"

namespace chandler {

struct ViewRequest {
  TimeRange range{};
  // Only what is used has to be looked at. Empty: all that there are.
  std::vector<Column> columns{};
  bool timestamps = true;
};

// Bars of one year. A column that was not asked for, or that the year does not have, is empty.
struct BarSlice {
  std::size_t size = 0;
  std::span<const Instant> timestamp{};
  std::span<const double> open{}, high{}, low{}, close{}, volume{};
  std::span<const double> adj_close{}, vwap{}, trade_count{}, turnover{};

  [[nodiscard]] std::span<const double>& column(Column c);
  [[nodiscard]] const std::span<const double>& column(Column c) const;
};

// Owns what its slices look at; to be moved, not copied.
class BarView {
 public:
  BarView();
  BarView(BarView&&) noexcept;
  BarView& operator=(BarView&&) noexcept;
  ~BarView();

  [[nodiscard]] std::span<const BarSlice> slices() const { return slices_; }  // in time order
  [[nodiscard]] std::size_t size() const;                                     // bars in all of them
  // Were all of them found in hot copies?
  [[nodiscard]] bool is_hot() const { return is_hot_; }

 private:
  friend class Cache;
  struct Memory;
  std::unique_ptr<Memory> memory_;
  std::vector<BarSlice> slices_;
  bool is_hot_ = true;
};

}  // namespace chandler
