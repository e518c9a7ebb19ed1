#include "chandler/bar_series.h"

#include <algorithm>
#include <bit>

namespace chandler {
namespace {

constexpr std::array<std::string_view, kColumnCount> kNames = {
    "open", "high", "low", "close", "volume", "adj_close", "vwap", "trade_count", "turnover"};

using Member = std::vector<double> BarSeries::*;
constexpr std::array<Member, kColumnCount> kMembers = {
    &BarSeries::open,  &BarSeries::high,        &BarSeries::low,
    &BarSeries::close, &BarSeries::volume,      &BarSeries::adj_close,
    &BarSeries::vwap,  &BarSeries::trade_count, &BarSeries::turnover};

bool same_value(double a, double b) {
  return std::bit_cast<std::uint64_t>(a) == std::bit_cast<std::uint64_t>(b) || (a != a && b != b);
}

}  // namespace

std::string_view to_string(Column c) { return kNames[static_cast<std::size_t>(c)]; }

std::optional<Column> parse_column(std::string_view name) {
  for (const Column c : kAllColumns) {
    if (to_string(c) == name) return c;
  }
  return {};
}

std::vector<double>& BarSeries::column(Column c) {
  return this->*kMembers[static_cast<std::size_t>(c)];
}
const std::vector<double>& BarSeries::column(Column c) const {
  return this->*kMembers[static_cast<std::size_t>(c)];
}

void BarSeries::reserve(std::size_t rows) {
  timestamp.reserve(rows);
  for (const Column c : kAllColumns) {
    if (columns.has(c)) column(c).reserve(rows);
  }
}

void BarSeries::resize(std::size_t rows) {
  timestamp.resize(rows);
  for (const Column c : kAllColumns) {
    if (columns.has(c))
      column(c).resize(rows, static_cast<std::size_t>(c) < kRequiredColumns ? 0.0 : kUnknown);
  }
}

void BarSeries::clear() {
  timestamp.clear();
  for (const Column c : kAllColumns) column(c).clear();
}

void BarSeries::widen(ColumnSet to) {
  for (const Column c : kAllColumns) {
    if (!to.has(c) || columns.has(c)) continue;
    columns.add(c);
    column(c).assign(size(), kUnknown);
  }
}

void BarSeries::append(const BarSeries& from, std::size_t first, std::size_t last) {
  if (!columns.covers(from.columns)) widen(from.columns);
  const auto at = [](std::size_t i) { return static_cast<std::ptrdiff_t>(i); };
  timestamp.insert(timestamp.end(), from.timestamp.begin() + at(first),
                   from.timestamp.begin() + at(last));
  for (const Column c : kAllColumns) {
    if (!columns.has(c)) continue;
    auto& into = column(c);
    if (from.columns.has(c)) {
      const auto& values = from.column(c);
      into.insert(into.end(), values.begin() + at(first), values.begin() + at(last));
    } else {
      into.resize(timestamp.size(), kUnknown);
    }
  }
}

BarSeries BarSeries::slice(std::size_t first, std::size_t last) const {
  BarSeries part;
  part.columns = columns;
  part.append(*this, first, last);
  return part;
}

std::size_t BarSeries::lower_bound(Instant t) const {
  return static_cast<std::size_t>(std::lower_bound(timestamp.begin(), timestamp.end(), t) -
                                  timestamp.begin());
}

bool BarSeries::same_row(const BarSeries& a, std::size_t i, const BarSeries& b, std::size_t j) {
  for (const Column c : kAllColumns) {
    if (!a.columns.has(c) || !b.columns.has(c)) continue;
    if (!same_value(a.column(c)[i], b.column(c)[j])) return false;
  }
  return true;
}

bool identical(const BarSeries& a, const BarSeries& b) {
  if (a.columns != b.columns || a.timestamp != b.timestamp) return false;
  for (const Column c : kAllColumns) {
    if (!a.columns.has(c)) continue;
    if (!std::equal(a.column(c).begin(), a.column(c).end(), b.column(c).begin(), b.column(c).end(),
                    same_value)) {
      return false;
    }
  }
  return true;
}

}  // namespace chandler
