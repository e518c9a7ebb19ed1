#include <gtest/gtest.h>

#include <cmath>
#include <string>

#include "tests/providers/exchange/http_client.h"
#include "tests/support/exchange/exchange.h"
#include "tests/support/exchange/venue.h"

namespace chandler::testing {
namespace {

using nlohmann::ordered_json;
using std::chrono::hours;

Instant at(const std::string& text) { return *parse_exact(text); }

class YahooExchange : public ::testing::Test {
 protected:
  Answer get(const std::string& target, std::vector<std::string> headers = {}) {
    headers.emplace_back("User-Agent: Mozilla/5.0 (X11; Linux x86_64)");
    return client_.get(exchange_->url() + target, {.headers = headers});
  }
  Answer chart(const std::string& symbol, const std::string& interval, const std::string& from,
               const std::string& to) {
    return get("/v8/finance/chart/" + symbol + "?interval=" + interval +
               "&period1=" + std::to_string(epoch_seconds(at(from))) +
               "&period2=" + std::to_string(epoch_seconds(at(to))) + "&events=div,splits");
  }

  std::unique_ptr<Exchange> exchange_ = *Exchange::start({.now = at("2024-06-03 15:00:30")});

 private:
  HttpClient client_;
};

ordered_json result_of(const Answer& answer) { return answer.json()["chart"]["result"][0]; }

// The rows that are no nulls, by the stamps they came with.
BarSeries read(const ordered_json& result, bool adjusted) {
  BarSeries out;
  if (adjusted) out.columns.add(Column::adj_close);
  if (!result.contains("timestamp")) return out;
  const ordered_json& quote = result["indicators"]["quote"][0];
  for (std::size_t i = 0; i < result["timestamp"].size(); ++i) {
    if (quote["close"][i].is_null()) continue;
    out.timestamp.push_back(from_epoch(result["timestamp"][i].get<std::int64_t>()));
    for (const Column c : {Column::open, Column::high, Column::low, Column::close, Column::volume})
      out.column(c).push_back(quote[std::string(to_string(c))][i].get<double>());
    if (adjusted) {
      out.adj_close.push_back(result["indicators"]["adjclose"][0]["adjclose"][i].get<double>());
    }
  }
  return out;
}

// Stamps to session dates.
BarSeries dated(BarSeries bars, const std::string& zone) {
  for (Instant& t : bars.timestamp) t = day_start(t + zone_offset(zone, t));
  return bars;
}

TEST_F(YahooExchange, AYearOfDaysArrivesBitForBitAcrossTheChangesOfTheClock) {
  const BarSeries days = dated(
      read(result_of(chart("AAPL", "1d", "2023-01-01 00:00:00", "2024-01-01 00:00:00")), true),
      "America/New_York");

  EXPECT_EQ(days.size(), 250U);
  expect_identical(days, exchange_->truth(Venue::yahoo, "AAPL", Timeframe::d1, year_range(2023)));
}

TEST_F(YahooExchange, OtherClassesKeepTheirOwnMidnights) {
  struct Case {
    std::string spelling, encoded, zone;
  };
  for (const Case& c : {Case{"BTC-USD", "BTC-USD", "UTC"},
                        {"EURUSD=X", "EURUSD%3DX", "Europe/London"},
                        {"^GSPC", "%5EGSPC", "America/New_York"},
                        {"ES=F", "ES%3DF", "America/New_York"}}) {
    SCOPED_TRACE(c.spelling);
    for (const auto& [name, tf] :
         {std::pair{"1d", Timeframe::d1}, {"1wk", Timeframe::w1}, {"1mo", Timeframe::mo1}}) {
      SCOPED_TRACE(name);
      const ordered_json result =
          result_of(chart(c.encoded, name, "2024-01-01 12:00:00", "2024-05-31 22:00:00"));
      EXPECT_EQ(result["meta"]["exchangeTimezoneName"], c.zone);

      const BarSeries bars = dated(read(result, true), c.zone);

      BarSeries truth = exchange_->truth(Venue::yahoo, c.spelling, tf,
                                         {at("2024-01-01 12:00:00"), at("2024-05-31 22:00:00")});
      // Monday 2024-05-27's week is over, May is not yet in June; only whole bars are compared.
      expect_identical(bars.slice(0, std::min(bars.size(), truth.size())),
                       truth.slice(0, std::min(bars.size(), truth.size())));
      EXPECT_LE(bars.size() - std::min(bars.size(), truth.size()), 1U);
      EXPECT_GT(truth.size(), 3U);
    }
  }
}

TEST_F(YahooExchange, IntradayRowsAreTheMarketsAndTheNewestIsLive) {
  const BarSeries rows =
      read(result_of(chart("AAPL", "5m", "2024-05-28 00:00:00", "2024-06-04 00:00:00")), false);

  const BarSeries truth = exchange_->truth(Venue::yahoo, "AAPL", Timeframe::m5,
                                           {at("2024-05-28 00:00:00"), at("2024-06-04 00:00:00")});
  ASSERT_EQ(rows.size(), truth.size() + 1);
  expect_identical(rows.slice(0, truth.size()), truth);
  EXPECT_EQ(format_instant(rows.timestamp.back()), "2024-06-03 15:00:30");
}

TEST_F(YahooExchange, AfterTheCloseThereIsARowAtTheClose) {
  exchange_->set_now(at("2024-06-03 21:00:00"));

  const BarSeries rows =
      read(result_of(chart("AAPL", "5m", "2024-06-03 00:00:00", "2024-06-04 00:00:00")), false);
  const BarSeries days =
      read(result_of(chart("AAPL", "1d", "2024-06-03 00:00:00", "2024-06-04 00:00:00")), true);

  ASSERT_EQ(rows.size(), 79U);
  EXPECT_EQ(format_instant(rows.timestamp.back()), "2024-06-03 20:00:00");
  EXPECT_EQ(rows.volume.back(), 0);
  ASSERT_EQ(days.size(), 1U);
  EXPECT_EQ(format_instant(days.timestamp.back()), "2024-06-03 20:00:00");  // the last trade's
}

TEST_F(YahooExchange, DuringTheSessionTheDaysRowIsUnfinished) {
  const BarSeries days =
      read(result_of(chart("AAPL", "1d", "2024-06-03 00:00:00", "2024-06-04 00:00:00")), true);

  ASSERT_EQ(days.size(), 1U);
  EXPECT_EQ(days.timestamp[0], exchange_->now());
  EXPECT_TRUE(
      exchange_
          ->truth(Venue::yahoo, "AAPL", Timeframe::d1, {at("2024-06-03 00:00:00"), Instant::max()})
          .empty());
}

TEST_F(YahooExchange, HoursOfASessionBeginAtHalfPast) {
  const ordered_json result =
      result_of(chart("AAPL", "60m", "2024-05-31 00:00:00", "2024-06-01 00:00:00"));

  ASSERT_EQ(result["timestamp"].size(), 7U);
  for (const ordered_json& t : result["timestamp"]) EXPECT_EQ(t.get<std::int64_t>() % 3600, 1800);
  const BarSeries rows = read(result, false);
  const BarSeries halves = exchange_->truth(Venue::yahoo, "AAPL", Timeframe::m30,
                                            {at("2024-05-31 00:00:00"), at("2024-06-01 00:00:00")});
  EXPECT_EQ(rows.open[1], halves.open[2]);
  EXPECT_EQ(rows.high[1], std::max(halves.high[2], halves.high[3]));
  EXPECT_EQ(rows.low[1], std::min(halves.low[2], halves.low[3]));
  EXPECT_EQ(rows.close[1], halves.close[3]);
  EXPECT_EQ(rows.volume[1], halves.volume[2] + halves.volume[3]);
}

TEST_F(YahooExchange, ExtendedHoursComeOnlyWhenAskedFor) {
  const std::string target =
      "/v8/finance/chart/AAPL?interval=5m&period1=1717113600&period2=1717200000";

  EXPECT_EQ(result_of(get(target))["timestamp"].size(), 78U);
  EXPECT_GT(result_of(get(target + "&includePrePost=true"))["timestamp"].size(), 78U);
}

TEST_F(YahooExchange, HolidaysAndHolesAreRowsOfNulls) {
  const auto nulls = [](const ordered_json& result) {
    std::vector<std::string> out;
    for (std::size_t i = 0; i < result["timestamp"].size(); ++i) {
      const ordered_json& quote = result["indicators"]["quote"][0];
      const bool null = quote["open"][i].is_null();
      for (const char* const key : {"high", "low", "close", "volume"})
        EXPECT_EQ(quote[key][i].is_null(), null);
      EXPECT_EQ(result["indicators"]["adjclose"][0]["adjclose"][i].is_null(), null);
      if (null) out.push_back(format_instant(from_epoch(result["timestamp"][i])));
    }
    return out;
  };

  EXPECT_EQ(nulls(result_of(chart("AAPL", "1d", "2024-03-25 00:00:00", "2024-04-03 00:00:00"))),
            std::vector<std::string>{"2024-03-29 13:30:00"});  // Good Friday

  exchange_->misbehave(
      {.kind = FaultKind::holes, .range = {at("2024-04-02 00:00:00"), at("2024-04-03 00:00:00")}});
  EXPECT_EQ(nulls(result_of(chart("AAPL", "1d", "2024-04-01 00:00:00", "2024-04-04 00:00:00"))),
            std::vector<std::string>{"2024-04-02 13:30:00"});
}

TEST_F(YahooExchange, ADividendIsInTheEventsAndInTheAdjustedCloses) {
  const ordered_json result =
      result_of(chart("AAPL", "1d", "2024-02-07 00:00:00", "2024-02-13 00:00:00"));

  ASSERT_TRUE(result.contains("events"));
  const ordered_json& dividend = result["events"]["dividends"]["1707489000"];
  EXPECT_EQ(dividend["date"], 1707489000);
  const BarSeries days = read(result, true);
  EXPECT_EQ(days.adj_close[0], days.close[0] * 63 / 64);
  EXPECT_EQ(days.adj_close[2], days.close[2]);
  EXPECT_FALSE(result_of(chart("%5EGSPC", "1d", "2024-02-07 00:00:00", "2024-02-13 00:00:00"))
                   .contains("events"));
}

TEST_F(YahooExchange, ASplitChangesAllPricesFromItsDayOnAndIsInTheEvents) {
  exchange_ = *Exchange::start({.now = at("2024-06-10 21:00:00"),
                                .yahoo_split = ShareSplit{at("2024-06-11 00:00:00"), 4, 1}});
  const auto week = [&] {
    return result_of(chart("AAPL", "1d", "2024-06-03 00:00:00", "2024-06-13 00:00:00"));
  };
  const ordered_json before = week();
  exchange_->set_now(at("2024-06-12 21:00:00"));
  const ordered_json after = week();
  const ordered_json nothing_of_it =
      result_of(chart("AAPL", "1d", "2024-06-03 00:00:00", "2024-06-11 00:00:00"));
  const ordered_json index =
      result_of(chart("%5EGSPC", "1d", "2024-06-03 00:00:00", "2024-06-13 00:00:00"));

  EXPECT_FALSE(before.contains("events"));
  EXPECT_EQ(
      after["events"]["splits"]["1718112600"],
      (ordered_json{
          {"date", 1718112600}, {"numerator", 4}, {"denominator", 1}, {"splitRatio", "4:1"}}));
  const BarSeries dear = read(before, true);
  const BarSeries cheap = read(after, true);
  EXPECT_EQ(dear.close[0], cheap.close[0] * 4);
  EXPECT_EQ(dear.adj_close[0], cheap.adj_close[0] * 4);
  EXPECT_EQ(dear.volume[0], std::floor(cheap.volume[0] / 4));
  EXPECT_FALSE(nothing_of_it.contains("events"));
  EXPECT_FALSE(index.contains("events"));
}

TEST_F(YahooExchange, ChartsHaveTheRecordedShape) {
  const ordered_json real = recorded("yahoo/AAPL_1d_split_dividend.json");
  if (real.is_null()) GTEST_SKIP() << "no fixtures here";

  exchange_ = *Exchange::start({.now = at("2024-06-03 15:00:30"),
                                .yahoo_split = ShareSplit{at("2024-02-12 00:00:00"), 4, 1}});
  const ordered_json ours =
      chart("AAPL", "1d", "2024-02-07 00:00:00", "2024-02-13 00:00:00").json();

  nlohmann::json left = shape_of(ours);
  nlohmann::json right = shape_of(real);
  // Their keys are times.
  const auto first_of_each = [](nlohmann::json& shape) {
    for (nlohmann::json& kind : shape["chart"]["result"][0]["events"])
      kind = nlohmann::json(kind.front());
  };
  first_of_each(left);
  first_of_each(right);
  EXPECT_EQ(left, right);
  EXPECT_EQ(keys_of(ours["chart"]["result"][0]), keys_of(real["chart"]["result"][0]));
  EXPECT_EQ(keys_of(ours["chart"]["result"][0]["meta"]),
            keys_of(real["chart"]["result"][0]["meta"]));
}

TEST_F(YahooExchange, OtherClassesHaveTheRecordedShapeAndType) {
  for (const auto& [file, encoded] : {std::pair{"yahoo/BTC-USD_1d.json", "BTC-USD"},
                                      {"yahoo/EURUSD_X_1d.json", "EURUSD%3DX"},
                                      {"yahoo/QQQ_1d.json", "QQQ"}}) {
    SCOPED_TRACE(file);
    const ordered_json real = recorded(file);
    if (real.is_null()) GTEST_SKIP() << "no fixtures here";

    const ordered_json ours =
        chart(encoded, "1d", "2024-01-03 00:00:00", "2024-01-06 00:00:00").json();

    EXPECT_EQ(shape_of(ours), shape_of(real));
    for (const char* const key : {"instrumentType", "exchangeTimezoneName", "symbol"})
      EXPECT_EQ(ours["chart"]["result"][0]["meta"][key], real["chart"]["result"][0]["meta"][key]);
  }
}

TEST_F(YahooExchange, NothingHasTheRecordedShape) {
  const ordered_json real = recorded("yahoo/AAPL_1m_empty.json");
  if (real.is_null()) GTEST_SKIP() << "no fixtures here";

  const Answer ours = chart("AAPL", "1m", "2024-06-01 00:00:00", "2024-06-02 00:00:00");

  EXPECT_EQ(ours.status, 200);
  EXPECT_EQ(shape_of(ours.json()), shape_of(real));
  EXPECT_EQ(ours.json()["chart"]["result"][0]["indicators"].dump(), R"({"quote":[{}]})");
}

struct Refusal {
  std::string symbol, interval, from, to;
  int status;
  std::string text;
};

TEST_F(YahooExchange, RefusesAsYahooDoes) {
  for (const Refusal& c :
       std::vector<Refusal>{{"NOSUCH", "1d", "2024-01-01 00:00:00", "2024-02-01 00:00:00", 404,
                             "No data found, symbol may be delisted"},
                            {"AAPL", "1m", "2024-04-01 00:00:00", "2024-04-02 00:00:00", 422,
                             "must be within the last 30 days."},
                            {"AAPL", "1m", "2024-05-20 00:00:00", "2024-05-29 00:00:00", 422,
                             "Only 8 days worth of 1m granularity data"},
                            {"AAPL", "5m", "2024-03-01 00:00:00", "2024-03-02 00:00:00", 422,
                             "5m data not available for startTime=1709251200"},
                            {"AAPL", "60m", "2021-03-01 00:00:00", "2021-03-02 00:00:00", 422,
                             "within the last 730 days."},
                            {"AAPL", "7m", "2024-06-01 00:00:00", "2024-06-02 00:00:00", 422,
                             "interval=7m is not supported"},
                            {"AAPL", "1d", "1980-01-01 00:00:00", "1981-01-01 00:00:00", 400,
                             "Data doesn't exist for startDate = 315532800"},
                            {"AAPL", "1d", "2024-02-01 00:00:00", "2024-01-01 00:00:00", 400,
                             "start date cannot be after end date"}}) {
    const Answer answer = chart(c.symbol, c.interval, c.from, c.to);

    EXPECT_EQ(answer.status, c.status) << c.text;
    const ordered_json document = answer.json();
    EXPECT_TRUE(document["chart"]["result"].is_null());
    EXPECT_NE(document["chart"]["error"]["description"].get<std::string>().find(c.text),
              std::string::npos)
        << answer.body;
  }
  EXPECT_EQ(get("/v8/finance/chart/AAPL").status, 400);
  EXPECT_EQ(get("/v8/other").status, 404);
}

TEST_F(YahooExchange, WantsABrowser) {
  const Answer answer = http_get(exchange_->url() + "/v8/finance/chart/AAPL");

  EXPECT_EQ(answer.status, 429);
  EXPECT_EQ(answer.body, "Too Many Requests\r\n");
}

TEST_F(YahooExchange, SearchTellsTheClass) {
  EXPECT_EQ(get("/v1/finance/search?q=SPY").json()["quotes"][0]["quoteType"], "ETF");
  EXPECT_EQ(get("/v1/finance/search?q=BTC-USD").json()["quotes"][0]["quoteType"], "CRYPTOCURRENCY");
  EXPECT_EQ(get("/v1/finance/search?q=NOSUCH").json()["quotes"].size(), 0U);
}

TEST_F(YahooExchange, CookieAndCrumbAreDemandedWhenSwitchedOn) {
  exchange_ = *Exchange::start({.now = at("2024-06-03 15:00:30"), .yahoo_wants_crumb = true});
  const std::string target =
      "/v8/finance/chart/AAPL?interval=1d&period1=1716163200&period2=1717200000";

  EXPECT_NE(get(target).body.find("Invalid Cookie"), std::string::npos);
  EXPECT_EQ(get("/v1/test/getcrumb").status, 401);
  const Answer page = get("/");
  EXPECT_EQ(page.status, 404);
  const std::string set = page.header("set-cookie");
  const std::string cookie = "Cookie: " + set.substr(0, set.find(';'));
  const Answer without = get(target, {cookie});
  EXPECT_EQ(without.status, 401);
  EXPECT_NE(without.body.find("Invalid Crumb"), std::string::npos);
  const Answer crumb = get("/v1/test/getcrumb", {cookie});
  EXPECT_EQ(crumb.header("content-type"), "text/plain;charset=utf-8");
  EXPECT_EQ(get(target + "&crumb=" + crumb.body, {cookie}).status, 200);
}

TEST_F(YahooExchange, TooManyRequestsAreRefusedInPlainText) {
  exchange_ =
      *Exchange::start({.now = at("2024-06-03 15:00:30"), .limits = {.yahoo_per_minute = 1}});

  EXPECT_EQ(get("/v1/finance/search?q=SPY").status, 200);
  EXPECT_EQ(get("/v1/finance/search?q=SPY").status, 429);
}

}  // namespace
}  // namespace chandler::testing
