#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <string>

#include "chandler/calendar.h"
#include "tests/providers/exchange/http_client.h"
#include "tests/support/exchange/exchange.h"

namespace chandler::testing {
namespace {

using nlohmann::ordered_json;

Instant at(const std::string& text) { return *parse_exact(text); }

class AlpacaExchange : public ::testing::Test {
 protected:
  Answer get(const std::string& target) {
    return client_.get(
        exchange_->url() + target,
        {.headers = {"APCA-API-KEY-ID: test-key", "APCA-API-SECRET-KEY: test-secret"}});
  }

  // All pages of a request for several.
  std::map<std::string, BarSeries> all(const std::string& target) {
    std::map<std::string, BarSeries> out;
    std::string token;
    pages_ = empty_pages_ = 0;
    do {
      const ordered_json page = get(target + (token.empty() ? "" : "&page_token=" + token)).json();
      ++pages_;
      if (page["bars"].empty()) ++empty_pages_;
      std::string symbol_before;
      for (const auto& [symbol, rows] : page["bars"].items()) {
        EXPECT_LT(symbol_before, symbol);
        symbol_before = symbol;
        append(out[symbol], rows);
      }
      token = page["next_page_token"].is_null() ? "" : page["next_page_token"].get<std::string>();
    } while (!token.empty() && pages_ < 1000);
    return out;
  }

  static void append(BarSeries& out, const ordered_json& rows) {
    out.columns.add(Column::vwap).add(Column::trade_count);
    for (const ordered_json& row : rows) {
      out.timestamp.push_back(at(row["t"].get<std::string>().substr(0, 19)));
      out.open.push_back(row["o"].get<double>());
      out.high.push_back(row["h"].get<double>());
      out.low.push_back(row["l"].get<double>());
      out.close.push_back(row["c"].get<double>());
      out.volume.push_back(row["v"].get<double>());
      out.trade_count.push_back(row["n"].get<double>());
      out.vwap.push_back(row["vw"].get<double>());
    }
  }

  int pages_ = 0;
  int empty_pages_ = 0;
  std::unique_ptr<Exchange> exchange_ = *Exchange::start({.now = at("2024-06-03 15:00:30")});

