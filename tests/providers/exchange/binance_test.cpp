#include <gtest/gtest.h>

#include <cstdlib>
#include <regex>
#include <string>

#include "tests/providers/exchange/http_client.h"
#include "tests/support/exchange/exchange.h"

namespace chandler::testing {
namespace {

using nlohmann::ordered_json;

Instant at(const std::string& text) { return *parse_exact(text); }
std::string ms(const std::string& text) { return std::to_string(epoch_seconds(at(text)) * 1000); }

class BinanceExchange : public ::testing::Test {
 protected:
  ordered_json klines(const std::string& query) { return get("/api/v3/klines?" + query).json(); }
  Answer get(const std::string& target) { return client_.get(exchange_->url() + target); }

  std::unique_ptr<Exchange> exchange_ = *Exchange::start({.now = at("2024-06-03 12:00:30")});

 private:
  HttpClient client_;
};

BarSeries read(const ordered_json& rows, BarSeries out = {}) {
  out.columns.add(Column::vwap).add(Column::trade_count).add(Column::turnover);
  const auto number = [](const ordered_json& cell) {
    return std::strtod(cell.get<std::string>().c_str(), nullptr);
  };
  for (const ordered_json& row : rows) {
    out.timestamp.push_back(from_epoch(row[0].get<std::int64_t>() / 1000));
    out.open.push_back(number(row[1]));
    out.high.push_back(number(row[2]));
    out.low.push_back(number(row[3]));
    out.close.push_back(number(row[4]));
    out.volume.push_back(number(row[5]));
    out.turnover.push_back(number(row[7]));
    out.trade_count.push_back(row[8].get<double>());
    out.vwap.push_back(out.turnover.back() / out.volume.back());
  }
  return out;
}

TEST_F(BinanceExchange, KlinesHaveTheRecordedShape) {
  const ordered_json real = recorded("binance/klines_BTCUSDT_1m_60.json");
  if (real.is_null()) GTEST_SKIP() << "no fixtures here";

  const ordered_json ours = klines("symbol=BTCUSDT&interval=1m&limit=60");

  EXPECT_EQ(shape_of(ours), shape_of(real));
  const std::regex decimal(R"(\d+\.\d{8})");
  for (const ordered_json& row : ours) {
    ASSERT_EQ(row.size(), 12U);
    for (const std::size_t cell : {1U, 2U, 3U, 4U, 5U, 7U, 9U, 10U})
      EXPECT_TRUE(std::regex_match(row[cell].get<std::string>(), decimal)) << row[cell];
    EXPECT_EQ(row[6].get<std::int64_t>(), row[0].get<std::int64_t>() + 59'999);
    EXPECT_EQ(row[11], "0");
  }
}

TEST_F(BinanceExchange, ExchangeInfoHasTheRecordedShape) {
  const ordered_json real = recorded("binance/exchangeInfo_25symbols.json");
  if (real.is_null()) GTEST_SKIP() << "no fixtures here";

  const ordered_json ours = get("/api/v3/exchangeInfo").json();

  nlohmann::json left = shape_of(ours);
  nlohmann::json right = shape_of(real);
  for (const char* const top : {"symbols"}) {
    auto ours_first = shape_of(ours[top][0]);
    auto real_first = shape_of(real[top][0]);
    ours_first.erase("filters");  // a few will do
    real_first.erase("filters");
    EXPECT_EQ(ours_first, real_first);
    left.erase(top);
    right.erase(top);
  }
  EXPECT_EQ(left, right);
}

TEST_F(BinanceExchange, ErrorsHaveTheRecordedShape) {
  const ordered_json real = recorded("binance/dapi_klines_error_4088.json");
  if (real.is_null()) GTEST_SKIP() << "no fixtures here";

  const Answer ours = get("/api/v3/klines?symbol=NOSUCHUSDT&interval=1m");

  EXPECT_EQ(ours.status, 400);
  EXPECT_EQ(shape_of(ours.json()), shape_of(real));
}

TEST_F(BinanceExchange, PagesBringTheMarketBitForBit) {
  for (const auto& [symbol, tf, from] :
       {std::tuple{"BTCUSDT", Timeframe::m1, "2024-05-31 00:00:00"},
        {"DOGEUSDT", Timeframe::h1, "2024-01-01 00:00:00"},
        {"QQZUSDT", Timeframe::d1, "2023-01-01 00:00:00"},
        {"BTCUSDT", Timeframe::mo1, "2023-01-01 00:00:00"}}) {
    SCOPED_TRACE(std::string(symbol) + " " + std::string(to_string(tf)));
    BarSeries got = read(ordered_json::array());
    std::int64_t start = epoch_seconds(at(from)) * 1000;
    for (;;) {
      const ordered_json rows =
          klines(std::string("symbol=") + symbol + "&interval=" + std::string(to_string(tf)) +
                 "&limit=1000&startTime=" + std::to_string(start) +
                 "&endTime=" + std::to_string(epoch_seconds(exchange_->now()) * 1000));
      if (rows.empty()) break;
      got = read(rows, std::move(got));
      start = rows.back()[6].get<std::int64_t>() + 1;
    }

    // The last one is still open.
    ASSERT_FALSE(got.empty());
    expect_identical(got.slice(0, got.size() - 1),
                     exchange_->truth(Venue::binance, symbol, tf, {at(from), Instant::max()}));
  }
}

TEST_F(BinanceExchange, BothEndsOfTheRangeAreInclusive) {
  const ordered_json rows =
      klines("symbol=BTCUSDT&interval=1m&startTime=" + ms("2024-01-01 00:00:00") +
             "&endTime=" + ms("2024-01-01 00:05:00"));
  const ordered_json off_grid =
      klines("symbol=BTCUSDT&interval=1m&startTime=" + std::to_string(1704067200001) +
             "&endTime=" + std::to_string(1704067499999));

  EXPECT_EQ(rows.size(), 6U);
  ASSERT_EQ(off_grid.size(), 4U);
  EXPECT_EQ(off_grid[0][0], 1704067260000);
}

TEST_F(BinanceExchange, WithoutTimesTheLatestComeAndTheOpenOneIsLast) {
  const ordered_json rows = klines("symbol=BTCUSDT&interval=1m");

  ASSERT_EQ(rows.size(), 500U);
  EXPECT_EQ(rows.back()[0].get<std::int64_t>(), epoch_seconds(at("2024-06-03 12:00:00")) * 1000);
  const BarSeries whole = read(ordered_json::array({rows.back()}));
  exchange_->set_now(at("2024-06-03 12:01:00"));
  const BarSeries later = exchange_->truth(Venue::binance, "BTCUSDT", Timeframe::m1,
                                           {whole.timestamp[0], Instant::max()});
  ASSERT_EQ(later.size(), 1U);
  EXPECT_FALSE(BarSeries::same_row(whole, 0, later, 0));  // it was not to be kept
}

TEST_F(BinanceExchange, BeforeTheListingTheFirstOnesCome) {
  const ordered_json rows = klines("symbol=BTCUSDT&interval=1d&startTime=0&limit=2");

  ASSERT_EQ(rows.size(), 2U);
  EXPECT_EQ(rows[0][0].get<std::int64_t>(), epoch_seconds(at("2018-01-01 00:00:00")) * 1000);
  EXPECT_TRUE(klines("symbol=BTCUSDT&interval=1d&startTime=0&endTime=1000").empty());
}

TEST_F(BinanceExchange, ALimitOverAThousandIsAThousand) {
  EXPECT_EQ(klines("symbol=BTCUSDT&interval=1m&limit=5000").size(), 1000U);
}

struct Refusal {
  std::string query;
  int code;
};

TEST_F(BinanceExchange, RefusesAsBinanceDoes) {
  for (const Refusal& c :
       std::vector<Refusal>{{"interval=1m", -1102},
                            {"symbol=BTCUSDT", -1102},
                            {"symbol=BTCUSDT&interval=7m", -1120},
                            {"symbol=btcusdt&interval=1m", -1121},
                            {"symbol=BTC-USDT&interval=1m", -1121},
                            {"symbol=AAPL&interval=1m", -1121},
                            {"symbol=BTCUSDT&interval=1m&limit=x", -1100},
                            {"symbol=BTCUSDT&interval=1m&startTime=-1", -1100}}) {
    const Answer answer = get("/api/v3/klines?" + c.query);

    EXPECT_EQ(answer.status, 400) << c.query;
    EXPECT_EQ(answer.json()["code"], c.code) << c.query;
  }
  EXPECT_EQ(get("/api/v3/nothing").status, 404);
}

TEST_F(BinanceExchange, OneUnknownSymbolFailsTheWholeListing) {
  EXPECT_EQ(get("/api/v3/exchangeInfo?symbols=%5B%22BTCUSDT%22,%22NOSUCHUSDT%22%5D").status, 400);
  EXPECT_EQ(get("/api/v3/exchangeInfo?symbols=nonsense").status, 400);
  const Answer two = get("/api/v3/exchangeInfo?symbols=%5B%22BTCUSDT%22,%22QQZUSDT%22%5D");
  EXPECT_EQ(two.json()["symbols"].size(), 2U);
  EXPECT_EQ(get("/api/v3/exchangeInfo?symbol=ETHBTC").json()["symbols"][0]["quoteAsset"], "BTC");
}

TEST_F(BinanceExchange, CountsTheWeightOfAMinute) {
  EXPECT_EQ(get("/api/v3/ping").header("x-mbx-used-weight-1m"), "1");
  EXPECT_EQ(get("/api/v3/klines?symbol=BTCUSDT&interval=1m").header("x-mbx-used-weight-1m"), "3");
  EXPECT_EQ(get("/api/v3/exchangeInfo").header("x-mbx-used-weight-1m"), "23");

  exchange_->set_now(at("2024-06-03 12:01:00"));

  EXPECT_EQ(get("/api/v3/time").json()["serverTime"], epoch_seconds(exchange_->now()) * 1000);
  EXPECT_EQ(get("/api/v3/ping").header("x-mbx-used-weight-1m"), "2");
}

TEST(BinanceLimit, IsKeptAndThoseWhoGoOnAreBanned) {
  const auto exchange = *Exchange::start(
      {.now = at("2024-06-03 12:00:30"), .limits = {.binance_weight_per_minute = 2}});
  const std::string ping = exchange->url() + "/api/v3/ping";
  HttpClient client;

  EXPECT_EQ(client.get(ping).status, 200);
  EXPECT_EQ(client.get(ping).status, 200);
  const Answer over = client.get(ping);
  EXPECT_EQ(over.status, 429);
  EXPECT_EQ(over.header("retry-after"), "30");
  EXPECT_EQ(over.json()["code"], -1003);
  Answer banned;
  for (int i = 0; i < 20; ++i) banned = client.get(ping);
  EXPECT_EQ(banned.status, 418);
  EXPECT_EQ(banned.header("retry-after"), "150");
}

}  // namespace
}  // namespace chandler::testing
