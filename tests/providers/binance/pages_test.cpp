#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>

#include "tests/providers/fixture.h"
#include "tests/providers/scripted.h"

namespace chandler {
namespace {

using namespace std::chrono_literals;
using namespace chandler::testing;
using ::testing::HasSubstr;
using ::testing::Not;

std::string klines(Instant from, std::size_t count, seconds step = 60s) {
  std::string text = "[";
  for (std::size_t i = 0; i < count; ++i) {
    const std::int64_t open = epoch_seconds(from + step * static_cast<int>(i)) * 1000;
    text += (i == 0 ? "[" : ",[") + std::to_string(open) + R"(,"1","2","0.5","1.5","10",)" +
            std::to_string(open + step.count() * 1000 - 1) + R"(,"15",3,"1","1","0"])";
  }
  return text + "]";
}

std::int64_t ms(const std::string& text) { return std::stoll(text); }

// Binance with minutes from `listed` on, less the outage, up to `present`.
ScriptedTransport::Script market(Instant listed, TimeRange outage, Instant present) {
  return [=](const http::Request& request) -> Result<http::Response> {
    const auto field = [&](const char* name) {
      for (const auto& f : request.query) {
        if (f.name == name) return f.value;
      }
      return std::string();
    };
    std::string text = "[";
    std::size_t rows = 0;
    Instant t = std::max(listed, from_epoch((ms(field("startTime")) + 999) / 1000));
    for (; rows < 1000 && epoch_seconds(t) * 1000 <= ms(field("endTime")) && t <= present;
         t += 60s) {
      if (outage.contains(t)) continue;
      const std::string one = klines(t, 1);
      text += (rows++ == 0 ? "" : ",") + one.substr(1, one.size() - 2);
    }
    return ok(text + "]");
  };
}

FetchRequest minutes(const char* from, const char* to) {
  return {.instruments = {coin("BTC", "USDT")},
          .timeframe = Timeframe::m1,
          .range = range_of(from, to)};
}

TEST(BinancePages, FollowEachOtherWithoutGapOrOverlap) {
  Surroundings world("2024-02-01 00:00:00",
                     market(at("2020-01-01 00:00:00"), {{}, {}}, at("2024-02-01 00:00:00")));
  const auto binance = make_binance(world.context());

  const auto pages = all_pages(*binance, minutes("2024-01-01 00:00:00", "2024-01-03 00:00:00"));

  ASSERT_TRUE(pages) << pages.error().line();
  const BarSeries bars = joined(*pages);
  ASSERT_EQ(bars.size(), 2880U);
  for (std::size_t i = 0; i < bars.size(); ++i) {
    ASSERT_EQ(bars.timestamp[i], at("2024-01-01 00:00:00") + 60s * static_cast<int>(i));
  }
  EXPECT_EQ(settled(*pages), range_of("2024-01-01 00:00:00", "2024-01-03 00:00:00"));
  EXPECT_EQ(pages->front().source, "binance");
  // A page that reaches the range's end needs none after it.
  ASSERT_EQ(world.transport.requests.size(), 3U);
  EXPECT_EQ(world.transport.requests[0].url, "https://api.binance.com/api/v3/klines");
  EXPECT_EQ(world.transport.asked(0, "symbol"), "BTCUSDT");
  EXPECT_EQ(world.transport.asked(0, "interval"), "1m");
  EXPECT_EQ(world.transport.asked(0, "limit"), "1000");
  EXPECT_EQ(world.transport.asked(0, "startTime"), "1704067200000");
  EXPECT_EQ(world.transport.asked(0, "endTime"), "1704239999999");
  EXPECT_EQ(world.transport.asked(1, "startTime"), "1704127200000");
}

TEST(BinancePages, GoOnBehindAnOutageThatMakesAPageShort) {
  const TimeRange outage = range_of("2024-01-01 00:10:00", "2024-01-02 00:00:00");
  // The source stops short of the outage, as if it looked no further.
  const auto whole = market(at("2020-01-01 00:00:00"), outage, at("2024-02-01 00:00:00"));
  Surroundings world("2024-02-01 00:00:00", [=](const http::Request& request) {
    http::Request cut = request;
    for (auto& f : cut.query) {
      if (f.name == "endTime" && ms(cut.query[2].value) < epoch_seconds(outage.from) * 1000) {
        f.value = std::to_string(epoch_seconds(outage.from) * 1000 - 1);
      }
    }
    return whole(cut);
  });
  const auto binance = make_binance(world.context());

  const auto pages = all_pages(*binance, minutes("2024-01-01 00:00:00", "2024-01-02 00:05:00"));

  ASSERT_TRUE(pages);
  EXPECT_EQ(joined(*pages).size(), 15U);
  EXPECT_EQ(settled(*pages), range_of("2024-01-01 00:00:00", "2024-01-02 00:05:00"));
}

TEST(BinancePages, SettleWhatLiesBeforeTheListing) {
  Surroundings world("2024-02-01 00:00:00",
                     market(at("2024-01-10 00:00:00"), {{}, {}}, at("2024-02-01 00:00:00")));
  const auto binance = make_binance(world.context());

  const auto pages = all_pages(*binance, minutes("2023-01-01 00:00:00", "2024-01-10 01:00:00"));

  ASSERT_TRUE(pages);
  EXPECT_EQ(joined(*pages).size(), 60U);
  EXPECT_EQ(settled(*pages), range_of("2023-01-01 00:00:00", "2024-01-10 01:00:00"));
  EXPECT_EQ(world.transport.requests.size(), 1U);
}

TEST(BinancePages, OfARangeWithoutDataAreOneThatIsEmpty) {
  Surroundings world("2024-02-01 00:00:00", in_turn({ok("[]")}));
  const auto binance = make_binance(world.context());

  const auto pages = all_pages(*binance, minutes("2024-01-01 00:00:00", "2024-01-02 00:00:00"));

  ASSERT_TRUE(pages);
  ASSERT_EQ(pages->size(), 1U);
  EXPECT_TRUE(pages->front().bars.empty());
  EXPECT_EQ(pages->front().settles, range_of("2024-01-01 00:00:00", "2024-01-02 00:00:00"));
}

TEST(BinancePages, NeverHoldTheOpenCandle) {
  Surroundings world("2024-01-01 00:10:30",
                     market(at("2020-01-01 00:00:00"), {{}, {}}, at("2024-01-01 00:10:30")));
  const auto binance = make_binance(world.context());

  const auto pages = all_pages(*binance, minutes("2024-01-01 00:00:00", "2024-01-02 00:00:00"));

  ASSERT_TRUE(pages);
  EXPECT_EQ(joined(*pages).size(), 10U);
  EXPECT_EQ(settled(*pages), range_of("2024-01-01 00:00:00", "2024-01-01 00:10:00"));
}

TEST(BinancePages, BelieveTheServersClockWhenItIsBehindOurs) {
  Surroundings world("2024-01-01 00:10:30", [](const http::Request&) {
    return ok(klines(at("2024-01-01 00:00:00"), 6), {{"date", "Mon, 01 Jan 2024 00:05:10 GMT"}});
  });
  const auto binance = make_binance(world.context());

  const auto pages = all_pages(*binance, minutes("2024-01-01 00:00:00", "2024-01-02 00:00:00"));

  ASSERT_TRUE(pages);
  EXPECT_EQ(joined(*pages).size(), 5U);
  EXPECT_EQ(settled(*pages), range_of("2024-01-01 00:00:00", "2024-01-01 00:05:00"));
}

TEST(BinancePages, AskNothingOfTheFuture) {
  Surroundings world("2024-01-01 00:00:30");
  const auto binance = make_binance(world.context());

  const auto pages = all_pages(*binance, minutes("2024-01-01 00:00:00", "2024-01-02 00:00:00"));
  const auto none = all_pages(*binance, minutes("2023-01-02 00:00:00", "2023-01-02 00:00:00"));

  ASSERT_TRUE(pages && none);
  EXPECT_TRUE(pages->empty());
  EXPECT_TRUE(none->empty());
  EXPECT_TRUE(world.transport.requests.empty());
}

TEST(BinancePages, ThatDoNotAdvanceAreAnErrorAndNoLoop) {
  struct Case {
    const char* what;
    std::string second;
  };
  const std::vector<Case> cases = {
      {"the same page again", klines(at("2024-01-01 00:00:00"), 1000)},
      {"one that overlaps", klines(at("2024-01-01 16:39:00"), 1000)},
      {"one from beyond the range", klines(at("2024-01-04 00:00:00"), 1)}};
  for (const Case& c : cases) {
    Surroundings world("2024-02-01 00:00:00",
                       in_turn({ok(klines(at("2024-01-01 00:00:00"), 1000)), ok(c.second)}));
    const auto binance = make_binance(world.context());
    const auto stream = binance->fetch(minutes("2024-01-01 00:00:00", "2024-01-03 00:00:00"));
    ASSERT_TRUE(stream);

    const auto first = (*stream)->next({});
    const auto second = (*stream)->next({});
    const auto third = (*stream)->next({});

    EXPECT_TRUE(first) << c.what;
    ASSERT_FALSE(second) << c.what;
    EXPECT_EQ(second.error().kind, ErrorKind::data) << c.what;
    EXPECT_THAT(second.error().line(), HasSubstr("BTCUSDT"));
    ASSERT_TRUE(third) << c.what;
    EXPECT_FALSE(third->has_value()) << "after an error the stream is over";
  }
}

TEST(BinancePages, WithAClosedCandleBehindAnOpenOneAreAnError) {
  std::string text = klines(at("2024-01-01 00:00:00"), 3);
  const std::string closes = "1704067259999";
  text.replace(text.find(closes), closes.size(), "1904067259999");
  Surroundings world("2024-02-01 00:00:00", in_turn({ok(text)}));
  const auto binance = make_binance(world.context());

  const auto pages = all_pages(*binance, minutes("2024-01-01 00:00:00", "2024-01-03 00:00:00"));

  ASSERT_FALSE(pages);
  EXPECT_EQ(pages.error().kind, ErrorKind::data);
}

TEST(BinancePages, AreAskedForAgainWhenTheAnswerIsMangled) {
  const std::string good = klines(at("2024-01-01 00:00:00"), 10);
  Surroundings world("2024-02-01 00:00:00", in_turn({ok("<html>Will be right back</html>"),
                                                     ok(good.substr(0, 200)), ok(good)}));
  const auto binance = make_binance(world.context());

  const auto pages = all_pages(*binance, minutes("2024-01-01 00:00:00", "2024-01-01 00:10:00"));

  ASSERT_TRUE(pages) << pages.error().line();
  EXPECT_EQ(joined(*pages).size(), 10U);
}

TEST(BinancePages, SayWhatTheSourceSaid) {
  struct Case {
    int status;
    const char* body;
    ErrorKind kind;
    std::size_t requests;  // of all hosts together
    const char* said;
  };
  const std::vector<Case> cases = {
      {400, R"({"code":-1121,"msg":"Invalid symbol."})", ErrorKind::not_found, 1, "Invalid symbol"},
      {400, R"({"code":-1120,"msg":"Invalid interval."})", ErrorKind::unsupported, 1, "interval"},
      {400, R"({"code":-1100,"msg":"Illegal characters"})", ErrorKind::data, 1, "Illegal"},
      {400, R"({"code":-1102,"msg":"Mandatory parameter"})", ErrorKind::data, 1, "Mandatory"},
      {400, R"({"code":-4088,"msg":"Maximum time interval is 200 days."})", ErrorKind::data, 1,
       "200 days"},
      {400, R"({"code":-1007,"msg":"Timeout"})", ErrorKind::unavailable, 5, "Timeout"},
      {400, R"({"code":-1003,"msg":"Too many requests"})", ErrorKind::rate_limited, 5, "Too many"},
      {200, R"({"code":-1000,"msg":"An unknown error"})", ErrorKind::unavailable, 5, "unknown"},
      {429, "", ErrorKind::rate_limited, 5, "429"},
      {418, "", ErrorKind::rate_limited, 5, "418"},
      {503, R"({"code":-4,"msg":"Service Unavailable."})", ErrorKind::unavailable, 5, "Service"},
      {502, "<html>", ErrorKind::unavailable, 5, "502"},
      {403, "<html>", ErrorKind::unavailable, 6, "firewall"},
      {451, "{}", ErrorKind::unavailable, 6, "country"},
      {404, "<html>", ErrorKind::data, 1, "404"},
  };
  for (const Case& c : cases) {
    Surroundings world("2024-02-01 00:00:00", in_turn({answer(c.status, c.body)}));
    const auto binance = make_binance(world.context());

    const auto pages = all_pages(*binance, minutes("2024-01-01 00:00:00", "2024-01-03 00:00:00"));

    ASSERT_FALSE(pages) << c.status << c.body;
    EXPECT_EQ(pages.error().kind, c.kind) << c.status << c.body;
    EXPECT_THAT(pages.error().line(), HasSubstr(c.said)) << c.status << c.body;
    EXPECT_THAT(pages.error().line(), Not(HasSubstr("<html>")));
    EXPECT_EQ(world.transport.requests.size(), c.requests) << c.status << c.body;
  }
}

TEST(BinancePages, ComeFromAnotherHostWhenOneIsDown) {
  Surroundings world("2024-02-01 00:00:00",
                     [](const http::Request& request) -> Result<http::Response> {
                       if (request.url.starts_with("https://api.binance.com/")) {
                         return Error{ErrorKind::unavailable, "could not connect", "", ""};
                       }
                       if (request.url.starts_with("https://api1.")) return answer(451, "");
                       return ok(klines(at("2024-01-01 00:00:00"), 5));
                     });
  const auto binance = make_binance(world.context());

  const auto once = all_pages(*binance, minutes("2024-01-01 00:00:00", "2024-01-01 00:05:00"));
  const std::size_t asked = world.transport.requests.size();
  const auto again = all_pages(*binance, minutes("2024-01-01 00:00:00", "2024-01-01 00:05:00"));

  ASSERT_TRUE(once && again);
  EXPECT_EQ(joined(*once).size(), 5U);
  EXPECT_EQ(asked, 4U) << "twice at the first, once at the second, once at the third";
  EXPECT_EQ(world.transport.requests.size(), asked + 1) << "and then where it worked";
  EXPECT_EQ(binance->calls().requests, 5U);
  EXPECT_EQ(binance->breaker(), BreakerState::closed);
}

TEST(BinancePages, WaitAsLongAsTheSourceSays) {
  Surroundings world("2024-02-01 00:00:00", in_turn({answer(429, "", {{"retry-after", "30"}}),
                                                     ok(klines(at("2024-01-01 00:00:00"), 5))}));
  const auto binance = make_binance(world.context());

  const auto pages = all_pages(*binance, minutes("2024-01-01 00:00:00", "2024-01-01 00:05:00"));

  ASSERT_TRUE(pages);
  EXPECT_GE(world.timer.now(), http::Moment{at("2024-02-01 00:00:30")});
  EXPECT_EQ(binance->calls().rate_limited, 1U);
}

TEST(BinancePages, HeedTheWeightThatOthersHaveUsed) {
  Surroundings world("2024-02-01 00:00:00", [](const http::Request& request) {
    const bool first = request.query[2].value == "1704067200000";
    return ok(klines(first ? at("2024-01-01 00:00:00") : at("2024-01-01 16:40:00"), 1000),
              {{"x-mbx-used-weight-1m", "5999"}});
  });
  const auto binance = make_binance(world.context());

  const auto pages = all_pages(*binance, minutes("2024-01-01 00:00:00", "2024-01-02 09:20:00"));

  ASSERT_TRUE(pages);
  EXPECT_GT(world.timer.now(), http::Moment{at("2024-02-01 00:00:00")});
}

// 500 of a minute's weight would be fifty times what the user grants a second.
TEST(BinancePages, HoldTheMinutesWeightAgainstALimitOfMinutesOnly) {
  Surroundings world("2024-02-01 00:00:00", [](const http::Request& request) {
    const bool first = request.query[2].value == "1704067200000";
    return ok(klines(first ? at("2024-01-01 00:00:00") : at("2024-01-01 16:40:00"), 1000),
              {{"x-mbx-used-weight-1m", "500"}});
  });
  world.settings.rate_limit = RateLimit{10, 1s};
  const auto binance = make_binance(world.context());

  const auto pages = all_pages(*binance, minutes("2024-01-01 00:00:00", "2024-01-02 09:20:00"));

  ASSERT_TRUE(pages);
  EXPECT_EQ(world.timer.now(), http::Moment{at("2024-02-01 00:00:00")}) << "nothing is waited for";
}

TEST(BinancePages, EndSoonWhenAskedToStop) {
  Surroundings world("2024-02-01 00:00:00");
  const auto binance = make_binance(world.context());
  const auto stream = binance->fetch(minutes("2024-01-01 00:00:00", "2024-01-03 00:00:00"));
  std::stop_source stop;
  stop.request_stop();

  const auto page = (*stream)->next(stop.get_token());

  ASSERT_FALSE(page);
  EXPECT_EQ(page.error().kind, ErrorKind::interrupted);
}

TEST(Binance, SpellsPairsAndNothingElse) {
  Surroundings world("2024-02-01 00:00:00");
  const auto binance = make_binance(world.context());

  EXPECT_EQ(*binance->spelling(coin("BTC", "USDT")), "BTCUSDT");
  EXPECT_EQ(*binance->spelling(coin("1INCH", "USDT")), "1INCHUSDT");
  EXPECT_EQ(*binance->spelling({.symbol = *Symbol::parse("PEPEUSDT")}), "PEPEUSDT");
  EXPECT_EQ(binance->spelling(stock("AAPL")).error().kind, ErrorKind::unsupported);
  EXPECT_EQ(binance->spelling({.symbol = *Symbol::parse("^GSPC")}).error().kind,
            ErrorKind::unsupported);
}

TEST(Binance, RefusesWhatItCannotDo) {
  Surroundings world("2024-02-01 00:00:00");
  const auto binance = make_binance(world.context());
  FetchRequest none = minutes("2024-01-01 00:00:00", "2024-01-02 00:00:00");
  none.instruments.clear();
  FetchRequest two = minutes("2024-01-01 00:00:00", "2024-01-02 00:00:00");
  two.instruments.push_back(coin("ETH", "USDT"));
  FetchRequest endless = minutes("2024-01-01 00:00:00", "2024-01-02 00:00:00");
  endless.range.to = Instant::max();
  FetchRequest share = minutes("2024-01-01 00:00:00", "2024-01-02 00:00:00");
  share.instruments = {stock("AAPL")};

  EXPECT_EQ(binance->fetch(none).error().kind, ErrorKind::usage);
  EXPECT_EQ(binance->fetch(two).error().kind, ErrorKind::usage);
  EXPECT_EQ(binance->fetch(endless).error().kind, ErrorKind::usage);
  EXPECT_EQ(binance->fetch(share).error().kind, ErrorKind::unsupported);
}

TEST(Binance, ListsItsPairs) {
  CHANDLER_NEEDS_FIXTURE("binance/exchangeInfo_25symbols.json");
  Surroundings world("2024-02-01 00:00:00",
                     in_turn({ok(read_fixture("binance/exchangeInfo_25symbols.json"))}));
  const auto binance = make_binance(world.context());

  const auto listing = binance->listing({});

  ASSERT_TRUE(listing);
  EXPECT_EQ(listing->size(), 25U);
  EXPECT_EQ(world.transport.requests[0].url, "https://api.binance.com/api/v3/exchangeInfo");
}

TEST(Binance, TellsOfItsHealthAndClock) {
  Surroundings world("2024-02-01 00:00:00",
                     in_turn({ok(R"({"serverTime":1706745602000})"), answer(503, "")}));
  world.settings.base_url = "http://127.0.0.1:1/";
  const auto binance = make_binance(world.context());

  const auto well = binance->probe({});
  const auto ill = binance->probe({});

  ASSERT_TRUE(well && ill);
  EXPECT_TRUE(well->ok);
  EXPECT_EQ(well->clock_ahead, 2000ms);
  EXPECT_FALSE(ill->ok);
  EXPECT_THAT(ill->detail, HasSubstr("503"));
  EXPECT_EQ(world.transport.requests.size(), 2U) << "a probe is not repeated";
  EXPECT_EQ(world.transport.requests[0].url, "http://127.0.0.1:1/api/v3/time");
}

TEST(Binance, SaysWhatItCanDo) {
  Surroundings world("2024-02-01 00:00:00");
  world.settings.rate_limit = RateLimit{1200, 60s};
  world.settings.reliability = 0.5;
  const auto binance = make_binance(world.context());

  const Capabilities& can = binance->capabilities();

  EXPECT_EQ(can.name, "binance");
  EXPECT_TRUE(can.has_key);
  for (const Timeframe tf : kAllTimeframes)
    EXPECT_EQ(can.offers(tf), tf != Timeframe::d3) << "its anchor is not ours: " << to_string(tf);
  EXPECT_TRUE(can.columns.has(Column::turnover));
  EXPECT_FALSE(can.columns.has(Column::adj_close));
  EXPECT_EQ(can.rate_limits, (std::vector<RateLimit>{{1200, 60s}}));
  EXPECT_EQ(can.reliability, 0.5);
}

}  // namespace
}  // namespace chandler
