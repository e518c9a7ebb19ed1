// Several threads on one cache, and several caches on one folder: the union of all rows, whole
// files at every moment.
#include <gtest/gtest.h>

#include <atomic>
#include <functional>
#include <thread>

#include "damage_support.h"

namespace chandler {
namespace {

using namespace test;

Delivery delivery_of(const BarSeries& bars, const std::string& provider) {
  Delivery delivery;
  delivery.provider.name = provider;
  delivery.bars = bars;
  return delivery;
}

void run_all(std::vector<std::function<void()>> work) {
  std::vector<std::thread> threads;
  threads.reserve(work.size());
  for (auto& one : work) threads.emplace_back(std::move(one));
  for (std::thread& t : threads) t.join();
}

const BarSeries& two_days() {
  static const BarSeries bars =
      all_bars(CalendarKind::always, Timeframe::m1, range_of("2023-12-31", "2024-01-02"));
  return bars;
}

constexpr std::size_t kWriters = 4;
constexpr std::size_t kParts = 2;

// The rows of one part of one writer: all writers together bring every row.
BarSeries part_of(std::size_t writer, std::size_t part) {
  return pick(two_days(),
              [&](std::size_t i) { return i % kWriters == writer && i / 500 % kParts == part; });
}

TEST(Threads, WritersOfOneSeriesEndInTheUnion) {
  Sandbox box;
  const SeriesId id = series("BTCUSDT", Timeframe::m1);
  std::vector<std::function<void()>> work;
  for (std::size_t writer = 0; writer < kWriters; ++writer) {
    work.emplace_back([&, writer] {
      for (std::size_t part = 0; part < kParts; ++part) {
        const WriteOutcome o =
            box.cache().merge(id, delivery_of(part_of(writer, part), "p" + std::to_string(writer)));
        EXPECT_FALSE(o.error) << o.error->line();
      }
    });
  }
  run_all(std::move(work));

  EXPECT_TRUE(identical(*box.cache().read(id), two_days()));
  EXPECT_EQ(kinds(box), Kinds{});
  EXPECT_TRUE(files_named(box, ".tmp").empty());
  const auto together = data_bytes(box);

  std::filesystem::remove_all(box.root());
  box.open();
  for (std::size_t writer = 0; writer < kWriters; ++writer) {
    const BarSeries mine = pick(two_days(), [&](std::size_t i) { return i % kWriters == writer; });
    EXPECT_FALSE(box.cache().merge(id, delivery_of(mine, "p" + std::to_string(writer))).error);
  }
  EXPECT_TRUE(data_bytes(box) == together) << "the same bytes as one after the other";
}

TEST(Threads, WritersOfDifferentSeriesDoNotDisturbEachOther) {
  Sandbox box;
  const std::vector<const char*> symbols = {"BTCUSDT", "ETHUSDT", "SOLUSDT", "EURUSD"};
  std::vector<std::function<void()>> work;
  for (const char* symbol : symbols) {
    work.emplace_back([&box, symbol] {
      for (std::size_t part = 0; part < kParts; ++part) {
        for (std::size_t writer = 0; writer < kWriters; ++writer) {
          const WriteOutcome o = box.cache().merge(series(symbol, Timeframe::m1),
                                                   delivery_of(part_of(writer, part), "import"));
          EXPECT_FALSE(o.error) << o.error->line();
        }
      }
      const auto rolled = box.cache().resample(*Symbol::parse(symbol), Timeframe::m1,
                                               std::vector{Timeframe::m5, Timeframe::h1});
      for (const WriteOutcome& o : rolled) EXPECT_FALSE(o.error) << o.error->line();
      EXPECT_TRUE(box.cache().refresh_summaries());
    });
  }
  run_all(std::move(work));

  for (const char* symbol : symbols)
    EXPECT_TRUE(identical(*box.cache().read(series(symbol, Timeframe::m1)), two_days())) << symbol;
  EXPECT_EQ(kinds(box, {.deep = true}), Kinds{});
  EXPECT_EQ(box.cache().status_all()->size(), 12U);
}

TEST(Threads, SeveralCachesOnOneFolderEndInTheUnion) {
  Sandbox box;
  const SeriesId id = series("BTCUSDT", Timeframe::m1);
  std::vector<std::function<void()>> work;
  for (std::size_t writer = 0; writer < kWriters; ++writer) {
    work.emplace_back([&, writer] {
      auto mine = Cache::open(box.root());  // the system's clock: the lock is waited for
      ASSERT_TRUE(mine);
      for (std::size_t part = 0; part < kParts; ++part) {
        const WriteOutcome o = mine->merge(id, delivery_of(part_of(writer, part), "import"));
        EXPECT_FALSE(o.error) << o.error->line();
      }
    });
  }
  run_all(std::move(work));

  EXPECT_TRUE(identical(*box.cache().read(id), two_days()));
  EXPECT_EQ(kinds(box), Kinds{});
}

TEST(Threads, ReadersSeeWholeVersionsThatNeverGrowOlder) {
  Sandbox box;
  const SeriesId id = series("BTCUSDT", Timeframe::m1);
  const BarSeries day = two_days().slice(1440, 2880);
  // Version n has volume n in every row, and n * 10 rows.
  const auto version = [&](std::size_t n) {
    BarSeries bars = day.slice(0, n * 10);
    std::fill(bars.volume.begin(), bars.volume.end(), static_cast<double>(n));
    return bars;
  };
  ASSERT_FALSE(box.cache().merge(id, delivery_of(version(1), "import")).error);
  constexpr std::size_t kVersions = 12;
  std::atomic<std::size_t> committed{1};
  std::vector<std::function<void()>> work;
  work.emplace_back([&] {
    for (std::size_t n = 2; n <= kVersions; ++n) {
      EXPECT_FALSE(box.cache().merge(id, delivery_of(version(n), "import")).error);
      committed = n;
    }
  });
  for (int reader = 0; reader < 2; ++reader) {
    work.emplace_back([&] {
      while (committed < kVersions) {
        const std::size_t before = committed;
        const auto bars = box.cache().read(id);
        ASSERT_TRUE(bars) << bars.error().line();
        const auto n = static_cast<std::size_t>(bars->volume.front());
        EXPECT_GE(n, before);
        EXPECT_TRUE(identical(*bars, version(n)));
        const auto status = box.cache().status(id);
        ASSERT_TRUE(status) << status.error().line();
        EXPECT_TRUE(status->problems.empty());
        EXPECT_EQ(status->rows % 10, 0U);
        EXPECT_EQ(kinds(box), Kinds{});
      }
    });
  }
  run_all(std::move(work));
}

TEST(Threads, RemovalAgainstWritersIsOneAfterTheOther) {
  Sandbox box;
  const SeriesId id = series("BTCUSDT", Timeframe::m1);
  const BarSeries bars = two_days().slice(1440, 1500);
  std::vector<std::function<void()>> work;
  for (int writer = 0; writer < 2; ++writer) {
    work.emplace_back([&] {
      for (int i = 0; i < 15; ++i) {
        const WriteOutcome o = box.cache().merge(id, delivery_of(bars, "import"));
        EXPECT_FALSE(o.error) << o.error->line();
      }
    });
  }
  work.emplace_back([&] {
    for (int i = 0; i < 15; ++i) {
      const RemoveOutcome o = box.cache().remove(id);
      for (const Error& e : o.errors) EXPECT_EQ(e.kind, ErrorKind::not_found) << e.line();
    }
  });
  run_all(std::move(work));

  EXPECT_EQ(kinds(box), Kinds{});
  const auto left = box.cache().read(id);
  EXPECT_TRUE(!left || identical(*left, bars));
}

}  // namespace
}  // namespace chandler
