// Hot copies: whatever becomes of them, the bars are those of the csv.gz.
#include <gtest/gtest.h>

#include <filesystem>
#include <set>

#include "damage_support.h"
#include "store/hot_copies.h"
#include "tests/support/effort.h"
#include "tests/support/faulty_file_system.h"

namespace chandler {
namespace {

using namespace test;
namespace fs = std::filesystem;

BarSeries gathered(const BarView& view, ColumnSet columns) {
  BarSeries bars;
  bars.columns = columns;
  for (const BarSlice& slice : view.slices()) {
    bars.timestamp.insert(bars.timestamp.end(), slice.timestamp.begin(), slice.timestamp.end());
    for (const Column c : kAllColumns) {
      if (!columns.has(c)) continue;
      std::vector<double>& to = bars.column(c);
      const auto& from = slice.column(c);
      if (from.empty()) {
        to.resize(to.size() + slice.size, kUnknown);
      } else {
        to.insert(to.end(), from.begin(), from.end());
      }
    }
  }
  return bars;
}

// Bars with these columns, of whose values every third is unknown.
BarSeries with_columns(BarSeries bars, ColumnSet columns) {
  bars.widen(columns);
  for (std::size_t c = kRequiredColumns; c < kColumnCount; ++c) {
    if (!columns.has(kAllColumns[c])) continue;
    for (std::size_t i = 0; i < bars.size(); ++i) {
      if ((i + c) % 3 != 0) bars.column(kAllColumns[c])[i] = bars.close[i] * static_cast<double>(c);
    }
  }
  return bars;
}

class Hot : public ::testing::Test {
 protected:
  static constexpr const char* kCopy = "_hot/BTCUSDT/1d/2024.arrow";

  Hot() { box.merge("BTCUSDT", Timeframe::d1, days); }

  // What a plain reader says, whose cache knows nothing of the option.
  [[nodiscard]] BarSeries plain(TimeRange range = {}) {
    auto bars = box.cache().read(id, range);
    EXPECT_TRUE(bars) << bars.error().line();
    return bars ? *bars : BarSeries{};
  }
  [[nodiscard]] BarView view(const ViewRequest& request = {}) {
    auto seen = box.cache().view(id, request);
    EXPECT_TRUE(seen) << seen.error().line();
    return seen ? std::move(*seen) : BarView{};
  }
  [[nodiscard]] Cache open_hot(FileSystem* files = nullptr) {
    return std::move(*Cache::open(box.root(), {.clock = &box.clock, .files = files, .hot = true}));
  }
  void warm() {
    const auto report = box.cache().warm();
    ASSERT_TRUE(report) << report.error().line();
    for (const WarmOutcome& o : report->series) ASSERT_FALSE(o.error) << o.error->line();
  }
  void expect_right_but_not_hot(const std::string& why) {
    const BarView seen = view();
    EXPECT_FALSE(seen.is_hot()) << why;
    EXPECT_TRUE(identical(gathered(seen, days.columns), plain())) << why;
    EXPECT_TRUE(identical(*open_hot().read(id), plain())) << why;
  }

