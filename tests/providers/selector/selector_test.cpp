#include "selector/selector.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <thread>

#include "selector/default_rules.h"
#include "tests/providers/fake_registry.h"

namespace chandler {
namespace {

using enum AssetClass;
using enum Timeframe;
using ::testing::ElementsAre;
using testing::FakeProvider;
using ::testing::HasSubstr;

class StandingClock final : public Clock {
 public:
  [[nodiscard]] Instant now() const override { return time; }
  void pause(std::chrono::milliseconds /*time*/) const override {}
  Instant time = *parse_exact("2024-06-01 00:00:00");
};

Capabilities with(std::string name, std::vector<AssetClass> classes,
                  std::vector<Timeframe> timeframes, double reliability = 0.5) {
  return {.name = std::move(name),
          .classes = std::move(classes),
          .timeframes = std::move(timeframes),
          .reliability = reliability};
}

std::vector<Timeframe> all() { return {kAllTimeframes.begin(), kAllTimeframes.end()}; }

// The built-in providers as far as choosing among them goes, all keys there.
class SelectorTest : public ::testing::Test {
 protected:
  SelectorTest() {
    abilities["binance"] = with("binance", {crypto}, all(), 0.95);
    abilities["yahoo"] =
        with("yahoo", {crypto, stock, etf, index, forex, future}, {d1, w1, mo1}, 0.7);
    abilities["alpha_vantage"] =
        with("alpha_vantage", {stock, etf}, {m1, m5, m15, m30, h1, d1}, 0.8);
    abilities["alpha_vantage"].key_variables = {"ALPHA_VANTAGE_API_KEY"};
    abilities["alpaca"] = with("alpaca", {stock, etf, crypto}, {m1, m5, m15, m30, h1, h2, h4, d1});
    abilities["alpaca"].key_variables = {"APCA_API_KEY_ID", "APCA_API_SECRET_KEY"};
    abilities["sandbox"] = testing::able("sandbox");
  }

  // Registry and selector, from what abilities, config and listings are by now.
  const Selector& selector() {
    if (selector_) return *selector_;
    Result<Registry> made = Registry::make({}, *parse_config(config, "c.json"),
                                           machinery.get([](auto) { return std::nullopt; }));
    registry_ = std::make_unique<Registry>(std::move(*made));
    for (const auto& [name, able] : abilities) {
      auto provider = std::make_unique<FakeProvider>(able);
      fake[name] = provider.get();
      EXPECT_TRUE(registry_->add(std::move(provider)));
    }
    auto result = Selector::make(*registry_, listings, clock, most_remembered);
    EXPECT_TRUE(result) << result.error().line();
    selector_ = std::move(*result);
    return *selector_;
  }
  std::shared_ptr<const Selection> select(const char* symbol, Timeframe timeframe,
                                          TimeRange range = {}, std::string provider = {}) {
    auto answer =
        selector().select({*parse_asked_symbol(symbol), timeframe, range, std::move(provider)});
    EXPECT_TRUE(answer) << answer.error().line();
    return *answer;
  }
  // The usable ones, in failover order.
  std::vector<std::string> order(const char* symbol, Timeframe timeframe, TimeRange range = {}) {
    std::vector<std::string> names;
    const auto answer = select(symbol, timeframe, range);
    for (const Candidate& c : answer->candidates) {
      if (c.usable) names.push_back(c.name());
    }
    return names;
  }
  static std::string reason(const Selection& s, const std::string& provider) {
    for (const Candidate& c : s.candidates) {
      if (c.name() == provider) return c.reason;
    }
    return "not a candidate";
  }
  static TimeRange since(const char* from) {
    return {*parse_exact(std::string(from) + " 00:00:00"), Instant::max()};
  }

  std::map<std::string, Capabilities> abilities;
  std::map<std::string, FakeProvider*> fake;
  std::string config = "{}";
  Listings listings;
  StandingClock clock;
  std::size_t most_remembered = 1000;

