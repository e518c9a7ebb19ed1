#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/providers/scripted.h"

namespace chandler {
namespace {

using namespace std::chrono_literals;
using namespace chandler::testing;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

const char* const kNow = "2024-06-20 18:00:00";
const char* const kKey = "SECRETKEY123";

// Newest first, as the source sends them.
std::string series(const std::vector<std::string>& labels, const std::string& interval = "5min",
                   const std::string& zone = "US/Eastern") {
  std::string rows;
  for (auto label = labels.rbegin(); label != labels.rend(); ++label) {
    rows += (rows.empty() ? "\"" : ",\"") + *label +
            R"(":{"1. open":"10","2. high":"12","3. low":"9","4. close":"11","5. volume":"100"})";
  }
  return R"({"Meta Data":{"4. Interval":")" + interval + R"(","6. Time Zone":")" + zone +
         R"("},"Time Series":{)" + rows + "}}";
}
std::string days(const std::vector<std::string>& labels) {
  std::string text = series(labels, "Daily");
  const std::string interval = R"("4. Interval":"Daily",)";
  return text.erase(text.find(interval), interval.size());
}

const char* const kInvalid = R"({"Error Message":"Invalid API call. Please retry."})";

struct World : Surroundings {
  explicit World(ScriptedTransport::Script script) : Surroundings(kNow, std::move(script)) {
    environment = {{"ALPHA_VANTAGE_API_KEY", kKey}};
  }
};

FetchRequest fives(const char* from, const char* to) {
  return {.instruments = {stock("IBM")}, .timeframe = Timeframe::m5, .range = range_of(from, to)};
}
FetchRequest daily(const char* from, const char* to) {
  return {.instruments = {stock("IBM")}, .timeframe = Timeframe::d1, .range = range_of(from, to)};
}

TEST(AlphaVantagePages, AreMonthsInNewYorksTime) {
  // Between them the clocks go forward: 09:30 is 14:30 UTC, then 13:30.
  World world([](const http::Request& request) {
    const bool march = request.query[3].value == "2024-03";
    return ok(march ? series({"2024-03-08 09:30:00", "2024-03-08 15:55:00", "2024-03-11 09:30:00"})
                    : series({"2024-04-01 09:30:00"}));
  });
  const auto provider = make_alpha_vantage(world.context());

  const auto pages = all_pages(*provider, fives("2024-03-05 00:00:00", "2024-04-10 00:00:00"));

  ASSERT_TRUE(pages) << pages.error().line();
  EXPECT_THAT(joined(*pages).timestamp,
              ElementsAre(at("2024-03-08 14:30:00"), at("2024-03-08 20:55:00"),
                          at("2024-03-11 13:30:00"), at("2024-04-01 13:30:00")));
  EXPECT_EQ(settled(*pages), range_of("2024-03-05 00:00:00", "2024-04-10 00:00:00"));
  EXPECT_EQ(pages->front().settles.to, at("2024-04-01 04:00:00"));
  EXPECT_EQ(pages->front().source, "alpha_vantage");
  EXPECT_THAT(pages->front().notes,
              ElementsAre("IBM: labels of 2024-03 are the starts of the bars"));
  const auto& asked = world.transport;
  ASSERT_EQ(asked.requests.size(), 2U);
  EXPECT_EQ(asked.requests[0].url, "https://www.alphavantage.co/query");
  EXPECT_EQ(asked.asked(0, "function"), "TIME_SERIES_INTRADAY");
  EXPECT_EQ(asked.asked(0, "symbol"), "IBM");
  EXPECT_EQ(asked.asked(0, "interval"), "5min");
  EXPECT_EQ(asked.asked(0, "month"), "2024-03");
  EXPECT_EQ(asked.asked(1, "month"), "2024-04");
  EXPECT_EQ(asked.asked(0, "outputsize"), "full");
  EXPECT_EQ(asked.asked(0, "adjusted"), "false");
  EXPECT_EQ(asked.asked(0, "extended_hours"), "false");
  EXPECT_EQ(asked.asked(0, "apikey"), kKey);
}

