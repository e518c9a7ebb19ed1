#include "chandler/importer.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <mutex>
#include <random>

#include "files.h"
#include "import/spacing.h"

namespace chandler {
namespace {

using foreign::TempFolder;

class FixedClock final : public Clock {
 public:
  [[nodiscard]] Instant now() const override { return *parse_exact("2024-06-01 00:00:00"); }
  void pause(std::chrono::milliseconds /*time*/) const override {}
};

class Recorder final : public ImportObserver {
 public:
  void on_rejected(const RejectedLine& line) override {
    const std::lock_guard lock{mutex_};
    rejected.push_back(line);
  }
  void on_note(const std::string& /*line*/) override {}
  void on_file_done(const std::filesystem::path& file, std::uint64_t rows) override {
    const std::lock_guard lock{mutex_};
    done.emplace_back(file.filename().string(), rows);
  }
  bool stop() override {
    const std::lock_guard lock{mutex_};
    return done.size() >= stop_after;
  }

  std::vector<RejectedLine> rejected;
  std::vector<std::pair<std::string, std::uint64_t>> done;
  std::size_t stop_after = SIZE_MAX;

 private:
  std::mutex mutex_;
};

std::string csv(std::string_view first, seconds step, std::size_t count, double price = 1) {
  std::string text = "timestamp,open,high,low,close,volume\n";
  const Instant start = *parse_when(first, Instant{});
  for (std::size_t i = 0; i < count; ++i) {
    text += fmt::format("{},{},{},{},{},1\n",
                        format_instant(start + step * static_cast<std::int64_t>(i)), price,
                        price + 1, price, price);
  }
  return text;
}

class Importer : public ::testing::Test {
 protected:
  Importer() : cache(*Cache::open(folder.path() / "cache", {.clock = &clock})) {}

  Result<ImportResult> import(const std::vector<std::filesystem::path>& files,
                              const ImportRequest& request) {
    CHANDLER_TRY(const ImportPlan plan, plan_import(files, request));
    return run_import(cache, plan, request, recorder);
  }
  static ImportRequest hourly() {
    ImportRequest request;
    request.symbol = *Symbol::parse("BTCUSDT");
    request.timeframe = Timeframe::h1;
    return request;
  }
  [[nodiscard]] std::size_t rows(const char* symbol = "BTCUSDT",
                                 const char* timeframe = "1h") const {
    const auto bars = cache.read(symbol, timeframe);
    return bars ? bars->size() : 0;
  }

