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
    "cache": "bars", "locking": "optimistic",
    "plugins": ["/opt/a.so"],
    "providers": {"binance": {"enabled": true, "base_url": "https://x", "api_key_env": "K",
                              "rate_limit": "1200/minute", "reliability": 0.9, "timeout_seconds": 10}},
    "selection": [{"class": "crypto", "timeframes": ["1m"], "providers": ["binance"]}],
    "defaults": {"from": "2020-01-01", "derive": ["1h"], "workers": 4}
  })",
                                   "dir/chandler.json");

  ASSERT_TRUE(config) << config.error().line();
  EXPECT_EQ(config->cache, "dir/bars");
  EXPECT_TRUE(config->optimistic_locking);
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
       "dir/chandler.json:3: unknown key \"zzz\"; known keys are cache, locking, plugins, "
       "providers, "
       "selection, defaults"},
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

}  // namespace
}  // namespace chandler