TEST(AlphaVantagePages, WithLabelsAtTheEndBeginABarEarlier) {
  World world(in_turn({ok(series({"2024-03-08 09:35:00", "2024-03-08 16:00:00"}))}));
  const auto provider = make_alpha_vantage(world.context());

  const auto pages = all_pages(*provider, fives("2024-03-08 00:00:00", "2024-03-09 00:00:00"));

  ASSERT_TRUE(pages) << pages.error().line();
  EXPECT_THAT(joined(*pages).timestamp,
              ElementsAre(at("2024-03-08 14:30:00"), at("2024-03-08 20:55:00")));
  EXPECT_THAT(pages->front().notes, ElementsAre("IBM: labels of 2024-03 are the ends of the bars"));
}

TEST(AlphaVantagePages, WhoseLabelsCannotBeToldAreRefused) {
  World world(in_turn({ok(series({"2024-03-08 12:30:00", "2024-03-08 13:00:00"}))}));
  const auto provider = make_alpha_vantage(world.context());

  const auto pages = all_pages(*provider, fives("2024-03-08 00:00:00", "2024-03-09 00:00:00"));

  ASSERT_FALSE(pages);
  EXPECT_EQ(pages.error().kind, ErrorKind::data);
  EXPECT_THAT(pages.error().line(), HasSubstr("starts or the ends"));
}

TEST(AlphaVantagePages, OfAnotherMonthIntervalOrZoneAreAnError) {
  for (const std::string& text :
       {series({"2024-02-08 09:30:00"}), series({"2024-03-08 09:30:00"}, "1min"),
        series({"2024-03-08 09:30:00"}, "5min", "Asia/Tokyo")}) {
    World world(in_turn({ok(text)}));
    const auto provider = make_alpha_vantage(world.context());

    const auto pages = all_pages(*provider, fives("2024-03-08 00:00:00", "2024-03-09 00:00:00"));

    ASSERT_FALSE(pages) << text;
    EXPECT_EQ(pages.error().kind, ErrorKind::data);
  }
}

TEST(AlphaVantagePages, OfTodayAreSettledAsFarAsTheyAre) {
  // 14:00 in New York; the source knows the morning. The bar of 13:55 is not over yet at 13:59.
  World world(in_turn({ok(series({"2024-06-20 09:30:00", "2024-06-20 09:35:00"}))}));
  const auto provider = make_alpha_vantage(world.context());

  const auto pages = all_pages(*provider, fives("2024-06-01 00:00:00", "2024-07-01 00:00:00"));

  ASSERT_TRUE(pages) << pages.error().line();
  EXPECT_EQ(joined(*pages).size(), 2U);
  EXPECT_EQ(settled(*pages), range_of("2024-06-01 00:00:00", "2024-06-20 13:40:00"));
}

TEST(AlphaVantagePages, OfAMonthInUtcNeedOneRequest) {
  World world(in_turn({ok(series({"2024-05-08 09:30:00"}))}));
  const auto provider = make_alpha_vantage(world.context());
  FetchRequest extended = fives("2024-05-01 00:00:00", "2024-06-01 00:00:00");
  extended.extended_hours = true;

  for (const FetchRequest& request :
       {fives("2024-05-01 00:00:00", "2024-06-01 00:00:00"), extended}) {
    world.transport.requests.clear();
    const auto pages = all_pages(*provider, request);

    ASSERT_TRUE(pages) << pages.error().line();
    EXPECT_EQ(world.transport.requests.size(), 1U);
    EXPECT_EQ(settled(*pages), range_of("2024-05-01 00:00:00", "2024-06-01 00:00:00"));
  }
  EXPECT_EQ(world.transport.asked(0, "extended_hours"), "true");
}

TEST(AlphaVantagePages, LeaveOutTheBarThatIsStillOpen) {
  World world(
      in_turn({ok(series({"2024-06-20 09:30:00", "2024-06-20 13:55:00", "2024-06-20 14:00:00"}))}));
  const auto provider = make_alpha_vantage(world.context());

  const auto pages = all_pages(*provider, fives("2024-06-01 00:00:00", "2024-07-01 00:00:00"));

  ASSERT_TRUE(pages);
  EXPECT_EQ(joined(*pages).size(), 2U);
  EXPECT_EQ(settled(*pages)->to, at("2024-06-20 18:00:00"));
}