 private:
  HttpClient client_;
};

BarSeries regular(const BarSeries& rows, Timeframe tf) {
  BarSeries out;
  out.columns = rows.columns;
  const Calendar calendar(CalendarKind::us_equities);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (calendar.expects(tf, rows.timestamp[i])) out.append(rows, i, i + 1);
  }
  return out;
}

TEST_F(AlpacaExchange, PagesOfSeveralSymbolsBringTheMarketBitForBit) {
  const auto bars =
      all("/v2/stocks/"
          "bars?symbols=MSFT,AAPL,BRK.B&timeframe=1Min&start=2024-03-07&end=2024-03-12T04:00:00Z&"
          "limit=700");

  ASSERT_EQ(bars.size(), 3U);
  for (const auto& [symbol, rows] : bars) {
    SCOPED_TRACE(symbol);
    EXPECT_TRUE(std::is_sorted(rows.timestamp.begin(), rows.timestamp.end()));
    const BarSeries truth =
        exchange_->truth(Venue::alpaca, symbol, Timeframe::m1,
                         {at("2024-03-07 00:00:00"), at("2024-03-12 04:00:00")});
    EXPECT_EQ(truth.size(), 3U * 390);
    EXPECT_GT(rows.size(), truth.size());  // extended hours
    expect_identical(regular(rows, Timeframe::m1), truth);
  }
}

TEST_F(AlpacaExchange, SomePagesAreEmptyAndCarryATokenAllTheSame) {
  const auto bars = all(
      "/v2/stocks/bars?symbols=AAPL,MSFT&timeframe=5Min&start=2024-05-20&end=2024-05-25&limit=37");

  EXPECT_GT(empty_pages_, 0);
  EXPECT_GT(pages_, empty_pages_ + 20);
  expect_identical(regular(bars.at("MSFT"), Timeframe::m5),
                   exchange_->truth(Venue::alpaca, "MSFT", Timeframe::m5,
                                    {at("2024-05-20 00:00:00"), at("2024-05-25 00:00:00")}));
}

TEST_F(AlpacaExchange, BothEndsAreInclusive) {
  const ordered_json page =
      get("/v2/stocks/"
          "bars?symbols=AAPL&timeframe=1Min&start=2024-05-31T14:00:00Z&end=2024-05-31T14:05:00Z")
          .json();

  const ordered_json& rows = page["bars"]["AAPL"];
  ASSERT_EQ(rows.size(), 6U);
  EXPECT_EQ(rows.front()["t"], "2024-05-31T14:00:00Z");
  EXPECT_EQ(rows.back()["t"], "2024-05-31T14:05:00Z");
}

TEST_F(AlpacaExchange, TimesMayHaveOffsetsAndFractions) {
  const ordered_json page =
      get("/v2/stocks/bars?symbols=AAPL&timeframe=1T&start=2024-05-31T10:00:00-04:00&"
          "end=2024-05-31T14:01:00.123456789Z")
          .json();

  ASSERT_EQ(page["bars"]["AAPL"].size(), 2U);
  EXPECT_EQ(page["bars"]["AAPL"][0]["t"], "2024-05-31T14:00:00Z");
}

TEST_F(AlpacaExchange, DaysAreStampedAtMidnightInNewYork) {
  const auto stamps = [&](const std::string& timeframe) {
    std::vector<std::string> out;
    const ordered_json page =
        get("/v2/stocks/AAPL/bars?timeframe=" + timeframe + "&start=2024-03-01&end=2024-03-12")
            .json();
    for (const ordered_json& row : page["bars"]) out.push_back(row["t"]);
    return out;
  };

  const std::vector<std::string> days = stamps("1Day");
  EXPECT_EQ(days, (std::vector<std::string>{"2024-03-01T05:00:00Z", "2024-03-04T05:00:00Z",
                                            "2024-03-05T05:00:00Z", "2024-03-06T05:00:00Z",
                                            "2024-03-07T05:00:00Z", "2024-03-08T05:00:00Z",
                                            "2024-03-11T04:00:00Z"}));
  EXPECT_EQ(stamps("1Week"),
            (std::vector<std::string>{"2024-03-04T05:00:00Z", "2024-03-11T04:00:00Z"}));
  EXPECT_EQ(stamps("1Month"), (std::vector<std::string>{"2024-03-01T05:00:00Z"}));
}

TEST_F(AlpacaExchange, DailyBarsAreTheMarkets) {
  BarSeries days =
      all("/v2/stocks/bars?symbols=SPY&timeframe=1Day&start=2023-01-01&end=2023-12-31").at("SPY");

  for (Instant& t : days.timestamp) t = day_start(t);
  expect_identical(days, exchange_->truth(Venue::alpaca, "SPY", Timeframe::d1, year_range(2023)));
}

TEST_F(AlpacaExchange, TodaysBarIsUnfinishedAndYesterdaysIsNot) {
  const ordered_json page =
      get("/v2/stocks/AAPL/bars?timeframe=1Day&start=2024-05-31&end=2024-06-03T14:00:00Z").json();

  ASSERT_EQ(page["bars"].size(), 2U);
  exchange_->set_now(at("2024-06-04 00:00:00"));
  const BarSeries truth = exchange_->truth(Venue::alpaca, "AAPL", Timeframe::d1,
                                           {at("2024-05-31 00:00:00"), at("2024-06-04 00:00:00")});
  EXPECT_EQ(page["bars"][0]["v"], truth.volume[0]);
  EXPECT_NE(page["bars"][1]["v"], truth.volume[1]);
}

TEST_F(AlpacaExchange, IexHasASmallPartOfTheVolume) {
  const std::string target =
      "/v2/stocks/AAPL/bars?timeframe=1Day&start=2024-05-31&end=2024-05-31T20:00:00Z";

  const ordered_json sip = get(target).json()["bars"][0];
  const ordered_json iex = get(target + "&feed=iex").json()["bars"][0];

  EXPECT_EQ(sip["c"], iex["c"]);
  EXPECT_LT(iex["v"].get<double>(), sip["v"].get<double>() / 20);
}

TEST_F(AlpacaExchange, PagesHaveTheRecordedShape) {
  const ordered_json real = recorded("alpaca/get_bars.json");
  if (real.is_null()) GTEST_SKIP() << "no fixtures here";

  const ordered_json ours =
      get("/v2/stocks/bars?symbols=AAPL&timeframe=1Day&start=2024-02-01&end=2024-03-01&limit=2")
          .json();

  nlohmann::json shape = shape_of(ours);
  EXPECT_EQ(shape["currency"], "string");  // newer than the recording
  shape.erase("currency");
  EXPECT_EQ(shape, shape_of(real));
  EXPECT_EQ(keys_of(ours["bars"]["AAPL"][0]), keys_of(real["bars"]["AAPL"][0]));
}

TEST_F(AlpacaExchange, NothingComesInThreeShapes) {
  std::map<std::string, int> shapes;
  for (int day = 1; day <= 9; ++day) {
    const std::string date = "1995-01-0" + std::to_string(day);  // not a session in 04:00-20:00
    const ordered_json page = get("/v2/stocks/AAPL/bars?timeframe=1Min&start=" + date +
                                  "T00:00:00Z&end=" + date + "T01:00:00Z&feed=sip")
                                  .json();
    EXPECT_TRUE(page["next_page_token"].is_null());
    if (page["bars"].empty()) ++shapes[page["bars"].dump()];
  }

  EXPECT_EQ(shapes.size(), 3U);
  const ordered_json real = recorded("alpaca/get_bars_single_empty_response.json");
  if (!real.is_null()) {
    EXPECT_TRUE(shapes.contains(real["bars"].dump()));
  }
}

TEST_F(AlpacaExchange, CryptoNeedsNoKey) {
  const ordered_json page =
      http_get(exchange_->url() +
               "/v1beta3/crypto/us/bars?symbols=BTC/USD,ETH/USD&timeframe=1Hour&"
               "start=2024-06-01T00:00:00Z&end=2024-06-01T05:00:00Z")
          .json();

  BarSeries hours;
  append(hours, page["bars"]["BTC/USD"]);
  expect_identical(hours, exchange_->truth(Venue::alpaca, "BTC/USD", Timeframe::h1,
                                           {at("2024-06-01 00:00:00"), at("2024-06-01 05:00:01")}));
}

struct Refusal {
  std::string target;
  int status;
  std::string text;
};

TEST_F(AlpacaExchange, RefusesAsAlpacaDoes) {
  const std::string good = "/v2/stocks/bars?symbols=AAPL&timeframe=1Min";
  for (const Refusal& c : std::vector<Refusal>{
           {"/v2/stocks/bars?timeframe=1Min", 400, "symbols is required"},
           {"/v2/stocks/bars?symbols=AAPL,NOSUCH&timeframe=1Min", 400, "invalid symbol(s): NOSUCH"},
           {"/v2/stocks/bars?symbols=aapl&timeframe=1Min", 400, "invalid symbol(s): aapl"},
           {"/v2/stocks/bars?symbols=BTC/USD&timeframe=1Min", 400, "invalid symbol(s): BTC/USD"},
           {"/v2/stocks/bars?symbols=AAPL&timeframe=7Min", 400, "invalid timeframe: 7Min"},
           {"/v2/stocks/bars?symbols=AAPL&timeframe=1m", 400, "invalid timeframe: 1m"},
           {good + "&start=soon", 400, "invalid start"},
           {good + "&start=2024-05-02T00:00:00x", 400, "invalid start"},
           {good + "&start=2024-05-02T00:00:00%2B0x:00", 400, "invalid start"},
           {good + "&start=2024-05-02&end=2024", 400, "invalid end"},
           {good + "&start=2024-05-02&end=2024-05-01", 400, "end should not be before start"},
           {good + "&start=2024-06-03&end=2024-06-03T14:50:00Z", 403,
            "subscription does not permit querying recent SIP data"},
           {good + "&limit=10001", 400, "invalid limit"},
           {good + "&feed=x", 400, "invalid feed"},
           {good + "&adjustment=x", 400, "invalid adjustment"},
           {good + "&sort=desc", 400, "invalid sort"},
           {good + "&page_token=%21", 400, "invalid page_token"},
           {good + "&page_token=QUJD", 400, "invalid page_token"},
           {"/v2/stocks/x", 404, "endpoint not found."}}) {
    const Answer answer = get(c.target);

    EXPECT_EQ(answer.status, c.status) << c.target;
    EXPECT_NE(answer.json()["message"].get<std::string>().find(c.text), std::string::npos)
        << answer.body;
  }
}

TEST_F(AlpacaExchange, AKeyIsNeeded) {
  const std::string url = exchange_->url() + "/v2/stocks/bars?symbols=AAPL&timeframe=1Min";

  EXPECT_EQ(http_get(url).status, 401);
  const Answer wrong =
      http_get(url, {.headers = {"APCA-API-KEY-ID: test-key", "APCA-API-SECRET-KEY: wrong"}});
  EXPECT_EQ(wrong.status, 403);
  EXPECT_EQ(wrong.json()["message"], "forbidden.");
}

TEST_F(AlpacaExchange, CountsRequestsByTheMinute) {
  exchange_ =
      *Exchange::start({.now = at("2024-06-03 15:00:30"), .limits = {.alpaca_per_minute = 2}});
  const std::string target = "/v2/assets";

  const Answer first = get(target);
  EXPECT_EQ(first.header("x-ratelimit-limit"), "2");
  EXPECT_EQ(first.header("x-ratelimit-remaining"), "1");
  EXPECT_EQ(first.header("x-ratelimit-reset"),
            std::to_string(epoch_seconds(at("2024-06-03 15:01:00"))));
  EXPECT_EQ(get(target).status, 200);
  EXPECT_EQ(get(target).status, 429);
  exchange_->set_now(at("2024-06-03 15:01:00"));
  EXPECT_EQ(get(target).status, 200);
}

TEST_F(AlpacaExchange, ListsAssetsByClass) {
  const ordered_json stocks = get("/v2/assets?status=active&asset_class=us_equity").json();
  const ordered_json coins = get("/v2/assets?asset_class=crypto").json();

  EXPECT_EQ(get("/v2/assets").json().size(), stocks.size() + coins.size());
  EXPECT_EQ(stocks[0]["class"], "us_equity");
  EXPECT_EQ(coins[0]["exchange"], "CRYPTO");
  EXPECT_NE(coins[0]["symbol"].get<std::string>().find('/'), std::string::npos);
}

}  // namespace
}  // namespace chandler::testing