 private:
  testing::NoMachinery machinery;
  std::unique_ptr<Registry> registry_;
  std::unique_ptr<Selector> selector_;
};

TEST_F(SelectorTest, AsksByTheBuiltInRules) {
  EXPECT_THAT(order("BTCUSDT", m1), ElementsAre("binance", "alpaca"));
  EXPECT_THAT(order("BTCUSDT", d1), ElementsAre("binance", "yahoo", "alpaca"));
  EXPECT_THAT(order("AAPL", m1), ElementsAre("alpaca", "alpha_vantage"));
  EXPECT_THAT(order("AAPL", m5), ElementsAre("alpha_vantage", "alpaca"));
  EXPECT_THAT(order("AAPL", h4), ElementsAre("alpha_vantage", "alpaca"));
  EXPECT_THAT(order("etf:SPY", m1), ElementsAre("alpaca", "alpha_vantage"));
  EXPECT_THAT(order("AAPL", d1), ElementsAre("yahoo", "alpaca", "alpha_vantage"));
  EXPECT_THAT(order("AAPL", mo1), ElementsAre("yahoo", "alpaca", "alpha_vantage"));
  EXPECT_THAT(order("^GSPC", d1), ElementsAre("yahoo"));
  EXPECT_THAT(order("EURUSD=X", w1), ElementsAre("yahoo"));
  EXPECT_THAT(order("ES=F", d1), ElementsAre("yahoo"));
  EXPECT_THAT(order("HELLOWORLD", d1), ElementsAre("yahoo"));
}

TEST_F(SelectorTest, SpeakOfEveryClassAndTimeframe) {
  for (const AssetClass c : {unknown, crypto, stock, etf, index, forex, future}) {
    const auto all_frames = std::find_if(
        default_rules().begin(), default_rules().end(),
        [&](const SelectionRule& r) { return r.asset_class == c && r.timeframes.empty(); });
    EXPECT_NE(all_frames, default_rules().end()) << to_string(c);
  }
}

TEST_F(SelectorTest, SaysWhyForEachCandidate) {
  abilities["alpaca"].has_key = false;
  abilities["alpha_vantage"].has_key = false;
  config = R"({"providers": {"yahoo": {"enabled": false}}})";
  const auto s = select("AAPL", d1);

  EXPECT_EQ(s->chosen(), nullptr);
  EXPECT_EQ(reason(*s, "yahoo"), "switched off in the configuration");
  EXPECT_EQ(reason(*s, "alpaca"), "no key (set APCA_API_KEY_ID and APCA_API_SECRET_KEY)");
  EXPECT_EQ(reason(*s, "alpha_vantage"), "no key (set ALPHA_VANTAGE_API_KEY)");
  EXPECT_EQ(reason(*s, "binance"), "class stock not covered");
  EXPECT_EQ(reason(*s, "sandbox"), "made up: only when a rule names it, or when asked for by name");
  EXPECT_THAT(s->reason, HasSubstr("nobody can be asked; yahoo: switched off"));
}

TEST_F(SelectorTest, SaysWhyTheFirstWasNotTaken) {
  abilities["alpaca"].has_key = false;
  const auto s = select("AAPL", m1);

  EXPECT_EQ(s->chosen()->name(), "alpha_vantage");
  EXPECT_EQ(s->chosen()->reason, "named second by the built-in rule for stock 1m");
  EXPECT_EQ(s->reason,
            "named second by the built-in rule for stock 1m; alpaca: no key (set APCA_API_KEY_ID "
            "and APCA_API_SECRET_KEY)");
  EXPECT_EQ(reason(*s, "yahoo"), "timeframe 1m not offered");
}

TEST_F(SelectorTest, TakesWhoNeedsNoKeyForThatClass) {
  abilities["alpaca"].has_key = false;
  abilities["alpaca"].keyless_classes = {crypto};
  config = R"({"selection": [{"class": "crypto", "providers": ["alpaca"]},
                             {"class": "stock", "providers": ["alpaca", "yahoo"]}]})";

  EXPECT_EQ(select("crypto:BTCUSD", m1)->chosen()->name(), "alpaca");
  EXPECT_EQ(select("stock:AAPL", d1)->chosen()->name(), "yahoo");
}

TEST_F(SelectorTest, SaysWhatATimeframeIsRolledUpFrom) {
  const auto s = select("AAPL", h4);

  EXPECT_EQ(s->chosen()->name(), "alpha_vantage");
  EXPECT_EQ(s->chosen()->rolled_up_from, h1);
  EXPECT_EQ(s->chosen()->reason,
            "named first by the built-in rule for stock 4h; timeframe 4h not offered, rolled up "
            "from its 1h");
  EXPECT_EQ(s->candidates[1].rolled_up_from, std::nullopt);
}

TEST_F(SelectorTest, TheConfigurationsRulesComeFirst) {
  config =
      "{\"selection\": [\n"
      "{\"class\": \"crypto\", \"timeframes\": [\"1d\"], \"providers\": [\"yahoo\", "
      "\"sandbox\"]},\n"
      "{\"class\": \"crypto\", \"providers\": [\"alpaca\"]}]}";

  EXPECT_THAT(order("BTCUSDT", d1), ElementsAre("yahoo", "sandbox"));
  EXPECT_THAT(order("BTCUSDT", m1), ElementsAre("alpaca"));
  EXPECT_THAT(order("AAPL", d1), ElementsAre("yahoo", "alpaca", "alpha_vantage"));
  const auto s = select("BTCUSDT", d1);
  EXPECT_EQ(s->reason, "named first by the rule of c.json:2");
  EXPECT_EQ(reason(*s, "binance"), "not named by the rule of c.json:2");
}

