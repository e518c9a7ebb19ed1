// Keys of providers: where the program takes them from, and that it leaves them nowhere.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>

#include "exchange_line.h"

namespace chandler::cli {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;
using ::testing::Not;

class Keys : public ExchangeLine {
 protected:
  std::string key_file(const std::string& name, const std::string& secret, mode_t mode = 0600) {
    const std::string file =
        write(name, "# Alpaca\nAPCA_API_KEY_ID=test-key\nAPCA_API_SECRET_KEY=" + secret + "\n");
    EXPECT_EQ(::chmod(file.c_str(), mode), 0);
    return file;
  }
  static std::vector<std::string> fetch_apple(const std::string& verbosity = "-v") {
    return {"fetch", "AAPL",       "-t",         "1m",     "--from", "2024-01-02",
            "--to",  "2024-01-03", "--provider", "alpaca", verbosity};
  }
  // In everything said and in every file but the one the user put it into.
  void expect_secret_nowhere(const std::string& said, const std::string& but) const {
    EXPECT_THAT(said, Not(HasSubstr(kSecret)));
    std::size_t files = 0;
    for (const auto& entry : fs::recursive_directory_iterator(path(""))) {
      if (!entry.is_regular_file() || entry.path() == but) continue;
      ++files;
      EXPECT_THAT(content_of(entry.path()), Not(HasSubstr(kSecret))) << entry.path();
    }
    EXPECT_GT(files, 0U);
  }
};

TEST_F(Keys, ComeFromAFileOfTheUsersOwn) {
  const std::string file = key_file("home/.config/chandler/keys", kSecret);

  const ProcessResult result = ask(fetch_apple());

  EXPECT_EQ(result.exit_code, 0) << result.err;
  const auto sent = exchange->log("/v2/stocks/bars");
  ASSERT_FALSE(sent.empty());
  EXPECT_EQ(sent.front().status, 200);
  EXPECT_THAT(sent.front().target, Not(HasSubstr(kSecret)));
  const Json providers = ask_json({"providers", "list", "alpaca"});
  EXPECT_EQ(providers[0]["has_key"], true);
  expect_secret_nowhere(result.out + result.err + providers.dump(), file);
}

TEST_F(Keys, ComeFromTheFileThatIsNamed) {
  key_file("etc/keys", kSecret);
  write("etc/chandler.json", R"({"key_file": "keys"})");
  const std::map<std::string, std::string> named = {
      {"CHANDLER_KEY_FILE", key_file("elsewhere", kSecret)}};

  EXPECT_EQ(ask({"select", "AAPL", "-t", "1m", "--config", "etc/chandler.json"}).exit_code, 0);
  EXPECT_EQ(
      ask_json({"select", "AAPL", "-t", "1m", "--config", "etc/chandler.json"})[0]["provider"],
      "alpaca");
  EXPECT_EQ(ask_json({"select", "AAPL", "-t", "1m"}, 0, named)[0]["provider"], "alpaca");
  EXPECT_EQ(ask({"select", "AAPL", "-t", "1m"}, {{"CHANDLER_KEY_FILE", "none"}}).exit_code, 2);
}

TEST_F(Keys, OfTheEnvironmentGoFirst) {
  key_file("home/.config/chandler/keys", "wrong");

  EXPECT_EQ(ask(fetch_apple(), keys()).exit_code, 0);
  EXPECT_EQ(ask(fetch_apple()).exit_code, 0) << "nothing is missing by now";
  fs::remove_all(cache());
  const ProcessResult wrong = ask(fetch_apple());
  EXPECT_EQ(wrong.exit_code, 4) << wrong.err;
}

TEST_F(Keys, InAFileThatOthersMayReadAreNotUsed) {
  const std::string file = key_file("home/.config/chandler/keys", kSecret, 0640);
  for (const std::vector<std::string>& words : {fetch_apple(),
                                                {"select", "AAPL", "-t", "1m"},
                                                {"providers", "list"},
                                                {"providers", "test", "alpaca"},
                                                {"get", "AAPL", "1m", "--from", "2024-01-02"}}) {
    const ProcessResult result = ask(words);

    EXPECT_EQ(result.exit_code, 2) << words[0] << result.err;
    EXPECT_THAT(result.err, HasSubstr("chmod 600 " + file));
    EXPECT_THAT(result.out + result.err, Not(HasSubstr(kSecret)));
  }
  EXPECT_TRUE(exchange->log().empty());
  EXPECT_FALSE(fs::exists(cache()));
  EXPECT_EQ(run({"status"}).exit_code, 0) << "who asks nobody needs no keys";
}

TEST_F(Keys, AreNotSentOverPlainHttpToAnotherMachine) {
  auto settings = keys();
  settings["CHANDLER_ALPACA_BASE_URL"] = "http://192.0.2.1:1/";

  const ProcessResult result = ask(fetch_apple(), settings);

  EXPECT_EQ(result.exit_code, 2);
  EXPECT_THAT(result.err, HasSubstr("CHANDLER_ALPACA_BASE_URL"));
  EXPECT_THAT(result.err, Not(HasSubstr(kSecret)));
  EXPECT_FALSE(fs::exists(cache()));
}

TEST_F(Keys, AreNotShownToAPluginThatAsksForThem) {
  const std::string plugin =
      write("plugins/spy",
            "#!/bin/sh\n[ \"$1\" = describe ] || env >&2\n"
            R"(echo '{"protocol": 1, "name": "spy", "classes": ["stock"], "timeframes": ["1m"], )"
            R"("env": ["APCA_API_SECRET_KEY", "CHANDLER_KEY_FILE"]}')"
            "\n");
  fs::permissions(plugin, fs::perms::owner_all);

  const ProcessResult result = ask({"fetch", "AAPL", "-t", "1m", "--from", "2024-01-02", "--to",
                                    "2024-01-03", "--provider", "spy", "--plugin-dir", "plugins"},
                                   keys());

  EXPECT_EQ(result.exit_code, 2) << result.err;
  EXPECT_THAT(result.err, HasSubstr("APCA_API_SECRET_KEY, which is the key of alpaca"));
  EXPECT_THAT(result.out + result.err, Not(HasSubstr(kSecret)));
}

TEST_F(Keys, AreSaidNowhereWhateverGoesWrong) {
  const std::string file = key_file("home/.config/chandler/keys", kSecret);
  std::string said;
  const std::vector<testing::Fault> faults = {{.kind = FaultKind::status, .status = 401},
                                              {.kind = FaultKind::status, .status = 500},
                                              {.kind = FaultKind::garbage},
                                              {.kind = FaultKind::html},
                                              {.kind = FaultKind::empty},
                                              {.kind = FaultKind::truncate, .bytes = 40},
                                              {.kind = FaultKind::hang_up},
                                              {.kind = FaultKind::never_advancing}};
  for (const testing::Fault& fault : faults) {
    exchange->behave();
    exchange->misbehave(fault);
    for (const char* verbosity : {"-v", "--json"}) {
      const ProcessResult result = ask({"providers", "test", "alpaca", verbosity});
      said += result.out + result.err;
    }
  }
  exchange->behave();
  exchange->misbehave({.kind = FaultKind::status, .status = 403});
  const ProcessResult failed = ask(fetch_apple());
  EXPECT_NE(failed.exit_code, 0);
  said += failed.out + failed.err;

  EXPECT_FALSE(exchange->log().empty());
  expect_secret_nowhere(said, file);
}

}  // namespace
}  // namespace chandler::cli
