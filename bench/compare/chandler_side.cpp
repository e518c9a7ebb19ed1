// Chandler's side: the library's public face, nothing else.
//   chandler_side DATA WORK THREADS [--short]
#include <oneapi/tbb/global_control.h>

#include <cstdlib>
#include <filesystem>
#include <iostream>

#include "allocations.h"
#include "chandler/resample.h"
#include "data_sets.h"
#include "side.h"

namespace chandler::bench {
namespace {

namespace fs = std::filesystem;

struct Places {
  fs::path data;
  fs::path work;  // a folder of this side's own
  Sizes sizes;
};

TimeRange one_day(const Sizes& sizes) {
  const Instant from =
      year_start(kYear) + std::chrono::days(static_cast<int>(sizes.days_a_year) / 2);
  return {from, from + std::chrono::days(1)};
}

Found found(const BarSeries& bars) {
  return {.rows = static_cast<double>(bars.size()), .sum = sum_of(bars.close)};
}

double size_of_year(const fs::path& root) {
  return static_cast<double>(
      fs::file_size(root / year_series().folder() / (std::to_string(kYear) + ".csv.gz")));
}

// --- reading

Result<Found> read_range(const Places& at, TimeRange range, std::optional<Stopwatch>& watch) {
  watch.emplace();
  CHANDLER_TRY(const Cache cache, Cache::open(at.data / "year"));
  CHANDLER_TRY(const BarSeries bars, cache.read(year_series(), range));
  watch->stop();
  return found(bars);
}

// The hot copy lies there already.
Result<Found> read_hot(const Places& at, std::optional<Stopwatch>& watch) {
  watch.emplace();
  CHANDLER_TRY(const Cache cache, Cache::open(at.data / "year"));
  CHANDLER_TRY(const BarView view,
               cache.view(year_series(), {.columns = {Column::close}, .timestamps = false}));
  Found result{.rows = static_cast<double>(view.size())};
  for (const BarSlice& slice : view.slices()) result.sum += sum_of(slice.close);
  watch->stop();
  if (!view.is_hot()) return Error{ErrorKind::not_found, "there is no hot copy", "year", ""};
  return result;
}

Result<Found> read_many(const Places& at, std::optional<Stopwatch>& watch) {
  watch.emplace();
  CHANDLER_TRY(const Cache cache, Cache::open(at.data / "many"));
  const auto all = cache.read_many(many_series());
  watch->stop();
  Found sum;
  for (const auto& bars : all) {
    if (!bars) return bars.error();
    sum.rows += static_cast<double>(bars->size());
    sum.sum += sum_of(bars->close);
  }
  return sum;
}

// --- writing: from a series in memory to a file that has reached the disk

Result<Found> write_year(const Places& at, std::optional<Stopwatch>& watch) {
  BarSeries bars = year_of_minutes(at.sizes);
  const Found expected = found(bars);
  fs::remove_all(at.work / "cache");
  watch.emplace();
  CHANDLER_TRY(Cache cache, Cache::open(at.work / "cache"));
  CHANDLER_TRY(const Delivery delivery, validated(year_series(), std::move(bars), cache.now()));
  const WriteOutcome outcome = cache.merge(year_series(), delivery);
  watch->stop();
  if (outcome.error) return *outcome.error;
  Found written = expected;
  written.more["bytes"] = size_of_year(at.work / "cache");
  return written;
}

Result<Found> append_day(const Places& at, std::optional<Stopwatch>& watch) {
  const BarSeries year = year_of_minutes(at.sizes);
  BarSeries day = year.slice(year.size() - kMinutesADay, year.size());
  fs::remove_all(at.work / "cache");
  fs::copy(at.data / "most", at.work / "cache", fs::copy_options::recursive);
  watch.emplace();
  CHANDLER_TRY(Cache cache, Cache::open(at.work / "cache"));
  CHANDLER_TRY(const Delivery delivery, validated(year_series(), std::move(day), cache.now()));
  const WriteOutcome outcome = cache.merge(year_series(), delivery);
  watch->stop();
  if (outcome.error) return *outcome.error;
  Found written = found(year);
  written.more["bytes"] = size_of_year(at.work / "cache");
  return written;
}

// --- in memory

Result<Found> resample(const Places& at, std::optional<Stopwatch>& watch) {
  const BarSeries year = year_of_minutes(at.sizes);
  const Calendar calendar(CalendarKind::always);
  const std::vector<Timeframe> targets = {Timeframe::m5, Timeframe::m15, Timeframe::h1,
                                          Timeframe::h4, Timeframe::d1};
  watch.emplace();
  const std::vector<RolledUp> rolled =
      roll_up_all(year, {}, {Timeframe::m1, targets, calendar, year_start(kYear + 1)});
  watch->stop();
  Found sum;
  for (const RolledUp& frame : rolled) {
    sum.rows += static_cast<double>(frame.bars.size());
    sum.sum += sum_of(frame.bars.close);
  }
  return sum;
}

Result<Found> validate_year(const Places& at, std::optional<Stopwatch>& watch) {
  BarSeries bars = year_of_minutes(at.sizes);
  watch.emplace();
  const ValidationReport report = validate(bars, {.timeframe = Timeframe::m1,
                                                  .calendar = Calendar(CalendarKind::always),
                                                  .asked = year_range(kYear),
                                                  .now = year_start(kYear + 1)});
  watch->stop();
  if (report.rejected() != 0)
    return Error{ErrorKind::data, "good bars were rejected", "validate", ""};
  return found(bars);
}

// Every week one bar is missing.
Result<Found> search_gaps(const Places& at, std::size_t years, std::optional<Stopwatch>& watch) {
  std::vector<Instant> times;
  std::size_t holes = 0;
  const Instant from = year_start(kYear);
  const auto bars = static_cast<std::int64_t>(years * at.sizes.days_a_year * kMinutesADay);
  for (std::int64_t i = 0; i < bars; ++i) {
    if (i % 10'080 == 5'000) {
      ++holes;
    } else {
      times.push_back(from + seconds{60} * i);
    }
  }
  const Calendar calendar(CalendarKind::always);
  const std::size_t before = most_allocated_now();
  watch.emplace();
  const Coverage coverage =
      find_gaps(times, calendar, Timeframe::m1, {from, from + seconds{60} * bars});
  watch->stop();
  const std::size_t allocated = most_allocated() - before;
  if (coverage.gaps.size() != holes)
    return Error{ErrorKind::data, "not the gaps that were made", "find_gaps", ""};
  Found result{.rows = static_cast<double>(coverage.present),
               .sum = static_cast<double>(coverage.gaps.size())};
  result.more["allocated"] = static_cast<double>(allocated);
  result.more["of_gaps"] = static_cast<double>(coverage.gaps.capacity() * sizeof(Gap));
  return result;
}

// --- the whole cache

Result<Found> status(const Places& at, std::optional<Stopwatch>& watch) {
  watch.emplace();
  CHANDLER_TRY(const Cache cache, Cache::open(at.data / "status"));
  CHANDLER_TRY(const std::vector<SeriesStatus> all, cache.status_all());
  watch->stop();
  Found sum{.rows = static_cast<double>(all.size())};
  for (const SeriesStatus& s : all) sum.sum += static_cast<double>(s.rows);
  return sum;
}

Result<Found> verify(const Places& at, std::optional<Stopwatch>& watch) {
  CHANDLER_TRY(Cache cache, Cache::open(at.data / "many"));
  CHANDLER_TRY(const CacheStats stats, cache.stats());
  const std::vector<SeriesId> ids = many_series();
  watch.emplace();
  const VerifyReport report = cache.verify(ids);
  watch->stop();
  if (!report.problems.empty() || !report.errors.empty())
    return Error{ErrorKind::damaged, "the data set does not verify", "many", ""};
  Found result{.rows = static_cast<double>(stats.rows)};
  result.more["text_bytes"] = static_cast<double>(stats.text_bytes);
  return result;
}

Side make_side(const Places& at, int threads) {
  Side side{.name = "chandler", .version = "0.1.0", .threads = threads};
  const auto add = [&side](const char* name, Task task) {
    side.tasks.emplace_back(name, std::move(task));
  };
  add("read_year", [at](auto& w) { return read_range(at, {}, w); });
  add("read_hot", [at](auto& w) { return read_hot(at, w); });
  add("read_many", [at](auto& w) { return read_many(at, w); });
  add("read_day", [at](auto& w) { return read_range(at, one_day(at.sizes), w); });
  add("write_year", [at](auto& w) { return write_year(at, w); });
  add("append_day", [at](auto& w) { return append_day(at, w); });
  add("resample", [at](auto& w) { return resample(at, w); });
  add("validate", [at](auto& w) { return validate_year(at, w); });
  add("gaps", [at](auto& w) { return search_gaps(at, 1, w); });
  add("gaps_10", [at](auto& w) { return search_gaps(at, 10, w); });
  add("status", [at](auto& w) { return status(at, w); });
  add("verify", [at](auto& w) { return verify(at, w); });
  return side;
}

}  // namespace
}  // namespace chandler::bench

int main(int argc, char** argv) {
  if (argc < 4) {
    std::cerr << "usage: chandler_side DATA WORK THREADS [--short]\n";
    return 2;
  }
  const int threads = std::atoi(argv[3]);
  const oneapi::tbb::global_control limit(oneapi::tbb::global_control::max_allowed_parallelism,
                                          static_cast<std::size_t>(std::max(1, threads)));
  const bool is_short = argc > 4 && std::string(argv[4]) == "--short";
  using chandler::bench::kFull;
  using chandler::bench::kShort;
  return chandler::bench::serve(
      chandler::bench::make_side({argv[1], argv[2], is_short ? kShort : kFull}, threads));
}