  Sandbox box;
  SeriesId id = series("BTCUSDT", Timeframe::d1);
  BarSeries days =
      all_bars(CalendarKind::always, Timeframe::d1, range_of("2024-02-01", "2024-03-01"));
};

TEST_F(Hot, ViewsAndReadsAreTheSameBitForBitForAllColumnsAndRanges) {
  const BarSeries minutes_of_two_years =
      all_bars(CalendarKind::always, Timeframe::m1, range_of("2023-11-20", "2024-01-20"));
  std::vector<ColumnSet> sets = {{}, columns_of({Column::vwap})};
  sets.push_back(columns_of({Column::adj_close, Column::turnover}));
  sets.push_back(
      columns_of({Column::adj_close, Column::vwap, Column::trade_count, Column::turnover}));
  Dice dice(7);
  for (std::size_t i = 0; i < sets.size(); ++i) {
    const std::string symbol = "S" + std::to_string(i) + "USDT";
    id = series(symbol.c_str(), Timeframe::m1);
    box.merge(symbol.c_str(), Timeframe::m1, with_columns(minutes_of_two_years, sets[i]));
    warm();
    const Cache hot = open_hot();
    const Instant from = minutes_of_two_years.timestamp.front();
    for (int round = 0; round < 40; ++round) {
      TimeRange range;
      if (round > 0) range.from = from + seconds{dice.below(90'000) * 60};
      if (round > 1) range.to = range.from + seconds{dice.below(round < 30 ? 50'000 : 50) * 60};

      const BarView seen = view({.range = range});

      EXPECT_TRUE(seen.is_hot());
      EXPECT_TRUE(identical(gathered(seen, sets[i]), plain(range))) << i << " " << round;
      EXPECT_TRUE(identical(*hot.read(id, range), plain(range))) << i << " " << round;
    }
  }
}

TEST_F(Hot, ShowsOnlyWhatWasAskedFor) {
  warm();

  const BarView seen = view({.columns = {Column::close}, .timestamps = false});

  ASSERT_EQ(seen.slices().size(), 1U);
  const BarSlice& slice = seen.slices()[0];
  EXPECT_EQ(slice.size, days.size());
  EXPECT_EQ(seen.size(), days.size());
  EXPECT_TRUE(
      std::equal(slice.close.begin(), slice.close.end(), days.close.begin(), days.close.end()));
  EXPECT_TRUE(slice.timestamp.empty());
  EXPECT_TRUE(slice.open.empty());
}

TEST_F(Hot, AViewIsMovedWithWhatItShows) {
  warm();
  BarView first = view();

  const BarView second = std::move(first);

  EXPECT_TRUE(identical(gathered(second, days.columns), days));
}

TEST_F(Hot, PlainReadersNeverMakeACopy) {
  static_cast<void>(plain());
  static_cast<void>(view());

  EXPECT_FALSE(fs::exists(box.root() / "_hot"));
}

TEST_F(Hot, AReaderThatWasAskedToMakesTheCopyOfTheWholeYear) {
  const TimeRange one_day = range_of("2024-02-10", "2024-02-11");

  EXPECT_EQ(open_hot().read(id, one_day)->size(), 1U);

  const BarView seen = view();
  EXPECT_TRUE(seen.is_hot());
  EXPECT_TRUE(identical(gathered(seen, days.columns), days));
}

TEST_F(Hot, SaysWhatIsNotThere) {
  EXPECT_EQ(box.cache().view(series("ETHUSDT", Timeframe::d1)).error().kind, ErrorKind::not_found);
}

TEST_F(Hot, WarmKeepsGoodCopiesAndMakesStaleOnesAnew) {
  warm();
  const auto again = box.cache().warm();
  ASSERT_EQ(again->series.size(), 1U);
  EXPECT_EQ(again->series[0].kept, std::vector<int>{2024});
  EXPECT_EQ(again->series[0].bytes, fs::file_size(box.root() / kCopy));

  const BarSeries more =
      all_bars(CalendarKind::always, Timeframe::d1, range_of("2024-03-01", "2024-03-05"));
  box.merge("BTCUSDT", Timeframe::d1, more);

  expect_right_but_not_hot("the data have another version");
  warm();
  EXPECT_EQ(view().size(), days.size() + more.size());
  EXPECT_TRUE(view().is_hot());
}

TEST_F(Hot, ACorrectedBarMakesTheCopyStale) {
  warm();
  BarSeries corrected = days;
  corrected.close[7] = corrected.high[7];
  box.merge("BTCUSDT", Timeframe::d1, corrected);

  EXPECT_EQ(plain().close[7], corrected.high[7]);
  expect_right_but_not_hot("as many rows, but another version");
}

TEST_F(Hot, AnyFlippedBitIsFoundAndMendedByWarm) {
  warm();
  const std::string good = box.bytes(kCopy);
  Dice dice(3);
  for (std::size_t at = 0; at < good.size(); ++at) {
    if (!in_sample(at, 11)) continue;
    std::string bad = good;
    bad[at] = static_cast<char>(bad[at] ^ (1 << dice.below(8)));
    box.put(kCopy, bad);

    EXPECT_TRUE(identical(gathered(view(), days.columns), days)) << at;

    const auto report = box.cache().warm();
    ASSERT_TRUE(report);
    EXPECT_EQ(report->series[0].built, std::vector<int>{2024}) << at;
    EXPECT_EQ(box.bytes(kCopy), good) << at;
  }
}

TEST_F(Hot, ACutOrLongerFileIsNotUsed) {
  warm();
  const std::string good = box.bytes(kCopy);
  for (std::size_t size = 0; size < good.size(); ++size) {
    if (!in_sample(size, 7) && size + 700 < good.size()) continue;
    box.put(kCopy, good.substr(0, size));
    EXPECT_FALSE(view().is_hot()) << size;
  }
  EXPECT_TRUE(identical(gathered(view(), days.columns), days));
  box.put(kCopy, good + '\n');
  EXPECT_FALSE(view().is_hot());
  box.put(kCopy, good.substr(8));
  EXPECT_FALSE(view().is_hot());
}

TEST_F(Hot, DamageElsewhereDoesNotMatterToAColumn) {
  warm();
  std::string bytes = box.bytes(kCopy);
  double high = days.high[5];
  const std::string needle(reinterpret_cast<const char*>(&high), sizeof high);
  const std::size_t at = bytes.find(needle);
  ASSERT_NE(at, std::string::npos);
  bytes[at] = static_cast<char>(bytes[at] ^ 1);
  box.put(kCopy, bytes);

  EXPECT_TRUE(view({.columns = {Column::close}}).is_hot());
  EXPECT_FALSE(view({.columns = {Column::high}}).is_hot());
  EXPECT_EQ(view({.columns = {Column::high}}).slices()[0].high[5], high);
}

TEST_F(Hot, ACopyInAnotherPlaceIsNotUsed) {
  box.merge("ETHUSDT", Timeframe::d1, days);
  const BarSeries before =
      all_bars(CalendarKind::always, Timeframe::d1, range_of("2023-02-01", "2023-03-01"));
  box.merge("BTCUSDT", Timeframe::d1, before);
  warm();
  const std::string good = box.bytes(kCopy);

  for (const char* other : {"_hot/ETHUSDT/1d/2024.arrow", "_hot/BTCUSDT/1d/2023.arrow"}) {
    box.put(kCopy, box.bytes(other));
    EXPECT_FALSE(view().is_hot()) << other;
    EXPECT_TRUE(identical(gathered(view(), days.columns), plain())) << other;
  }
  box.put(kCopy, good);
  EXPECT_TRUE(view().is_hot());
}

TEST_F(Hot, DamagedDataAreSaidEvenIfTheirCopyIsGood) {
  warm();
  std::string data = box.bytes("BTCUSDT/1d/2024.csv.gz");
  data.pop_back();
  box.put("BTCUSDT/1d/2024.csv.gz", data);
  box.merge("ETHUSDT", Timeframe::d1, days);

  EXPECT_FALSE(view().is_hot());
  const auto report = box.cache().warm();

  ASSERT_EQ(report->series.size(), 2U);
  EXPECT_EQ(report->series[0].error->kind, ErrorKind::damaged);
  EXPECT_EQ(report->series[1].built, std::vector<int>{2024});
}

// --- places where copies cannot be made

TEST_F(Hot, AReaderThatCannotWriteReadsNevertheless) {
  const test::Call calls[] = {test::Call::make_folder, test::Call::create, test::Call::write,
                              test::Call::rename};
  for (const test::Call call : calls) {
    FaultyFileSystem files;
    files.inject({.call = call, .effect = Effect::fail, .error_number = EROFS, .every_time = true});

    const auto bars = open_hot(&files).read(id);

    ASSERT_TRUE(bars) << bars.error().line();
    EXPECT_TRUE(identical(*bars, days));
    EXPECT_TRUE(files.fired());
    EXPECT_FALSE(fs::exists(box.root() / kCopy));
    fs::remove_all(box.root() / "_hot");
  }
}

TEST_F(Hot, WarmSaysThatItCannotWrite) {
  FaultyFileSystem files;
  files.inject(
      {.call = Call::write, .effect = Effect::fail, .error_number = ENOSPC, .every_time = true});
  Cache cache = open_hot(&files);

  const auto report = cache.warm();

  ASSERT_TRUE(report);
  EXPECT_EQ(report->series[0].error->kind, ErrorKind::no_space);
  for (const auto& entry : fs::recursive_directory_iterator(box.root() / "_hot"))
    EXPECT_FALSE(entry.path().extension() == ".tmp") << entry.path();
}

class Network : public FileSystem {
 public:
  bool is_local(int /*fd*/) override { return false; }
  void* map(int /*fd*/, std::size_t /*size*/) override {
    ADD_FAILURE() << "a file on a network was mapped";
    return nullptr;
  }
};

TEST_F(Hot, FilesOnANetworkAreReadNotMapped) {
  warm();
  Network files;
  const Cache cache = open_hot(&files);

  const auto seen = cache.view(id);

  EXPECT_TRUE(seen->is_hot());
  EXPECT_TRUE(identical(gathered(*seen, days.columns), days));
}

class NoMemory : public FileSystem {
 public:
  void* map(int /*fd*/, std::size_t /*size*/) override {
    errno = ENOMEM;
    return nullptr;
  }
};

TEST_F(Hot, WhereNothingCanBeMappedTheDataAreRead) {
  warm();
  NoMemory files;
  const Cache cache = std::move(*Cache::open(box.root(), {.files = &files}));

  const auto seen = cache.view(id);

  EXPECT_FALSE(seen->is_hot());
  EXPECT_TRUE(identical(gathered(*seen, days.columns), days));
}

TEST_F(Hot, OneWritesAtATime) {
  const auto root = store::Folder::open_root(FileSystem::system(), box.root().string());
  const auto other = store::HotWriter::open(*root);
  ASSERT_TRUE(other && *other);

  EXPECT_TRUE(identical(*open_hot().read(id), days));
  EXPECT_FALSE(fs::exists(box.root() / kCopy));
  const auto report = box.cache().warm();

  ASSERT_FALSE(report);
  EXPECT_EQ(report.error().kind, ErrorKind::locked);
}

// --- what goes

TEST_F(Hot, CopiesGoWithTheirSeries) {
  box.merge("BTCUSDT", Timeframe::h1,
            all_bars(CalendarKind::always, Timeframe::h1, range_of("2024-01-01", "2024-01-03")));
  warm();
  ASSERT_TRUE(fs::exists(box.root() / kCopy));

  EXPECT_TRUE(box.cache().remove(id).errors.empty());
  EXPECT_FALSE(fs::exists(box.root() / "_hot/BTCUSDT/1d"));
  EXPECT_TRUE(fs::exists(box.root() / "_hot/BTCUSDT/1h/2024.arrow"));

  EXPECT_TRUE(
      box.cache().prune(series("BTCUSDT", Timeframe::h1), {.keep_years = 0}).errors.empty());
  EXPECT_FALSE(fs::exists(box.root() / "_hot/BTCUSDT"));
}

TEST_F(Hot, WarmRemovesCopiesOfWhatIsGoneAndLeftovers) {
  box.merge("ETHUSDT", Timeframe::d1, days);
  warm();
  fs::remove_all(box.root() / "ETHUSDT");
  box.put("_hot/BTCUSDT/1d/2022.arrow", "old");
  box.put("_hot/BTCUSDT/1d/.2024.arrow.0123.tmp", "half");
  box.put("_hot/notes.txt", "somebody's own");

  const auto of_btc = box.cache().warm(id.symbol);
  ASSERT_TRUE(of_btc) << of_btc.error().line();
  EXPECT_EQ(of_btc->removed, std::vector<std::string>{"_hot/BTCUSDT/1d/2022.arrow"});
  EXPECT_FALSE(fs::exists(box.root() / "_hot/BTCUSDT/1d/.2024.arrow.0123.tmp"));
  EXPECT_TRUE(fs::exists(box.root() / "_hot/ETHUSDT"));

  const auto of_all = box.cache().warm();
  EXPECT_EQ(of_all->removed, std::vector<std::string>{"_hot/ETHUSDT/1d/2024.arrow"});
  EXPECT_FALSE(fs::exists(box.root() / "_hot/ETHUSDT"));
  EXPECT_TRUE(fs::exists(box.root() / "_hot/notes.txt"));
}

TEST_F(Hot, DeletedAtAnyTimeNothingIsMissed) {
  warm();
  BarView seen = view();
  fs::remove_all(box.root() / "_hot");

  EXPECT_TRUE(identical(gathered(seen, days.columns), days)) << "who has it open keeps it";
  expect_right_but_not_hot("there is none");
}

TEST_F(Hot, IsNoSeriesAndNoProblem) {
  warm();

  EXPECT_EQ(box.cache().list()->size(), 1U);
  EXPECT_EQ(kinds(box), Kinds{});
  EXPECT_EQ(box.cache().stats()->series, 1U);
}

}  // namespace
}  // namespace chandler
