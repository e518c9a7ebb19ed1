#include "config/config.h"

#include <gtest/gtest.h>

namespace chandler {
namespace {

Error mistake(const std::string& text) {
  const auto config = parse_config(text, "dir/chandler.json");
  EXPECT_FALSE(config) << text;
  return config ? Error{} : config.error();
}

TEST(Config, KnowsItsKeys) {
  const auto config = parse_config(R"({
    "cache": "bars", "locking": "optimistic", "hot": true, "key_file": "keys",
    "plugins": ["/opt/a.so", "plugins/b"],
    "providers": {"binance": {"enabled": true, "base_url": "https://x/", "api_key_env": "K",
                              "rate_limit": "1200/minute", "reliability": 0.9, "timeout_seconds": 10}},
    "selection": [{"class": "crypto", "timeframes": ["1m"], "providers": ["binance"]}],
    "defaults": {"from": "2020-01-01", "derive": ["1h"], "workers": 4}
  })",
                                   "dir/chandler.json");

  ASSERT_TRUE(config) << config.error().line();
  EXPECT_EQ(config->cache, "dir/bars");
  EXPECT_TRUE(config->optimistic_locking);
  EXPECT_TRUE(config->hot);
  EXPECT_EQ(config->key_file, "dir/keys");
  EXPECT_EQ(config->plugins, (std::vector<std::filesystem::path>{"/opt/a.so", "dir/plugins/b"}));
  EXPECT_EQ(config->defaults.from, "2020-01-01");
  EXPECT_EQ(config->defaults.derive, (std::vector<Timeframe>{Timeframe::h1}));
  EXPECT_EQ(config->defaults.workers, 4U);

  ASSERT_NE(config->provider("binance"), nullptr);
  EXPECT_EQ(config->provider("yahoo"), nullptr);
  const auto& [name, settings, where] = *config->provider("binance");
  EXPECT_EQ(where, "dir/chandler.json:4");
  EXPECT_TRUE(settings.enabled);
  EXPECT_EQ(settings.base_url, "https://x");
  EXPECT_EQ(settings.api_key_env, "K");
  EXPECT_EQ(settings.rate_limit, (RateLimit{1200, seconds{60}}));
  EXPECT_EQ(settings.reliability, 0.9);
  EXPECT_EQ(settings.timeout, std::chrono::seconds{10});

  ASSERT_EQ(config->selection.size(), 1U);
  EXPECT_EQ(config->selection[0].asset_class, AssetClass::crypto);
  EXPECT_EQ(config->selection[0].timeframes, (std::vector<Timeframe>{Timeframe::m1}));
  EXPECT_EQ(config->selection[0].providers, (std::vector<std::string>{"binance"}));
  EXPECT_EQ(config->selection[0].where, "dir/chandler.json:6");
}

TEST(Config, LeavesOpenWhatItDoesNotSay) {
  const auto config = parse_config(R"({"providers": {"yahoo": {}}})", "chandler.json");

  ASSERT_TRUE(config);
  const ProviderSettings& settings = config->provider("yahoo")->settings;
  EXPECT_TRUE(settings.enabled);
  EXPECT_EQ(settings.base_url, "");
  EXPECT_FALSE(settings.rate_limit || settings.reliability || settings.timeout);
  EXPECT_FALSE(config->cache || config->defaults.from || config->defaults.workers);
}

TEST(Config, AnAbsoluteCacheStaysWhereItIs) {
  EXPECT_EQ(parse_config(R"({"cache": "/data", "locking": "locks"})", "dir/c.json")->cache,
            "/data");
}

TEST(Config, NamesFileLineAndKeyOfAMistake) {
  struct Case {
    const char* text;
    const char* line;
  };
  const Case cases[] = {
      {"{\n\"cache\": \"a\",\n\"cash\": 1}",
       "dir/chandler.json:3: unknown key \"cash\"; did you mean \"cache\"?"},
      {"{\n\n\"zzz\": 1\n}",
       "dir/chandler.json:3: unknown key \"zzz\"; known keys are cache, locking, hot, key_file, "
       "plugins, providers, selection, defaults"},
      {"{\n\"cache\": 5\n\n\n}", "dir/chandler.json:2: \"cache\" must be a string, not a number"},
      {"{\"providers\": {\n\"x\": {\n\"enabled\": \"yes\"}}}",
       "dir/chandler.json:3: \"providers.x.enabled\" must be true or false, not a string"},
      {"{\"selection\": [\n{\"class\": 1}]}",
       "dir/chandler.json:2: \"selection[0].class\" must be a string, not a number"},
      {"{\"plugins\": [\n\"a\",\n7]}",
       "dir/chandler.json:3: \"plugins[1]\" must be a string, not a number"},
      {"{\"locking\":\n\"maybe\"}",
       "dir/chandler.json:1: \"locking\" must be \"locks\" or \"optimistic\", not \"maybe\""},
      {"{\"cache\": \"\"}", "dir/chandler.json:1: \"cache\" is empty"},
      {"{\"hot\": 1}", "dir/chandler.json:1: \"hot\" must be true or false, not a number"},
      {"[]", "dir/chandler.json:1: the configuration must be an object, not a list"},
      {"{\n\"cache\": \"a\",\n\"cache\": \"b\"}",
       "dir/chandler.json:3: the key \"cache\" comes twice"},
  };
  for (const auto& [text, line] : cases) {
    const Error error = mistake(text);
    EXPECT_EQ(error.line(), line);
    EXPECT_EQ(error.kind, ErrorKind::usage);
  }
}