  FixedClock clock;
  TempFolder folder;
  Cache cache;
  Recorder recorder;
};

constexpr seconds kHour{3600};

TEST_F(Importer, PlansSeriesByNamesAndFilesByTheirOrder) {
  const std::string text = csv("2024-01-01", kHour, 4);
  const std::vector<std::filesystem::path> files = {folder.write("z/ETHUSDT-1h-2024-01.csv", text),
                                                    folder.write("b/BTCUSDT-1h-2024-02.csv", text),
                                                    folder.write("c/BTCUSDT-1h-2024-01.csv", text),
                                                    folder.write("a/BTCUSDT-1h-2024-01.csv", text)};

  const auto plan = plan_import(files, {});

  ASSERT_TRUE(plan) << plan.error().line();
  ASSERT_EQ(plan->jobs.size(), 2U);
  EXPECT_EQ(plan->jobs[0].series.text(), "BTCUSDT 1h");
  EXPECT_EQ(plan->jobs[0].files, (std::vector{files[3], files[2], files[1]}));
  EXPECT_EQ(plan->jobs[1].series.text(), "ETHUSDT 1h");
}

TEST_F(Importer, PlanTellsWhatIsMissing) {
  const auto file = folder.write("bars.csv", csv("2024-01-01", kHour, 2));
  ImportRequest request;
  EXPECT_EQ(plan_import(std::vector{file}, request).error().hint, "give --symbol");
  request.symbol = *Symbol::parse("BTCUSDT");
  EXPECT_EQ(plan_import(std::vector{file}, request).error().hint, "give --timeframe");
  EXPECT_EQ(plan_import(std::vector{file}, request).error().kind, ErrorKind::usage);
}

TEST_F(Importer, PlanTriesTheFormatBeforeAnyWork) {
  const auto file = folder.write("bars.csv", csv("2024-01-01", kHour, 4));
  ImportRequest request = hourly();
  request.format.mapping = "nonsense=1";
  const auto plan = plan_import(std::vector{file}, request);
  ASSERT_FALSE(plan);
  EXPECT_EQ(plan.error().kind, ErrorKind::usage);
}

TEST_F(Importer, FilesThatCannotBeReadAreSetAside) {
  const auto bad = folder.write("bars.csv", "");
  const auto good = folder.write("BTCUSDT-1h-2024-01.csv", csv("2024-01-01", kHour, 4));
  const auto result = import({bad, good}, {});

  ASSERT_TRUE(result);
  ASSERT_EQ(result->failed.size(), 1U);
  EXPECT_EQ(result->failed[0].file, bad.string());
  EXPECT_EQ(result->files, 1U);
  EXPECT_EQ(rows(), 4U);
}

TEST_F(Importer, TellsTheSourceByThePreset) {
  std::string klines;
  for (int hour = 0; hour < 4; ++hour) {
    const std::int64_t open = 1'704'067'200'000 + hour * 3'600'000;
    klines += fmt::format("{},1,2,1,2,5,{},10,7,2,4,0\n", open, open + 3'599'999);
  }
  const auto file = folder.write("BTCUSDT-1h-2024-01.csv", klines);

  const auto result = import({file}, {});

  ASSERT_TRUE(result);
  ASSERT_EQ(result->series.size(), 1U);
  EXPECT_EQ(result->series[0].provider, "binance");
  EXPECT_EQ(rows(), 4U);
}

TEST_F(Importer, SmallFilesOfOneSeriesAreCommittedTogether) {
  std::vector<std::filesystem::path> files;
  for (int day = 1; day <= 20; ++day) {
    const std::string date = fmt::format("2024-01-{:02}", day);
    files.push_back(folder.write("BTCUSDT-1h-" + date + ".csv", csv(date, kHour, 24)));
  }
  const auto result = import(files, {});

  ASSERT_TRUE(result);
  ASSERT_EQ(result->series.size(), 1U);
  EXPECT_EQ(result->series[0].status, WriteStatus::ok);
  EXPECT_EQ(result->series[0].rows_fetched, 480U);
  EXPECT_EQ(result->series[0].rows_written, 480U);
  EXPECT_EQ(result->series[0].gaps, 0U);
  EXPECT_EQ(result->series[0].files, std::vector<std::string>{"BTCUSDT/1h/2024.csv.gz"});
  EXPECT_EQ(recorder.done.size(), 20U);
}

TEST_F(Importer, RejectedLinesAreCountedAndPlacedByTheLineTheyStoodOn) {
  std::string text = csv("2024-01-01", kHour, 10);
  text += "2024-01-02 00:30:00,1,2,1,1,1\n";  // line 12: off the grid
  text += "# a comment\n";
  text += "2024-01-02 01:00:00,1,2,1\n";      // line 14: too short
  text += "2024-01-02 02:00:00,1,2,3,1,1\n";  // line 15: low above body
  const auto result = import({folder.write("a.csv", text)}, hourly());

  ASSERT_TRUE(result);
  EXPECT_EQ(result->series[0].rejected, 3U);
  EXPECT_EQ(result->series[0].rows_fetched, 13U);
  ASSERT_EQ(recorder.rejected.size(), 3U);
  EXPECT_EQ(recorder.rejected[0].line, 12U);
  EXPECT_EQ(recorder.rejected[0].rule, Rule::off_grid);
  EXPECT_EQ(recorder.rejected[0].text, "2024-01-02 00:30:00,1,2,1,1,1");
  EXPECT_EQ(recorder.rejected[1].line, 14U);
  EXPECT_EQ(recorder.rejected[1].rule, Rule::bad_line);
  EXPECT_EQ(recorder.rejected[2].line, 15U);
  EXPECT_EQ(recorder.rejected[2].rule, Rule::low_above_body);
  const auto stats = cache.stats();
  ASSERT_TRUE(stats);
  EXPECT_EQ(stats->rejected, 3U);
}

TEST_F(Importer, ALineWhoseNumberCannotBeReadIsRejectedAtItsOwnTime) {
  std::string text = csv("2024-01-01", kHour, 10);
  text += "2024-01-01 10:00:00,1,2,nan,1,1\n";
  text += "2024-01-01 11:00:00,1,2,1,1,\n";
  text += "2024-01-01 12:00:00,1,2,1,1,1\n";
  ASSERT_TRUE(import({folder.write("a.csv", text)}, hourly()));

  const auto series = cache.list();
  ASSERT_EQ(series->size(), 1U);
  const auto gaps = cache.gaps(series->front());
  ASSERT_EQ(gaps->size(), 1U);
  EXPECT_EQ(gaps->front().from, *parse_exact("2024-01-01 10:00:00"));
  EXPECT_EQ(gaps->front().bars, 2);
  EXPECT_EQ(gaps->front().cause, GapCause::rejected);
}

TEST_F(Importer, ExactlyHalfIsTrustedOneMoreIsNot) {
  std::string text = csv("2024-01-01", kHour, 3);
  for (int i = 0; i < 3; ++i) text += "x,1,2,1,1,1\n";
  EXPECT_EQ(import({folder.write("half.csv", text)}, hourly())->series[0].status, WriteStatus::ok);

  const auto result = import({folder.write("more.csv", text + "x,1,2,1,1,1\n")}, hourly());
  EXPECT_EQ(result->series[0].status, WriteStatus::failed);
  ASSERT_TRUE(result->series[0].error);
  EXPECT_EQ(result->series[0].error->kind, ErrorKind::data);
  EXPECT_EQ(result->failed.size(), 1U);
}

TEST_F(Importer, HintsAtWhatMayBeWrongWithAllOfAFile) {
  const auto minutes = folder.write("m.csv", csv("2024-01-01", seconds{60}, 100));
  const auto result = import({minutes}, hourly());
  EXPECT_EQ(result->failed[0].error.hint, "is this the right timeframe and time zone?");
  EXPECT_EQ(rows(), 0U);
}

TEST_F(Importer, AnErrorAtTheEndOfAFileKeepsAllOfItOut) {
  const std::string packed = foreign::gzipped(csv("2024-01-01", kHour, 3000));
  const auto result =
      import({folder.write("a.csv.gz", packed.substr(0, packed.size() - 20))}, hourly());

  ASSERT_TRUE(result);
  EXPECT_EQ(result->series[0].status, WriteStatus::failed);
  EXPECT_EQ(rows(), 0U);
}

TEST_F(Importer, AZipOfSeveralSeriesIsTakenApart) {
  const auto zip = folder.path() / "all.zip";
  foreign::write_zip(
      zip, {{"BTCUSDT-1h-2024-01.csv", csv("2024-01-01", kHour, 24)},
            {"ETHUSDT-1h-2024-01.csv", csv("2024-01-01", kHour, 12)},
            {"LTCUSDT-1h-2024-01.csv", "timestamp,open,high,low,close,volume\nx,1,1,1,1,1\n"},
            {"BTCUSDT-1h-2024-02.csv", csv("2024-02-01", kHour, 24)}});
  const auto result = import({zip}, {});

  ASSERT_TRUE(result) << result.error().line();
  EXPECT_EQ(rows("BTCUSDT"), 48U);
  EXPECT_EQ(rows("ETHUSDT"), 12U);
  EXPECT_EQ(rows("LTCUSDT"), 0U);
  ASSERT_EQ(result->failed.size(), 1U);
  EXPECT_TRUE(result->failed[0].file.ends_with("all.zip/LTCUSDT-1h-2024-01.csv"))
      << result->failed[0].file;
  ASSERT_EQ(result->series.size(), 3U);
  EXPECT_EQ(result->series[2].status, WriteStatus::failed);
}

TEST_F(Importer, BarsOutsideTheRangeAreNeitherReadNorRejected) {
  ImportRequest request = hourly();
  request.range = {*parse_exact("2024-01-01 10:00:00"), *parse_exact("2024-01-01 12:00:00")};
  const std::string text = csv("2024-01-01", kHour, 24) + "2024-01-02 00:00:00,1,nan,1,1,1\n";
  const auto result = import({folder.write("a.csv", text)}, request);

  EXPECT_EQ(result->series[0].rows_fetched, 2U);
  EXPECT_EQ(result->series[0].rejected, 0U);
  EXPECT_EQ(rows(), 2U);
}

TEST_F(Importer, StopsBetweenFilesAndCommitsWhatCameIn) {
  std::vector<std::filesystem::path> files;
  for (int day = 1; day <= 5; ++day) {
    const std::string date = fmt::format("2024-01-{:02}", day);
    files.push_back(folder.write("BTCUSDT-1h-" + date + ".csv", csv(date, kHour, 24)));
  }
  recorder.stop_after = 2;
  const auto result = import(files, {});

  EXPECT_TRUE(result->interrupted);
  EXPECT_EQ(result->files, 2U);
  EXPECT_EQ(rows(), 48U);
}

TEST_F(Importer, ABigFileIsReadTwiceAndStopsBetweenItsPieces) {
  ImportRequest request = hourly();
  request.timeframe = Timeframe::m1;
  const auto file = folder.write("a.csv", csv("2022-01-01", seconds{60}, kImportRows + 1000));

  const auto result = import({file}, request);
  EXPECT_EQ(result->series[0].rows_written, kImportRows + 1000);
  EXPECT_EQ(rows("BTCUSDT", "1m"), kImportRows + 1000);
  EXPECT_EQ(recorder.done.back().second, kImportRows + 1000);
}

TEST_F(Importer, ABigFileMostlyRejectedIsRefusedAsAWhole) {
  ImportRequest request = hourly();
  request.timeframe = Timeframe::m1;
  constexpr std::size_t kGood = kImportRows / 2;
  std::string text = csv("2022-01-01", seconds{60}, kGood);
  for (std::size_t i = 0; i <= kGood; ++i) text += "2023-06-01 00:00:30,1,2,1,1,1\n";
  const auto result = import({folder.write("a.csv", text)}, request);

  EXPECT_EQ(result->series[0].status, WriteStatus::failed);
  EXPECT_EQ(rows("BTCUSDT", "1m"), 0U);
  EXPECT_EQ(recorder.rejected.size(), kGood + 1);
}

TEST_F(Importer, AnyOrderOfFilesEndsInTheSameBytes) {
  std::vector<std::filesystem::path> files;
  for (int part = 0; part < 8; ++part) {
    const Instant first = *parse_exact("2024-01-01 00:00:00") + part * 9 * kHour;
    files.push_back(folder.write(fmt::format("{}.csv", part), csv(format_iso(first), kHour, 12)));
  }
  ASSERT_TRUE(import(files, hourly()));
  const std::string expected = foreign::slurp(folder.path() / "cache/BTCUSDT/1h/2024.csv.gz");
  std::mt19937 random{7};  // NOLINT(cert-msc51-cpp): the same every time
  for (int round = 0; round < 10; ++round) {
    std::shuffle(files.begin(), files.end(), random);
    Cache other = *Cache::open(folder.path() / fmt::format("cache{}", round), {.clock = &clock});
    for (const auto& file : files) {
      const auto plan = plan_import(std::vector{file}, hourly());
      ASSERT_TRUE(plan);
      EXPECT_TRUE(run_import(other, *plan, hourly(), recorder).failed.empty());
    }
    EXPECT_EQ(foreign::slurp(other.root() / "BTCUSDT/1h/2024.csv.gz"), expected);
  }
}

TEST(Spacing, IsClearOrNothing) {
  const Instant start = *parse_exact("2024-01-01 00:00:00");
  const auto told = [&](std::vector<std::int64_t> hours) {
    std::vector<Instant> times;
    for (const std::int64_t h : hours) times.push_back(start + h * kHour);
    return foreign::timeframe_of_spacing(times);
  };

  EXPECT_EQ(told({0, 1, 2, 3}), Timeframe::h1);
  EXPECT_EQ(told({3, 2, 1, 0}), Timeframe::h1);
  EXPECT_EQ(told({0, 24, 48, 120, 144}), Timeframe::d1);  // a weekend between
  EXPECT_EQ(told({0, 744, 1440, 2184}), Timeframe::mo1);  // January, February, March
  EXPECT_EQ(told({0, 168, 336, 504}), Timeframe::w1);
  EXPECT_FALSE(told({0, 1, 2}));        // too few
  EXPECT_FALSE(told({0, 1, 3, 5, 7}));  // mostly two
  EXPECT_FALSE(told({0, 5, 10, 15}));   // no timeframe
  EXPECT_FALSE(told({0, 0, 0, 0}));
  EXPECT_FALSE(told({}));
}

}  // namespace
}  // namespace chandler
