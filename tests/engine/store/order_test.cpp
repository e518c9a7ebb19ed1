// Canonical bytes: whatever the order in which the same rows came from the same providers, and
// however they were cut into deliveries, the files are the same.
#include <gtest/gtest.h>

#include "damage_support.h"

namespace chandler {
namespace {

using namespace test;

struct World {
  const char* name;
  const char* symbol;
  AssetClass asset_class;
  CalendarKind calendar;
  Timeframe timeframe;
  const char* from;
  const char* to;
};

constexpr std::array<const char*, 3> kProviders = {"binance", "import", "yahoo"};

// One provider's rows, ascending.
struct Share {
  std::string provider;
  BarSeries bars;
};

// Gives every row to at least one provider; each of them knows other optional columns.
std::vector<Share> shared_out(const BarSeries& truth, std::size_t providers, Dice& dice) {
  const std::array<ColumnSet, 3> known = {
      columns_of({Column::vwap, Column::trade_count}), ColumnSet{},
      dice.one_in(2) ? columns_of({Column::adj_close}) : columns_of({Column::trade_count})};
  std::vector<std::set<std::size_t>> owners(truth.size());
  for (std::size_t i = 0; i < truth.size();) {
    // In runs as from pages, now and then a single row.
    const std::size_t end = std::min(truth.size(), i + 1 + dice.below(dice.one_in(3) ? 2 : 400));
    std::set<std::size_t> some;
    for (std::size_t p = 0; p < providers; ++p) {
      if (dice.one_in(2)) some.insert(p);
    }
    if (some.empty()) some.insert(dice.below(providers));
    for (; i < end; ++i) owners[i] = some;
  }
  std::vector<Share> shares;
  for (std::size_t p = 0; p < providers; ++p) {
    const BarSeries mine = pick(truth, [&](std::size_t i) { return owners[i].contains(p); });
    if (!mine.empty()) shares.push_back({kProviders[p], narrowed(mine, known[p])});
  }
  return shares;
}

// Cuts the shares into pages, lets some of them overlap, and mixes them.
std::vector<Share> delivered(const std::vector<Share>& shares, Dice& dice) {
  std::vector<Share> pages;
  for (const Share& share : shares) {
    const std::size_t page = 1 + share.bars.size() / (1 + dice.below(4));
    for (std::size_t at = 0; at < share.bars.size(); at += page) {
      const std::size_t from = at - std::min(at, dice.one_in(2) ? dice.below(page) : 0);
      const std::size_t to = std::min(share.bars.size(), at + page);
      pages.push_back({share.provider, share.bars.slice(from, to)});
    }
  }
  dice.shuffle(pages);
  return pages;
}

using Snapshot = std::map<std::string, std::string>;

Snapshot files_after(const World& world, const std::vector<Share>& pages) {
  Sandbox box;
  for (const Share& page : pages) {
    Delivery delivery{.asset_class = world.asset_class};
    delivery.provider.name = page.provider;
    delivery.bars = page.bars;
    const WriteOutcome outcome = box.cache().merge(series(world.symbol, world.timeframe), delivery);
    EXPECT_FALSE(outcome.error) << outcome.error->line();
  }
  EXPECT_EQ(kinds(box), Kinds{});
  return box.snapshot();
}

class Order : public ::testing::TestWithParam<World> {};

TEST_P(Order, OfDeliveriesDoesNotShow) {
  const World& world = GetParam();
  const BarSeries every =
      all_bars(world.calendar, world.timeframe, range_of(world.from, world.to),
               columns_of({Column::adj_close, Column::vwap, Column::trade_count}));
  ASSERT_GT(every.size(), 10U);
  for (std::uint32_t seed = 1; seed <= 3; ++seed) {
    Dice dice(seed);
    const BarSeries truth = pick(every, [&](std::size_t) { return !dice.one_in(50); });
    const auto shares = shared_out(truth, seed, dice);
    const Snapshot expected = files_after(world, shares);

    for (int turn = 0; turn < 3; ++turn) {
      const auto pages = delivered(shares, dice);
      const Snapshot files = files_after(world, pages);

      ASSERT_EQ(files.size(), expected.size());
      for (const auto& [name, bytes] : expected)
        EXPECT_TRUE(files.at(name) == bytes) << name << " of seed " << seed << ", turn " << turn;
    }
  }
}

TEST_P(Order, OfOneProvidersCorrectionsDoesNotShowInTheData) {
  const World& world = GetParam();
  const BarSeries last = all_bars(world.calendar, world.timeframe, range_of(world.from, world.to));
  Dice dice(7);
  // Versions of some rows, each to be delivered before the last one.
  BarSeries first;
  for (const Instant t : last.timestamp) {
    if (dice.one_in(4)) add_bar(first, t, 1);
  }
  const std::vector<Share> in_order = {{"import", first}, {"import", last}};
  const Snapshot expected = files_after(world, in_order);

  std::vector<Share> in_pieces;
  const std::size_t half = last.size() / 2;
  const std::size_t there = first.lower_bound(last.timestamp[half]);
  in_pieces.push_back({"import", first.slice(there, first.size())});
  in_pieces.push_back({"import", last.slice(half, last.size())});
  in_pieces.push_back({"import", first.slice(0, there)});
  in_pieces.push_back({"import", last.slice(0, half)});
  const Snapshot files = files_after(world, in_pieces);

  for (const auto& [name, bytes] : expected) {
    if (name.ends_with(".csv.gz")) {
      EXPECT_TRUE(files.at(name) == bytes) << name;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(
    Worlds, Order,
    ::testing::Values(World{"CryptoMinutes", "BTCUSDT", AssetClass::crypto, CalendarKind::always,
                            Timeframe::m1, "2023-12-31", "2024-01-05"},
                      World{"StockMinutes", "AAPL", AssetClass::stock, CalendarKind::us_equities,
                            Timeframe::m1, "2024-03-06", "2024-03-14"},
                      World{"ForexHours", "EURUSD", AssetClass::forex, CalendarKind::forex,
                            Timeframe::h1, "2023-11-20", "2024-02-10"},
                      World{"UnknownDays", "XX.YY", AssetClass::unknown, CalendarKind::none,
                            Timeframe::d1, "2022-10-01", "2024-03-01"},
                      World{"StockWeeks", "AAPL", AssetClass::stock, CalendarKind::us_equities,
                            Timeframe::w1, "2021-01-01", "2024-03-01"},
                      World{"CryptoMonths", "ETHUSDT", AssetClass::crypto, CalendarKind::always,
                            Timeframe::mo1, "2020-01-01", "2024-03-01"}),
    [](const auto& of) { return std::string(of.param.name); });

}  // namespace
}  // namespace chandler
