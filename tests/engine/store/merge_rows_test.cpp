#include "store/merge_rows.h"

#include <gtest/gtest.h>

#include "damage_support.h"

namespace chandler {
namespace {

using namespace test;
using store::BlockRows;
using store::merge_rows;
using store::MergedRows;

BlockRows owned(const BarSeries& bars, const std::string& provider) {
  BlockRows rows{bars, {}};
  for (std::size_t i = 0; i < bars.size(); ++i) rows.owners.push_back(provider);
  return rows;
}

BarSeries some_minutes(std::size_t count, ColumnSet columns = {}) {
  BarSeries bars;
  bars.columns = columns;
  for (std::size_t i = 0; i < count; ++i)
    add_bar(bars, year_start(2024) + seconds{60} * static_cast<std::int64_t>(i));
  return bars;
}

// The rules, one bar at a time, in the plainest way.
struct Plain {
  std::map<Instant, std::pair<std::map<Column, double>, std::string>> rows;
  std::size_t conflicts = 0;
  std::size_t written = 0;

  void put(const BarSeries& bars, std::size_t i, const std::string& provider) {
    std::map<Column, double> fresh;
    for (const Column c : kAllColumns) {
      if (bars.columns.has(c) && !std::isnan(bars.column(c)[i])) fresh[c] = bars.column(c)[i];
    }
    const auto [at, is_new] = rows.try_emplace(bars.timestamp[i], fresh, provider);
    if (is_new) {
      ++written;
      return;
    }
    auto& [values, owner] = at->second;
    bool differs = false;
    bool fills = false;
    for (const auto& [c, v] : fresh) {
      fills = fills || !values.contains(c);
      differs = differs || (values.contains(c) && values.at(c) != v);
    }
    if (differs) {
      at->second = {fresh, provider};
      ++conflicts;
      ++written;
      return;
    }
    values.insert(fresh.begin(), fresh.end());
    owner = std::min(owner, provider);
    written += fills ? 1 : 0;
  }
};

TEST(MergeRows, AgreesWithTheRulesAppliedBarByBar) {
  const ColumnSet rich = columns_of({Column::vwap, Column::trade_count});
  for (std::uint32_t seed = 1; seed <= 300; ++seed) {
    Dice dice(seed);
    const BarSeries all = some_minutes(60, rich);
    Plain plain;
    BlockRows rows;
    for (int turn = 0; turn < 5; ++turn) {
      BarSeries fresh;
      if (!dice.one_in(3)) fresh.columns = rich;
      const std::size_t density = 1 + dice.below(4);
      for (const Instant t : all.timestamp) {
        if (!dice.one_in(density)) continue;
        add_bar(fresh, t, dice.one_in(5) ? 1 : 0);
        if (fresh.columns.has(Column::vwap) && dice.one_in(3)) fresh.vwap.back() = kUnknown;
      }
      const std::string provider(1, static_cast<char>('a' + dice.below(4)));
      plain.conflicts = plain.written = 0;
      for (std::size_t i = 0; i < fresh.size(); ++i) plain.put(fresh, i, provider);
      const bool known_before = rows.bars.columns.covers(fresh.columns);

      MergedRows merged = merge_rows(rows, fresh, 0, fresh.size(), provider);

      ASSERT_EQ(merged.rows.bars.size(), plain.rows.size()) << seed;
      EXPECT_EQ(merged.conflicts.size(), plain.conflicts) << seed;
      EXPECT_EQ(merged.written, plain.written) << seed;
      if (!merged.changed) {
        EXPECT_TRUE(known_before && identical(merged.rows.bars, rows.bars)) << seed;
      }
      std::size_t i = 0;
      for (const auto& [t, row] : plain.rows) {
        ASSERT_EQ(merged.rows.bars.timestamp[i], t) << seed;
        EXPECT_EQ(merged.rows.owners.name_of(i), row.second) << seed;
        for (const Column c : kAllColumns) {
          if (!merged.rows.bars.columns.has(c)) continue;
          const double v = merged.rows.bars.column(c)[i];
          if (row.first.contains(c)) {
            EXPECT_EQ(v, row.first.at(c)) << seed;
          } else {
            EXPECT_TRUE(std::isnan(v)) << seed;
          }
        }
        ++i;
      }
      rows = std::move(merged.rows);
    }
  }
}

TEST(MergeRows, TheSameAgainChangesNothing) {
  const BarSeries bars = some_minutes(20);

  const MergedRows merged = merge_rows(owned(bars, "binance"), bars, 0, bars.size(), "binance");

  EXPECT_FALSE(merged.changed);
  EXPECT_EQ(merged.written, 0U);
  EXPECT_TRUE(identical(merged.rows.bars, bars));
}

TEST(MergeRows, EqualRowsBelongToTheProviderThatSortsFirst) {
  const BarSeries bars = some_minutes(3);

  const MergedRows later = merge_rows(owned(bars, "b"), bars, 0, bars.size(), "c");
  const MergedRows earlier = merge_rows(owned(bars, "b"), bars, 0, bars.size(), "a");

  EXPECT_FALSE(later.changed);
  EXPECT_EQ(later.rows.owners.name_of(1), "b");
  EXPECT_TRUE(earlier.changed) << "the owner stands in the file";
  EXPECT_EQ(earlier.written, 0U) << "but no bar is new";
  EXPECT_EQ(earlier.rows.owners.name_of(1), "a");
}

TEST(MergeRows, TakesOnlyTheRowsItIsGiven) {
  const BarSeries bars = some_minutes(20);

  const MergedRows merged = merge_rows({}, bars, 5, 8, "a");

  EXPECT_TRUE(identical(merged.rows.bars, bars.slice(5, 8)));
  EXPECT_EQ(merged.written, 3U);
}

TEST(MergeRows, AConflictKeepsTheWholeRowThatWentAway) {
  const BarSeries old = some_minutes(3, columns_of({Column::turnover}));
  BarSeries fresh = some_minutes(3);
  fresh.volume[1] += 1;

  const MergedRows merged = merge_rows(owned(old, "b"), fresh, 0, 3, "a");

  ASSERT_EQ(merged.conflicts.size(), 1U);
  EXPECT_EQ(merged.conflicts[0].at, old.timestamp[1]);
  EXPECT_EQ(merged.conflicts[0].kept, "a");
  EXPECT_EQ(merged.conflicts[0].replaced[0].provider, "b");
  EXPECT_TRUE(identical(merged.conflicts[0].replaced[0].row, old.slice(1, 2)));
  EXPECT_TRUE(std::isnan(merged.rows.bars.turnover[1]));
  EXPECT_EQ(merged.rows.bars.turnover[2], old.turnover[2]);
}

}  // namespace
}  // namespace chandler
