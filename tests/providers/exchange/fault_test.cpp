#include <curl/curl.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <string>
#include <thread>

#include "tests/providers/exchange/http_client.h"
#include "tests/support/exchange/control.h"
#include "tests/support/exchange/exchange.h"

namespace chandler::testing {
namespace {

using nlohmann::ordered_json;

Instant at(const std::string& text) { return *parse_exact(text); }

constexpr const char* kKlines =
    "/api/v3/klines?symbol=BTCUSDT&interval=1m&startTime=1704067200000&limit=100";

class MisbehavingExchange : public ::testing::Test {
 protected:
  Answer get(const std::string& target = kKlines, const AnswerOptions& options = {}) {
    return client_.get(exchange_->url() + target, options);
  }
  std::unique_ptr<Exchange> exchange_ = *Exchange::start({.now = at("2024-06-03 12:00:30")});

 private:
  HttpClient client_;
};

std::vector<std::int64_t> times(const Answer& answer) {
  std::vector<std::int64_t> out;
  for (const ordered_json& row : answer.json()) out.push_back(row[0].get<std::int64_t>());
  return out;
}

TEST_F(MisbehavingExchange, AnswersWithAStatusForSomeRequestsAfterSome) {
  exchange_->misbehave({.kind = FaultKind::status,
                        .path = "/api/v3/klines",
                        .times = 2,
                        .after = 1,
                        .status = 429,
                        .retry_after = seconds{7}});

  EXPECT_EQ(get().status, 200);
  EXPECT_EQ(get("/api/v3/ping").status, 200);
  const Answer refused = get();
  EXPECT_EQ(refused.status, 429);
  EXPECT_EQ(refused.header("retry-after"), "7");
  EXPECT_EQ(refused.json()["code"], -1003);
  EXPECT_EQ(get().status, 429);
  EXPECT_EQ(get().status, 200);
}

TEST_F(MisbehavingExchange, EveryVenueHasItsOwnErrorBody) {
  exchange_->misbehave({.kind = FaultKind::status, .status = 500});

  EXPECT_EQ(get().json()["code"], -1000);
  EXPECT_EQ(get("/v8/finance/chart/AAPL").header("content-type"), "text/plain");
  EXPECT_EQ(get("/query?function=X").header("content-type"), "text/html");
  EXPECT_EQ(get("/v2/stocks/bars").json()["message"], "internal server error.");
  exchange_->behave();
  EXPECT_EQ(get().status, 200);
}

TEST_F(MisbehavingExchange, BodiesThatAreNoAnswer) {
  for (const FaultKind kind : {FaultKind::garbage, FaultKind::html, FaultKind::empty}) {
    SCOPED_TRACE(to_string(kind));
    exchange_->behave();
    exchange_->misbehave({.kind = kind, .times = 1});

    const Answer answer = get();

    EXPECT_EQ(answer.failed, CURLE_OK);
    EXPECT_EQ(answer.status, 200);
    EXPECT_TRUE(answer.json().is_discarded());
  }
  exchange_->misbehave({.kind = FaultKind::huge, .times = 1, .bytes = 5'000'000});
  const Answer huge = get(kKlines, {.accept_gzip = true});
  EXPECT_EQ(huge.body.size(), 5'000'000U);
  EXPECT_EQ(huge.header("content-encoding"), "");
}

TEST_F(MisbehavingExchange, DripsWholeAnswersSlowly) {
  const std::string whole = get().body;
  exchange_->misbehave({.kind = FaultKind::drip, .times = 1, .bytes = 500});

  EXPECT_EQ(get().body, whole);
}

TEST_F(MisbehavingExchange, StallsUntilTheClientGivesUp) {
  exchange_->misbehave({.kind = FaultKind::stall, .times = 1, .bytes = 30});

  const Answer answer = get(kKlines, {.timeout = std::chrono::milliseconds{200}});

  EXPECT_EQ(answer.failed, CURLE_OPERATION_TIMEDOUT);
  EXPECT_EQ(answer.body.size(), 30U);
}

TEST_F(MisbehavingExchange, ResetsTruncatesAndHangsUp) {
  exchange_->misbehave({.kind = FaultKind::reset, .times = 1, .bytes = 0});
  exchange_->misbehave({.kind = FaultKind::truncate, .times = 1, .bytes = 50});
  exchange_->misbehave({.kind = FaultKind::hang_up, .times = 1});

  EXPECT_EQ(get().failed, CURLE_RECV_ERROR);  // "Connection reset by peer"
  const Answer truncated = get();
  EXPECT_EQ(truncated.failed, CURLE_PARTIAL_FILE);
  EXPECT_EQ(truncated.body.size(), 50U);
  const Answer nothing = http_get(exchange_->url() + kKlines);
  EXPECT_EQ(nothing.failed, CURLE_GOT_NOTHING);
  EXPECT_EQ(exchange_->log().size(), 3U);
}

TEST_F(MisbehavingExchange, EndsWhileSomebodyIsStalled) {
  exchange_->misbehave({.kind = FaultKind::stall, .bytes = 1});
  const std::string url = exchange_->url() + kKlines;
  Answer answer;
  std::thread client([&] { answer = http_get(url); });
  while (exchange_->log().empty()) std::this_thread::yield();

  exchange_.reset();

  client.join();
  EXPECT_NE(answer.failed, CURLE_OK);
}

TEST_F(MisbehavingExchange, NeverAdvances) {
  exchange_->misbehave({.kind = FaultKind::never_advancing});

  const std::vector<std::int64_t> first = times(get());
  const std::vector<std::int64_t> second =
      times(get("/api/v3/klines?symbol=BTCUSDT&interval=1m&startTime=1704077200000&limit=50"));

  EXPECT_EQ(first.size(), 100U);
  EXPECT_EQ(first, second);
}

TEST_F(MisbehavingExchange, ShufflesWithoutLosingAnything) {
  const std::vector<std::int64_t> ordered = times(get());
  exchange_->misbehave({.kind = FaultKind::shuffled});

  std::vector<std::int64_t> shuffled = times(get());

  EXPECT_NE(shuffled, ordered);
  std::sort(shuffled.begin(), shuffled.end());
  EXPECT_EQ(shuffled, ordered);
}

TEST_F(MisbehavingExchange, DoublesSomeBars) {
  exchange_->misbehave({.kind = FaultKind::doubled});

  const ordered_json rows = get().json();

  ASSERT_EQ(rows.size(), 110U);
  EXPECT_EQ(rows[0], rows[1]);
}

TEST_F(MisbehavingExchange, ContradictsItselfAndTheLaterBarIsTrue) {
  const ordered_json truth = get().json();
  exchange_->misbehave({.kind = FaultKind::conflicting});

  const ordered_json rows = get().json();

  ASSERT_EQ(rows.size(), 110U);
  EXPECT_EQ(rows[0][0], rows[1][0]);
  EXPECT_NE(rows[0][4], rows[1][4]);
  EXPECT_EQ(rows[1], truth[0]);
}

TEST_F(MisbehavingExchange, HasHolesAndGoesOnBehindThem) {
  const std::vector<std::int64_t> whole = times(get());
  exchange_->misbehave(
      {.kind = FaultKind::holes, .range = {at("2024-01-01 00:10:00"), at("2024-01-01 03:00:00")}});

  const std::vector<std::int64_t> rows = times(get());

  ASSERT_EQ(rows.size(), 100U);
  EXPECT_EQ(rows[9], whole[9]);
  EXPECT_EQ(rows[10], epoch_seconds(at("2024-01-01 03:00:00")) * 1000);
  EXPECT_EQ(
      times(get("/api/v3/"
                "klines?symbol=BTCUSDT&interval=1m&startTime=1704068000000&endTime=1704070000000"))
          .size(),
      0U);
}

TEST_F(MisbehavingExchange, OtherVenuesDistortTheirBarsToo) {
  const AnswerOptions browser{.headers = {"User-Agent: Mozilla"}};
  const std::string chart =
      "/v8/finance/chart/BTC-USD?interval=1d&period1=1704067200&period2=1706745600";
  const std::string month = "/query?function=TIME_SERIES_DAILY&symbol=IBM&datatype=csv&apikey=k";
  const std::string crypto =
      "/v1beta3/crypto/us/bars?symbols=BTC/USD&timeframe=1Day&start=2024-01-01&end=2024-01-31";
  const auto lines = [](const Answer& answer) {
    return std::count(answer.body.begin(), answer.body.end(), '\n');
  };
  const auto stamps = [&] {
    return get(chart, browser).json()["chart"]["result"][0]["timestamp"].size();
  };
  EXPECT_EQ(stamps(), 31U);

  exchange_->misbehave({.kind = FaultKind::doubled});

  EXPECT_EQ(stamps(), 35U);
  EXPECT_EQ(get(crypto).json()["bars"]["BTC/USD"].size(), 35U);
  EXPECT_EQ(lines(get(month)), 101);  // compact stays a hundred
  EXPECT_NE(get(month).body,
            http_get((*Exchange::start({.now = at("2024-06-03 12:00:30")}))->url() + month).body);
}

TEST_F(MisbehavingExchange, TheSameTokenOverAndOver) {
  exchange_->misbehave({.kind = FaultKind::never_advancing, .path = "/v1beta3/"});
  const std::string target =
      "/v1beta3/crypto/us/bars?symbols=BTC/"
      "USD&timeframe=1Min&start=2024-01-01&end=2024-01-31&limit=10";

  const ordered_json first = get(target).json();
  const ordered_json second =
      get(target + "&page_token=" + first["next_page_token"].get<std::string>()).json();

  EXPECT_EQ(first, second);
}

// --- the log, the clock and the wire

TEST_F(MisbehavingExchange, LogsWhatItWasAsked) {
  get();
  get("/api/v3/ping?x=a%20b");
  get("/nowhere");

  const auto log = exchange_->log();
  ASSERT_EQ(log.size(), 3U);
  EXPECT_EQ(log[0].target, kKlines);
  EXPECT_EQ(log[1].query, (Fields{{"x", "a b"}}));
  EXPECT_EQ(log[2].status, 404);
  EXPECT_EQ(exchange_->log("/api/v3/klines").size(), 1U);
  exchange_->clear_log();
  EXPECT_TRUE(exchange_->log().empty());
}

TEST_F(MisbehavingExchange, KeepsConnectionsAlive) {
  for (int i = 0; i < 5; ++i) get("/api/v3/ping");

  EXPECT_EQ(exchange_->connections(), 1U);
  get("/api/v3/ping", {.headers = {"Connection: close"}});
  get("/api/v3/ping");
  EXPECT_EQ(exchange_->connections(), 2U);
}

TEST_F(MisbehavingExchange, CompressesForThoseWhoTakeIt) {
  const Answer plain = get();
  const Answer packed = get(kKlines, {.accept_gzip = true});

  EXPECT_EQ(plain.header("content-encoding"), "");
  EXPECT_EQ(packed.header("content-encoding"), "gzip");
  EXPECT_EQ(packed.body, plain.body);
  EXPECT_LT(std::stoul(packed.header("content-length")), plain.body.size());
}

TEST(ExchangeClock, MayBeATestsOwn) {
  Instant now = at("2024-01-01 00:00:00");
  const auto exchange = *Exchange::start({.clock = [&now] { return now; }});

  EXPECT_EQ(exchange->now(), now);
  now += seconds{90};
  EXPECT_EQ(http_get(exchange->url() + "/api/v3/time").json()["serverTime"],
            epoch_seconds(now) * 1000);
}

TEST(ExchangePort, ThatIsTakenIsAnError) {
  const auto exchange = *Exchange::start();

  const auto second = Exchange::start({.port = exchange->port()});

  ASSERT_FALSE(second);
  EXPECT_NE(second.error().what.find("listening on port"), std::string::npos);
}

TEST(ExchangeTruth, IsEmptyForUnknownSymbols) {
  const auto exchange = *Exchange::start();

  EXPECT_TRUE(
      exchange->truth(Venue::binance, "NOSUCHUSDT", Timeframe::m1, year_range(2024)).empty());
  EXPECT_TRUE(exchange->truth(Venue::alpaca, "^GSPC", Timeframe::d1, year_range(2024)).empty());
}

// --- control

TEST_F(MisbehavingExchange, IsSteeredOverHttp) {
  const auto post = [&](const std::string& document) {
    return get("/_control", {.post = document});
  };

  EXPECT_EQ(post(R"({"now": "2024-07-01T00:00:00"})").json()["now"], "2024-07-01T00:00:00");
  EXPECT_EQ(exchange_->now(), at("2024-07-01 00:00:00"));
  EXPECT_EQ(
      post(R"({"fault": {"kind": "holes", "path": "/api", "times": 1, "after": 0, "status": 500,
                     "retry_after": 1, "bytes": 2, "pause_ms": 3,
                     "from": "2024-01-01T00:00:00", "to": "2024-01-01T00:50:00"}})")
          .status,
      200);
  EXPECT_EQ(times(get())[0], epoch_seconds(at("2024-01-01 00:50:00")) * 1000);
  EXPECT_EQ(times(get())[0], epoch_seconds(at("2024-01-01 00:00:00")) * 1000);
  EXPECT_EQ(get("/_control").json()["requests"], 2);
  EXPECT_EQ(get("/_log?path=/api").json()[0]["target"], kKlines);
  EXPECT_EQ(post(R"({"fault": {"kind": "status"}, "behave": true, "clear_log": true})").status,
            200);
  EXPECT_EQ(get().status, 503);  // keys are taken in their alphabetical order
  EXPECT_EQ(get("/_other").status, 404);
}