TEST(Config, NamesFileLineAndKeyOfAValueThatMakesNoSense) {
  struct Case {
    const char* text;
    const char* line;
  };
  const Case cases[] = {
      {"{\"plugins\": [\"a\",\n\"\"]}", "dir/chandler.json:2: \"plugins[1]\" is empty"},
      {R"({"providers": {"Binance": {}}})",
       "dir/chandler.json:1: \"providers.Binance\": that is not a provider's name; names are 1 to "
       "32 "
       "of a-z 0-9 _ - ."},
      {"{\"providers\": {\"x\": {\n\"base_url\": \"http://example.org\"}}}",
       "dir/chandler.json:2: \"providers.x.base_url\": \"http://example.org\" is plain http to "
       "another machine; use https; plain http is for localhost only"},
      {R"({"providers": {"x": {"rate_limit": "fast"}}})",
       "dir/chandler.json:1: \"providers.x.rate_limit\": \"fast\" is not a rate limit; write it "
       "like "
       "\"1200/minute\" (second, minute, hour or day)"},
      {R"({"providers": {"x": {"rate_limit": "0/minute"}}})",
       "dir/chandler.json:1: \"providers.x.rate_limit\": \"0/minute\" is not a rate limit; write "
       "it "
       "like \"1200/minute\" (second, minute, hour or day)"},
      {R"({"providers": {"x": {"reliability": 1.5}}})",
       "dir/chandler.json:1: \"providers.x.reliability\" must be from 0 to 1"},
      {R"({"providers": {"x": {"reliability": -0.1}}})",
       "dir/chandler.json:1: \"providers.x.reliability\" must be from 0 to 1"},
      {R"({"providers": {"x": {"timeout_seconds": 0}}})",
       "dir/chandler.json:1: \"providers.x.timeout_seconds\" must be from 0.001 to 3600"},
      {R"({"selection": [{"providers": ["x"]}]})",
       "dir/chandler.json:1: \"selection[0]\" names no \"class\""},
      {R"({"selection": [{"class": "crpto", "providers": ["x"]}]})",
       "dir/chandler.json:1: \"selection[0].class\": \"crpto\" is not an asset class; did you mean "
       "\"crypto\"?"},
      {R"({"selection": [{"class": "bonds", "providers": ["x"]}]})",
       "dir/chandler.json:1: \"selection[0].class\": \"bonds\" is not an asset class; the classes "
       "are crypto stock etf index forex future unknown"},
      {"{\"selection\": [{\"class\": \"stock\", \"timeframes\": [\n\"1d\",\n\"5min\"]}]}",
       "dir/chandler.json:3: \"selection[0].timeframes[1]\": \"5min\" is not a timeframe; did you "
       "mean \"5m\"?"},
      {R"({"selection": [{"class": "stock", "timeframes": [], "providers": ["x"]}]})",
       "dir/chandler.json:1: \"selection[0].timeframes\" is empty; leave it out to mean all"},
      {R"({"selection": [{"class": "stock"}]})",
       "dir/chandler.json:1: \"selection[0]\" names no \"providers\""},
      {R"({"selection": [{"class": "stock", "providers": []}]})",
       "dir/chandler.json:1: \"selection[0]\" names no \"providers\""},
      {R"({"selection": [{"class": "stock", "providers": ["a b"]}]})",
       "dir/chandler.json:1: \"selection[0].providers[0]\": \"a b\" is not a provider's name; "
       "`chandler providers` lists them"},
      {R"({"defaults": {"from": "yesterday"}})",
       "dir/chandler.json:1: \"defaults.from\": \"yesterday\" is not a date; "},
      {R"({"defaults": {"derive": ["1y"]}})",
       "dir/chandler.json:1: \"defaults.derive[0]\": \"1y\" is not a timeframe; "},
      {R"({"defaults": {"workers": 0}})",
       "dir/chandler.json:1: \"defaults.workers\" must be a whole number from 1 to 1024"},
      {R"({"defaults": {"workers": -2}})",
       "dir/chandler.json:1: \"defaults.workers\" must be a whole number from 1 to 1024"},
      {R"({"defaults": {"workers": 2.5}})",
       "dir/chandler.json:1: \"defaults.workers\" must be a whole number from 1 to 1024"},
  };
  for (const auto& [text, line] : cases) {
    const Error error = mistake(text);
    EXPECT_TRUE(error.line().starts_with(line)) << error.line() << "\nexpected: " << line;
    EXPECT_EQ(error.kind, ErrorKind::usage);
  }
}

