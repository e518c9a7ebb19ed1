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

const char* const kNow = "2024-06-20 18:00:00";  // 14:00 in New York

// A JSON list of bars at these times.
std::string bars(const std::vector<const char*>& times) {
  std::string out = "[";
  for (const char* t : times) {
    out += (out.size() > 1 ? R"(,{"t":")" : R"({"t":")") + std::string(t) +
           R"(","o":1,"h":2,"l":0.5,"c":1.5,"v":10,"n":3,"vw":1.2})";
  }
  return out + "]";
}
// {"AAPL": bars, ...}; and the token.
std::string page(const std::string& of_symbols, const std::string& token = "") {
  return R"({"bars":{)" + of_symbols + R"(},"next_page_token":)" +
         (token.empty() ? "null" : '"' + token + '"') + "}";
}

struct World : Surroundings {
  explicit World(ScriptedTransport::Script script) : Surroundings(kNow, std::move(script)) {
    environment = {{"APCA_API_KEY_ID", "PKsecret-id"}, {"APCA_API_SECRET_KEY", "secret+value"}};
  }
};

FetchRequest minutes(std::vector<Instrument> of, const char* from, const char* to) {
  return {.instruments = std::move(of), .timeframe = Timeframe::m1, .range = range_of(from, to)};
}

TEST(AlpacaPages, AreTurnedUntilTheTokenIsNull) {
  World world(in_turn(
      {ok(page(R"("AAPL":)" + bars({"2024-06-18T13:30:00Z", "2024-06-18T13:31:00Z"}), "one")),
       ok(page("", "two")),
       ok(page(R"("AAPL":)" + bars({"2024-06-18T13:32:00Z"}) + R"(,"MSFT":)" +
                   bars({"2024-06-18T13:30:00Z"}),
               "three")),
       ok(page(R"("MSFT":)" + bars({"2024-06-18T13:35:00Z"})))}));
  const auto alpaca = make_alpaca(world.context());

  const auto pages = all_pages(*alpaca, minutes({stock("AAPL"), stock("MSFT"), stock("IBM")},
                                                "2024-06-18 00:00:00", "2024-06-19 00:00:00"));

  ASSERT_TRUE(pages) << pages.error().line();
  EXPECT_EQ(joined(*pages, 0).timestamp,
            (std::vector{at("2024-06-18 13:30:00"), at("2024-06-18 13:31:00"),
                         at("2024-06-18 13:32:00")}));
  EXPECT_EQ(joined(*pages, 1).timestamp,
            (std::vector{at("2024-06-18 13:30:00"), at("2024-06-18 13:35:00")}));
  EXPECT_TRUE(joined(*pages, 2).empty());
  for (std::size_t i = 0; i < 3; ++i) {
    EXPECT_EQ(settled(*pages, i), range_of("2024-06-18 00:00:00", "2024-06-19 00:00:00")) << i;
  }
  EXPECT_EQ(pages->front().source, "alpaca:sip");
  const auto& asked = world.transport;
  ASSERT_EQ(asked.requests.size(), 4U);
  EXPECT_EQ(asked.requests[0].url, "https://data.alpaca.markets/v2/stocks/bars");
  EXPECT_EQ(asked.asked(0, "symbols"), "AAPL,MSFT,IBM");
  EXPECT_EQ(asked.asked(0, "timeframe"), "1Min");
  EXPECT_EQ(asked.asked(0, "start"), "2024-06-18T00:00:00Z");
  EXPECT_EQ(asked.asked(0, "end"), "2024-06-18T23:59:59Z");
  EXPECT_EQ(asked.asked(0, "adjustment"), "raw");
  EXPECT_EQ(asked.asked(0, "feed"), "sip");
  EXPECT_EQ(asked.asked(0, "sort"), "asc");
  EXPECT_EQ(asked.asked(0, "page_token"), "");
  EXPECT_EQ(asked.asked(1, "page_token"), "one");
  EXPECT_EQ(asked.asked(3, "page_token"), "three");
  EXPECT_EQ(asked.header(0, "APCA-API-KEY-ID"), "PKsecret-id");
  EXPECT_EQ(asked.header(0, "APCA-API-SECRET-KEY"), "secret+value");
}

