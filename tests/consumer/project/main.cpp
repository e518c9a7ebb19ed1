// Uses the installed library as a stranger would: checks bars, keeps them, rolls them up, reads
// them back and writes them as Arrow.
//   consumer FOLDER
#include <chandler/chandler.h>

#include <array>
#include <cstddef>
#include <cstdio>
#include <span>
#include <string>

namespace {

chandler::BarSeries made_up_day() {
  chandler::BarSeries bars;
  bars.resize(24 * 60);
  const chandler::Instant start = *chandler::parse_exact("2024-02-29 00:00:00");
  for (std::size_t i = 0; i < bars.size(); ++i) {
    const double price = 100 + 0.25 * static_cast<double>(i % 60);
    bars.timestamp[i] = start + chandler::seconds{60 * static_cast<long>(i)};
    bars.open[i] = bars.close[i] = price;
    bars.high[i] = price + 1;
    bars.low[i] = price - 1;
    bars.volume[i] = 0.5;
  }
  return bars;
}

chandler::Result<std::size_t> arrow_size(const chandler::BarSeries& bars) {
  std::size_t size = 0;
  chandler::ArrowWriter writer([&size](std::span<const std::byte> bytes) -> chandler::Result<void> {
    size += bytes.size();
    return {};
  });
  CHANDLER_CHECK(writer.write(bars));
  CHANDLER_CHECK(writer.finish());
  return size;
}

chandler::Result<void> keep(chandler::Cache& cache, const chandler::SeriesId& minutes) {
  chandler::Delivery delivery;
  delivery.provider.name = "consumer";
  delivery.bars = made_up_day();
  const auto calendar =
      chandler::Calendar::of(minutes.symbol, cache.asset_class_of(minutes.symbol));
  delivery.report = chandler::validate(
      delivery.bars, {.timeframe = minutes.timeframe, .calendar = calendar, .now = cache.now()});
  const auto merged = cache.merge(minutes, delivery);
  if (merged.error) return *merged.error;
  const std::array targets = {chandler::Timeframe::h1};
  for (const auto& outcome : cache.resample(minutes.symbol, minutes.timeframe, targets)) {
    if (outcome.error) return *outcome.error;
  }
  return {};
}

chandler::Result<std::size_t> use(const char* folder) {
  CHANDLER_TRY(const chandler::Symbol symbol, chandler::Symbol::parse("BTC/USDT"));
  CHANDLER_TRY(chandler::Cache cache, chandler::Cache::open(folder));
  CHANDLER_CHECK(keep(cache, {symbol, chandler::Timeframe::m1}));
  CHANDLER_TRY(const chandler::BarSeries hours, cache.read("BTCUSDT", "1h", {.to = "2024-03-01"}));
  if (hours.size() != 24 || hours.volume[7] != 30) {
    return chandler::Error{chandler::ErrorKind::data, "not the hours that were kept", folder, ""};
  }
  CHANDLER_TRY(chandler::DataManager data,
               chandler::DataManager::open({.cache = folder, .offline = true}));
  CHANDLER_TRY(const chandler::BarSeries last, data.last_bars("BTCUSDT", "1h", 3, "2024-03-01"));
  if (last.size() != 3 || last.timestamp.back() != hours.timestamp.back()) {
    return chandler::Error{chandler::ErrorKind::data, "not the last hours", folder, ""};
  }
  return arrow_size(hours);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) return 2;
  const auto size = use(argv[1]);
  if (!size) {
    std::fprintf(stderr, "%s\n", size.error().line().c_str());
    return 1;
  }
  std::printf("24 hours, %zu bytes of Arrow\n", *size);
  return 0;
}
