#include "store/merge_rows.h"

#include <algorithm>
#include <cmath>

namespace chandler::store {
namespace {

double value_at(const BarSeries& bars, Column c, std::size_t i) {
  return bars.columns.has(c) ? bars.column(c)[i] : kUnknown;
}

enum class Comparison {
  same,
  fills,
  differs
};  // fills: the new bar knows something the old one does not

Comparison compare(const BarSeries& old, std::size_t i, const BarSeries& fresh, std::size_t j) {
  bool fills = false;
  for (const Column c : kAllColumns) {
    const double a = value_at(old, c, i);
    const double b = value_at(fresh, c, j);
    if (std::isnan(b) || a == b) continue;
    if (!std::isnan(a)) return Comparison::differs;
    fills = true;
  }
  return fills ? Comparison::fills : Comparison::same;
}

void fill_last_row(BarSeries& into, const BarSeries& fresh, std::size_t j) {
  into.widen(fresh.columns);
  for (const Column c : kAllColumns) {
    if (fresh.columns.has(c) && std::isnan(into.column(c).back()))
      into.column(c).back() = fresh.column(c)[j];
  }
}

// Collects what goes into the merged block; neighbouring rows of one origin are copied together.
class Merger {
 public:
  Merger(const BlockRows& old, const BarSeries& fresh, const std::string& provider)
      : old_(old), fresh_(fresh), provider_(provider) {
    merged_.rows.bars.columns = old.bars.columns.united(fresh.columns);
    merged_.changed = !old.bars.columns.covers(fresh.columns);
  }

  void keep(std::size_t i, std::size_t end) {
    merged_.rows.bars.append(old_.bars, i, end);
    for (; i < end; ++i) merged_.rows.owners.push_back(old_.owners.name_of(i));
  }

  void add(std::size_t j, std::size_t end) {
    merged_.rows.bars.append(fresh_, j, end);
    merged_.written += end - j;
    merged_.changed = true;
    for (; j < end; ++j) merged_.rows.owners.push_back(provider_);
  }

  void join(std::size_t i, std::size_t j) {
    const std::string& owner = old_.owners.name_of(i);
    const Comparison comparison = compare(old_.bars, i, fresh_, j);
    if (comparison == Comparison::differs) {
      add(j, j + 1);
      merged_.conflicts.push_back({.at = fresh_.timestamp[j],
                                   .kept = provider_,
                                   .old_close = old_.bars.close[i],
                                   .new_close = fresh_.close[j],
                                   .replaced = {{owner, old_.bars.slice(i, i + 1)}}});
      return;
    }
    merged_.rows.bars.append(old_.bars, i, i + 1);
    merged_.rows.owners.push_back(std::min(owner, provider_));
    if (comparison == Comparison::fills) {
      fill_last_row(merged_.rows.bars, fresh_, j);
      ++merged_.written;
    }
    merged_.changed = merged_.changed || comparison == Comparison::fills || provider_ < owner;
  }

  // The old row i says all that the new row j says, and belongs to whom it belonged.
  [[nodiscard]] bool says_nothing_new(std::size_t i, std::size_t j) const {
    return compare(old_.bars, i, fresh_, j) == Comparison::same &&
           old_.owners.name_of(i) <= provider_;
  }

  [[nodiscard]] MergedRows result() && { return std::move(merged_); }

 private:
  const BlockRows& old_;
  const BarSeries& fresh_;
  const std::string& provider_;
  MergedRows merged_;
};

}  // namespace

MergedRows merge_rows(const BlockRows& old, const BarSeries& fresh, std::size_t first,
                      std::size_t last, const std::string& provider) {
  const std::vector<Instant>& was = old.bars.timestamp;
  const std::vector<Instant>& is = fresh.timestamp;
  Merger merger(old, fresh, provider);
  std::size_t i = 0;
  std::size_t j = first;
  while (i < was.size() || j < last) {
    std::size_t end = i;
    std::size_t partner = j;
    while (end < was.size() &&
           (partner == last || was[end] < is[partner] ||
            (was[end] == is[partner] && merger.says_nothing_new(end, partner)))) {
      if (partner != last && was[end] == is[partner]) ++partner;
      ++end;
    }
    if (end != i) {
      merger.keep(i, end);
      i = end;
      j = partner;
      continue;
    }
    end = j;
    while (end < last && (i == was.size() || is[end] < was[i])) ++end;
    if (end != j) {
      merger.add(j, end);
      j = end;
      continue;
    }
    merger.join(i++, j++);
  }
  return std::move(merger).result();
}

}  // namespace chandler::store
