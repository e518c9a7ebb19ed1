#include "chandler/data_manager.h"

#include <oneapi/tbb/parallel_for.h>

#include <array>
#include <atomic>
#include <thread>

#include "manager_support.h"

namespace chandler {
namespace {

using enum AssetClass;
using enum Timeframe;

using test::times_of;
class GetOhlcv : public test::ManagerTest {};
class GetMany : public test::ManagerTest {};
class LastBars : public test::ManagerTest {};

TEST_F(GetOhlcv, FetchesWhatIsMissingAndGivesIt) {
  DataManager data = open();

  const auto bars = data.get_ohlcv("AAPL", "1d", {"2024-01-01", "2024-02-01"});

  ASSERT_TRUE(bars) << bars.error().line();
  EXPECT_TRUE(identical(*bars, truth("AAPL", stock, d1, "2024-01-01", "2024-02-01")));
  EXPECT_TRUE(identical(*bars, *data.cache().read("AAPL", "1d")));
  ASSERT_EQ(runs().size(), 1U);
  EXPECT_EQ(runs().front()["verb"], "get");
}

TEST_F(GetOhlcv, AsksNobodyForWhatIsThere) {
  DataManager data = open();
  const auto first = data.get_ohlcv("BTC/USDT", "1h", {"2024-01-01", "2024-02-01"});

  const auto second = open().get_ohlcv("btcusdt", "1h", {"2024-01-01", "2024-02-01"});
  const auto part = data.get_ohlcv("BTCUSDT", "1h", {"2024-01-03", "2024-01-04"});

  ASSERT_TRUE(first && second && part);
  EXPECT_TRUE(identical(*first, *second));
  EXPECT_EQ(part->size(), 24U);
  EXPECT_EQ(runs().size(), 1U);
}

TEST_F(GetOhlcv, FetchesOnlyTheRest) {
  DataManager data = open();
  ASSERT_TRUE(data.get_ohlcv("BTCUSDT", "1h", {"2024-01-01", "2024-02-01"}));

  const auto more = data.get_ohlcv("BTCUSDT", "1h", {"2024-01-15", "2024-02-03"});

  ASSERT_TRUE(more);
  EXPECT_TRUE(identical(*more, truth("BTCUSDT", crypto, h1, "2024-01-15", "2024-02-03")));
  bool rest_only = false;
  for (const auto& run : runs()) {
    const auto& asked = run["series"][0]["asked"];
    rest_only = rest_only || asked[0]["from"] == "2024-02-01T00:00:00";
  }
  EXPECT_TRUE(rest_only);
}

TEST_F(GetOhlcv, OpenEndsReachFromTheFirstBarKeptToNow) {
  DataManager data = open();
  const auto nowhere = data.get_ohlcv("BTCUSDT", "1d");
  ASSERT_FALSE(nowhere);
  EXPECT_EQ(nowhere.error().kind, ErrorKind::usage);
  ASSERT_TRUE(data.get_ohlcv("BTCUSDT", "1d", {"2025-12-01", "2025-12-05"}));

  const auto bars = data.get_ohlcv("BTCUSDT", "1d");

  ASSERT_TRUE(bars);
  EXPECT_TRUE(identical(*bars, truth("BTCUSDT", crypto, d1, "2025-12-01", "2026-01-01")));
}

TEST_F(GetOhlcv, WhereNothingIsExpectedNobodyIsAsked) {
  const auto weekend = open().get_ohlcv("AAPL", "1d", {"2024-01-06", "2024-01-08"});

  ASSERT_TRUE(weekend) << weekend.error().line();
  EXPECT_TRUE(weekend->empty());
  EXPECT_TRUE(runs().empty());
}

TEST_F(GetOhlcv, MistakesAreErrorsOfKindUsage) {
  DataManager data = open();
  for (const auto& [symbol, timeframe, from, to] :
       {std::array{"", "1d", "2024-01-01", "2024-02-01"},
        std::array{"AAPL", "1day", "2024-01-01", "2024-02-01"},
        std::array{"AAPL", "1d", "yesterday", "2024-02-01"},
        std::array{"AAPL", "1d", "2024-01-01", "soon"},
        std::array{"AAPL", "1d", "2024-02-01", "2024-01-01"}}) {
    const auto bars = data.get_ohlcv(symbol, timeframe, {from, to});
    ASSERT_FALSE(bars) << symbol << timeframe << from << to;
    EXPECT_EQ(bars.error().kind, ErrorKind::usage) << bars.error().line();
  }
  const BarsRequest request{"AAPL", "1d", "2024-01-01", "2024-02-01", 0, "sandbocks"};
  const auto answers = data.get_many({&request, 1});
  ASSERT_TRUE(answers[0].error);
  EXPECT_EQ(answers[0].error->kind, ErrorKind::usage);
  EXPECT_FALSE(std::filesystem::exists(root()));
}

TEST_F(GetOhlcv, AConfigurationThatMakesNoSenseIsNotOpened) {
  std::ofstream(folder.in("chandler.json")) << R"({"cash": "x"})";
  EXPECT_FALSE(DataManager::open(options()));

  std::ofstream(folder.in("chandler.json")) << "{}";
  std::ofstream(root()) << "a file";
  const auto on_a_file = DataManager::open(options());
  ASSERT_FALSE(on_a_file);
  EXPECT_EQ(on_a_file.error().kind, ErrorKind::usage);
}

// A cache that holds a day of minutes, and hours made of them.
void roll_up_a_day(DataManager& data, const Clock& clock) {
  ASSERT_TRUE(data.get_ohlcv("BTCUSDT", "1m", {"2024-03-01", "2024-03-02"}));
  auto cache = Cache::open(data.cache().root(), {.clock = &clock});
  const std::array hours{h1};
  const auto made = cache->resample(*Symbol::parse("BTCUSDT"), m1, hours);
  ASSERT_FALSE(made.front().error);
}

TEST_F(GetOhlcv, WhatIsRolledUpIsFetchedAsWholeBarsOfWhatItIsMadeOf) {
  DataManager data = open();
  roll_up_a_day(data, clock);

  const auto hours = data.get_ohlcv("BTCUSDT", "1h", {"2024-03-01T10:30", "2024-03-02T12:30"});

  ASSERT_TRUE(hours) << hours.error().line();
  const BarSeries expected = truth("BTCUSDT", crypto, h1, "2024-03-01T10:30", "2024-03-02T12:30");
  EXPECT_EQ(expected.size(), 26U);
  EXPECT_TRUE(identical(*hours, expected));
  EXPECT_EQ(format_instant(data.cache().read("BTCUSDT", "1m")->timestamp.back()),
            "2024-03-02 12:59:00");
  const std::uint64_t asked = pages();
  ASSERT_TRUE(data.get_ohlcv("BTCUSDT", "1h", {"2024-03-01T10:30", "2024-03-02T12:30"}));
  EXPECT_EQ(pages(), asked);
  EXPECT_EQ(runs().size(), 2U);
}

TEST_F(GetMany, AnswersInTheOrderAskedAfterOneRun) {
  DataManager data = open();
  const std::vector<std::string> symbols{"MSFT", "BTCUSDT", "AAPL"};
  const std::vector<std::string> timeframes{"1d", "1h"};
  auto requests = each_of(symbols, timeframes, {"2024-01-01", "2024-01-10"});
  requests.insert(requests.begin() + 1, BarsRequest{.symbol = "BTCUSDT", .timeframe = "7m"});

  const auto answers = data.get_many(requests);

  ASSERT_EQ(answers.size(), 7U);
  EXPECT_EQ(answers[1].error->kind, ErrorKind::usage);
  for (const std::size_t i : {0U, 2U, 3U, 4U, 5U, 6U}) {
    const BarsRequest& r = requests[i];
    const AssetClass asset_class = r.symbol == "BTCUSDT" ? crypto : stock;
    EXPECT_FALSE(answers[i].error) << r.symbol;
    EXPECT_TRUE(identical(answers[i].bars,
                          truth(r.symbol.c_str(), asset_class, *parse_timeframe(r.timeframe),
                                "2024-01-01", "2024-01-10")))
        << r.symbol << r.timeframe;
  }
  EXPECT_EQ(runs().size(), 1U);
}

TEST_F(GetMany, AskForOneSeriesOnceHoweverManyNeedIt) {
  DataManager data = open();
  roll_up_a_day(data, clock);
  const std::uint64_t before = pages();
  const std::vector<BarsRequest> requests = {
      {"BTCUSDT", "1h", "2024-03-02", "2024-03-03"},
      {"BTCUSDT", "1m", "2024-03-02", "2024-03-02T18:00"},
      {"BTC-USDT", "1m", "2024-03-02T12:00", "2024-03-03"},
      {"BTCUSDT", "1m", "2024-03-10", "2024-03-11"}};  // a range that does not touch the others

  const auto answers = data.get_many(requests);

  for (const BarsAnswer& answer : answers) EXPECT_FALSE(answer.error) << answer.error->line();
  EXPECT_EQ(answers[0].bars.size(), 24U);
  EXPECT_EQ(answers[1].bars.size(), 18U * 60U);
  EXPECT_EQ(answers[2].bars.size(), 12U * 60U);
  EXPECT_EQ(answers[3].bars.size(), 24U * 60U);
  std::uint64_t fetched = 0;
  for (const auto& run : runs()) {
    for (const auto& s : run["series"]) {
      if (s["derived_from"].is_null()) fetched += s["rows_fetched"].get<std::uint64_t>();
    }
  }
  EXPECT_EQ(fetched, 3U * 24 * 60) << "with the day of before";
  EXPECT_LE(pages() - before, 4U);
}

TEST_F(GetMany, MayBeUsedFromSeveralThreadsWhichFetchOnce) {
  const BarSeries expected = truth("BTCUSDT", crypto, m1, "2024-03-01", "2024-03-20");
  DataManager data = open();
  std::vector<std::thread> threads;
  std::atomic<int> right{0};
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([&, i] {
      const auto same = data.get_ohlcv("BTCUSDT", "1m", {"2024-03-01", "2024-03-20"});
      const auto other =
          data.get_ohlcv("ETH" + std::to_string(i % 4), "1h", {"2024-03-01", "2024-03-20"});
      if (same && identical(*same, expected) && other && !other->empty()) ++right;
    });
  }
  for (std::thread& thread : threads) thread.join();