TEST_F(MisbehavingExchange, ControlNamesWhatIsWrong) {
  for (const auto& [document, key] : {std::pair{"nonsense", "the body"},
                                      {"[]", "the body"},
                                      {R"({"nwo": 1})", "nwo"},
                                      {R"({"now": 1})", "now"},
                                      {R"({"now": "soon"})", "now"},
                                      {R"({"fault": 1})", "fault"},
                                      {R"({"fault": {"kind": "sleepy"}})", "kind"},
                                      {R"({"fault": {"path": 1}})", "path"},
                                      {R"({"fault": {"times": "x"}})", "times"},
                                      {R"({"fault": {"from": 1}})", "from"},
                                      {R"({"fault": {"colour": 1}})", "colour"}}) {
    const Answer answer = get("/_control", {.post = document});

    EXPECT_EQ(answer.status, 400) << document;
    EXPECT_NE(answer.json()["error"].get<std::string>().find(std::string("\"") + key + "\""),
              std::string::npos)
        << answer.body;
  }
}

TEST(FaultKinds, HaveNamesThatAreReadBack) {
  std::set<std::string_view> names;
  for (int kind = 0; kind <= static_cast<int>(FaultKind::holes); ++kind) {
    const auto name = to_string(static_cast<FaultKind>(kind));
    names.insert(name);
    EXPECT_EQ(parse_fault_kind(name), static_cast<FaultKind>(kind));
  }
  EXPECT_EQ(names.size(), static_cast<std::size_t>(FaultKind::holes) + 1);
  EXPECT_FALSE(parse_fault_kind("sleepy"));
}

}  // namespace
}  // namespace chandler::testing