TEST(AlphaVantagePages, OfAMonthBeforeTheListingAreEmpty) {
  World world([](const http::Request& request) {
    if (request.query[0].value == "TIME_SERIES_DAILY") return ok(days({"2024-06-18"}));
    return ok(request.query[3].value == "2024-05" ? series({"2024-05-08 09:30:00"}) : kInvalid);
  });
  const auto provider = make_alpha_vantage(world.context());

  const auto pages = all_pages(*provider, fives("2024-03-10 00:00:00", "2024-06-01 00:00:00"));

  ASSERT_TRUE(pages) << pages.error().line();
  EXPECT_EQ(joined(*pages).size(), 1U);
  EXPECT_EQ(settled(*pages), range_of("2024-03-10 00:00:00", "2024-06-01 00:00:00"));
  // Whether there is such a symbol is asked once.
  EXPECT_EQ(world.transport.requests.size(), 4U);
}

TEST(AlphaVantagePages, OfAnUnknownSymbolAreAnErrorSoon) {
  World world(in_turn({ok(kInvalid)}));
  const auto provider = make_alpha_vantage(world.context());

  const auto pages = all_pages(*provider, fives("2014-03-10 00:00:00", "2024-06-01 00:00:00"));

  ASSERT_FALSE(pages);
  EXPECT_EQ(pages.error().kind, ErrorKind::not_found);
  EXPECT_EQ(world.transport.requests.size(), 2U);
}

TEST(AlphaVantagePages, FromBeforeTheArchiveAreNotAskedFor) {
  World world(in_turn({ok(series({"2000-01-03 09:30:00"}))}));
  const auto provider = make_alpha_vantage(world.context());

  const auto pages = all_pages(*provider, fives("1999-03-10 00:00:00", "2000-01-05 00:00:00"));

  ASSERT_TRUE(pages) << pages.error().line();
  EXPECT_EQ(settled(*pages), range_of("1999-03-10 00:00:00", "2000-01-05 00:00:00"));
  EXPECT_THAT(pages->front().notes, ElementsAre(HasSubstr("no bars from before 2000-01-01")));
}

TEST(AlphaVantagePages, OfDaysAreOneWithoutToday) {
  World world(in_turn({ok(days({"2024-06-14", "2024-06-17", "2024-06-18", "2024-06-20"}))}));
  const auto provider = make_alpha_vantage(world.context());

  const auto during = all_pages(*provider, daily("2024-06-15 00:00:00", "2024-07-01 00:00:00"));
  world.timer.set(http::Moment{at("2024-06-20 21:00:00")});
  const auto after = all_pages(*provider, daily("2024-06-15 00:00:00", "2024-07-01 00:00:00"));

  ASSERT_TRUE(during && after) << during.error().line();
  EXPECT_THAT(joined(*during).timestamp,
              ElementsAre(at("2024-06-17 00:00:00"), at("2024-06-18 00:00:00")));
  EXPECT_EQ(settled(*during), range_of("2024-06-15 00:00:00", "2024-06-20 00:00:00"));
  EXPECT_EQ(joined(*after).size(), 3U);
  EXPECT_EQ(settled(*after)->to, at("2024-06-21 00:00:00"));
  EXPECT_EQ(world.transport.asked(0, "outputsize"), "compact");
  EXPECT_EQ(world.transport.asked(0, "function"), "TIME_SERIES_DAILY");
}

TEST(AlphaVantagePages, OfManyDaysAskForAllThereAre) {
  World world(in_turn({ok(days({"2020-06-15"}))}));
  const auto provider = make_alpha_vantage(world.context());

  const auto pages = all_pages(*provider, daily("2020-06-15 00:00:00", "2020-07-01 00:00:00"));
  const auto future = all_pages(*provider, daily("2024-06-20 00:00:00", "2024-07-01 00:00:00"));

  ASSERT_TRUE(pages && future);
  EXPECT_EQ(joined(*pages).size(), 1U);
  EXPECT_TRUE(future->empty());
  ASSERT_EQ(world.transport.requests.size(), 1U);
  EXPECT_EQ(world.transport.asked(0, "outputsize"), "full");
}