TEST_F(SelectorTest, OthersWhoCanComeAfterTheNamedOnes) {
  abilities["rolled"] = with("rolled", {crypto}, {m1}, 0.99);
  abilities["good"] = with("good", {crypto}, all(), 0.9);

  EXPECT_THAT(order("BTCUSDT", h2), ElementsAre("binance", "good", "alpaca", "rolled"));
  EXPECT_EQ(reason(*select("BTCUSDT", h2), "good"),
            "not named by the built-in rule for crypto 2h, but able");
}

TEST_F(SelectorTest, AskedForByNameIsTheOnlyCandidate) {
  const auto s = select("BTCUSDT", d1, {}, "sandbox");

  ASSERT_EQ(s->candidates.size(), 1U);
  EXPECT_EQ(s->chosen()->name(), "sandbox");
  EXPECT_EQ(s->reason, "asked for by name");
}

TEST_F(SelectorTest, AskingByNameDoesNotMakeItPossible) {
  config = R"({"providers": {"sandbox": {"enabled": false}}})";

  EXPECT_EQ(select("AAPL", d1, {}, "binance")->reason,
            "nobody can be asked; binance: class stock not covered");
  EXPECT_EQ(reason(*select("AAPL", d1, {}, "sandbox"), "sandbox"),
            "switched off in the configuration");
}

TEST_F(SelectorTest, AnUnknownNameIsMetWithASuggestion) {
  const auto answer = selector().select({*parse_asked_symbol("BTCUSDT"), m1, {}, "binanse"});

  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().kind, ErrorKind::usage);
  EXPECT_EQ(answer.error().line(), "there is no provider \"binanse\"; did you mean \"binance\"?");
}

TEST_F(SelectorTest, PassesOverWhoseHistoryIsTooShort) {
  abilities["alpaca"].earliest = parse_exact("2016-01-01 00:00:00");
  abilities["yahoo"].depths = {{d1, std::chrono::hours{24 * 30}}};

  EXPECT_THAT(order("AAPL", d1), ElementsAre("yahoo", "alpaca", "alpha_vantage"));
  EXPECT_THAT(order("AAPL", d1, since("2024-05-20")),
              ElementsAre("yahoo", "alpaca", "alpha_vantage"));
  EXPECT_THAT(order("AAPL", d1, since("2020-01-01")), ElementsAre("alpaca", "alpha_vantage"));
  EXPECT_THAT(order("AAPL", d1, since("2010-01-01")), ElementsAre("alpha_vantage"));
  const auto s = select("AAPL", d1, since("2010-01-01"));
  EXPECT_EQ(reason(*s, "yahoo"), "history too short: reaches back to 2024-05-02");
  EXPECT_EQ(reason(*s, "alpaca"), "history too short: reaches back to 2016-01-01");
}

TEST_F(SelectorTest, WhoReachesFurthestBackIsBetterThanNobody) {
  abilities["alpaca"].earliest = parse_exact("2016-01-01 00:00:00");
  abilities["alpha_vantage"].earliest = parse_exact("2000-01-01 00:00:00");
  const auto s = select("AAPL", m1, since("1990-01-01"));

  EXPECT_THAT(order("AAPL", m1, since("1990-01-01")), ElementsAre("alpha_vantage", "alpaca"));
  EXPECT_THAT(s->reason, HasSubstr("reaches back to 2000-01-01, and nobody further"));
  EXPECT_EQ(s->candidates.size(), 5U);
}

TEST_F(SelectorTest, ARangeBeforeAllHistoryIsForNobody) {
  abilities["alpaca"].earliest = parse_exact("2016-01-01 00:00:00");
  abilities["alpha_vantage"].earliest = parse_exact("2000-01-01 00:00:00");
  const TimeRange range{*parse_exact("1990-01-01 00:00:00"), *parse_exact("1991-01-01 00:00:00")};

  EXPECT_EQ(select("AAPL", m1, range)->chosen(), nullptr);
}

TEST_F(SelectorTest, TheDepthOfARollUpIsThatOfItsSource) {
  abilities["binance"] = with("binance", {crypto}, {m1, d1});
  abilities["binance"].depths = {{m1, std::chrono::hours{24 * 7}}};
  abilities.erase("alpaca");

  EXPECT_THAT(reason(*select("BTCUSDT", h1, since("2024-01-01")), "binance"),
              HasSubstr("reaches back to 2024-05-25, and nobody further"));
  EXPECT_THAT(order("BTCUSDT", d1, since("2024-01-01")), ElementsAre("binance", "yahoo"));
}

