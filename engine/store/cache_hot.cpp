// What a Cache does with hot copies: reading by them, and `warm`.
#include <algorithm>
#include <numeric>
#include <set>

#include "chandler/bar_view.h"
#include "store/cache_state.h"
#include "store/hot_year.h"
#include "store/status.h"

namespace chandler {
namespace {

constexpr int kLockTries = 300;
constexpr std::chrono::milliseconds kLockPause{100};

// What a view shows of bars that were read.
BarSlice slice_of(const BarSeries& bars, const ViewRequest& request) {
  BarSlice slice{.size = bars.size()};
  if (request.timestamps) slice.timestamp = bars.timestamp;
  for (const Column c : kAllColumns) {
    const bool wanted =
        request.columns.empty() ||
        std::find(request.columns.begin(), request.columns.end(), c) != request.columns.end();
    if (wanted && bars.columns.has(c)) slice.column(c) = bars.column(c);
  }
  return slice;
}

Result<store::HotWriter> hot_writer(const store::Folder& root, const Clock& clock) {
  for (int i = 0;; ++i) {
    CHANDLER_TRY(auto writer, store::HotWriter::open(root));
    if (writer) return std::move(*writer);
    if (i == kLockTries) {
      return Error{ErrorKind::locked, "another process is writing hot copies", "_hot/.lock",
                   "run the same command again when it is done"};
    }
    clock.pause(kLockPause);
  }
}

}  // namespace

// --- BarView ---

struct BarView::Memory {
  std::vector<store::HotFile> hot;
  std::vector<std::unique_ptr<BarSeries>> read;  // slices look into them: they stay where they are
};

BarView::BarView() : memory_(std::make_unique<Memory>()) {}
BarView::BarView(BarView&&) noexcept = default;
BarView& BarView::operator=(BarView&&) noexcept = default;
BarView::~BarView() = default;

std::size_t BarView::size() const {
  return std::accumulate(slices_.begin(), slices_.end(), std::size_t{0},
                         [](std::size_t sum, const BarSlice& s) { return sum + s.size; });
}

const std::span<const double>& BarSlice::column(Column c) const {
  switch (c) {
    case Column::open:
      return open;
    case Column::high:
      return high;
    case Column::low:
      return low;
    case Column::close:
      return close;
    case Column::volume:
      return volume;
    case Column::adj_close:
      return adj_close;
    case Column::vwap:
      return vwap;
    case Column::trade_count:
      return trade_count;
    case Column::turnover:
      break;
  }
  return turnover;
}

std::span<const double>& BarSlice::column(Column c) {
  return const_cast<std::span<const double>&>(std::as_const(*this).column(c));
}

// --- reading ---

std::optional<store::HotFile> Cache::State::hot_copy(const store::Folder& folder,
                                                     const SeriesId& id, int year) const {
  const auto top = open_root();
  const auto file = store::YearFile::open(folder, id, year);
  if (!top || !file) return {};
  if (auto copy = store::find_hot(*top, id, *file)) return copy;
  if (!options.hot) return {};
  // A reader that was asked to makes the copy. That it cannot (no right to write, no space, somebody
  // else at it) costs the next reader time and nothing else, so it is no error.
  auto writer = store::HotWriter::open(*top);
  if (!writer || !*writer || !store::warm_year(*top, **writer, id, *file)) return {};
  return store::find_hot(*top, id, *file);
}

Result<BarView> Cache::view(const SeriesId& id, const ViewRequest& request) const {
  CHANDLER_TRY(const store::Folder folder, state_->open_series(id));
  CHANDLER_TRY(const std::vector<int> years, store::data_years(folder));
  if (years.empty()) return no_such_series(id);
  BarView view;
  for (const int year : years) {
    if (!request.range.overlaps(year_range(year))) continue;
    if (auto hot = state_->hot_copy(folder, id, year)) {
      if (const auto slice = store::slice_of(*hot, request)) {
        view.memory_->hot.push_back(std::move(*hot));
        view.slices_.push_back(*slice);
        continue;
      }
    }
    CHANDLER_TRY(BarSeries bars, read_year(folder, id, year, request.range));
    view.memory_->read.push_back(std::make_unique<BarSeries>(std::move(bars)));
    view.slices_.push_back(slice_of(*view.memory_->read.back(), request));
    view.is_hot_ = false;
  }
  return view;
}

// --- warm ---

// A year that cannot be copied does not keep the others from it; the first one is told.
WarmOutcome Cache::State::warm_series(const store::Folder& top, store::HotWriter& writer,
                                      const SeriesId& id) const {
  WarmOutcome outcome{.series = id};
  const auto folder = open_series(id);
  const auto years = folder ? store::data_years(*folder) : Result<std::vector<int>>(folder.error());
  if (!years) {
    outcome.error = years.error();
    return outcome;
  }
  for (const int year : *years) {
    const auto file = store::YearFile::open(*folder, id, year);
    const auto warmed =
        file ? store::warm_year(top, writer, id, *file) : Result<store::WarmedYear>(file.error());
    if (warmed) {
      (warmed->what == store::Warmed::built ? outcome.built : outcome.kept).push_back(year);
      outcome.bytes += warmed->bytes;
    } else if (!outcome.error) {
      outcome.error = warmed.error();
    }
  }
  return outcome;
}

Result<WarmReport> Cache::warm(const std::optional<Symbol>& symbol,
                               const std::optional<Timeframe>& timeframe) {
  WarmReport report;
  CHANDLER_TRY(const std::vector<SeriesId> ids, list(symbol, timeframe));
  auto root = state_->open_root();
  if (!root && root.error().kind == ErrorKind::not_found) return report;
  if (!root) return std::move(root).error();
  CHANDLER_TRY(store::HotWriter writer, hot_writer(*root, *state_->clock));
  CHANDLER_TRY(report.removed, writer.sweep(*root, symbol, timeframe));
  for (const SeriesId& id : ids) {
    WarmOutcome outcome = state_->warm_series(*root, writer, id);
    const bool is_empty = outcome.built.empty() && outcome.kept.empty() && !outcome.error;
    if (!is_empty) report.series.push_back(std::move(outcome));
  }
  return report;
}

}  // namespace chandler
