// Bars, whether they are in the cache yet or not: what is missing is fetched and kept, then all is
// read from the cache.
//
//   auto data = chandler::DataManager::open({.cache = "data-cache"});
//   if (!data) return data.error();
//   auto bars = data->get_ohlcv("AAPL", "1d", {.from = "2020-01-01", .to = "2024-01-01"});
//   auto warm = data->last_bars("BTCUSDT", "1h", 200, "2024-03-01");   // over by then
//
// Opening reads the configuration and looks for plugins. That can fail, and errors are values here:
// hence open() and not a constructor.
//
// Whom to ask is told by the same configuration and the same keys as the program's, and what is
// fetched is checked and kept just as `chandler fetch` does it. A timeframe that the cache rolls up
// from a finer one is brought up to date by fetching the finer one.
//
// When something cannot be fetched, that is an error only if bars of the range are missing: bars
// that are expected, are not there, and are not in a confirmed gap. A cache that cannot be written
// is read as it is.
//
// Safe from several threads; two that miss the same series wait for one fetch. Nothing is printed.
#pragma once

#include <cstddef>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "chandler/bar_series.h"
#include "chandler/cache.h"
#include "chandler/result.h"
#include "chandler/time.h"

namespace chandler {

struct DataManagerOptions {
  std::filesystem::path cache{};   // empty: $CHANDLER_CACHE, else as configured, else ./data-cache
  std::filesystem::path config{};  // empty: ./chandler.json, else ~/.config/chandler/chandler.json
  std::vector<std::filesystem::path> plugin_places{};  // before CHANDLER_PLUGIN_PATH's
  std::size_t workers = 0;                             // series fetched at once; 0: as configured
  bool offline = false;                                // never asks anybody: the cache only
  // When a part cannot be had: what is there, instead of nothing but the error.
  bool partial = false;
  // Value of an environment variable; empty: the process'. Called from several threads.
  std::function<std::optional<std::string>(std::string_view name)> environment{};
  const Clock* clock = nullptr;  // nullptr: the system's. Must outlive the manager.
};

// What is wanted of one series.
struct BarsRequest {
  std::string symbol{};     // "BTC/USDT", "AAPL", "crypto:ABTC"
  std::string timeframe{};  // "5m"
  // Open times, as parse_when() takes them; `to` is exclusive. An empty `to`: now. An empty `from`:
  // `defaults.from` of the configuration, else where the series begins in the cache.
  std::string from{};
  std::string to{};
  // Not 0: instead of `from`, the last so many bars that are over by `to`. Where the calendar's
  // closed hours or gaps lie, or a series is thin, it reaches back further; by three times the
  // distance and a month at most.
  std::size_t last = 0;
  std::string provider{};  // ask this one and no other; empty: as configured
};

struct BarsAnswer {
  BarSeries bars{};  // oldest first. Empty when there is an error, unless `partial` is set.
  std::optional<Error> error{};      // a part that is missing could not be had
  std::vector<std::string> notes{};  // what a reader should know, one line each
};

// A request for each symbol in each timeframe: symbol by symbol.
[[nodiscard]] std::vector<BarsRequest> each_of(std::span<const std::string> symbols,
                                               std::span<const std::string> timeframes,
                                               WhenRange range = {});

class DataManager {
 public:
  // Errors, of kind usage: the configuration or the environment make no sense, or the cache's place
  // is no folder; others: the cache cannot be read.
  static Result<DataManager> open(DataManagerOptions options = {});
  DataManager(DataManager&&) noexcept;
  DataManager& operator=(DataManager&&) noexcept;
  ~DataManager();

  // Under `partial` an error only when nothing is there; get_many tells what is not.
  Result<BarSeries> get_ohlcv(std::string_view symbol, std::string_view timeframe,
                              WhenRange range = {});
  // The last `count` bars that are over by `before` (empty: now); fewer when there are no more. A
  // stock's day counts from the close of its session on: nothing looks ahead.
  Result<BarSeries> last_bars(std::string_view symbol, std::string_view timeframe,
                              std::size_t count, std::string_view before = {});
  // Several series at once: fetched in one run, read in parallel; answers in the order asked.
  // Stopped, it commits what has arrived and returns soon.
  std::vector<BarsAnswer> get_many(std::span<const BarsRequest> requests,
                                   const std::stop_token& stop = {});

  // What was passed over when it was opened: plugins that cannot be used, listings that cannot be
  // read.
  [[nodiscard]] const std::vector<Error>& problems() const;
  [[nodiscard]] const Cache& cache() const;

 private:
  struct State;
  explicit DataManager(std::unique_ptr<State> state);
  Result<BarSeries> get(BarsRequest request);
  std::unique_ptr<State> state_;
};

}  // namespace chandler
