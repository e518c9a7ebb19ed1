// chandler select and chandler providers, against the loopback exchange.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>

#include "exchange_line.h"

namespace chandler::cli {
namespace {

std::string reason(const Json& answer, const std::string& provider) {
  for (const Json& c : answer["candidates"]) {
    if (c["provider"] == provider) return c["reason"];
  }
  return "not a candidate";
}

using Select = ExchangeLine;
using Providers = ExchangeLine;

TEST_F(Select, HasTheFieldsOfTheContract) {
  const Json answers = ask_json({"select", "BTC/USDT", "^GSPC", "-t", "1d"});

  ASSERT_EQ(answers.size(), 2U);
  const Json& bitcoin = answers[0];
  EXPECT_EQ(bitcoin["symbol"], "BTCUSDT");
  EXPECT_EQ(bitcoin["timeframe"], "1d");
  EXPECT_EQ(bitcoin["class"], "crypto");
  EXPECT_EQ(bitcoin["ambiguous"], false);
  EXPECT_EQ(bitcoin["base"], "BTC");
  EXPECT_EQ(bitcoin["quote"], "USDT");
  EXPECT_EQ(bitcoin["exchange"], nullptr);
  EXPECT_EQ(bitcoin["provider"], "binance");
  EXPECT_EQ(bitcoin["reason"], "named first by the built-in rule for crypto 1d");
  EXPECT_EQ(bitcoin["candidates"][0].dump(),
            R"({"provider":"binance","usable":true,)"
            R"("reason":"named first by the built-in rule for crypto 1d"})");
  EXPECT_EQ(answers[1]["provider"], "yahoo");
  EXPECT_EQ(answers[1]["base"], nullptr);
  EXPECT_TRUE(exchange->log().empty()) << "no network unless asked";
}

TEST_F(Select, TellsPeopleWhoAndWhy) {
  const ProcessResult result = ask({"select", "AAPL", "-t", "1m"});

  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_TRUE(result.out.starts_with("symbol  class  provider"));
  EXPECT_NE(result.out.find("no key (set APCA_API_KEY_ID and APCA_API_SECRET_KEY)"),
            std::string::npos)
      << result.out;
  EXPECT_NE(result.out.find("no key (set ALPHA_VANTAGE_API_KEY)"), std::string::npos);
  EXPECT_EQ(result.err, "");
}

TEST_F(Select, KeysOpenTheDoorsOfTheirProvidersAndAreNotShown) {
  const ProcessResult result = ask({"select", "AAPL", "-t", "1m", "--json", "-v"}, keys());

  EXPECT_EQ(Json::parse(result.out)[0]["provider"], "alpaca");
  EXPECT_EQ((result.out + result.err).find(kSecret), std::string::npos);
}

TEST_F(Select, ExitsWithOneWhereThereIsNobodyToAsk) {
  const ProcessResult result =
      ask({"select", "AAPL", "BTCUSDT", "-t", "1d", "--provider", "binance"});

  EXPECT_EQ(result.exit_code, 1);
  EXPECT_EQ(result.err,
            "chandler: AAPL 1d: nobody can be asked; binance: class stock not covered\n");
  const Json answers =
      ask_json({"select", "AAPL", "BTCUSDT", "-t", "1d", "--provider", "binance"}, 1);
  EXPECT_EQ(answers[0]["provider"], nullptr);
  EXPECT_EQ(answers[0]["candidates"][0]["usable"], false);
  EXPECT_EQ(answers[1]["reason"], "asked for by name");
}

TEST_F(Select, SaysThatANameIsAmbiguousAndHowToSettleIt) {
  const ProcessResult result = ask({"select", "ABTC", "-t", "1d"});
  EXPECT_EQ(
      result.err,
      "chandler: ABTC is ambiguous: taken as stock, by its spelling; could be crypto A/BTC as "
      "well: write crypto:ABTC\n");
  EXPECT_EQ(ask_json({"select", "ABTC", "-t", "1d"})[0]["ambiguous"], true);

  const Json pair = ask_json({"select", "crypto:ABTC", "-t", "1d"})[0];
  EXPECT_EQ(pair["class"], "crypto");
  EXPECT_EQ(pair["base"], "A");
  EXPECT_EQ(pair["ambiguous"], false);
  EXPECT_EQ(ask({"select", "stock:ABTC", "-t", "1d"}).err, "");
}

TEST_F(Select, LooksAtTheRangeForDepth) {
  const Json deep = ask_json({"select", "BTCUSDT", "-t", "1m", "--from", "2010-01-01"})[0];
  EXPECT_NE(reason(deep, "binance").find("history too short: reaches back to 2017-07-01"),
            std::string::npos)
      << deep;

  EXPECT_EQ(
      ask_json({"select", "AAPL", "-t", "1d", "--from", "2001-01-01"}, 0, keys())[0]["provider"],
      "yahoo");
}

TEST_F(Select, FollowsTheConfiguration) {
  write("chandler.json",
        "{\"providers\": {\"binance\": {\"enabled\": false}},\n"
        "\"selection\": [\n{\"class\": \"stock\", \"providers\": [\"sandbox\"]}]}");

  const Json answers = ask_json({"select", "AAPL", "BTCUSDT", "-t", "1d"});
  EXPECT_EQ(answers[0]["provider"], "sandbox");
  EXPECT_EQ(answers[0]["reason"], "named first by the rule of chandler.json:3");
  EXPECT_EQ(answers[1]["provider"], "alpaca");  // coins need no key there
  EXPECT_EQ(reason(answers[1], "binance"), "switched off in the configuration");
}

TEST_F(Select, MistakesAreToldBeforeAnythingIsDone) {
  struct Case {
    std::vector<std::string> words;
    const char* says;
  };
  const Case cases[] = {
      {{"select", "BTCUSDT", "-t", "1m", "--provider", "binanse", "--refresh"},
       "there is no provider \"binanse\"; did you mean \"binance\"?"},
      {{"select", "BTCUSDT", "-t", "5min"}, "did you mean \"5m\"?"},
      {{"select", "BTCUSDT"}, "--timeframe is required"},
      {{"select", "-t", "1m"}, "SYM"},
      {{"select", "crypto:", "-t", "1m"}, "a symbol is missing"},
      {{"select", "X", "-t", "1m", "--from", "yesterday"}, "is not a date"},
      {{"providers", "test", "binanse"}, "did you mean \"binance\"?"},
      {{"providers", "list", "zzz"}, "there is no provider \"zzz\"; `chandler providers` lists"},
      {{"providers", "test"}, "say which providers to test"},
      {{"providers", "binance"}, "did you mean `chandler providers test binance`?"},
      {{"providers", "tset"}, "neither list nor test"},
  };
  for (const auto& [words, says] : cases) {
    const ProcessResult result = ask(words);
    EXPECT_EQ(result.exit_code, 2) << says;
    EXPECT_EQ(result.out, "") << says;
    EXPECT_NE(result.err.find(says), std::string::npos) << result.err;
    EXPECT_EQ(std::count(result.err.begin(), result.err.end(), '\n'), 1) << result.err;
    EXPECT_EQ(ask_json(words, 2)["ok"], false);
  }
  EXPECT_TRUE(exchange->log().empty());

  write("chandler.json", "{\"providers\": {\n\"binanc\": {}}}");
  EXPECT_EQ(ask({"providers"}).err,
            "chandler: chandler.json:2: there is no provider \"binanc\"; did you mean "
            "\"binance\"?\n");
  EXPECT_EQ(ask({"select", "X", "-t", "1d"}).exit_code, 2);
}

TEST_F(Select, AnEndpointInTheOpenIsRefused) {
  const ProcessResult result =
      ask({"select", "BTCUSDT", "-t", "1m"}, {{"CHANDLER_BINANCE_BASE_URL", "http://example.org"}});

  EXPECT_EQ(result.exit_code, 2);
  EXPECT_NE(result.err.find("CHANDLER_BINANCE_BASE_URL"), std::string::npos);
  EXPECT_NE(result.err.find("plain http"), std::string::npos);
}

TEST_F(Select, RefreshFetchesTheListingsThatSettleWhatThingsAre) {
  const ProcessResult refreshed =
      ask({"select", "BTCUSDT", "-t", "1m", "--refresh", "--json"}, keys());
  EXPECT_EQ(refreshed.exit_code, 0) << refreshed.err;
  EXPECT_NE(refreshed.err.find("listing of binance: "), std::string::npos) << refreshed.err;
  EXPECT_EQ(refreshed.err.find(kSecret), std::string::npos);
  EXPECT_TRUE(std::filesystem::exists(cache("_metadata/listings/binance.json")));
  for (const auto& [name, content] : cache_content()) {
    EXPECT_EQ(content.find(kSecret), std::string::npos) << name;
  }

  exchange->clear_log();
  const Json answer = ask_json({"select", "BTCUSDT", "-t", "1m"})[0];
  EXPECT_EQ(answer["exchange"], "binance");
  EXPECT_TRUE(exchange->log().empty());
  // The engine's own summaries have another file; the two do not meet.
  EXPECT_EQ(run({"status"}).exit_code, 0);
  EXPECT_EQ(run({"verify"}).exit_code, 0);
}

TEST_F(Select, AListingThatCannotBeHadFailsTheRefreshAlone) {
  exchange->misbehave({.kind = FaultKind::status, .path = "/api/v3/exchangeInfo", .status = 403});
  const ProcessResult result = ask({"select", "BTCUSDT", "-t", "1m", "--refresh", "--json"});

  EXPECT_EQ(result.exit_code, 1);
  EXPECT_EQ(Json::parse(result.out)[0]["provider"], "binance");
  EXPECT_NE(result.err.find("listing of binance"), std::string::npos) << result.err;
}

TEST_F(Select, ADamagedListingIsPassedOverWithAWarning) {
  std::filesystem::create_directories(cache("_metadata/listings"));
  write("cache/_metadata/listings/binance.json", "{");
  const ProcessResult result = ask({"select", "BTCUSDT", "-t", "1m"});

  EXPECT_EQ(result.exit_code, 0);
  EXPECT_NE(result.err.find("warning: _metadata/listings/binance.json: the listing is not valid"),
            std::string::npos)
      << result.err;
}

TEST_F(Providers, AreListedWithWhatTheyCan) {
  const Json list = ask_json({"providers"});

  std::vector<std::string> names;
  for (const Json& p : list) names.push_back(p["name"]);
  EXPECT_EQ(names,
            (std::vector<std::string>{"binance", "yahoo", "alpha_vantage", "alpaca", "sandbox"}));
  EXPECT_EQ(list[0]["classes"].dump(), R"(["crypto"])");
  EXPECT_EQ(list[0]["timeframes"].size(), 14U);
  EXPECT_EQ(list[0]["needs_key"], false);
  EXPECT_EQ(list[0]["has_key"], true);
  EXPECT_EQ(list[0]["enabled"], true);
  EXPECT_EQ(list[0]["rate_limits"].dump(), R"(["6000/minute"])");
  EXPECT_EQ(list[0]["adjustment"], "raw");
  EXPECT_EQ(list[0]["breaker"], "closed");
  EXPECT_EQ(list[0]["columns"].size(), 8U);
  EXPECT_EQ(list[2]["needs_key"], true);
  EXPECT_EQ(list[2]["has_key"], false);
  EXPECT_EQ(list[2]["key_variables"].dump(), R"(["ALPHA_VANTAGE_API_KEY"])");
  EXPECT_FALSE(list[0].contains("health"));
  EXPECT_EQ(ask_json({"providers", "list", "yahoo"}).size(), 1U);
  EXPECT_TRUE(exchange->log().empty());
}

TEST_F(Providers, AreListedForPeopleWithoutTheirKeys) {
  write("chandler.json", R"({"providers": {"yahoo": {"enabled": false}}})");
  const ProcessResult without = ask({"providers", "list"});
  EXPECT_NE(without.out.find("set ALPHA_VANTAGE_API_KEY"), std::string::npos) << without.out;
  EXPECT_NE(without.out.find("not needed"), std::string::npos);
  EXPECT_NE(without.out.find("off\n"), std::string::npos);

  const ProcessResult with = ask({"providers", "list", "-v"}, keys());
  EXPECT_NE(with.out.find("there"), std::string::npos);
  EXPECT_EQ((with.out + with.err).find(kSecret), std::string::npos);
}

TEST_F(Providers, AreTestedWithOneSmallRequest) {
  const Json tested = ask_json({"providers", "test", "binance"});
  EXPECT_EQ(tested[0]["health"]["ok"], true);
  EXPECT_TRUE(tested[0]["health"].contains("latency_ms"));
  EXPECT_EQ(exchange->log().size(), 1U);

  const ProcessResult shown = ask({"providers", "test", "binance", "alpaca", "sandbox"}, keys());
  EXPECT_EQ(shown.exit_code, 0) << shown.out;
  EXPECT_EQ(std::count(shown.out.begin(), shown.out.end(), '\n'), 4) << shown.out;
  EXPECT_EQ((shown.out + shown.err).find(kSecret), std::string::npos);
}

TEST_F(Providers, ThatDoNotAnswerExitWithOne) {
  exchange->misbehave({.kind = FaultKind::status, .path = "/api", .status = 403});

  EXPECT_EQ(ask_json({"providers", "test", "binance"}, 1)[0]["health"]["ok"], false);
  EXPECT_EQ(ask({"providers", "test", "binance", "yahoo"}).exit_code, 1);
}

TEST_F(Providers, WithoutTheirKeyAreNotEvenAsked) {
  const Json tested = ask_json({"providers", "test", "alpaca"}, 1);

  EXPECT_EQ(tested[0]["health"]["detail"], "no key (set APCA_API_KEY_ID and APCA_API_SECRET_KEY)");
  EXPECT_TRUE(exchange->log().empty());
}

TEST_F(Providers, LeaveTheirKeysNowhere) {
  // Alpaca finds the key wrong; Alpha Vantage repeats it when its day is used up.
  exchange = std::move(
      *Exchange::start({.limits = {.alpha_vantage_per_day = 1}, .alpaca_secret = "another"}));
  std::string said;
  for (const bool garbage : {false, false, true}) {
    if (garbage) exchange->misbehave({.kind = FaultKind::garbage});
    for (const std::vector<std::string>& words :
         {std::vector<std::string>{"providers", "test", "alpaca", "alpha_vantage", "-v"},
          std::vector<std::string>{"select", "AAPL", "-t", "5m", "--refresh", "--json"}}) {
      const ProcessResult result = ask(words, keys());
      said += result.out + result.err;
    }
  }

  const auto sent = exchange->log("/query");
  ASSERT_FALSE(sent.empty());
  EXPECT_NE(sent.front().target.find(kSecret), std::string::npos);
  EXPECT_EQ(said.find(kSecret), std::string::npos) << said;
  std::size_t files = 0;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(path(""))) {
    if (!entry.is_regular_file()) continue;
    ++files;
    EXPECT_EQ(content_of(entry.path()).find(kSecret), std::string::npos) << entry.path();
  }
  EXPECT_GT(files, 0U);
}

TEST_F(Providers, ThatAreSwitchedOffAreNotTested) {
  write("chandler.json", R"({"providers": {"yahoo": {"enabled": false}}})");
  const ProcessResult result = ask({"providers", "test", "binance", "yahoo"});

  EXPECT_EQ(result.exit_code, 2);
  EXPECT_EQ(
      result.err,
      "chandler: chandler.json:1: the provider \"yahoo\" is switched off; set its \"enabled\" "
      "to true there\n");
  EXPECT_TRUE(exchange->log().empty());
}

}  // namespace
}  // namespace chandler::cli
