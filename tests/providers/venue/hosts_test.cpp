#include "venue/hosts.h"

#include <gtest/gtest.h>

#include "http/retry_budget.h"
#include "tests/providers/scripted.h"
#include "venue/venue.h"

namespace chandler::venue {
namespace {

using namespace std::chrono_literals;
using namespace chandler::testing;

const char* const kNow = "2024-06-20 18:00:00";

Result<http::Response> down() { return Error{ErrorKind::unavailable, "could not connect", "", ""}; }

std::size_t asked(const Surroundings& world, std::string_view host) {
  std::size_t count = 0;
  for (const auto& request : world.transport.requests) {
    count += request.url.starts_with(host) ? 1 : 0;
  }
  return count;
}

TEST(VenueHosts, TakeOverFromEachOtherAndStay) {
  Surroundings world(kNow, [](const http::Request& request) {
    return request.url.starts_with("https://b") ? ok("here") : down();
  });
  Hosts hosts(world.context(), {.provider = "p"}, {"https://a/", "https://b", "https://c"});

  EXPECT_TRUE(hosts.get({.path = "/x"}, http::judge_by_status, {}));
  EXPECT_TRUE(hosts.get({.path = "/x"}, http::judge_by_status, {}));

  EXPECT_EQ(asked(world, "https://a/x"), 2U);
  EXPECT_EQ(asked(world, "https://b/x"), 2U);
  EXPECT_EQ(asked(world, "https://c"), 0U);
  EXPECT_EQ(hosts.base(), "https://b");
  EXPECT_EQ(hosts.calls().requests, 4U);
  EXPECT_EQ(hosts.calls().failures, 2U);
}

TEST(VenueHosts, DoNotTakeOverWhatIsNoFailureOfTheHost) {
  for (const int status : {400, 401, 404, 429}) {
    Surroundings world(kNow, in_turn({answer(status, "")}));
    Hosts hosts(world.context(), {.provider = "p"}, {"https://a", "https://b"});

    EXPECT_FALSE(hosts.get({.path = "/x"}, http::judge_by_status, {}));

    EXPECT_EQ(asked(world, "https://b"), 0U) << status;
  }
}

TEST(VenueHosts, TellWhatWasWrongWithTheFirst) {
  Surroundings world(kNow, [](const http::Request& request) -> Result<http::Response> {
    if (request.url.starts_with("https://a")) return answer(503, "");
    return down();
  });
  Hosts hosts(world.context(), {.provider = "p"}, {"https://a", "https://b"});

  const auto response = hosts.get({.path = "/x"}, http::judge_by_status, {});

  ASSERT_FALSE(response);
  EXPECT_NE(response.error().line().find("503"), std::string::npos);
}

TEST(VenueHosts, HaveABreakerEachAndAreOpenWhenAllAre) {
  Surroundings world(kNow, [](const http::Request&) { return down(); });
  ProviderContext context = world.context();
  Hosts hosts(context, {.provider = "p", .breaker = {.failures = 1}}, {"https://a", "https://b"});
  EXPECT_EQ(hosts.breaker(), BreakerState::closed);

  EXPECT_FALSE(hosts.get({.path = "/x"}, http::judge_by_status, {}));

  EXPECT_EQ(hosts.breaker(), BreakerState::open);
}

TEST(VenueHosts, ThatAreAloneAreAskedAsOftenAsThePolicySays) {
  Surroundings world(kNow, [](const http::Request&) { return down(); });
  Hosts hosts(world.context(), {.provider = "p", .retry = {.attempts = 4}}, {"https://a"});

  EXPECT_FALSE(hosts.get({.path = "/x"}, http::judge_by_status, {}));

  EXPECT_EQ(world.transport.requests.size(), 4U);
}

TEST(VenueHosts, TogetherAreAskedNoOftenerThanOneAlone) {
  Surroundings world(kNow, [](const http::Request&) { return down(); });
  Hosts hosts(world.context(), {.provider = "p"},
              {"https://a", "https://b", "https://c", "https://d"});

  EXPECT_FALSE(hosts.get({.path = "/x"}, http::judge_by_status, {}));

  EXPECT_EQ(world.transport.requests.size(), 5U);
  EXPECT_EQ(asked(world, "https://c"), 1U);
}

TEST(VenueHosts, ThatDoNotServeThisCountryAreNoneTriedInVain) {
  Surroundings world(kNow, [](const http::Request& request) {
    return request.url.starts_with("https://f") ? ok("here") : answer(451, "");
  });
  const http::Judge judge = [](const http::Response& response) {
    if (response.status == 451) return failing(ErrorKind::unavailable, "not offered here");
    return http::judge_by_status(response);
  };
  Hosts hosts(world.context(), {.provider = "p"},
              {"https://a", "https://b", "https://c", "https://d", "https://e", "https://f"});

  EXPECT_TRUE(hosts.get({.path = "/x"}, judge, {}));
}

TEST(VenueHosts, ThatTakeOverSpendTheRetriesOfTheRun) {
  http::RetryBudget retries;
  Surroundings world(kNow, [](const http::Request&) { return down(); });
  Hosts hosts(world.context(),
              {.provider = "p", .breaker = {.failures = 1000}, .retries = &retries},
              {"https://a", "https://b", "https://c"});

  for (int i = 0; i < 9; ++i) EXPECT_FALSE(hosts.get({.path = "/x"}, http::judge_by_status, {}));

  EXPECT_EQ(world.transport.requests.size(), 9U + 10U);
}

TEST(VenueErrors, SayWhatToDoNextEachInItsWay) {
  const Instrument btc = coin("BTC", "USDT");
  struct Case {
    std::unique_ptr<Provider> (*make)(const ProviderContext&);
    Instrument instrument;
    http::Response answer;
  };
  const std::vector<Case> cases = {
      {&make_binance, btc, ok("<html>")},
      {&make_binance, btc, answer(400, R"({"code":-1100,"msg":"Illegal characters."})")},
      {&make_binance, btc, answer(400, R"({"code":-1120,"msg":"Invalid interval."})")},
      {&make_binance, btc, answer(500, R"({"code":-1000,"msg":"Unknown."})")},
      {&make_yahoo, stock("AAPL"), ok("<html>Will be right back</html>")},
      {&make_yahoo, stock("AAPL"), ok(R"({"chart":{}})")},
      {&make_yahoo, stock("AAPL"),
       answer(422, R"({"chart":{"result":null,"error":{"code":"x","description":"y"}}})")},
      {&make_alpaca, stock("AAPL"), answer(400, R"({"message":"bad"})")},
      {&make_alpaca, stock("AAPL"), answer(400, R"({"message":"invalid symbol(s): AAPL"})")},
      {&make_alpha_vantage, stock("AAPL"), ok(R"({"Information":"something new"})")},
  };
  for (const Case& c : cases) {
    Surroundings world(kNow, in_turn({c.answer}));
    world.environment = {
        {"ALPHA_VANTAGE_API_KEY", "a"}, {"APCA_API_KEY_ID", "b"}, {"APCA_API_SECRET_KEY", "c"}};
    const auto provider = c.make(world.context());

    const auto pages =
        all_pages(*provider, {.instruments = {c.instrument},
                              .timeframe = Timeframe::d1,
                              .range = range_of("2024-01-01 00:00:00", "2024-02-01 00:00:00")});

    ASSERT_FALSE(pages) << c.answer.body;
    EXPECT_FALSE(pages.error().hint.empty()) << pages.error().line();
  }
}

TEST(VenueDate, IsReadFromTheHeader) {
  EXPECT_EQ(date_of(ok("", {{"date", "Thu, 20 Jun 2024 12:00:05 GMT"}})),
            http::Moment{at("2024-06-20 12:00:05")});
  EXPECT_FALSE(date_of(ok("")));
  EXPECT_FALSE(date_of(ok("", {{"date", "yesterday"}})));
}

TEST(VenueKeys, AreSentAndNotShown) {
  Surroundings world(kNow, in_turn({ok("{}")}));
  const auto key_of = [&](const char* key) {
    world.environment["ALPHA_VANTAGE_API_KEY"] = key;
    static_cast<void>(make_alpha_vantage(world.context())->probe({}));
    return world.transport.requests.back().query.back();
  };

  const http::Field field = key_of("SECRETKEY123");

  EXPECT_EQ(field.value, "SECRETKEY123");
  EXPECT_TRUE(field.secret);
  EXPECT_EQ(world.transport.requests.back().shown().find("SECRETKEY123"), std::string::npos);
}

}  // namespace
}  // namespace chandler::venue