TEST(AlphaVantagePages, SayWhatTheSourceSaidAndNeverTheKey) {
  struct Case {
    int status;
    const char* body;
    ErrorKind kind;
    std::size_t requests;
    const char* said;
  };
  const std::vector<Case> cases = {
      {200, kInvalid, ErrorKind::not_found, 1, "nothing of IBM"},
      {200, "{}", ErrorKind::not_found, 1, "nothing of IBM"},
      {200, R"({"Error Message":"the parameter apikey is invalid or missing: SECRETKEY123"})",
       ErrorKind::auth, 1, "apikey is invalid or missing: ***"},
      {200,
       R"({"Information":"We have detected your API key as SECRETKEY123 and our standard API rate )"
       R"(limit is 25 requests per day. Please subscribe to any of the premium plans"})",
       ErrorKind::rate_limited, 1, "API key as *** and"},
      {200, R"({"Information":"Thank you! This is a premium endpoint."})", ErrorKind::unsupported,
       1, "premium endpoint"},
      {200, R"({"Information":"The **demo** API key is for demo purposes only."})", ErrorKind::auth,
       1, "demo"},
      {200, R"({"Information":"something new about SECRETKEY123"})", ErrorKind::data, 1,
       "something new about ***"},
      {200, "<html>SECRETKEY123</html>", ErrorKind::unavailable, 5, "no series"},
      {503, "<html>", ErrorKind::unavailable, 5, "503"},
      {403, "<html>", ErrorKind::auth, 1, "403"},
  };
  for (const Case& c : cases) {
    World world(in_turn({answer(c.status, c.body)}));
    const auto provider = make_alpha_vantage(world.context());

    const auto pages = all_pages(*provider, daily("2024-06-15 00:00:00", "2024-07-01 00:00:00"));

    ASSERT_FALSE(pages) << c.body;
    EXPECT_EQ(pages.error().kind, c.kind) << c.body;
    EXPECT_THAT(pages.error().line(), HasSubstr(c.said)) << c.body;
    EXPECT_THAT(pages.error().line(), Not(HasSubstr(kKey)));
    EXPECT_EQ(world.transport.requests.size(), c.requests) << c.body;
  }
}

// However long the text before it is: a part of the key is not shown either.
TEST(AlphaVantagePages, CutNoKeyInTwo) {
  for (std::size_t before = 150; before < 320; ++before) {
    World world(in_turn({ok(R"({"Information":")" + std::string(before, 'x') + kKey + R"("})")}));
    const auto provider = make_alpha_vantage(world.context());

    const auto pages = all_pages(*provider, daily("2024-06-15 00:00:00", "2024-07-01 00:00:00"));

    ASSERT_FALSE(pages);
    EXPECT_THAT(pages.error().line(), Not(HasSubstr("xSECR"))) << before;
  }
}

TEST(AlphaVantagePages, WaitForTheMinuteButNotForTheDay) {
  World world(in_turn(
      {ok(R"~({"Note":"Our standard API call frequency is 5 calls per minute and 500 calls per )~"
          R"~(day. premium"})~"),
       ok(R"~({"Information":"Please consider spreading out your free API requests more )~"
          R"~(sparingly (1 request per second) ... (25 requests per day) premium"})~"),
       ok(days({"2024-06-18"}))}));
  const auto provider = make_alpha_vantage(world.context());

  const auto pages = all_pages(*provider, daily("2024-06-15 00:00:00", "2024-07-01 00:00:00"));

  ASSERT_TRUE(pages) << pages.error().line();
  EXPECT_GE(world.timer.now() - http::Moment{at(kNow)}, 62s);

  World spent(
      in_turn({ok(R"({"Information":"our standard API rate limit is 25 requests per day"})")}));
  const auto other = make_alpha_vantage(spent.context());
  const auto first = all_pages(*other, daily("2024-06-15 00:00:00", "2024-07-01 00:00:00"));
  const auto second = all_pages(*other, daily("2024-06-15 00:00:00", "2024-07-01 00:00:00"));

  EXPECT_EQ(first.error().kind, ErrorKind::rate_limited);
  EXPECT_EQ(second.error().kind, ErrorKind::rate_limited);
  EXPECT_EQ(spent.transport.requests.size(), 1U) << "the day is over for everybody";
  EXPECT_EQ(spent.timer.now(), http::Moment{at(kNow)});
}

