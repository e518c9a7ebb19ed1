// A market made up on the spot: bars of any symbol, timeframe and range, a pure function of the
// symbol's name, its class, the timeframe and the slot. The same bytes on every machine.
//
// What holds for every market here:
//   - The 1m bars come out of price_walk.h. A bar opens where the one before closed, but over the
//     hours an exchange is closed. Every other timeframe is what the engine rolls up from them.
//   - Prices are multiples of 10^-price_decimals(), at most 6 decimals. Volumes and turnovers are
//     multiples of 1/64 and of 1/256 (whole numbers for all but crypto), so their sums are exact
//     and have at most 8 decimals.
//   - Crypto, futures, unknown classes and foreign listings trade around the clock, US stocks, ETFs
//     and indices in the sessions of their calendar, forex in its week.
//   - Columns: the five; crypto also trade_count and turnover; stocks and ETFs vwap and
//   trade_count.
//   - EURUSD=X and EURUSD are one market, and so are JPY=X and USDJPY, BRK-B and BRK.B.
//   - It is listed since 2018-01-01 (crypto, unknown) or 1990-01-01, and goes on to the end of
//   2100.
//     Both are Mondays, firsts of a month and on the 3d grid: no coarse bar begins before.
//
//   const sandbox::Market market(symbol, AssetClass::crypto);
//   const BarSeries year = market.bars(Timeframe::m1, year_range(2024));
//
// Immutable, so safe to share between threads. Cheap to make: remembers nothing but its parameters.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>

#include "chandler/asset_class.h"
#include "chandler/bar_series.h"
#include "chandler/calendar.h"
#include "chandler/symbol.h"
#include "chandler/time.h"
#include "chandler/timeframe.h"
#include "sandbox/price_walk.h"

namespace chandler::sandbox {

// The first instant a class trades.
[[nodiscard]] Instant listed_since(AssetClass asset_class);
[[nodiscard]] ColumnSet columns_of(AssetClass asset_class);

class Market {
 public:
  Market(const Symbol& symbol, AssetClass asset_class);

  static constexpr std::size_t kAll = std::numeric_limits<std::size_t>::max();

  // The bars whose open time lies in the range, also those that are not over yet; at most the first
  // `limit` of them.
  [[nodiscard]] BarSeries bars(Timeframe tf, TimeRange range, std::size_t limit = kAll) const;

  // The 1m bars of US stocks, ETFs and indices from 04:00 to 20:00 New York (four hours past the
  // close) that are outside the session: thin, about one minute in eight, always the first and the
  // last of the day. Empty for all else.
  [[nodiscard]] BarSeries extended_minutes(TimeRange range) const;

  [[nodiscard]] AssetClass asset_class() const { return asset_class_; }
  // When it trades: every slot this expects has a bar.
  [[nodiscard]] const Calendar& calendar() const { return calendar_; }
  [[nodiscard]] TimeRange life() const;
  [[nodiscard]] ColumnSet columns() const { return columns_of(asset_class_); }
  [[nodiscard]] int price_decimals() const { return decimals_; }

 private:
  [[nodiscard]] BarSeries minutes(TimeRange range, std::size_t limit) const;
  [[nodiscard]] BarSeries rolled_up(Timeframe tf, TimeRange range, std::size_t limit) const;
  void fill_run(const SlotRun& run, std::size_t count, BarSeries& out) const;

  AssetClass asset_class_;
  Calendar calendar_;
  PriceWalk walk_;
  std::int64_t level_;
  int decimals_;
  std::int64_t lots_;  // of an ordinary minute
};

}  // namespace chandler::sandbox
