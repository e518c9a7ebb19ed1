#include "http/client.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <latch>
#include <thread>

#include "hand_timer.h"
#include "http/limits.h"
#include "http/retry_budget.h"
#include "scripted_transport.h"

namespace chandler::http {
namespace {

using namespace std::chrono_literals;
using std::chrono::milliseconds;
using test::answer;
using test::failure;
using test::HandTimer;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

class ClientTest : public testing::Test {
 protected:
  // The jitter draws a half, so each pause is half of the most.
  ClientOptions options() const {
    ClientOptions options;
    options.provider = "binance";
    options.random = [] { return 0.5; };
    return options;
  }
  Client make() { return Client(transport, limits, timer, options()); }
  Result<Response> get(Client& client, std::uint32_t cost = 1) {
    return client.get(request, judge_by_status, stop.get_token(), cost);
  }

  test::ScriptedTransport transport;
  SharedLimits limits;
  HandTimer timer;
  std::stop_source stop;
  Request request{.url = "https://api.binance.com/api/v3/klines",
                  .query = {{"symbol", "BTCUSDT"}, {"apikey", "s3cret-of-mine", true}}};
};

TEST_F(ClientTest, HandsOverAnAcceptedAnswer) {
  transport.then(answer(200, {}, "[]"));
  Client client = make();

  const auto response = get(client);

  ASSERT_TRUE(response) << response.error().line();
  EXPECT_EQ(response->body, "[]");
  EXPECT_THAT(timer.waits(), IsEmpty());
}

TEST_F(ClientTest, BacksOffTwiceAsLongEachTimeUpToTheLongest) {
  auto o = options();
  o.retry = {.attempts = 6, .first = 1s, .longest = 5s};
  transport.then(answer(503), 5);
  Client client(transport, limits, timer, o);

  const auto response = get(client);

  ASSERT_TRUE(response) << response.error().line();
  EXPECT_THAT(timer.waits(), ElementsAre(500ms, 1000ms, 2000ms, 2500ms, 2500ms));
}

TEST_F(ClientTest, DrawsEachPauseBetweenNothingAndTheMost) {
  auto o = options();
  std::vector<double> draws{0.0, 0.999, 0.25};
  o.random = [&draws] {
    const double draw = draws.front();
    draws.erase(draws.begin());
    return draw;
  };
  o.retry = {.first = 1s};
  transport.then(answer(500), 3);
  Client client(transport, limits, timer, o);

  ASSERT_TRUE(get(client));

  EXPECT_THAT(timer.waits(), ElementsAre(0ms, 1998ms, 1000ms));
}

TEST_F(ClientTest, DrawsByItselfWhenNothingElseIsGiven) {
  auto o = options();
  o.random = {};
  o.retry = {.first = 1s, .longest = 1s};
  transport.then(answer(500), 2);
  Client client(transport, limits, timer, o);

  ASSERT_TRUE(get(client));

  for (const milliseconds wait : timer.waits()) EXPECT_LE(wait, 1s);
}

TEST_F(ClientTest, GivesUpAfterTheLastAttemptAndSaysWhatWhereAndHowOften) {
  transport.then(answer(502), 9);
  Client client = make();

  const auto response = get(client);

  ASSERT_FALSE(response);
  EXPECT_EQ(response.error().kind, ErrorKind::unavailable);
  EXPECT_EQ(response.error().line(),
            "binance: https://api.binance.com/api/v3/klines?symbol=BTCUSDT&apikey=***: answered "
            "with status 502 (asked 5 times); the source has trouble; try again later");
  EXPECT_EQ(transport.asked(), 5);
}

TEST_F(ClientTest, RetriesBrokenConnectionsButNotWhatTheSourceRefuses) {
  struct Case {
    Result<Response> first;
    int asked;
    ErrorKind kind;
  };
  const std::vector<Case> cases = {
      {failure(ErrorKind::unavailable), 5, ErrorKind::unavailable},
      {failure(ErrorKind::data), 1, ErrorKind::data},
      {failure(ErrorKind::usage), 1, ErrorKind::usage},
      {failure(ErrorKind::interrupted), 1, ErrorKind::interrupted},
      {answer(400), 1, ErrorKind::data},
      {answer(401), 1, ErrorKind::auth},
      {answer(403), 1, ErrorKind::auth},
      {answer(404), 1, ErrorKind::not_found},
      {answer(301, {{"location", "https://other.test/x?apikey=1"}}), 1, ErrorKind::data},
      {answer(408), 5, ErrorKind::unavailable},
      {answer(500), 5, ErrorKind::unavailable},
      {answer(425), 5, ErrorKind::unavailable},
      {answer(502), 5, ErrorKind::unavailable},
      {answer(503), 5, ErrorKind::unavailable},
      {answer(504), 5, ErrorKind::unavailable},
      {answer(501), 1, ErrorKind::unavailable},
      {answer(505), 1, ErrorKind::unavailable},
      {answer(599), 1, ErrorKind::unavailable},
      {answer(418), 1, ErrorKind::data},
      {answer(418, {{"retry-after", "1"}}), 5, ErrorKind::rate_limited},
      {answer(429), 5, ErrorKind::rate_limited},
  };
  for (const Case& c : cases) {
    test::ScriptedTransport source;
    source.then(c.first, 9);
    Client client(source, limits, timer, options());

    const auto response = get(client);

    const std::string name = c.first ? std::to_string(c.first->status) : c.first.error().what;
    ASSERT_FALSE(response) << name;
    EXPECT_EQ(response.error().kind, c.kind) << name;
    EXPECT_EQ(source.asked(), c.asked) << name;
    EXPECT_THAT(response.error().line(), HasSubstr("binance: https://api.binance.com/")) << name;
  }
}

TEST_F(ClientTest, BacksOffFromOneSecondToAMinuteFiveTimesInAllUnlessToldOtherwise) {
  const RetryPolicy usual;

  EXPECT_EQ(usual.attempts, 5);
  EXPECT_EQ(usual.first, 1s);
  EXPECT_EQ(usual.longest, 60s);
}

TEST_F(ClientTest, SharesTheRetriesOfARunTenAndOneForEveryTenRequests) {
  RetryBudget retries;
  auto o = options();
  o.retries = &retries;
  o.breaker.failures = 100;
  Client client(transport, limits, timer, o);
  o.provider = "yahoo";
  Client other(transport, limits, timer, o);
  transport.then(answer(503), 100);

  // Five attempts each, four of them retries, until two retries are left for the third call.
  EXPECT_FALSE(get(client));
  EXPECT_FALSE(get(other));
  const auto third = get(client);
  EXPECT_EQ(transport.asked(), 5 + 5 + 3);
  ASSERT_FALSE(third);
  EXPECT_THAT(third.error().line(),
              HasSubstr("(asked 3 times); the retries of this run are used up"));
  for (int i = 0; i < 7; ++i) EXPECT_FALSE(get(other));
  EXPECT_EQ(transport.asked(), 13 + 7 + 1) << "the tenth request brought a retry";

  const auto run = retries.begin_run();
  EXPECT_FALSE(get(client));
  EXPECT_EQ(transport.asked(), 21 + 5);
}

TEST_F(ClientTest, StopsRetryingWhenTheBudgetForWaitingIsSpent) {
  auto o = options();
  o.retry = {.attempts = 100, .first = 10s, .longest = 10s, .budget = 17s};
  transport.then(answer(503), 100);
  Client client(transport, limits, timer, o);

  ASSERT_FALSE(get(client));

  EXPECT_THAT(timer.waits(), ElementsAre(5s, 5s, 5s));
}

TEST_F(ClientTest, WaitsAsLongAsTheSourceAsks) {
  transport.then(answer(429, {{"retry-after", "7"}}));
  transport.then(answer(503, {{"retry-after", "3"}}));
  Client client = make();

  ASSERT_TRUE(get(client));

  EXPECT_THAT(timer.waits(), ElementsAre(7s, 3s));
}

TEST_F(ClientTest, TooManyRequestsHoldEverybodyBack) {
  transport.then([&](const Request&) -> Result<Response> {
    timer.move(1s);
    return answer(429, {{"retry-after", "30"}});
  });
  auto impatient = options();
  impatient.retry.attempts = 1;
  Client first(transport, limits, timer, impatient);
  Client second = make();

  ASSERT_FALSE(get(first));
  ASSERT_TRUE(get(second));

  EXPECT_THAT(timer.waits(), ElementsAre(30s));
}

TEST_F(ClientTest, ALongRetryAfterIsAnErrorThatSaysWhenToComeBack) {
  transport.then(answer(418, {{"retry-after", "3600"}}));
  Client client = make();

  const auto first = get(client);
  const auto second = get(client);

  ASSERT_FALSE(first);
  EXPECT_EQ(first.error().kind, ErrorKind::rate_limited);
  EXPECT_THAT(first.error().line(), HasSubstr("try again after 2024-03-01 13:00:00 UTC"));
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().kind, ErrorKind::rate_limited);
  EXPECT_THAT(second.error().line(), HasSubstr("may not be asked before 2024-03-01 13:00:00 UTC"));
  EXPECT_EQ(transport.asked(), 1);
  EXPECT_THAT(timer.waits(), IsEmpty());
}

TEST_F(ClientTest, AnAbsurdRetryAfterIsCutToThreeDays) {
  transport.then(answer(429, {{"retry-after", "99999999999999"}}));
  Client client = make();

  const auto response = get(client);

  ASSERT_FALSE(response);
  EXPECT_THAT(response.error().line(), HasSubstr("2024-03-04 12:00:00"));
}

TEST_F(ClientTest, WaitsForTheLimit) {
  auto o = options();
  o.limits = {{2, 60s}};
  Client client(transport, limits, timer, o);

  for (int i = 0; i < 5; ++i) ASSERT_TRUE(get(client));

  EXPECT_THAT(timer.waits(), ElementsAre(60'001ms, 60'001ms));
  EXPECT_EQ(client.calls().waited, 120'002ms);
}

TEST_F(ClientTest, WhatNeverReachedTheSourceDoesNotCountAgainstItsLimit) {
  auto o = options();
  o.limits = {{2, 60s}, {300, 3600s}};
  transport.be_unreachable(4);
  Client client(transport, limits, timer, o);

  ASSERT_TRUE(get(client));
  ASSERT_TRUE(get(client));

  EXPECT_EQ(transport.asked(), 2);
  EXPECT_THAT(timer.waits(), ElementsAre(500ms, 1s, 2s, 4s)) << "only the backoff";
  ASSERT_TRUE(get(client));
  EXPECT_EQ(timer.waits().back(), 60'001ms) << "what was sent counts";
}

TEST_F(ClientTest, ANameThatNobodyKnowsIsNotAskedForAgain) {
  transport.be_unknown();
  Client client = make();

  const auto response = get(client);

  ASSERT_FALSE(response);
  EXPECT_EQ(response.error().kind, ErrorKind::unavailable) << "another provider may do";
  EXPECT_EQ(client.calls().requests, 1U);
  EXPECT_THAT(timer.waits(), IsEmpty());
}

TEST_F(ClientTest, ALimitThatIsUsedUpForLongIsAnErrorThatSaysWhenToComeBack) {
  auto o = options();
  o.limits = {{5, 60s}, {2, 86400s}};
  Client client(transport, limits, timer, o);
  ASSERT_TRUE(get(client));
  timer.move(1h);
  ASSERT_TRUE(get(client));

  const auto response = get(client);

  ASSERT_FALSE(response);
  EXPECT_EQ(response.error().kind, ErrorKind::rate_limited);
  EXPECT_THAT(response.error().line(),
              AllOf(HasSubstr("before 2024-03-02 12:00:01 UTC"), HasSubstr("5/minute, 2/day")));
}

TEST_F(ClientTest, ACostAboveTheLimitIsAUsageError) {
  auto o = options();
  o.limits = {{10, 60s}};
  Client client(transport, limits, timer, o);

  const auto response = get(client, 11);

  ASSERT_FALSE(response);
  EXPECT_EQ(response.error().kind, ErrorKind::usage);
  EXPECT_THAT(response.error().line(), HasSubstr("10/minute"));
  EXPECT_EQ(transport.asked(), 0);
}

TEST_F(ClientTest, BelievesTheSourceWhenItHasCountedMore) {
  auto o = options();
  o.limits = {{100, 60s}};
  Client client(transport, limits, timer, o);
  const Judge judge = [](const Response&) {
    Verdict verdict;
    verdict.used = 98;
    return verdict;
  };

  ASSERT_TRUE(client.get(request, judge, stop.get_token(), 2));
  ASSERT_TRUE(get(client, 2));
  EXPECT_THAT(timer.waits(), IsEmpty());
  ASSERT_TRUE(get(client, 2));

  EXPECT_THAT(timer.waits(), ElementsAre(60'001ms));
}

TEST_F(ClientTest, AccountsOfOneProviderHaveTheirOwnLimits) {
  auto o = options();
  o.limits = {{1, 60s}};
  Client client(transport, limits, timer, o);
  o.account = "another";
  Client other(transport, limits, timer, o);

  ASSERT_TRUE(get(client));
  ASSERT_TRUE(get(other));
  EXPECT_THAT(timer.waits(), IsEmpty());
  ASSERT_TRUE(get(other));

  EXPECT_THAT(timer.waits(), ElementsAre(60'001ms));
}

TEST_F(ClientTest, ATimerThatStandsStillHoldsNobodyUp) {
  class StandingTimer final : public Timer {
   public:
    [[nodiscard]] Moment now() const override { return HandTimer::kStart; }
    [[nodiscard]] bool wait_until(Moment, const std::stop_token&) override { return true; }
  } standing;
  auto o = options();
  o.limits = {{1, 1s}};
  transport.then(answer(503), 2);
  Client client(transport, limits, standing, o);

  EXPECT_TRUE(get(client));

  EXPECT_EQ(transport.asked(), 3);
}

TEST_F(ClientTest, AskedToStopItSaysInterruptedAndAsksNobody) {
  Client client = make();
  stop.request_stop();

  const auto response = get(client);

  ASSERT_FALSE(response);
  EXPECT_EQ(response.error().kind, ErrorKind::interrupted);
  EXPECT_EQ(transport.asked(), 0);
}

TEST_F(ClientTest, AskedToStopWhileItBacksOffItSaysInterrupted) {
  transport.then([&](const Request&) -> Result<Response> {
    stop.request_stop();
    return answer(503);
  });
  Client client = make();

  const auto response = get(client);

  ASSERT_FALSE(response);
  EXPECT_EQ(response.error().kind, ErrorKind::interrupted);
  EXPECT_EQ(transport.asked(), 1);
}

TEST_F(ClientTest, CountsWhatItsCallsComeTo) {
  transport.then(answer(500));
  transport.then(answer(429, {{"retry-after", "2"}}));
  transport.then([&](const Request&) -> Result<Response> {
    timer.move(90ms);
    return failure(ErrorKind::unavailable);
  });
  transport.then(answer(200));
  transport.then(answer(404));
  Client client = make();

  ASSERT_TRUE(get(client));
  ASSERT_FALSE(get(client));

  const CallCounts counts = client.calls();
  EXPECT_EQ(counts.requests, 5U);
  EXPECT_EQ(counts.retries, 3U);
  EXPECT_EQ(counts.failures, 3U);
  EXPECT_EQ(counts.rate_limited, 1U);
  EXPECT_EQ(counts.bytes, 400U);
  EXPECT_EQ(counts.latency_total, 250ms);
  EXPECT_EQ(counts.latency_max, 90ms);
  EXPECT_EQ(counts.waited, 500ms + 2000ms + 2000ms);
}

TEST_F(ClientTest, EveryErrorSaysWhatToDoNext) {
  const auto judge_as = [](ErrorKind kind, Verdict::Act act) {
    return [kind, act](const Response&) {
      return Verdict{.act = act, .error = Error{kind, "no", "", ""}};
    };
  };
  for (const ErrorKind kind : {ErrorKind::data, ErrorKind::unavailable, ErrorKind::rate_limited,
                               ErrorKind::not_found, ErrorKind::unsupported, ErrorKind::auth}) {
    for (const Verdict::Act act : {Verdict::Act::fail, Verdict::Act::retry, Verdict::Act::wait}) {
      Client client(transport, limits, timer, options());

      const auto response = client.get(request, judge_as(kind, act), stop.get_token());

      ASSERT_FALSE(response);
      EXPECT_FALSE(response.error().hint.empty()) << static_cast<int>(kind);
    }
  }
}

TEST_F(ClientTest, NoErrorShowsASecretHoweverItGotThere) {
  request.headers = {{"Authorization", "Bearer tok/en+with=signs", true}};
  const std::vector<Result<Response>> results = {
      failure(ErrorKind::unavailable, "cannot reach ...?apikey=s3cret-of-mine"),
      failure(ErrorKind::data, "tok%2Fen%2Bwith%3Dsigns"),
  };
  for (const auto& result : results) {
    test::ScriptedTransport source;
    source.then(result, 9);
    Client client(source, limits, timer, options());

    const auto response = get(client);

    ASSERT_FALSE(response);
    EXPECT_THAT(response.error().line(),
                AllOf(Not(HasSubstr("s3cret-of-mine")), Not(HasSubstr("tok%2F"))));
  }
}

TEST_F(ClientTest, WhatTheJudgeQuotesIsScrubbedToo) {
  transport.then(answer(200, {}, "unknown key s3cret-of-mine"));
  Client client = make();
  const Judge judge = [](const Response& response) {
    Verdict verdict{.act = Verdict::Act::fail};
    verdict.error = Error{ErrorKind::auth, response.body, response.body, response.body};
    return verdict;
  };

  const auto response = client.get(request, judge, stop.get_token());

  ASSERT_FALSE(response);
  EXPECT_THAT(response.error().line(),
              AllOf(Not(HasSubstr("s3cret")), HasSubstr("unknown key ***")));
}

TEST_F(ClientTest, AJudgeThatGivesNoReasonIsHelpedOut) {
  transport.then(answer(200), 9);
  Client client = make();
  const Judge judge = [](const Response&) { return Verdict{.act = Verdict::Act::retry}; };

  const auto response = client.get(request, judge, stop.get_token());

  ASSERT_FALSE(response);
  EXPECT_THAT(response.error().line(), HasSubstr("did not answer as it should"));
}

class BreakerTest : public ClientTest {
 protected:
  ClientOptions options() const {
    ClientOptions o = ClientTest::options();
    o.retry.attempts = 1;
    o.breaker = {.failures = 3, .rest = 30s, .longest = 100s};
    return o;
  }
  Client make() { return Client(transport, limits, timer, options()); }
  void fail(Client& client, int times) {
    for (int i = 0; i < times; ++i) {
      transport.then(answer(503));
      ASSERT_FALSE(get(client));
    }
  }
};

TEST_F(BreakerTest, OpensAfterFailuresInARowAndThenAsksNobody) {
  Client client = make();
  fail(client, 2);
  EXPECT_EQ(client.breaker(), BreakerState::closed);
  fail(client, 1);

  const auto response = get(client);

  EXPECT_EQ(client.breaker(), BreakerState::open);
  ASSERT_FALSE(response);
  EXPECT_EQ(response.error().kind, ErrorKind::unavailable);
  EXPECT_THAT(response.error().line(),
              AllOf(HasSubstr("failed 3 times in a row (answered with status 503)"),
                    HasSubstr("asked again at 2024-03-01 12:00:30 UTC")));
  EXPECT_EQ(transport.asked(), 3);
}

TEST_F(BreakerTest, ClosesWhenTheProbeIsAnswered) {
  Client client = make();
  fail(client, 3);
  timer.move(30s);

  ASSERT_TRUE(get(client));

  EXPECT_EQ(client.breaker(), BreakerState::closed);
  fail(client, 2);
  EXPECT_EQ(client.breaker(), BreakerState::closed) << "the count started anew";
}

TEST_F(BreakerTest, RestsTwiceAsLongAfterEachProbeThatFails) {
  Client client = make();
  fail(client, 3);
  for (const milliseconds rest : {30s, 60s, 100s, 100s}) {
    timer.move(rest - 1ms);
    EXPECT_FALSE(get(client));
    EXPECT_EQ(client.breaker(), BreakerState::open);
    timer.move(1ms);
    fail(client, 1);
  }
  EXPECT_EQ(transport.asked(), 3 + 4);
}

TEST_F(BreakerTest, LetsExactlyOneProbeThrough) {
  Client client = make();
  fail(client, 3);
  timer.move(30s);
  transport.then([&](const Request&) -> Result<Response> {
    EXPECT_EQ(client.breaker(), BreakerState::half_open);
    const auto second = get(client);
    EXPECT_FALSE(second);
    EXPECT_THAT(second.error().line(), HasSubstr("try again in a moment"));
    return answer(200);
  });

  EXPECT_TRUE(get(client));

  EXPECT_EQ(transport.asked(), 4);
  EXPECT_EQ(client.breaker(), BreakerState::closed);
}

TEST_F(BreakerTest, AProbeIsNotRetried) {
  auto o = options();
  o.retry.attempts = 4;
  transport.then(answer(503), 100);
  Client client(transport, limits, timer, o);
  for (int i = 0; i < 3; ++i) ASSERT_FALSE(get(client));
  ASSERT_EQ(transport.asked(), 12);
  timer.move(30s);

  ASSERT_FALSE(get(client));

  EXPECT_EQ(transport.asked(), 13);
  EXPECT_EQ(client.breaker(), BreakerState::open);
}

TEST_F(BreakerTest, AProbeThatIsInterruptedLeavesTheNextCallToProbe) {
  Client client = make();
  fail(client, 3);
  timer.move(30s);
  transport.then(failure(ErrorKind::interrupted));

  ASSERT_FALSE(get(client));
  EXPECT_EQ(client.breaker(), BreakerState::open);
  ASSERT_TRUE(get(client));

  EXPECT_EQ(client.breaker(), BreakerState::closed);
}

TEST_F(BreakerTest, AProbeThatIsToldToWaitHasFoundTheSourceThere) {
  auto o = options();
  o.retry.attempts = 3;
  o.breaker.failures = 1;
  Client client(transport, limits, timer, o);
  transport.then(answer(503), 3);
  ASSERT_FALSE(get(client));
  timer.move(30s);
  transport.then(answer(429, {{"retry-after", "5"}}));
  transport.then([&](const Request&) -> Result<Response> {
    EXPECT_EQ(client.breaker(), BreakerState::closed);
    return answer(200);
  });

  EXPECT_TRUE(get(client));
}

TEST_F(BreakerTest, StaysClosedOverWhatIsNoFault) {
  Client client = make();
  const std::vector<Result<Response>> harmless = {answer(404),
                                                  answer(403),
                                                  answer(400),
                                                  answer(429, {{"retry-after", "1"}}),
                                                  failure(ErrorKind::interrupted),
                                                  failure(ErrorKind::usage)};
  for (const auto& result : harmless) {
    transport.then(result, 4);
    for (int i = 0; i < 4; ++i) ASSERT_FALSE(get(client));
    EXPECT_EQ(client.breaker(), BreakerState::closed);
  }
}

TEST_F(BreakerTest, BrokenConnectionsAndUselessAnswersOpenIt) {
  for (const ErrorKind kind : {ErrorKind::unavailable, ErrorKind::data}) {
    Client client = make();
    transport.then(failure(kind), 3);
    for (int i = 0; i < 3; ++i) ASSERT_FALSE(get(client));
    EXPECT_EQ(client.breaker(), BreakerState::open);
  }
}

TEST_F(BreakerTest, ACallThatIsBackingOffEndsWhenTheBreakerOpens) {
  auto o = options();
  o.retry.attempts = 5;
  o.breaker.failures = 1;
  o.limits = {{7, 60s}};
  Client client(transport, limits, timer, o);
  // While the first call waits to retry, a second one fails for good.
  transport.then([&](const Request&) -> Result<Response> {
    transport.then(answer(503), 5);
    EXPECT_FALSE(get(client));
    return answer(503);
  });

  const auto response = get(client);

  ASSERT_FALSE(response);
  EXPECT_THAT(response.error().line(), HasSubstr("asked again at"));
  EXPECT_EQ(transport.asked(), 6);
  EXPECT_TRUE(limits.reserve("binance", o.limits, 1, timer.now())->granted)
      << "the one not asked counts for nothing";
}

TEST(ClientThreads, ShareOneLimitAndOneBreakerSafely) {
  constexpr int kThreads = 4;
  constexpr int kCalls = 50;
  test::ScriptedTransport transport;
  SharedLimits limits;
  HandTimer timer;
  ClientOptions options{.provider = "p", .limits = {{10, 1s}}};
  options.retry.longest_limit_wait = 24h;
  Client client(transport, limits, timer, options);
  std::atomic<int> answered = 0;
  {
    std::vector<std::jthread> threads;
    for (int t = 0; t < kThreads; ++t) {
      threads.emplace_back([&](const std::stop_token& stop) {
        for (int i = 0; i < kCalls; ++i) {
          if (client.get({.url = "https://p.test/"}, judge_by_status, stop)) ++answered;
        }
      });
    }
    for (auto& thread : threads) thread.join();
  }

  EXPECT_EQ(answered, kThreads * kCalls);
  EXPECT_EQ(client.calls().requests, static_cast<std::uint64_t>(kThreads * kCalls));
  EXPECT_GE(timer.now() - HandTimer::kStart, (kThreads * kCalls / 10 - 1) * 1s);
}

TEST(ClientThreads, OneThatWaitsInLineCanBeStopped) {
  test::ScriptedTransport transport;
  SharedLimits limits;
  // Whoever waits for this one waits until the test lets go.
  class HeldTimer final : public Timer {
   public:
    [[nodiscard]] Moment now() const override { return HandTimer::kStart; }
    [[nodiscard]] bool wait_until(Moment, const std::stop_token&) override {
      waiting.count_down();
      go.wait();
      return true;
    }
    std::latch waiting{1};
    std::latch go{1};
  } timer;
  Client client(transport, limits, timer, {.provider = "p", .limits = {{1, 1s}}});
  const Request request{.url = "https://p.test/"};
  ASSERT_TRUE(client.get(request, judge_by_status, {}));
  std::jthread first([&] { EXPECT_TRUE(client.get(request, judge_by_status, {})); });
  timer.waiting.wait();
  std::stop_source stop;
  std::jthread second([&] {
    const auto response = client.get(request, judge_by_status, stop.get_token());
    EXPECT_FALSE(response);
    EXPECT_EQ(response.error().kind, ErrorKind::interrupted);
  });

  stop.request_stop();
  second.join();
  timer.go.count_down();
  first.join();

  EXPECT_EQ(transport.asked(), 2);
}

}  // namespace
}  // namespace chandler::http