TEST(AlpacaPages, OfMinutesWaitForLateTrades) {
  World world(in_turn({ok(page(R"("AAPL":)" + bars({"2024-06-20T17:58:00Z", "2024-06-20T17:59:00Z",
                                                    "2024-06-20T18:00:00Z"})))}));
  world.environment["CHANDLER_ALPACA_FEED"] = "iex";
  const auto alpaca = make_alpaca(world.context());
  const FetchRequest request =
      minutes({stock("AAPL")}, "2024-06-20 17:00:00", "2024-06-21 00:00:00");

  const auto soon = all_pages(*alpaca, request);
  world.timer.set(http::Moment{at("2024-06-20 18:00:30")});
  const auto later = all_pages(*alpaca, request);

  ASSERT_TRUE(soon && later) << soon.error().line();
  EXPECT_EQ(joined(*soon).size(), 1U);
  EXPECT_EQ(settled(*soon), range_of("2024-06-20 17:00:00", "2024-06-20 17:59:00"));
  EXPECT_EQ(joined(*later).size(), 2U);
  EXPECT_EQ(soon->front().source, "alpaca:iex");
}

TEST(AlpacaPages, OfDaysCarryNewYorksDateAndNotToday) {
  World world(in_turn({ok(page(R"("AAPL":)" + bars({"2024-01-16T05:00:00Z", "2024-06-18T04:00:00Z",
                                                    "2024-06-20T04:00:00Z"})))}));
  const auto alpaca = make_alpaca(world.context());

  const auto pages =
      all_pages(*alpaca, {.instruments = {stock("AAPL")},
                          .timeframe = Timeframe::d1,
                          .range = range_of("2024-01-01 00:00:00", "2024-07-01 00:00:00")});

  ASSERT_TRUE(pages) << pages.error().line();
  EXPECT_EQ(joined(*pages).timestamp,
            (std::vector{at("2024-01-16 00:00:00"), at("2024-06-18 00:00:00")}));
  EXPECT_EQ(settled(*pages), range_of("2024-01-01 00:00:00", "2024-06-20 00:00:00"));
  EXPECT_EQ(world.transport.asked(0, "end"), "2024-06-19T23:59:59Z");
}

TEST(AlpacaPages, StopAQuarterOfAnHourAgoWhereThePlanSaysSo) {
  World world(in_turn({answer(403, R"({"message":"subscription does not permit querying recent )"
                                   R"(SIP data"})"),
                       ok(page(R"("AAPL":)" + bars({"2024-06-20T17:30:00Z"})))}));
  const auto alpaca = make_alpaca(world.context());

  const auto pages =
      all_pages(*alpaca, minutes({stock("AAPL")}, "2024-06-20 17:00:00", "2024-06-21 00:00:00"));

  ASSERT_TRUE(pages) << pages.error().line();
  EXPECT_EQ(settled(*pages), range_of("2024-06-20 17:00:00", "2024-06-20 17:44:00"));
  EXPECT_THAT(pages->front().notes, ElementsAre(HasSubstr("delay of 15 minutes")));
  EXPECT_EQ(pages->front().source, "alpaca:sip");
  EXPECT_EQ(world.transport.asked(1, "end"), "2024-06-20T17:43:59Z");
}