  EXPECT_EQ(right, 8);
  EXPECT_EQ(runs().size(), 5U);
}

TEST_F(GetMany, MayBeUsedFromTasksOfTheHost) {
  DataManager data = open();
  std::atomic<int> right{0};

  oneapi::tbb::parallel_for(0, 12, [&](int i) {
    const auto bars =
        data.get_ohlcv(i % 2 == 0 ? "BTCUSDT" : "ETHUSDT", "1h", {"2024-03-01", "2024-03-05"});
    if (bars && bars->size() == 96) ++right;
  });

  EXPECT_EQ(right, 12);
  EXPECT_EQ(runs().size(), 2U);
}

TEST_F(GetMany, StoppedItReturnsAndSaysSo) {
  DataManager data = open();
  std::stop_source stop;
  stop.request_stop();
  const BarsRequest request{"BTCUSDT", "1m", "2024-01-01", "2024-02-01"};

  const auto answers = data.get_many({&request, 1}, stop.get_token());

  ASSERT_TRUE(answers[0].error);
  EXPECT_EQ(answers[0].error->kind, ErrorKind::interrupted);
}

TEST_F(LastBars, OfAStockPassOverTheWeekendAndHolidays) {
  DataManager data = open();

  const auto monday = data.last_bars("AAPL", "1d", 3, "2024-01-08");
  const auto after_new_year = data.last_bars("AAPL", "1d", 2, "2024-01-03");

  ASSERT_TRUE(monday && after_new_year);
  EXPECT_EQ(times_of(*monday),
            (std::vector<std::string>{"2024-01-03 00:00:00", "2024-01-04 00:00:00",
                                      "2024-01-05 00:00:00"}));
  EXPECT_EQ(times_of(*after_new_year),
            (std::vector<std::string>{"2023-12-29 00:00:00", "2024-01-02 00:00:00"}));
}

TEST_F(LastBars, NeverLookAhead) {
  DataManager data = open();
  ASSERT_TRUE(data.get_ohlcv("AAPL", "1d", {"2024-01-01", "2024-02-01"}));
  ASSERT_TRUE(data.get_ohlcv("BTCUSDT", "1h", {"2024-01-01", "2024-02-01"}));
  const auto last = [&](const char* symbol, const char* timeframe, const char* before) {
    return times_of(*data.last_bars(symbol, timeframe, 1, before)).front();
  };

  EXPECT_EQ(last("AAPL", "1d", "2024-01-05T01:00"), "2024-01-04 00:00:00");
  EXPECT_EQ(last("AAPL", "1d", "2024-01-05T20:59"), "2024-01-04 00:00:00");
  EXPECT_EQ(last("AAPL", "1d", "2024-01-05T21:00"), "2024-01-05 00:00:00");
  EXPECT_EQ(last("BTCUSDT", "1h", "2024-01-05T10:30"), "2024-01-05 09:00:00");
  EXPECT_EQ(last("BTCUSDT", "1h", "2024-01-05T11:00"), "2024-01-05 10:00:00");
  EXPECT_EQ(times_of(*data.last_bars("BTCUSDT", "1d", 1)).front(), "2025-12-31 00:00:00");
}

TEST_F(LastBars, ReachFurtherBackOverGaps) {
  DataManager data = open("outage=2024-03-01T06:00/2024-03-01T18:00");

  const auto bars = data.last_bars("BTCUSDT", "1h", 10, "2024-03-01T20:00");

  ASSERT_TRUE(bars) << bars.error().line();
  ASSERT_EQ(bars->size(), 10U);
  EXPECT_EQ(times_of(*bars).front(), "2024-02-29 22:00:00");
  EXPECT_EQ(times_of(*bars).back(), "2024-03-01 19:00:00");
}

TEST_F(LastBars, AreFewerWhereThereAreNoMore) {
  DataManager data = open();
  const BarsRequest request{
      .symbol = "BTCUSDT", .timeframe = "1d", .to = "2018-01-11", .last = 100};

  const auto answers = data.get_many({&request, 1});

  EXPECT_FALSE(answers[0].error);
  EXPECT_EQ(answers[0].bars.size(), 10U);
  ASSERT_FALSE(answers[0].notes.empty());
  EXPECT_EQ(answers[0].notes.back(), "10 of the last 100 bars are to be had, no more");
}

}  // namespace
}  // namespace chandler