TEST(AlphaVantage, KeepsToTheFreeKeysLimits) {
  World world(in_turn({ok(days({"2024-06-18"}))}));
  const auto provider = make_alpha_vantage(world.context());

  std::size_t answered = 0;
  Result<std::vector<BarPage>> last = std::vector<BarPage>{};
  for (int i = 0; i < 26 && last; ++i) {
    last = all_pages(*provider, daily("2024-06-15 00:00:00", "2024-06-19 00:00:00"));
    answered += last ? 1 : 0;
  }

  EXPECT_EQ(answered, 25U);
  ASSERT_FALSE(last);
  EXPECT_EQ(last.error().kind, ErrorKind::rate_limited);
  EXPECT_GE(world.timer.now() - http::Moment{at(kNow)}, 240s) << "five a minute";
}

TEST(AlphaVantage, NamesTheKeyItMisses) {
  World world(in_turn({ok("{}")}));
  world.environment.clear();
  world.settings.api_key_env = "MY_KEY";
  const auto provider = make_alpha_vantage(world.context());

  const auto stream = provider->fetch(daily("2024-06-15 00:00:00", "2024-07-01 00:00:00"));

  ASSERT_FALSE(stream);
  EXPECT_EQ(stream.error().line(),
            "alpha_vantage needs a key; set the environment variable MY_KEY");
  EXPECT_EQ(stream.error().kind, ErrorKind::auth);
  EXPECT_EQ(provider->listing({}).error().kind, ErrorKind::auth);
  EXPECT_FALSE(provider->probe({})->ok);
  EXPECT_TRUE(world.transport.requests.empty());
}

TEST(AlphaVantage, SpellsNamesItsOwnWay) {
  World world(in_turn({ok("{}")}));
  const auto provider = make_alpha_vantage(world.context());

  EXPECT_EQ(*provider->spelling(stock("IBM")), "IBM");
  EXPECT_EQ(*provider->spelling(stock("BRK.B")), "BRK-B");
  EXPECT_EQ(*provider->spelling(stock("VOD.L")), "VOD.LON");
  EXPECT_EQ(*provider->spelling(stock("SHOP.TO")), "SHOP.TRT");
  EXPECT_EQ(*provider->spelling(stock("SAP.DE")), "SAP.DEX");
  EXPECT_EQ(*provider->spelling(stock("0700.HK")), "0700.HK");
  EXPECT_EQ(provider->spelling(coin("BTC", "USD")).error().kind, ErrorKind::unsupported);
  EXPECT_EQ(provider->spelling({.symbol = *Symbol::parse("^GSPC")}).error().kind,
            ErrorKind::unsupported);
}

TEST(AlphaVantage, HasDaysOnlyOfSharesAbroad) {
  World world(in_turn({ok(days({"2024-06-18", "2024-06-20"}))}));
  const auto provider = make_alpha_vantage(world.context());
  FetchRequest request = fives("2024-06-15 00:00:00", "2024-07-01 00:00:00");
  request.instruments = {stock("VOD.L")};

  EXPECT_EQ(provider->fetch(request).error().kind, ErrorKind::unsupported);
  request.timeframe = Timeframe::d1;
  EXPECT_EQ(joined(*all_pages(*provider, request)).size(), 1U);
  request.timeframe = Timeframe::h4;
  EXPECT_EQ(provider->fetch(request).error().kind, ErrorKind::unsupported);
}

TEST(AlphaVantage, ListsAndTellsOfItsHealth) {
  World world(in_turn({ok("symbol,name,exchange,assetType,ipoDate,delistingDate,status\r\n"
                          "IBM,International,NYSE,Stock,1962-01-02,null,Active\r\n"),
                       ok(R"({"Information":"25 requests per day"})")}));
  const auto provider = make_alpha_vantage(world.context());

  const auto listing = provider->listing({});
  const auto health = provider->probe({});

  ASSERT_TRUE(listing) << listing.error().line();
  EXPECT_EQ(listing->size(), 1U);
  EXPECT_FALSE(health->ok);
  EXPECT_THAT(health->detail, Not(HasSubstr(kKey)));
}

}  // namespace
}  // namespace chandler