TEST(AlpacaPages, SayWhenThePlanLeavesNothingOfTheRange) {
  World world(in_turn({answer(403, R"({"message":"subscription does not permit querying recent )"
                                   R"(SIP data"})")}));
  const auto alpaca = make_alpaca(world.context());

  const auto pages =
      all_pages(*alpaca, minutes({stock("AAPL")}, "2024-06-20 17:50:00", "2024-06-21 00:00:00"));

  ASSERT_TRUE(pages) << pages.error().line();
  ASSERT_EQ(pages->size(), 1U);
  EXPECT_TRUE(pages->front().settles.empty());
  EXPECT_THAT(pages->front().notes, ElementsAre(HasSubstr("delay of 15 minutes")));
}

TEST(AlpacaPages, GoOnWithoutTheSymbolsNobodyKnows) {
  World world(in_turn({answer(400, R"({"message":"invalid symbol(s): NOSUCH, NADA"})"),
                       ok(page(R"("AAPL":)" + bars({"2024-06-18T13:30:00Z"})))}));
  const auto alpaca = make_alpaca(world.context());

  const auto pages = all_pages(*alpaca, minutes({stock("NOSUCH"), stock("AAPL"), stock("NADA")},
                                                "2024-06-18 00:00:00", "2024-06-19 00:00:00"));

  ASSERT_TRUE(pages) << pages.error().line();
  EXPECT_EQ(world.transport.asked(1, "symbols"), "AAPL");
  EXPECT_EQ(joined(*pages, 1).size(), 1U);
  ASSERT_EQ(pages->size(), 3U);
  EXPECT_EQ((*pages)[0].instrument, 0U);
  EXPECT_TRUE((*pages)[0].settles.empty());
  EXPECT_THAT((*pages)[0].notes, ElementsAre("alpaca does not know NOSUCH"));
  EXPECT_THAT((*pages)[1].notes, ElementsAre("alpaca does not know NADA"));
}

TEST(AlpacaPages, ThatDoNotAdvanceAreAnErrorAndNoLoop) {
  const std::string first = page(R"("AAPL":)" + bars({"2024-06-18T13:30:00Z"}), "one");
  int token = 0;
  struct Case {
    const char* what;
    ScriptedTransport::Script script;
    std::size_t requests;
  };
  const std::vector<Case> cases = {
      {"the same page again",
       in_turn({ok(first), ok(page(R"("AAPL":)" + bars({"2024-06-18T13:30:00Z"}), "two"))}), 2},
      {"the same token again", in_turn({ok(first), ok(page("", "one"))}), 2},
      {"tokens for ever",
       [&](const http::Request&) { return ok(page("", std::to_string(++token))); }, 101},
      {"bars of another day", in_turn({ok(page(R"("AAPL":)" + bars({"2024-06-19T13:30:00Z"})))}),
       1},
      {"bars of somebody else", in_turn({ok(page(R"("IBM":)" + bars({"2024-06-18T13:30:00Z"})))}),
       1},
      {"a symbol twice",
       in_turn({ok(page(R"("AAPL":)" + bars({"2024-06-18T13:30:00Z"}) + R"(,"AAPL":)" +
                        bars({"2024-06-18T13:31:00Z"})))}),
       1}};
  for (const Case& c : cases) {
    World world(c.script);
    const auto alpaca = make_alpaca(world.context());

    const auto pages =
        all_pages(*alpaca, minutes({stock("AAPL")}, "2024-06-18 00:00:00", "2024-06-19 00:00:00"));

    ASSERT_FALSE(pages) << c.what;
    EXPECT_EQ(pages.error().kind, ErrorKind::data) << c.what;
    EXPECT_EQ(world.transport.requests.size(), c.requests) << c.what;
  }
}

TEST(AlpacaPages, SayWhatTheSourceSaid) {
  struct Case {
    int status;
    const char* body;
    ErrorKind kind;
    const char* said;
  };
  const std::vector<Case> cases = {
      {401, R"({"message":"unauthorized."})", ErrorKind::auth,
       "APCA_API_KEY_ID and APCA_API_SECRET_KEY"},
      {403, R"({"message":"forbidden."})", ErrorKind::auth, "forbidden."},
      {400, R"({"code":40010001,"message":"invalid timeframe: x"})", ErrorKind::data,
       "invalid timeframe"},
      {422, R"({"message":"end should not be before start"})", ErrorKind::data, "end should"},
      {400, R"({"message":"invalid symbol(s): AAPL"})", ErrorKind::not_found, "AAPL"},
      {404, R"({"message":"endpoint not found."})", ErrorKind::data, "endpoint not found"},
      {404, "<html>", ErrorKind::data, "404"},
      {429, R"({"message":"too many requests."})", ErrorKind::rate_limited, "429"},
      {500, R"({"message":"internal server error."})", ErrorKind::unavailable, "500"},
      {200, "<html>", ErrorKind::unavailable, "not JSON"},
      {200, "{}", ErrorKind::unavailable, "no bars"},
      {403, R"({"message":"key PKsecret-id with secret+value is bad"})", ErrorKind::auth, "***"},
  };
  for (const Case& c : cases) {
    World world(in_turn({answer(c.status, c.body)}));
    const auto alpaca = make_alpaca(world.context());

    const auto pages =
        all_pages(*alpaca, minutes({stock("AAPL")}, "2024-06-18 00:00:00", "2024-06-19 00:00:00"));

    ASSERT_FALSE(pages) << c.body;
    EXPECT_EQ(pages.error().kind, c.kind) << c.body;
    EXPECT_THAT(pages.error().line(), HasSubstr(c.said)) << c.body;
    EXPECT_THAT(pages.error().line(), Not(HasSubstr("secret-id")));
    EXPECT_THAT(pages.error().line(), Not(HasSubstr("secret+value")));
    EXPECT_THAT(pages.error().line(), Not(HasSubstr("<html>")));
  }
}

TEST(AlpacaPages, WaitOnlyWhenLessIsLeftOfTheSourcesLimitThanOfOurs) {
  struct Case {
    const char* limit;
    const char* remaining;
    bool waits;
  };
  for (const Case& c : {Case{"10000", "9000", false}, Case{"10000", "200", false},
                        Case{"10000", "1", false}, Case{"10000", "0", true}, Case{"200", "0", true},
                        Case{"200", "199", false}, Case{"", "", false}, Case{"200", "-3", false}}) {
    std::vector<http::Field> headers = {{"x-ratelimit-limit", c.limit},
                                        {"x-ratelimit-remaining", c.remaining}};
    World world(
        in_turn({ok(page(R"("AAPL":)" + bars({"2024-06-18T13:30:00Z"}), "one"), std::move(headers)),
                 ok(page(R"("AAPL":)" + bars({"2024-06-18T13:31:00Z"})))}));
    const auto alpaca = make_alpaca(world.context());

    const auto pages =
        all_pages(*alpaca, minutes({stock("AAPL")}, "2024-06-18 00:00:00", "2024-06-19 00:00:00"));

    ASSERT_TRUE(pages) << pages.error().line();
    EXPECT_EQ(world.timer.now() > http::Moment{at(kNow)}, c.waits)
        << c.remaining << " of " << c.limit;
  }
}

TEST(AlpacaPages, WaitForTheLimitsReset) {
  World world(in_turn({answer(429, R"({"message":"too many requests."})",
                              {{"x-ratelimit-reset", std::to_string(epoch_seconds(at(kNow)) + 40)},
                               {"x-ratelimit-limit", "200"},
                               {"x-ratelimit-remaining", "0"}}),
                       ok(page(R"("AAPL":)" + bars({"2024-06-18T13:30:00Z"})))}));
  const auto alpaca = make_alpaca(world.context());

  const auto pages =
      all_pages(*alpaca, minutes({stock("AAPL")}, "2024-06-18 00:00:00", "2024-06-19 00:00:00"));

  ASSERT_TRUE(pages) << pages.error().line();
  EXPECT_GE(world.timer.now() - http::Moment{at(kNow)}, 40s);
}

TEST(AlpacaPages, OfCoinsComeFromAnotherPlaceAndNeedNoKey) {
  World world(in_turn({ok(page(R"("BTC/USD":)" + bars({"2024-06-18T13:30:00Z"})))}));
  world.environment.clear();
  const auto alpaca = make_alpaca(world.context());

  const auto pages = all_pages(
      *alpaca, minutes({coin("BTC", "USD")}, "2024-06-18 00:00:00", "2024-06-19 00:00:00"));

  ASSERT_TRUE(pages) << pages.error().line();
  EXPECT_EQ(joined(*pages).size(), 1U);
  EXPECT_EQ(pages->front().source, "alpaca");
  EXPECT_EQ(world.transport.requests[0].url, "https://data.alpaca.markets/v1beta3/crypto/us/bars");
  EXPECT_EQ(world.transport.asked(0, "feed"), "");
  EXPECT_EQ(world.transport.header(0, "APCA-API-KEY-ID"), "");
}

TEST(Alpaca, NamesTheKeysItMisses) {
  World world(in_turn({ok("{}")}));
  world.environment = {{"APCA_API_KEY_ID", "PKsecret-id"}};
  const auto alpaca = make_alpaca(world.context());

  const auto stream =
      alpaca->fetch(minutes({stock("AAPL")}, "2024-06-18 00:00:00", "2024-06-19 00:00:00"));

  EXPECT_FALSE(alpaca->capabilities().has_key);
  ASSERT_FALSE(stream);
  EXPECT_EQ(stream.error().kind, ErrorKind::auth);
  EXPECT_THAT(stream.error().line(), HasSubstr("APCA_API_KEY_ID and APCA_API_SECRET_KEY"));
  EXPECT_EQ(alpaca->listing({}).error().kind, ErrorKind::auth);
  EXPECT_FALSE(alpaca->probe({})->ok);
  EXPECT_TRUE(world.transport.requests.empty());
}

TEST(Alpaca, TakesItsKeysFromOtherVariables) {
  World world(in_turn({ok(page(""))}));
  world.environment = {{"MY_ID", "other-id"}, {"MY_SECRET", "other-secret"}};
  world.settings.api_key_env = "MY_ID,MY_SECRET";
  const auto alpaca = make_alpaca(world.context());

  ASSERT_TRUE(
      all_pages(*alpaca, minutes({stock("AAPL")}, "2024-06-18 00:00:00", "2024-06-19 00:00:00")));

  EXPECT_THAT(alpaca->capabilities().key_variables, ElementsAre("MY_ID", "MY_SECRET"));
  EXPECT_EQ(world.transport.header(0, "APCA-API-SECRET-KEY"), "other-secret");
}

TEST(Alpaca, RefusesMixedAndDoubledRequests) {
  World world(in_turn({ok(page(""))}));
  const auto alpaca = make_alpaca(world.context());
  const auto kind_of = [&](std::vector<Instrument> instruments) {
    return alpaca
        ->fetch(minutes(std::move(instruments), "2024-06-18 00:00:00", "2024-06-19 00:00:00"))
        .error()
        .kind;
  };

  EXPECT_EQ(kind_of({stock("AAPL"), coin("BTC", "USD")}), ErrorKind::usage);
  EXPECT_EQ(kind_of({stock("BRK.B"), stock("BRK-B")}), ErrorKind::usage);
  EXPECT_EQ(kind_of({101, stock("AAPL")}), ErrorKind::usage);
  EXPECT_EQ(kind_of({stock("VOD.L")}), ErrorKind::unsupported);
  world.environment["CHANDLER_ALPACA_FEED"] = "boats";
  const auto other = make_alpaca(world.context());
  const auto wrong =
      other->fetch(minutes({stock("AAPL")}, "2024-06-18 00:00:00", "2024-06-19 00:00:00"));
  ASSERT_FALSE(wrong);
  EXPECT_EQ(wrong.error().line(),
            "alpaca: CHANDLER_ALPACA_FEED is to be sip or iex; set it to one of them");
}

TEST(Alpaca, SpellsNamesItsOwnWay) {
  World world(in_turn({ok("{}")}));
  const auto alpaca = make_alpaca(world.context());

  EXPECT_EQ(*alpaca->spelling(stock("BRK.B")), "BRK.B");
  EXPECT_EQ(*alpaca->spelling(stock("BRK-B")), "BRK.B");
  EXPECT_EQ(*alpaca->spelling(coin("BTC", "USD")), "BTC/USD");
  EXPECT_EQ(*alpaca->spelling({.symbol = *Symbol::parse("SPY"), .asset_class = AssetClass::etf}),
            "SPY");
  for (const Instrument& none :
       {stock("7203.T"), Instrument{*Symbol::parse("^GSPC"), AssetClass::index, "", "", ""},
        Instrument{*Symbol::parse("ES=F"), AssetClass::unknown, "", "", ""},
        Instrument{*Symbol::parse("XYZUSD"), AssetClass::crypto, "", "", ""}}) {
    EXPECT_EQ(alpaca->spelling(none).error().kind, ErrorKind::unsupported) << none.symbol.name();
  }
}

TEST(Alpaca, ListsSharesAndCoinsFromItsTradingHost) {
  World world([](const http::Request& request) {
    const bool coins = request.query[1].value == "crypto";
    return ok(coins ? R"([{"symbol":"BTC/USD","class":"crypto","tradable":true}])"
                    : R"([{"symbol":"AAPL","class":"us_equity","tradable":true}])");
  });
  const auto alpaca = make_alpaca(world.context());

  const auto listing = alpaca->listing({});

  ASSERT_TRUE(listing) << listing.error().line();
  EXPECT_EQ(listing->size(), 2U);
  EXPECT_EQ(world.transport.requests[0].url, "https://api.alpaca.markets/v2/assets");
  EXPECT_EQ(alpaca->calls().requests, 2U);
}

TEST(Alpaca, TellsOfItsHealth) {
  World world(in_turn({ok(page("")), answer(401, R"({"message":"unauthorized."})")}));
  const auto alpaca = make_alpaca(world.context());

  EXPECT_TRUE(alpaca->probe({})->ok);
  EXPECT_THAT(alpaca->probe({})->detail, HasSubstr("unauthorized"));
}

}  // namespace
}  // namespace chandler
