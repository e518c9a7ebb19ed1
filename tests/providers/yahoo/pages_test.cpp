#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/providers/scripted.h"
#include "tests/providers/yahoo/chart.h"

namespace chandler {
namespace {

using namespace std::chrono_literals;
using namespace chandler::testing;
using ::testing::HasSubstr;
using ::testing::Not;

FetchRequest of_apple(Timeframe tf, const char* from, const char* to) {
  return {.instruments = {stock("AAPL")}, .timeframe = tf, .range = range_of(from, to)};
}

const char* const kNow = "2024-06-20 12:00:00";

TEST(YahooPages, OfDaysAreAskedForWithTheirNeighbours) {
  const std::string split = R"({"1717507800":{"date":1717507800,"numerator":3,"denominator":2}})";
  Surroundings world(
      kNow, in_turn({ok(ChartText{.times = {at("2024-05-31 13:30:00"), at("2024-06-03 13:30:00"),
                                            at("2024-06-04 13:30:00")},
                                  .splits = split}
                            .text())}));
  const auto yahoo = make_yahoo(world.context());

  const auto pages =
      all_pages(*yahoo, of_apple(Timeframe::d1, "2024-06-01 00:00:00", "2024-06-04 00:00:00"));

  ASSERT_TRUE(pages) << pages.error().line();
  ASSERT_EQ(pages->size(), 1U);
  EXPECT_EQ(pages->front().bars.timestamp, std::vector{at("2024-06-03 00:00:00")});
  EXPECT_EQ(pages->front().settles, range_of("2024-06-01 00:00:00", "2024-06-04 00:00:00"));
  EXPECT_EQ(pages->front().neighbours.timestamp,
            (std::vector{at("2024-05-31 00:00:00"), at("2024-06-04 00:00:00")}));
  EXPECT_EQ(pages->front().splits, (std::vector{Split{at("2024-06-04 13:30:00"), 3, 2}}));
  EXPECT_EQ(pages->front().source, "yahoo");
  EXPECT_EQ(world.transport.requests[0].url,
            "https://query2.finance.yahoo.com/v8/finance/chart/AAPL");
  EXPECT_EQ(world.transport.asked(0, "period1"),
            std::to_string(epoch_seconds(at("2024-05-27 00:00:00"))));
  EXPECT_EQ(world.transport.asked(0, "period2"),
            std::to_string(epoch_seconds(at("2024-06-09 00:00:00"))));
  EXPECT_EQ(world.transport.asked(0, "events"), "div,splits");
  EXPECT_EQ(world.transport.asked(0, "interval"), "1d");
  EXPECT_EQ(world.transport.asked(0, "includePrePost"), "false");
  EXPECT_THAT(world.transport.header(0, "User-Agent"), HasSubstr("Mozilla/5.0"));
}

TEST(YahooPages, OfWeeksAndMonthsAreAskedForWithTheWholeOnesBesideThem) {
  struct Case {
    Timeframe timeframe;
    const char* name;
    const char* from;
    const char* to;
  };
  for (const Case& c :
       {Case{Timeframe::w1, "1wk", "2024-03-24 00:00:00", "2024-04-16 00:00:00"},
        Case{Timeframe::mo1, "1mo", "2024-02-29 00:00:00", "2024-06-02 00:00:00"}}) {
    Surroundings world(kNow, in_turn({ok(ChartText{.interval = c.name}.text())}));
    const auto yahoo = make_yahoo(world.context());

    ASSERT_TRUE(
        all_pages(*yahoo, of_apple(c.timeframe, "2024-04-01 00:00:00", "2024-04-08 00:00:00")));

    EXPECT_EQ(world.transport.asked(0, "period1"), std::to_string(epoch_seconds(at(c.from))));
    EXPECT_EQ(world.transport.asked(0, "period2"), std::to_string(epoch_seconds(at(c.to))));
  }
}

TEST(YahooPages, OfMinutesHaveTheirNeighboursBeforeTheFirstPageAlone) {
  Surroundings world(kNow, in_turn({ok(ChartText{.interval = "1m"}.text())}));
  const auto yahoo = make_yahoo(world.context());

  const auto pages =
      all_pages(*yahoo, of_apple(Timeframe::m1, "2024-06-10 00:00:00", "2024-06-18 00:00:00"));

  ASSERT_TRUE(pages) << pages.error().line();
  EXPECT_EQ(settled(*pages), range_of("2024-06-10 00:00:00", "2024-06-18 00:00:00"));
  ASSERT_EQ(world.transport.requests.size(), 2U);
  const auto asked = [&](std::size_t i, const char* name) {
    return from_epoch(std::stoll(world.transport.asked(i, name)));
  };
  EXPECT_EQ(asked(0, "period1"), at("2024-06-06 00:00:00"));
  EXPECT_EQ(asked(0, "period2"), at("2024-06-13 00:00:00"));
  EXPECT_EQ(asked(1, "period1"), at("2024-06-13 00:00:00"));
  EXPECT_EQ(asked(1, "period2"), at("2024-06-18 00:00:00"));
}

TEST(YahooPages, OfMinutesComeAWeekAtATimeAndNoOlderThanAMonth) {
  Surroundings world(kNow, in_turn({ok(ChartText{.interval = "1m"}.text())}));
  const auto yahoo = make_yahoo(world.context());

  const auto pages =
      all_pages(*yahoo, of_apple(Timeframe::m1, "2024-05-01 00:00:00", "2024-06-21 00:00:00"));

  ASSERT_TRUE(pages) << pages.error().line();
  ASSERT_EQ(pages->size(), 6U);
  EXPECT_EQ(world.transport.requests.size(), 5U);
  EXPECT_THAT(pages->front().notes, ::testing::ElementsAre(HasSubstr("has no 1m bars")));
  EXPECT_EQ(pages->front().settles, range_of("2024-05-01 00:00:00", "2024-05-21 12:05:00"));
  EXPECT_EQ(settled(*pages), range_of("2024-05-01 00:00:00", "2024-06-20 11:40:00"));
  for (std::size_t i = 0; i < 5; ++i) {
    EXPECT_LE(std::stoll(world.transport.asked(i, "period2")) -
                  std::stoll(world.transport.asked(i, "period1")),
              7 * 86400);
  }
}

TEST(YahooPages, ThatAreAllTooOldAskNothing) {
  Surroundings world(kNow);
  const auto yahoo = make_yahoo(world.context());

  const auto pages =
      all_pages(*yahoo, of_apple(Timeframe::m5, "2023-05-01 00:00:00", "2023-06-01 00:00:00"));

  ASSERT_TRUE(pages);
  ASSERT_EQ(pages->size(), 1U);
  EXPECT_EQ(pages->front().notes.size(), 1U);
  EXPECT_TRUE(world.transport.requests.empty());
}

TEST(YahooPages, GetACookieAndItsCrumbOnceWhenTheyAreDemanded) {
  const std::string good = ChartText{.times = {at("2024-06-03 13:30:00")}}.text();
  Surroundings world(kNow, [&](const http::Request& request) -> Result<http::Response> {
    if (request.url == "https://fc.yahoo.com/") {
      return answer(404, "", {{"set-cookie", "A3=biscuit; path=/"}, {"set-cookie", "B=2; secure"}});
    }
    if (request.url.ends_with("/v1/test/getcrumb")) return ok("crum/b1");
    for (const auto& field : request.query) {
      if (field.name == "crumb" && field.value == "crum/b1") return ok(good);
    }
    return answer(401, R"({"finance":{"result":null,"error":{"code":"Unauthorized",)"
                       R"("description":"Invalid Crumb"}}})");
  });
  const auto yahoo = make_yahoo(world.context());

  const auto once =
      all_pages(*yahoo, of_apple(Timeframe::d1, "2024-06-01 00:00:00", "2024-06-10 00:00:00"));
  const std::size_t asked = world.transport.requests.size();
  const auto again =
      all_pages(*yahoo, of_apple(Timeframe::d1, "2024-06-01 00:00:00", "2024-06-10 00:00:00"));

  ASSERT_TRUE(once && again) << once.error().line();
  EXPECT_EQ(joined(*once).size(), 1U);
  EXPECT_EQ(asked, 4U);
  EXPECT_EQ(world.transport.requests.size(), 5U) << "the pair is kept";
  EXPECT_EQ(world.transport.header(2, "Cookie"), "A3=biscuit; B=2");
  EXPECT_EQ(world.transport.header(3, "Cookie"), "A3=biscuit; B=2");
}

TEST(YahooPages, GiveUpWhenTheNewCrumbIsWrongToo) {
  Surroundings world(kNow, [](const http::Request& request) -> Result<http::Response> {
    if (request.url.ends_with("fc.yahoo.com/")) return answer(404, "");
    if (request.url.ends_with("getcrumb")) return ok("secretcrumb");
    return answer(401, "Invalid Crumb");
  });
  const auto yahoo = make_yahoo(world.context());

  const auto pages =
      all_pages(*yahoo, of_apple(Timeframe::d1, "2024-06-01 00:00:00", "2024-06-10 00:00:00"));

  ASSERT_FALSE(pages);
  EXPECT_EQ(pages.error().kind, ErrorKind::auth);
  EXPECT_EQ(world.transport.requests.size(), 4U);
  EXPECT_THAT(pages.error().line(), Not(HasSubstr("secretcrumb")));
}

TEST(YahooPages, SayWhatTheSourceSaid) {
  const auto error = [](const char* code, const char* description) {
    return std::string(R"({"chart":{"result":null,"error":{"code":")") + code +
           R"(","description":")" + description + R"("}}})";
  };
  struct Case {
    int status;
    std::string body;
    ErrorKind kind;
    const char* said;
  };
  const std::vector<Case> cases = {
      {404, error("Not Found", "No data found, symbol may be delisted"), ErrorKind::not_found,
       "may be delisted"},
      {422,
       error("Unprocessable Entity",
             "1m data not available for startTime=1 and endTime=2. "
             "Only 8 days worth of 1m granularity data are allowed"),
       ErrorKind::unsupported, "Only 8 days worth"},
      {422, error("Unprocessable Entity", "The requested range must be within the last 30 days."),
       ErrorKind::unsupported, "within the last 30 days"},
      {200, error("Not Found", "No data found"), ErrorKind::not_found, "No data found"},
      {429, "Too Many Requests\r\n", ErrorKind::rate_limited, "Too Many Requests"},
      {200, "Edge: Too Many Requests", ErrorKind::rate_limited, "Too Many Requests"},
      {200, "<html>Will be right back...</html>", ErrorKind::unavailable, "web page"},
      {200, "", ErrorKind::unavailable, "web page"},
      {200, "{}", ErrorKind::unavailable, "not a chart"},
      {200, R"({"chart":)", ErrorKind::unavailable, "not JSON"},
      {502, "<html>Bad gateway</html>", ErrorKind::unavailable, "502"},
      {403, "<html>", ErrorKind::unavailable, "403"},
      {404, "<html>", ErrorKind::data, "404"},
  };
  for (const Case& c : cases) {
    Surroundings world(kNow, in_turn({answer(c.status, c.body)}));
    const auto yahoo = make_yahoo(world.context());

    const auto pages =
        all_pages(*yahoo, of_apple(Timeframe::d1, "2024-06-01 00:00:00", "2024-06-10 00:00:00"));

    ASSERT_FALSE(pages) << c.status << c.body;
    EXPECT_EQ(pages.error().kind, c.kind) << c.status << c.body;
    EXPECT_THAT(pages.error().line(), HasSubstr(c.said)) << c.status << c.body;
    EXPECT_THAT(pages.error().line(), Not(HasSubstr("<html>")));
  }
}

