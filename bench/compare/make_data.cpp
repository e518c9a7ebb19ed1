// Makes the data sets of bench/run, the same bytes every time:
//
//   FOLDER/year/    BTCUSDT 1m, one year, and its hot copy
//   FOLDER/most/    the same without its last day
//   FOLDER/many/    ten symbols, 1m, three years each
//   FOLDER/status/  10,000 series of 20 daily bars
//
//   make_data FOLDER [--short]      --short: two weeks, two weeks at the end of each year, 200 series
#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <string>

#include "chandler/cache.h"
#include "chandler/file_system.h"
#include "data_sets.h"
#include "market.h"

namespace chandler::bench {
namespace {

// Syncs are what takes the time of ten thousand commits, and a data set need not survive anything.
class Unsynced final : public FileSystem {
 public:
  int sync(int /*fd*/) override { return 0; }
};

Result<void> put(Cache& cache, const SeriesId& id, BarSeries bars) {
  CHANDLER_TRY(const Delivery delivery, validated(id, std::move(bars), cache.now()));
  const WriteOutcome outcome = cache.merge(id, delivery);
  if (outcome.error) return *outcome.error;
  return {};
}

Result<void> make_year(const std::filesystem::path& folder, FileSystem& files, const Sizes& sizes) {
  const BarSeries year = year_of_minutes(sizes);
  CHANDLER_TRY(Cache whole, Cache::open(folder / "year", {.files = &files}));
  CHANDLER_CHECK(put(whole, year_series(), year));
  CHANDLER_CHECK(whole.warm());
  CHANDLER_TRY(Cache most, Cache::open(folder / "most", {.files = &files}));
  return put(most, year_series(), year.slice(0, year.size() - kMinutesADay));
}

Result<void> make_many(const std::filesystem::path& folder, FileSystem& files, const Sizes& sizes) {
  CHANDLER_TRY(Cache cache, Cache::open(folder / "many", {.files = &files}));
  const std::vector<SeriesId> ids = many_series();
  for (std::size_t i = 0; i < ids.size(); ++i) {
    for (const int year : kManyYears) {
      CHANDLER_CHECK(put(cache, ids[i], minutes_of(i, year, sizes)));
    }
  }
  return cache.refresh_summaries();
}

Result<void> make_status(const std::filesystem::path& folder, FileSystem& files,
                         const Sizes& sizes) {
  CHANDLER_TRY(Cache cache, Cache::open(folder / "status", {.files = &files}));
  for (std::size_t i = 0; i < sizes.status_series; ++i) {
    const std::string number = std::to_string(10'000 + i);
    CHANDLER_TRY(const Symbol symbol, Symbol::parse("S" + number + "USDT"));
    const Market market{.seed = 1000 + i};
    CHANDLER_CHECK(put(cache, {symbol, Timeframe::d1},
                       make_bars(market, Timeframe::d1, *parse_exact("2024-01-01 00:00:00"), 20)));
  }
  return {};
}

Result<void> make_all(const std::filesystem::path& folder, const Sizes& sizes) {
  Unsynced files;
  CHANDLER_CHECK(make_status(folder, files, sizes));
  CHANDLER_CHECK(make_year(folder, files, sizes));
  CHANDLER_CHECK(make_many(folder, files, sizes));
  // Last: a folder changed a moment ago is not believed to be as it was remembered.
  Clock::system().pause(std::chrono::milliseconds(2'500));
  CHANDLER_TRY(Cache status, Cache::open(folder / "status", {.files = &files}));
  return status.refresh_summaries();
}

}  // namespace
}  // namespace chandler::bench

int main(int argc, char** argv) {
  if (argc < 2) {
    std::cerr << "usage: make_data FOLDER [--short]\n";
    return 2;
  }
  const bool is_short = argc > 2 && std::string(argv[2]) == "--short";
  const auto made = chandler::bench::make_all(
      argv[1], is_short ? chandler::bench::kShort : chandler::bench::kFull);
  if (!made) std::cerr << made.error().line() << '\n';
  return made ? 0 : 1;
}
