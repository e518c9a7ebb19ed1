#include "plugin/shared_plugin.h"

#include <gmock/gmock.h>

#include <cmath>

#include "tests/providers/plugin/fixture.h"

namespace chandler::plugin {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::StartsWith;
using namespace std::chrono_literals;

const TimeRange kHour{at("2024-01-01 00:00:00"), at("2024-01-01 01:00:00")};

class SharedPlugin : public PluginTest {
 protected:
  SharedPlugin() {
    variables["PLAIN_KEY"] = "s3cr3t-k3y";
    variables["WRAPPED_KEY"] = "s3cr3t-k3y";
  }
  Result<std::unique_ptr<Provider>> load(const std::string& name) {
    return load_shared_plugin(std::filesystem::path(CHANDLER_TEST_PLUGINS) / (name + ".so"),
                              context_of());
  }
  Fetched fetch_from(const std::string& name, const std::string& symbol,
                     const std::stop_token& stop = {}) {
    provider = *load(name);
    return fetch(*provider, request(symbol, Timeframe::m1, kHour), stop);
  }

  std::unique_ptr<Provider> provider;
};

// --- the border in C

TEST_F(SharedPlugin, BringsThePagesOfAProviderInC) {
  const Fetched got = fetch_from("plain_c", "GOOD");

  ASSERT_FALSE(got.error) << got.error->line();
  ASSERT_EQ(got.pages.size(), 3U);
  EXPECT_EQ(got.pages[0].settles, (TimeRange{kHour.from, at("2024-01-01 00:01:01")}));
  EXPECT_EQ(got.pages[2].settles.to, kHour.to);
  EXPECT_THAT(got.pages[0].notes, ElementsAre("it said: a page"));
  ASSERT_EQ(got.bars.size(), 4U);
  EXPECT_EQ(got.bars.timestamp[3], at("2024-01-01 00:03:00"));
  EXPECT_EQ(got.bars.close[3], 2);
  EXPECT_TRUE(std::isnan(got.bars.vwap[2]));
  EXPECT_EQ(got.bars.vwap[3], 2);
  EXPECT_FALSE(got.bars.columns.has(Column::turnover));
}

TEST_F(SharedPlugin, StopsWhenAsked) {
  std::stop_source stop;
  provider = *load("plain_c");
  auto stream = provider->fetch(request("GOOD", Timeframe::m1, kHour));
  ASSERT_TRUE((*stream)->next(stop.get_token()));

  stop.request_stop();
  const auto page = (*stream)->next(stop.get_token());

  ASSERT_FALSE(page);
  EXPECT_EQ(page.error().kind, ErrorKind::interrupted);
}

struct Lie {
  const char* symbol;
  ErrorKind kind;
  const char* says;
};
class LyingInC : public SharedPlugin, public ::testing::WithParamInterface<Lie> {};

TEST_P(LyingInC, CostsItsRequestOneError) {
  const Fetched got = fetch_from("plain_c", GetParam().symbol);

  ASSERT_TRUE(got.error);
  EXPECT_EQ(got.error->kind, GetParam().kind);
  EXPECT_THAT(got.error->line(), StartsWith("plain_c: "));
  EXPECT_THAT(got.error->line(), HasSubstr(GetParam().says));
  EXPECT_THAT(got.error->line(), Not(HasSubstr("s3cr3t")));
  EXPECT_LT(got.error->line().size(), 400U);
  EXPECT_FALSE(fetch(*provider, request("GOOD", Timeframe::m1, kHour)).error);
}

INSTANTIATE_TEST_SUITE_P(
    Symbols, LyingInC,
    ::testing::Values(
        Lie{"NOTFOUND", ErrorKind::not_found, "no such thing"},
        Lie{"EARLY", ErrorKind::data, "row 0 of its page lies outside the range"},
        Lie{"BACKWARDS", ErrorKind::data, "row 1 of its page is not after the row before"},
        Lie{"HUGE", ErrorKind::data, "is larger than 100000"},
        Lie{"NOTIME", ErrorKind::data, "no timestamp"},
        Lie{"NOLOW", ErrorKind::data, "no column low"},
        Lie{"EXTRA", ErrorKind::data, "the column turnover, which its description does not name"},
        Lie{"STRANGE", ErrorKind::data, "the answer 99, which makes no sense: hm"},
        Lie{"RESTLESS", ErrorKind::data, "the answer 7, which makes no sense"},
        Lie{"MUTE", ErrorKind::unavailable, "did not say why"},
        Lie{"ENDLESS", ErrorKind::data, "xxxx"}, Lie{"GOSSIP", ErrorKind::auth, "plain_c: "},
        Lie{"EMPTY", ErrorKind::data, "pages without end and without bars"}),
    [](const auto& each) { return std::string(each.param.symbol); });

struct Refused {
  const char* name;
  const char* says;
};
class NotLoaded : public SharedPlugin, public ::testing::WithParamInterface<Refused> {};

TEST_P(NotLoaded, NamingFileReasonAndRemedy) {
  const auto loaded = load(GetParam().name);

  ASSERT_FALSE(loaded);
  EXPECT_THAT(loaded.error().line(), HasSubstr(GetParam().name + std::string(".so")));
  EXPECT_THAT(loaded.error().line(), HasSubstr(GetParam().says));
}

INSTANTIATE_TEST_SUITE_P(
    Objects, NotLoaded,
    ::testing::Values(Refused{"none", "is not a shared object"},
                      Refused{"no_entry", "does not export chandler_plugin()"},
                      Refused{"no_table", "another plugin ABI, this Chandler speaks 1"},
                      Refused{"other_abi", "speaks plugin ABI 99, this Chandler speaks 1; build"},
                      Refused{"short_table", "leaves functions out"},
                      Refused{"no_description", "gives no description"},
                      Refused{"bad_description", "1 to 32 of"},
                      Refused{"unresolved", "nobody_has_this"},
                      Refused{"unwilling", "the moon is not full"},
                      Refused{"throws_in_create", "threw an exception across the border"}),
    [](const auto& each) { return std::string(each.param.name); });

TEST_F(SharedPlugin, MustBeAnElfFile) {
  const auto loaded =
      load_shared_plugin(folder.file("text.so", "#!/bin/sh\necho hello\n"), context_of());

  ASSERT_FALSE(loaded);
  EXPECT_THAT(loaded.error().line(), HasSubstr("is not a shared object"));
}

TEST_F(SharedPlugin, SurvivesExceptionsThatCrossTheBorder) {
  for (const char* symbol : {"OPEN", "NEXT"}) {
    const Fetched got = fetch_from("unguarded", symbol);

    ASSERT_TRUE(got.error);
    EXPECT_EQ(got.error->line(),
              "unguarded: threw an exception across the border; catch it in the plugin; "
              "chandler/provider_plugin_cpp.h does so");
  }
}

// --- the wrapper in C++

TEST_F(SharedPlugin, DescribesItselfThroughTheWrapper) {
  provider = *load("wrapped");

  const Capabilities& can = provider->capabilities();
  EXPECT_EQ(asked_name, "wrapped");
  EXPECT_THAT(can.timeframes, ElementsAre(Timeframe::m1, Timeframe::d1));
  EXPECT_EQ(can.columns, ColumnSet{}.add(Column::vwap));
  EXPECT_THAT(can.rate_limits, ElementsAre(RateLimit{100, 60s}));
  EXPECT_THAT(can.key_variables, ElementsAre("WRAPPED_KEY"));
  EXPECT_TRUE(can.has_key);
  EXPECT_EQ(can.adjustment, Adjustment::splits);
  EXPECT_EQ(can.reliability, 0.75);
  EXPECT_EQ(can.earliest, at("2017-01-01 00:00:00"));
  EXPECT_EQ(can.depths.size(), 2U);
  EXPECT_EQ(can.page_bars, 1000U);
}

TEST_F(SharedPlugin, HandsOverTheWholeRequest) {
  provider = *load("wrapped");
  FetchRequest asked = request("GOOD", Timeframe::m1, kHour);
  asked.instruments[0].base = "GO";
  asked.instruments[0].quote = "OD";

  const Fetched got = fetch(*provider, std::move(asked));

  ASSERT_FALSE(got.error) << got.error->line();
  ASSERT_EQ(got.bars.size(), 1U);
  EXPECT_EQ(got.bars.vwap[0], 1.25);
  EXPECT_THAT(got.pages[0].notes,
              ElementsAre("it said: asked for crypto GO OD 1m at " +
                          std::to_string(epoch_seconds(at("2024-06-01 12:00:30")))));
}

TEST_F(SharedPlugin, TurnsWhatIsThrownIntoErrors) {
  struct Case {
    const char* symbol;
    ErrorKind kind;
    const char* line;
  };
  for (const Case& each : {Case{"THROW", ErrorKind::data, "wrapped: oh dear"},
                           Case{"THROWINT", ErrorKind::data,
                                "wrapped: something was thrown that is no std::exception"},
                           Case{"LIMITED", ErrorKind::rate_limited, "wrapped: slow down"},
                           Case{"BROKEN", ErrorKind::data, "wrapped: no sense in it"}}) {
    const Fetched got = fetch_from("wrapped", each.symbol);

    ASSERT_TRUE(got.error) << each.symbol;
    EXPECT_EQ(got.error->kind, each.kind);
    EXPECT_EQ(got.error->line(), each.line);
  }
}

TEST_F(SharedPlugin, AsksThroughTheHost) {
  variables["CHANDLER_WRAPPED_BASE_URL"] = "http://localhost:9";
  variables["HOME"] = "/not/named";
  transport.answer = [](const http::Request&) -> Result<http::Response> {
    return http::Response{.status = 200, .body = "41.5", .wire_bytes = 100};
  };

  const Fetched got = fetch_from("wrapped", "HTTP");

  ASSERT_FALSE(got.error) << got.error->line();
  EXPECT_EQ(got.bars.close[0], 41.5);
  ASSERT_EQ(transport.asked.size(), 1U);
  const http::Request& asked = transport.asked[0];
  EXPECT_EQ(asked.url, "http://localhost:9/bars");
  EXPECT_EQ(asked.headers.at(0).value, "none");
  EXPECT_EQ(asked.query.at(0).value, "s3cr3t-k3y");
  EXPECT_TRUE(asked.query.at(0).secret);
  EXPECT_EQ(provider->calls().requests, 1U);
  EXPECT_EQ(provider->calls().bytes, 100U);
  EXPECT_EQ(provider->breaker(), BreakerState::closed);
}

TEST_F(SharedPlugin, IsRetriedByTheHostAndHandsOnWhatItSays) {
  transport.answer = [](const http::Request&) -> Result<http::Response> {
    return http::Response{.status = 503};
  };

  const Fetched got = fetch_from("wrapped", "HTTP");

  ASSERT_TRUE(got.error);
  EXPECT_EQ(got.error->kind, ErrorKind::unavailable);
  EXPECT_THAT(got.error->line(), HasSubstr("503"));
  EXPECT_THAT(got.error->line(), Not(HasSubstr("s3cr3t")));
  EXPECT_EQ(transport.asked.size(), static_cast<std::size_t>(retry.attempts));
  EXPECT_EQ(provider->calls().requests, transport.asked.size());
}

TEST_F(SharedPlugin, SeesClientErrorsWhereItWantsTo) {
  transport.answer = [](const http::Request&) -> Result<http::Response> {
    return http::Response{.status = 404};
  };

  EXPECT_EQ(fetch_from("wrapped", "HTTP").error->kind, ErrorKind::not_found);
  EXPECT_EQ(fetch_from("wrapped", "LENIENT").bars.close.at(0), 404);
}

TEST_F(SharedPlugin, MayNotPutItsKeyIntoAUrl) {
  const Fetched got = fetch_from("wrapped", "LEAKY");

  ASSERT_TRUE(got.error);
  EXPECT_THAT(got.error->line(), HasSubstr("puts its key into a URL"));
  EXPECT_THAT(got.error->line(), Not(HasSubstr("s3cr3t")));
  EXPECT_THAT(transport.asked, IsEmpty());
}

TEST_F(SharedPlugin, KeepsItsRateLimitInTheHost) {
  settings.rate_limit = RateLimit{4, 60s};  // the plugin's requests cost 2
  transport.answer = [](const http::Request&) -> Result<http::Response> {
    return http::Response{.status = 200, .body = "1"};
  };
  provider = *load("wrapped");

  for (int i = 0; i < 3; ++i)
    EXPECT_FALSE(fetch(*provider, request("HTTP", Timeframe::m1, kHour)).error);

  EXPECT_GE(provider->calls().waited, 60s);
}

TEST_F(SharedPlugin, IsAskedAgainByTheHostWhenItsNetworkIsItsOwn) {
  const Fetched got = fetch_from("wrapped_own", "FLAKY");

  EXPECT_FALSE(got.error) << got.error->line();
  EXPECT_EQ(provider->calls().requests, 3U);
  EXPECT_EQ(timer.waits.size(), 2U);
}

TEST_F(SharedPlugin, IsProbedLikeAnyOther) {
  provider = *load("wrapped");

  const auto health = provider->probe({});

  ASSERT_TRUE(health);
  EXPECT_TRUE(health->ok);
  EXPECT_THAT(health->detail, HasSubstr("GOOD 1d"));
}

}  // namespace
}  // namespace chandler::plugin