TEST(YahooPages, BackOffForMinutes) {
  Surroundings world(kNow, in_turn({answer(429, "Too Many Requests"),
                                    ok(ChartText{.times = {at("2024-06-03 13:30:00")}}.text())}));
  const auto yahoo = make_yahoo(world.context());

  const auto pages =
      all_pages(*yahoo, of_apple(Timeframe::d1, "2024-06-01 00:00:00", "2024-06-10 00:00:00"));

  ASSERT_TRUE(pages);
  EXPECT_GE(world.timer.now() - http::Moment{at(kNow)}, 60s);
}

TEST(YahooPages, OfARangeThatHasNoDataAreEmpty) {
  Surroundings world(
      kNow, in_turn({answer(400, R"({"chart":{"result":null,"error":{"code":"Bad Request",)"
                                 R"("description":"Data doesn't exist for startDate = 1"}}})")}));
  const auto yahoo = make_yahoo(world.context());

  const auto pages =
      all_pages(*yahoo, of_apple(Timeframe::d1, "1970-06-01 00:00:00", "1970-06-10 00:00:00"));

  ASSERT_TRUE(pages) << pages.error().line();
  ASSERT_EQ(pages->size(), 1U);
  EXPECT_TRUE(pages->front().bars.empty());
  EXPECT_EQ(pages->front().settles, range_of("1970-06-01 00:00:00", "1970-06-10 00:00:00"));
}

TEST(YahooPages, ThatHaveNoDataSettleOnlyWhatIsOver) {
  struct Case {
    Timeframe timeframe;
    const char* settled_to;
  };
  // It is noon in London; the newest quotes are twenty minutes late, and far in the west it is still
  // the day before.
  for (const Case& c :
       {Case{Timeframe::d1, "2024-06-19 00:00:00"}, Case{Timeframe::w1, "2024-06-17 00:00:00"},
        Case{Timeframe::mo1, "2024-06-01 00:00:00"}, Case{Timeframe::m5, "2024-06-20 11:40:00"}}) {
    Surroundings world(
        kNow, in_turn({answer(400, R"({"chart":{"result":null,"error":{"code":"Bad Request",)"
                                   R"("description":"Data doesn't exist for startDate = 1"}}})")}));
    const auto yahoo = make_yahoo(world.context());

    const auto pages =
        all_pages(*yahoo, of_apple(c.timeframe, "2024-06-01 00:00:00", "2024-07-01 00:00:00"));

    ASSERT_TRUE(pages) << pages.error().line();
    EXPECT_EQ(settled(*pages), range_of("2024-06-01 00:00:00", c.settled_to))
        << to_string(c.timeframe);
  }
}

TEST(YahooPages, OfAnotherGranularityAreAnError) {
  Surroundings world(
      kNow,
      in_turn({ok(ChartText{.interval = "1mo", .times = {at("2024-06-03 13:30:00")}}.text())}));
  const auto yahoo = make_yahoo(world.context());

  const auto pages =
      all_pages(*yahoo, of_apple(Timeframe::d1, "2024-06-01 00:00:00", "2024-06-10 00:00:00"));

  ASSERT_FALSE(pages);
  EXPECT_EQ(pages.error().kind, ErrorKind::data);
  EXPECT_THAT(pages.error().line(), HasSubstr("asked for 1d rows, got 1mo"));
}

TEST(YahooPages, TellOfPenceAndOfRowsLeftOut) {
  const ChartText chart{.interval = "5m",
                        .zone = "Europe/London",
                        .currency = "GBp",
                        .regular = R"("start":1718262000,"end":1718292600)",
                        .times = {at("2024-06-13 15:25:00"), at("2024-06-13 15:30:00")},
                        .volume = "0"};
  Surroundings world(kNow, in_turn({ok(chart.text())}));
  const auto yahoo = make_yahoo(world.context());

  const auto pages =
      all_pages(*yahoo, {.instruments = {stock("VOD.L")},
                         .timeframe = Timeframe::m5,
                         .range = range_of("2024-06-13 00:00:00", "2024-06-14 00:00:00")});

  ASSERT_TRUE(pages) << pages.error().line();
  EXPECT_THAT(pages->front().notes,
              ::testing::ElementsAre(HasSubstr("1 rows stamped at the close"), HasSubstr("GBp")));
}

TEST(Yahoo, SpellsNamesItsOwnWay) {
  struct Case {
    Instrument instrument;
    const char* spelling;
  };
  const auto of = [](const char* name, AssetClass c, const char* base = "",
                     const char* quote = "") {
    return Instrument{*Symbol::parse(name), c, base, quote, ""};
  };
  const std::vector<Case> cases = {
      {stock("AAPL"), "AAPL"},
      {stock("BRK.B"), "BRK-B"},
      {stock("BRK-B"), "BRK-B"},
      {stock("VOD.L"), "VOD.L"},
      {stock("7203.T"), "7203.T"},
      {of("SPY", AssetClass::etf), "SPY"},
      {of("^GSPC", AssetClass::index), "^GSPC"},
      {of("ES=F", AssetClass::future), "ES=F"},
      {of("EURUSD", AssetClass::forex, "EUR", "USD"), "EURUSD=X"},
      {of("EURUSD=X", AssetClass::forex, "EUR", "USD"), "EURUSD=X"},
      {of("USDJPY", AssetClass::forex, "USD", "JPY"), "JPY=X"},
      {coin("BTC", "USD"), "BTC-USD"},
      {coin("BTC", "USDT"), "BTC-USDT"},
      {of("WHATEVER", AssetClass::unknown), "WHATEVER"},
  };
  Surroundings world(kNow);
  const auto yahoo = make_yahoo(world.context());
  for (const Case& c : cases) EXPECT_EQ(*yahoo->spelling(c.instrument), c.spelling);
  EXPECT_EQ(yahoo->spelling(of("XYZUSD", AssetClass::crypto)).error().kind, ErrorKind::unsupported);
}

TEST(Yahoo, EncodesTheSymbolInThePath) {
  Surroundings world(kNow, in_turn({ok(ChartText{.type = "INDEX"}.text())}));
  world.settings.base_url = "http://127.0.0.1:8080";
  const auto yahoo = make_yahoo(world.context());
  for (const char* name : {"^GSPC", "EURUSD=X"}) {
    ASSERT_TRUE(
        all_pages(*yahoo, {.instruments = {{.symbol = *Symbol::parse(name)}},
                           .timeframe = Timeframe::d1,
                           .range = range_of("2024-06-01 00:00:00", "2024-06-10 00:00:00")}));
  }

  EXPECT_EQ(world.transport.requests[0].url, "http://127.0.0.1:8080/v8/finance/chart/%5EGSPC");
  EXPECT_EQ(world.transport.requests[1].url, "http://127.0.0.1:8080/v8/finance/chart/EURUSD%3DX");
}

TEST(Yahoo, HasNoHoursAndNoListing) {
  Surroundings world(kNow);
  const auto yahoo = make_yahoo(world.context());

  EXPECT_FALSE(yahoo->capabilities().offers(Timeframe::h1));
  EXPECT_EQ(yahoo->fetch(of_apple(Timeframe::h1, "2024-06-01 00:00:00", "2024-06-10 00:00:00"))
                .error()
                .kind,
            ErrorKind::unsupported);
  EXPECT_EQ(yahoo->listing({}).error().kind, ErrorKind::unsupported);
  EXPECT_EQ(yahoo->capabilities().adjustment, Adjustment::splits);
}

TEST(Yahoo, TellsOfItsHealth) {
  Surroundings world(kNow, in_turn({ok("{}", {{"date", "Thu, 20 Jun 2024 12:00:05 GMT"}}),
                                    answer(429, "Too Many Requests")}));
  const auto yahoo = make_yahoo(world.context());

  const auto well = yahoo->probe({});
  const auto ill = yahoo->probe({});

  EXPECT_TRUE(well->ok);
  EXPECT_EQ(well->clock_ahead, 5000ms);
  EXPECT_FALSE(ill->ok);
  EXPECT_THAT(ill->detail, HasSubstr("Too Many Requests"));
}

}  // namespace
}  // namespace chandler
