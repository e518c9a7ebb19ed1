#include "data_sets.h"

#include <string>

#include "chandler/calendar.h"
#include "market.h"

namespace chandler::bench {
namespace {

SeriesId minutes_series(const std::string& symbol) {
  return {*Symbol::parse(symbol), Timeframe::m1};
}

// From 63,000.00 down to 0.00001234: the lengths of numbers that a crypto exchange has.
constexpr std::array<Market, 10> kMarkets = {{
    {.seed = 1, .first_price = 4'200'000, .price_unit = 100},
    {.seed = 2, .first_price = 230'000, .price_unit = 100},
    {.seed = 3, .first_price = 31'500, .price_unit = 100},
    {.seed = 4, .first_price = 14'250, .price_unit = 100},
    {.seed = 5, .first_price = 61'230, .price_unit = 100'000},
    {.seed = 6, .first_price = 38'455, .price_unit = 10'000},
    {.seed = 7, .first_price = 84'210, .price_unit = 1'000'000},
    {.seed = 8, .first_price = 7'345, .price_unit = 1'000},
    {.seed = 9, .first_price = 1'289, .price_unit = 100'000'000},
    {.seed = 10, .first_price = 94'213, .price_unit = 1'000},
}};
constexpr std::array<const char*, 10> kSymbols = {"BTCUSDT",  "ETHUSDT", "BNBUSDT",  "SOLUSDT",
                                                  "XRPUSDT",  "ADAUSDT", "DOGEUSDT", "AVAXUSDT",
                                                  "SHIBUSDT", "LINKUSDT"};

}  // namespace

SeriesId year_series() { return minutes_series("BTCUSDT"); }

std::vector<SeriesId> many_series() {
  std::vector<SeriesId> ids;
  for (const char* symbol : kSymbols) ids.push_back(minutes_series(symbol));
  return ids;
}

BarSeries year_of_minutes(const Sizes& sizes) {
  return make_bars(kMarkets[0], Timeframe::m1, year_start(kYear), sizes.days_a_year * kMinutesADay);
}

BarSeries minutes_of(std::size_t i, int year, const Sizes& sizes) {
  Market market = kMarkets[i];
  market.seed += 100U * static_cast<std::uint64_t>(year);
  const std::size_t rows = sizes.days_a_year * kMinutesADay;
  const auto length = seconds{60} * static_cast<std::int64_t>(rows);
  return make_bars(market, Timeframe::m1, year_start(year + 1) - length, rows);
}

Result<Delivery> validated(const SeriesId& id, BarSeries bars, Instant now) {
  Delivery delivery{.provider = {.name = "bench"}, .bars = std::move(bars)};
  const std::size_t rows = delivery.bars.size();
  delivery.report = validate(
      delivery.bars,
      {.timeframe = id.timeframe,
       .calendar = Calendar::of(id.symbol, classify_by_rules(id.symbol.name()).asset_class),
       .asked = {},
       .now = now});
  if (delivery.bars.size() != rows)
    return Error{ErrorKind::data, "made-up bars break a rule", id.text(), "mend the generator"};
  return delivery;
}

}  // namespace chandler::bench
