// Where the configuration is looked for, and what it yields to.
#include <gtest/gtest.h>

#include "command_line.h"

namespace chandler::cli {
namespace {

class ConfigFile : public CommandLine {};

TEST_F(ConfigFile, IsLookedForHereAndAtHome) {
  write("home/.config/chandler/chandler.json", R"({"cache": "/home-cache"})");
  EXPECT_NE(
      run({"status", "-v"}, {.environment = {{"CHANDLER_CACHE", ""}}}).err.find("/home-cache"),
      std::string::npos);
  write("chandler.json", R"({"cache": "here-cache"})");
  EXPECT_NE(run({"status", "-v"}, {.environment = {{"CHANDLER_CACHE", ""}}}).err.find("here-cache"),
            std::string::npos);
}

TEST_F(ConfigFile, YieldsToTheEnvironmentAndThatToTheOption) {
  write("chandler.json", R"({"cache": "from-file"})");
  EXPECT_NE(run({"status", "-v"}, {.environment = {{"CHANDLER_CACHE", "from-env"}}})
                .err.find("cache: from-env"),
            std::string::npos);
  EXPECT_NE(run({"status", "-v", "--cache", "from-option"}).err.find("cache: from-option"),
            std::string::npos);
  EXPECT_NE(run({"--cache", "from-option", "status", "-v"}).err.find("cache: from-option"),
            std::string::npos);
}

TEST_F(ConfigFile, DefaultsToDataCache) {
  EXPECT_NE(run({"status", "-v"}, {.environment = {{"CHANDLER_CACHE", ""}}})
                .err.find("cache: data-cache"),
            std::string::npos);
}

TEST_F(ConfigFile, MistakesStopEveryVerbBeforeItWorks) {
  write("chandler.json", "{\n \"cash\": 1}");
  const ProcessResult result = run({"status"});

  EXPECT_EQ(result.exit_code, 2);
  EXPECT_EQ(result.out, "");
  EXPECT_EQ(result.err,
            "chandler: chandler.json:2: unknown key \"cash\"; did you mean \"cache\"?\n");
  EXPECT_EQ(run_json({"status"}, 2)["error"]["kind"], "usage");
}

TEST_F(ConfigFile, ThatWasNamedMustBeThere) {
  EXPECT_EQ(run({"status", "--config", "none.json"}).exit_code, 2);
  std::filesystem::create_directory(path("folder"));
  EXPECT_EQ(run({"status", "--config", "folder"}).exit_code, 2);
  write("big.json", std::string(2 << 20, ' '));
  EXPECT_EQ(run({"status", "--config", "big.json"}).exit_code, 2);
  write("good.json", "{}");
  EXPECT_EQ(run({"status", "--config", "good.json"}).exit_code, 0);
}

}  // namespace
}  // namespace chandler::cli