// Somebody who puts the key where the variable's name belongs must not find it in a log.
TEST(Config, TakesTwoVariablesForAKeyOfTwoParts) {
  const auto config =
      parse_config(R"({"providers": {"alpaca": {"api_key_env": "MY_ID,MY_SECRET"}}})", "c.json");

  ASSERT_TRUE(config) << config.error().line();
  EXPECT_EQ(config->provider("alpaca")->settings.api_key_env, "MY_ID,MY_SECRET");
  for (const char* wrong : {"MY_ID,", ",MY_SECRET", "MY_ID,,MY_SECRET", "MY_ID, MY_SECRET", ""}) {
    const Error error =
        mistake(R"({"providers": {"alpaca": {"api_key_env": ")" + std::string(wrong) + R"("}}})");
    EXPECT_EQ(error.kind, ErrorKind::usage) << wrong;
  }
}

TEST(Config, DoesNotRepeatAKeyInTheWrongPlace) {
  const Error error = mistake(R"({"providers": {"alpaca": {"api_key_env": "sk-4711"}}})");

  EXPECT_EQ(error.line().find("4711"), std::string::npos) << error.line();
  EXPECT_NE(error.line().find("must be the name of an environment variable"), std::string::npos);
}

TEST(Config, ListsEachNameOnce) {
  const auto config = parse_config(
      R"({"selection": [{"class": "stock", "timeframes": ["1d", "1w", "1d"], "providers": ["b", "a", "b"]}]})",
      "c.json");

  ASSERT_TRUE(config);
  EXPECT_EQ(config->selection[0].timeframes,
            (std::vector<Timeframe>{Timeframe::d1, Timeframe::w1}));
  EXPECT_EQ(config->selection[0].providers, (std::vector<std::string>{"b", "a"}));
}

TEST(Config, KnowsWhatAProviderMayBeCalled) {
  for (const char* name : {"binance", "alpha_vantage", "my-source.2"})
    EXPECT_TRUE(is_provider_name(name)) << name;
  for (const char* name :
       {"", "Binance", "a b", "a/b", ".a", "-a", "123456789012345678901234567890123"})
    EXPECT_FALSE(is_provider_name(name)) << name;
}

TEST(Config, RefusesWhatIsNotOneJsonDocument) {
  for (const char* text :
       {"", "{", "{} {}", "{\"cache\": }", "{\"cache\": \"\xff\"}", "{\"cache\": 1e999}"}) {
    EXPECT_NE(mistake(text).line().find("not valid JSON"), std::string::npos) << text;
  }
}

TEST(Config, RefusesDeepNesting) {
  const auto nested = [](int depth) {
    return "{\"providers\": " + std::string(static_cast<std::size_t>(depth), '[') +
           std::string(static_cast<std::size_t>(depth), ']') + "}";
  };
  EXPECT_NE(mistake(nested(64)).line().find("nested more than 64 deep"), std::string::npos);
  EXPECT_NE(mistake(nested(63)).line().find("must be an object"), std::string::npos);
}

TEST(Config, RefusesWhatWouldCostTooMuch) {
  std::string keys = "{";
  for (int i = 0; i <= 1000; ++i) keys += (i ? ",\"" : "\"") + std::to_string(i) + "\": {}";
  EXPECT_EQ(mistake(keys + "}").line(), "dir/chandler.json:1: an object with over 1000 keys");

  std::string values = "[1";
  for (int i = 0; i < 2'000'000; ++i) values += ",1";
  EXPECT_EQ(mistake(values + "]").line(), "dir/chandler.json:1: more than 2000000 values");
}

}  // namespace
}  // namespace chandler
