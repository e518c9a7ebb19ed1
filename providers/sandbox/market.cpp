#include "sandbox/market.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <string>
#include <string_view>
#include <vector>

#include "chandler/resample.h"
#include "sandbox/known.h"

namespace chandler::sandbox {
namespace {

using std::chrono::hours;

// Beyond the walk's own streams: what a minute's wicks, volume and trades are drawn from.
constexpr std::uint64_t kWicks = 40;
constexpr std::uint64_t kVolume = 41;
constexpr std::uint64_t kLevel = 42;
constexpr std::uint64_t kExtended = 43;

constexpr seconds kMinute{60};
// Coarse bars are rolled up from so much at a time: few enough minutes to stay in the cache.
constexpr seconds kStretch = hours{30 * 24};

constexpr std::array<double, 9> kTens = {1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8};
constexpr std::int64_t kLotsPerUnit = 64;       // crypto: a lot is 1/64
constexpr std::int64_t kTurnoverPerUnit = 256;  // and turnover counts 1/256

std::uint64_t seed_of(std::string_view name) {  // FNV-1a, then mixed
  std::uint64_t hash = 0xCBF29CE484222325U;
  for (const char c : name) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001B3U;
  return draw(hash, 0, 0);
}

// One name for what has several spellings.
std::string plain_name(const std::string& name, AssetClass asset_class) {
  std::string plain = name;
  if (asset_class == AssetClass::forex && plain.ends_with("=X")) {
    plain.resize(plain.size() - 2);
    if (plain.size() == 3) plain.insert(0, "USD");
  }
  const bool dashed = plain.size() > 2 && plain[plain.size() - 2] == '-';
  if (dashed && asset_class == AssetClass::stock) plain[plain.size() - 2] = '.';
  return plain;
}

// Futures and unknown things have no calendar; here they trade around the clock.
Calendar trading_hours(const Symbol& symbol, AssetClass asset_class) {
  const Calendar calendar = Calendar::of(symbol, asset_class);
  return calendar.kind() == CalendarKind::none ? Calendar(CalendarKind::always) : calendar;
}

// 0.87 deviations of the logarithm (base 2) of a minute's return, in units of 2^-24.
std::int64_t stride_of(AssetClass asset_class) {
  switch (asset_class) {
    case AssetClass::crypto:
      return 14'000;
    case AssetClass::forex:
      return 2'000;
    case AssetClass::index:
      return 5'000;
    case AssetClass::future:
      return 6'000;
    case AssetClass::stock:
    case AssetClass::etf:
    case AssetClass::unknown:
      break;
  }
  return 8'000;
}

struct Price {
  std::int64_t level;
  int decimals;
};

std::int64_t within(std::uint64_t bits, std::int64_t least, std::int64_t most) {
  return least + static_cast<std::int64_t>(bits % static_cast<std::uint64_t>(most - least));
}

Price price_of(std::string_view name, AssetClass asset_class, std::uint64_t bits) {
  if (const Known* known = find_known(name)) return {known->level, known->decimals};
  switch (asset_class) {
    case AssetClass::crypto:
      return {within(bits >> 8U, 20'000, 1'000'000), static_cast<int>(within(bits & 0xFFU, 2, 7))};
    case AssetClass::forex:
      return {within(bits, 60'000, 180'000), 5};
    case AssetClass::index:
      return {within(bits, 100'000, 2'000'000), 2};
    case AssetClass::future:
      return {within(bits, 50'000, 600'000), 2};
    case AssetClass::stock:
    case AssetClass::etf:
    case AssetClass::unknown:
      break;
  }
  return {within(bits, 2'000, 40'000), 2};
}

std::int64_t lots_of(AssetClass asset_class, const Price& price, std::uint64_t bits) {
  if (asset_class != AssetClass::crypto) return within(bits, 200, 20'000);
  // 20,000 to 400,000 units of the quote asset a minute.
  const auto unit = static_cast<std::int64_t>(kTens[static_cast<std::size_t>(price.decimals)]);
  const std::int64_t lots = within(bits, 20'000, 400'000) * kLotsPerUnit * unit / price.level;
  return std::clamp<std::int64_t>(lots, 16, std::int64_t{1} << 30);
}

// 16 bits as a factor that is mostly small: 0 to 2^16, a third of it on average.
std::int64_t mostly_small(std::uint64_t bits) {
  const auto u = static_cast<std::int64_t>(bits & 0xFFFFU);
  return u * u >> 16;
}

}  // namespace

Instant listed_since(AssetClass asset_class) {
  const bool young = asset_class == AssetClass::crypto || asset_class == AssetClass::unknown;
  return year_start(young ? 2018 : 1990);
}

ColumnSet columns_of(AssetClass asset_class) {
  ColumnSet columns;
  if (asset_class == AssetClass::crypto) columns.add(Column::trade_count).add(Column::turnover);
  if (asset_class == AssetClass::stock || asset_class == AssetClass::etf)
    columns.add(Column::vwap).add(Column::trade_count);
  return columns;
}

Market::Market(const Symbol& symbol, AssetClass asset_class)
    : asset_class_(asset_class),
      calendar_(trading_hours(symbol, asset_class)),
      walk_{seed_of(plain_name(symbol.name(), asset_class)), stride_of(asset_class)} {
  const Price price =
      price_of(plain_name(symbol.name(), asset_class), asset_class, draw(walk_.seed, kLevel, 0));
  level_ = price.level;
  decimals_ = price.decimals;
  lots_ = lots_of(asset_class, price, draw(walk_.seed, kLevel, 1));
}

TimeRange Market::life() const { return {listed_since(asset_class_), year_start(2101)}; }

BarSeries Market::bars(Timeframe tf, TimeRange range, std::size_t limit) const {
  const TimeRange alive = range.intersect(life());
  if (alive.empty() || limit == 0) {
    BarSeries none;
    none.columns = columns();
    return none;
  }
  return tf == Timeframe::m1 ? minutes(alive, limit) : rolled_up(tf, alive, limit);
}

BarSeries Market::minutes(TimeRange range, std::size_t limit) const {
  BarSeries out;
  out.columns = columns();
  const std::vector<SlotRun> runs = calendar_.expected(Timeframe::m1, range);
  std::size_t all = 0;
  for (const SlotRun& run : runs) all += static_cast<std::size_t>(run.count);
  out.reserve(std::min(all, limit));
  for (const SlotRun& run : runs) {
    if (out.size() == limit) break;
    fill_run(run, std::min(static_cast<std::size_t>(run.count), limit - out.size()), out);
  }
  return out;
}

BarSeries Market::extended_minutes(TimeRange range) const {
  constexpr seconds kBefore = hours{5} + std::chrono::minutes{30};
  constexpr seconds kAfter = hours{4};
  BarSeries out;
  out.columns = columns();
  const TimeRange alive = range.intersect(life());
  if (alive.empty()) return out;
  for (const Session& session :
       calendar_.sessions({alive.from - hours{24}, alive.to + hours{24}})) {
    const std::array<SlotRun, 2> runs = {
        SlotRun{session.open - kBefore, kMinute, kBefore / kMinute},
        SlotRun{session.close, kMinute, kAfter / kMinute}};
    for (const SlotRun& run : runs) {
      BarSeries all;
      all.columns = out.columns;
      fill_run(run, static_cast<std::size_t>(run.count), all);
      for (std::size_t i = 0; i < all.size(); ++i) {
        const Instant t = all.timestamp[i];
        const bool edge = t == runs[0].first || t == runs[1].first + kAfter - kMinute;
        const auto minute = static_cast<std::uint64_t>(epoch_seconds(t) / kMinute.count());
        if (!alive.contains(t) || !(edge || draw(walk_.seed, kExtended, minute) % 8 == 0)) continue;
        all.volume[i] = std::floor(all.volume[i] / 16) + 1;
        if (out.columns.has(Column::trade_count)) all.trade_count[i] = 1;
        out.append(all, i, i + 1);
      }
    }
  }
  return out;
}

BarSeries Market::rolled_up(Timeframe tf, TimeRange range, std::size_t limit) const {
  BarSeries out;
  out.columns = columns();
  // The labels from `first` to `last`, of which nothing is written yet.
  std::size_t pending = 0;
  Instant first{};
  Instant last{};
  const auto flush = [&] {
    if (pending == 0) return;
    const TimeRange fine = {calendar_.bucket_range(tf, Timeframe::m1, first).from,
                            calendar_.bucket_range(tf, Timeframe::m1, last).to};
    const RolledUp rolled =
        roll_up(minutes(fine, kAll), {}, {Timeframe::m1, tf, calendar_, /*now=*/Instant::max()});
    out.append(rolled.bars);
    pending = 0;
  };
  for (const SlotRun& run : calendar_.expected(tf, range)) {
    for (std::int64_t i = 0; i < run.count && out.size() + pending < limit; ++i) {
      const Instant label = run.first + i * run.step;
      if (pending > 0 && label - first >= kStretch) flush();
      if (pending++ == 0) first = label;
      last = label;
    }
  }
  flush();
  return out;
}

void Market::fill_run(const SlotRun& run, std::size_t count, BarSeries& out) const {
  const std::int64_t first_minute = epoch_seconds(run.first) / kMinute.count();
  std::vector<std::int32_t> height(count + 1);
  heights(walk_, first_minute, height);

  const double unit = kTens[static_cast<std::size_t>(decimals_)];
  const bool coin = asset_class_ == AssetClass::crypto;
  const bool has_vwap = out.columns.has(Column::vwap);
  const bool has_trades = out.columns.has(Column::trade_count);
  const auto whole_unit = static_cast<std::int64_t>(unit);

  std::size_t row = out.size();
  out.resize(row + count);
  std::int64_t open = price_at(level_, height[0]);
  for (std::size_t i = 0; i < count; ++i, ++row) {
    const std::int64_t minute = first_minute + static_cast<std::int64_t>(i);
    const std::uint64_t wicks = draw(walk_.seed, kWicks, static_cast<std::uint64_t>(minute));
    const std::uint64_t trade = draw(walk_.seed, kVolume, static_cast<std::uint64_t>(minute));
    const std::int64_t lively = liveliness(walk_.seed, minute);
    const std::int64_t close = price_at(level_, height[i + 1]);

    const std::int64_t swing = (open * walk_.stride >> 10) * lively >> 7;  // times 2^14
    const std::int64_t high = std::max(open, close) + (swing * mostly_small(wicks) >> 30);
    const std::int64_t low = std::max<std::int64_t>(
        1, std::min(open, close) - (swing * mostly_small(wicks >> 16U) >> 30));
    const std::int64_t share = (8192 + mostly_small(trade)) * lively >> 7;  // times 2^16
    const std::int64_t lots = 1 + (lots_ * share >> 15);
    const std::int64_t middle = (open + high + low + close) >> 2;

    out.timestamp[row] = run.first + static_cast<std::int64_t>(i) * kMinute;
    out.open[row] = static_cast<double>(open) / unit;
    out.high[row] = static_cast<double>(high) / unit;
    out.low[row] = static_cast<double>(low) / unit;
    out.close[row] = static_cast<double>(close) / unit;
    out.volume[row] = static_cast<double>(lots) / static_cast<double>(coin ? kLotsPerUnit : 1);
    if (has_vwap) {  // two decimals more than a price
      out.vwap[row] = static_cast<double>((open + high + low + close) * 25) / (unit * 100);
    }
    if (has_trades) {
      const std::int64_t most = coin ? 900 : lots / 40;
      out.trade_count[row] = static_cast<double>(1 + (most * share >> 16));
    }
    if (coin) {
      const std::int64_t parts = middle * lots * (kTurnoverPerUnit / kLotsPerUnit) / whole_unit;
      out.turnover[row] = static_cast<double>(std::max<std::int64_t>(1, parts)) / kTurnoverPerUnit;
    }
    open = close;
  }
}

}  // namespace chandler::sandbox
