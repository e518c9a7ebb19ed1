// The five hot loops, for bench/instructions: each is done once, and only that is counted
// (callgrind's client requests). One thread, so that the count is the same every time.
//   hot_loops LOOP FOLDER      LOOP: read write validate resample status
#include <oneapi/tbb/global_control.h>
#include <valgrind/callgrind.h>

#include <filesystem>
#include <iostream>
#include <string>

#include "chandler/resample.h"
#include "data_sets.h"
#include "market.h"

namespace chandler::bench {
namespace {

namespace fs = std::filesystem;

constexpr Sizes kSizes{.days_a_year = 60, .status_series = 200};

template <class Work>
auto counted(const Work& work) {
  CALLGRIND_START_INSTRUMENTATION;
  auto result = work();
  CALLGRIND_STOP_INSTRUMENTATION;
  return result;
}

Result<Delivery> delivery_of_days(const Cache& cache) {
  return validated(year_series(), year_of_minutes(kSizes), cache.now());
}

Result<void> read(const fs::path& folder) {
  CHANDLER_TRY(Cache cache, Cache::open(folder));
  CHANDLER_TRY(const Delivery delivery, delivery_of_days(cache));
  if (const WriteOutcome made = cache.merge(year_series(), delivery); made.error)
    return *made.error;
  CHANDLER_TRY(const BarSeries bars, counted([&] { return cache.read(year_series()); }));
  if (!identical(bars, delivery.bars))
    return Error{ErrorKind::data, "other bars than were written", "read", ""};
  return {};
}

Result<void> write(const fs::path& folder) {
  CHANDLER_TRY(Cache cache, Cache::open(folder));
  CHANDLER_TRY(const Delivery delivery, delivery_of_days(cache));
  const WriteOutcome made = counted([&] { return cache.merge(year_series(), delivery); });
  if (made.error) return *made.error;
  return {};
}

Result<void> validate_bars(const fs::path& /*folder*/) {
  BarSeries bars = year_of_minutes(kSizes);
  const ValidationReport report = counted([&] {
    return validate(bars, {.timeframe = Timeframe::m1,
                           .calendar = Calendar(CalendarKind::always),
                           .asked = year_range(kYear),
                           .now = year_start(kYear + 1)});
  });
  if (report.rejected() > 0)
    return Error{ErrorKind::data, "good bars were rejected", "validate", ""};
  return {};
}

Result<void> resample(const fs::path& /*folder*/) {
  const BarSeries bars = year_of_minutes(kSizes);
  const std::vector<Timeframe> targets = {Timeframe::m5, Timeframe::m15, Timeframe::h1,
                                          Timeframe::h4, Timeframe::d1};
  const auto rolled = counted([&] {
    return roll_up_all(
        bars, {}, {Timeframe::m1, targets, Calendar(CalendarKind::always), year_start(kYear + 1)});
  });
  if (rolled.back().bars.size() != kSizes.days_a_year)
    return Error{ErrorKind::data, "not a bar a day", "resample", ""};
  return {};
}

// Without the remembered summaries: every series is looked at.
Result<void> status_of_all(const fs::path& folder) {
  CHANDLER_TRY(Cache cache, Cache::open(folder));
  for (std::size_t i = 0; i < kSizes.status_series; ++i) {
    CHANDLER_TRY(const Symbol symbol, Symbol::parse("S" + std::to_string(1000 + i) + "USDT"));
    const SeriesId id{symbol, Timeframe::d1};
    CHANDLER_TRY(
        const Delivery delivery,
        validated(id, make_bars({.seed = i}, id.timeframe, year_start(kYear), 20), cache.now()));
    if (const WriteOutcome made = cache.merge(id, delivery); made.error) return *made.error;
  }
  CHANDLER_TRY(const auto all, counted([&] { return cache.status_all(); }));
  if (all.size() != kSizes.status_series)
    return Error{ErrorKind::data, "not all of the series", "status", ""};
  return {};
}

Result<void> run(const std::string& loop, const fs::path& folder) {
  if (loop == "read") return read(folder);
  if (loop == "write") return write(folder);
  if (loop == "validate") return validate_bars(folder);
  if (loop == "resample") return resample(folder);
  if (loop == "status") return status_of_all(folder);
  return Error{ErrorKind::usage, "there is no such loop", loop, "see hot_loops.cpp"};
}

}  // namespace
}  // namespace chandler::bench

int main(int argc, char** argv) {
  if (argc != 3) {
    std::cerr << "usage: hot_loops LOOP FOLDER\n";
    return 2;
  }
  const oneapi::tbb::global_control one_thread(oneapi::tbb::global_control::max_allowed_parallelism,
                                               1);
  const auto done = chandler::bench::run(argv[1], argv[2]);
  if (!done) std::cerr << done.error().line() << '\n';
  return done ? 0 : 1;
}