TEST_F(SelectorTest, AnOpenBreakerIsPassedOverUntilItCloses) {
  EXPECT_EQ(select("BTCUSDT", m1)->chosen()->name(), "binance");

  fake["binance"]->state = BreakerState::open;
  EXPECT_EQ(select("BTCUSDT", m1)->chosen()->name(), "alpaca");
  EXPECT_EQ(reason(*select("BTCUSDT", m1), "binance"), "breaker open");
  fake["binance"]->state = BreakerState::half_open;
  EXPECT_EQ(select("BTCUSDT", m1)->chosen()->name(), "binance");
}

TEST_F(SelectorTest, GoesByTheListingsOfTheCandidates) {
  listings.add({"binance", clock.time, {{.instrument = {*Symbol::parse("ETHUSDT"), crypto}}}});

  EXPECT_EQ(select("ETHUSDT", d1)->chosen()->name(), "binance");
  EXPECT_EQ(select("ETHUSDT", d1)->classified.settled_by, "binance's listing");
  EXPECT_EQ(select("XYZUSDT", d1)->chosen()->name(), "yahoo");
  EXPECT_EQ(reason(*select("XYZUSDT", d1), "binance"), "not in its listing");
  EXPECT_EQ(select("XYZUSDT", d1, {}, "binance")->chosen()->reason, "asked for by name");
}

TEST_F(SelectorTest, AnOldListingDoesNotProveAbsence) {
  listings.add({"binance",
                clock.time - std::chrono::hours{24 * 31},
                {{.instrument = {*Symbol::parse("ETHUSDT"), crypto}}}});

  EXPECT_EQ(select("XYZUSDT", d1)->chosen()->name(), "binance");
}

TEST_F(SelectorTest, ASharesListingSaysNothingOfThePairOfThatName) {
  listings.add({"alpaca", clock.time, {{.instrument = {*Symbol::parse("ABTC"), stock}}}});

  EXPECT_EQ(reason(*select("crypto:ABTC", m1), "alpaca"), "not in its listing");
  EXPECT_EQ(select("stock:ABTC", m1)->chosen()->name(), "alpaca");
  EXPECT_EQ(select("etf:ABTC", m1)->chosen()->name(), "alpaca");
}

TEST_F(SelectorTest, WhoCannotSpellItIsPassedOver) {
  selector();
  fake["binance"]->unspeakable = "BTCUSDT";

  EXPECT_EQ(reason(*select("BTCUSDT", d1), "binance"), "no way to spell it");
}

TEST_F(SelectorTest, RefusesRulesThatNameNobody) {
  const auto registry = Registry::make(
      {}, *parse_config(R"({"selection": [{"class": "stock", "providers": ["nix"]}]})", "c.json"),
      testing::NoMachinery{}.get([](auto) { return std::nullopt; }));
  const auto made = Selector::make(*registry, {}, clock);

  ASSERT_FALSE(made);
  EXPECT_EQ(made.error().line(),
            "c.json:1: there is no provider \"nix\"; `chandler providers` lists them");
}

TEST_F(SelectorTest, GivesTheSameAnswerAgainWithoutThinking) {
  const auto first = select("BTCUSDT", m1);

  EXPECT_EQ(select("BTC/USDT", m1), first);
  EXPECT_EQ(select("BTCUSDT", m1, since("2024-01-01")), first);
  EXPECT_NE(select("BTCUSDT", m5), first);
  EXPECT_NE(select("stock:BTCUSDT", m1), first);
  EXPECT_NE(select("BTCUSDT", m1, {}, "binance"), first);
}

TEST_F(SelectorTest, ForgetsRatherThanGrowWithoutBound) {
  most_remembered = 2;
  const auto first = select("AAPL", d1);
  select("MSFT", d1);
  EXPECT_EQ(select("AAPL", d1), first);
  select("NVDA", d1);

  EXPECT_NE(select("AAPL", d1), first);
}

TEST_F(SelectorTest, AnswersSeveralThreadsAtOnce) {
  const Selector& shared = selector();
  std::vector<std::jthread> threads;
  std::atomic<int> right = 0;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&shared, &right] {
      for (int i = 0; i < 2000; ++i) {
        const auto asked = parse_asked_symbol("S" + std::to_string(i % 100) + "USDT");
        const auto answer = shared.select({*asked, Timeframe::d1});
        if (answer && (*answer)->chosen()->name() == "binance") ++right;
      }
    });
  }
  threads.clear();

  EXPECT_EQ(right, 8000);
}

}  // namespace
}  // namespace chandler
